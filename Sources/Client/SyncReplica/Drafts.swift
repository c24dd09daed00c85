import Foundation
import GRDB
import SyncCore

/// Text that somebody is still writing: kept at each pause, so that a crash or an empty battery
/// costs nothing.
public struct Draft: Hashable, Sendable {
  public var id: RecordID
  public var caseID: CaseID
  /// The type of record it is to become.
  public var type: String
  public var savedAt: Timestamp
  public var text: String

  public init(id: RecordID, caseID: CaseID, type: String, savedAt: Timestamp, text: String) {
    self.id = id
    self.caseID = caseID
    self.type = type
    self.savedAt = savedAt
    self.text = text
  }
}

extension Replica {
  /// Keeps a draft, in place of an earlier one with the same id.
  public func save(_ draft: Draft) throws(ReplicaError) {
    try writeSQL { db in
      let body = try sealer.seal(Array(draft.text.utf8), for: Self.label(draft.id, draft.type))
      try db.execute(
        sql:
          "INSERT OR REPLACE INTO drafts (id, case_id, type, saved_at, body) VALUES (?, ?, ?, ?, ?)",
        arguments: [
          Data(draft.id.bytes), Data(draft.caseID.bytes), draft.type, draft.savedAt.milliseconds,
          Data(body),
        ])
    }
  }

  /// All drafts, newest first.
  public func drafts() throws(ReplicaError) -> [Draft] {
    try readSQL { db in
      try Row.fetchAll(
        db, sql: "SELECT id, case_id, type, saved_at, body FROM drafts ORDER BY saved_at DESC"
      )
      .map { row in
        guard let id = try RecordID(bytes: row.at(0) as Data),
          let caseID = try CaseID(bytes: row.at(1) as Data)
        else {
          throw ReplicaError.damaged("a draft has no id")
        }
        let body = try sealer.open([UInt8](row.at(4) as Data), for: Self.label(id, row.at(2)))
        return try Draft(
          id: id, caseID: caseID, type: row.at(2), savedAt: Timestamp(milliseconds: row.at(3)),
          text: String(decoding: body, as: UTF8.self))
      }
    }
  }

  public func discardDraft(_ id: RecordID) throws(ReplicaError) {
    try writeSQL { db in
      try db.execute(sql: "DELETE FROM drafts WHERE id = ?", arguments: [Data(id.bytes)])
    }
  }

  private static func label(_ id: RecordID, _ type: String) -> SealLabel {
    SealLabel(purpose: "draft", type: type, id: id.bytes, version: [])
  }
}
