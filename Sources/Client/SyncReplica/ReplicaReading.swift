import Foundation
import GRDB
import SyncCore

/// What people ask of the store.
extension Replica {
  /// The store in numbers. No case content.
  public struct Status: Hashable, Sendable {
    public var head: UInt64
    public var unsent: Int
    /// Milliseconds since 1970 by the laptop's clock, of the oldest change without a receipt.
    public var oldestUnsent: Timestamp?
    public var refused: Int
    public var cases: Int
    public var casesNotWhole: Int
    public var records: Int
    /// The office's clock at the last whole sync; `nil` before the first.
    public var lastSync: Timestamp?
    /// Laptop minus office, in milliseconds.
    public var clockOffset: Int64
    /// The highest counter that the office has confirmed.
    public var known: UInt64
    public var isResyncing: Bool

    /// Said only from a receipt that names the replica's highest change.
    public var isSynced: Bool { lastSync != nil && known == head && unsent == 0 }
  }

  public func status() throws(ReplicaError) -> Status {
    try read { db in
      let generation = try db.generation()
      func count(_ sql: String, _ arguments: StatementArguments = []) throws -> Int {
        try Int.fetchOne(db, sql: sql, arguments: arguments) ?? 0
      }
      let oldest = try Int64.fetchOne(
        db, sql: "SELECT recorded_at FROM changes WHERE verdict IS NULL ORDER BY counter LIMIT 1")
      return Status(
        head: UInt64(stored: try Int64.fetchOne(db, sql: "SELECT max(counter) FROM changes")),
        unsent: try count("SELECT count(*) FROM changes WHERE verdict IS NULL"),
        oldestUnsent: oldest.map(Timestamp.init(milliseconds:)),
        refused: try count("SELECT count(*) FROM changes WHERE verdict = 'refused'"),
        cases: try count("SELECT count(*) FROM cases WHERE generation = ?", [generation]),
        casesNotWhole: try count(
          "SELECT count(*) FROM cases WHERE generation = ? AND is_whole = 0", [generation]),
        records: try count("SELECT count(*) FROM records WHERE generation = ?", [generation]),
        lastSync: try db.metaNumber(.lastSync).map(Timestamp.init(milliseconds:)),
        clockOffset: try db.metaNumber(.clockOffset) ?? 0,
        known: UInt64(stored: try db.metaNumber(.known)),
        isResyncing: try db.metaNumber(.buildingGeneration) != nil)
    }
  }

  /// `Status.isSynced` alone, without counting what the store holds.
  public func isSynced() throws(ReplicaError) -> Bool {
    try read { db in
      let waits = try Bool.fetchOne(
        db, sql: "SELECT EXISTS (SELECT 1 FROM changes WHERE verdict IS NULL)")
      let head = try Int64.fetchOne(db, sql: "SELECT max(counter) FROM changes")
      return try waits == false && db.metaNumber(.lastSync) != nil
        && UInt64(stored: head) == UInt64(stored: db.metaNumber(.known))
    }
  }

  /// Cases held whole, ascending.
  public func cases() throws(ReplicaError) -> [CaseID] {
    try read { db in
      try Data.fetchAll(
        db, sql: "SELECT case_id FROM cases WHERE generation = ? AND is_whole = 1 ORDER BY case_id",
        arguments: [try db.generation()]
      ).compactMap { CaseID(bytes: $0) }
    }
  }

  /// Records as they are shown, deleted ones left out.
  public func records(caseID: CaseID? = nil, type: String? = nil) throws(ReplicaError) -> [SyncCore
    .Record]
  {
    try read { db in
      var found: [Record] = []
      let whole = try Set(
        Data.fetchAll(
          db, sql: "SELECT case_id FROM cases WHERE generation = ? AND is_whole = 1",
          arguments: [try db.generation()]))
      try StoredRecords(db: db, sealer: sealer, generation: try db.generation())
        .scan(caseID: caseID, type: type) { row in
          if let record = row.current, !record.isDeleted, whole.contains(Data(row.caseID.bytes)) {
            found.append(record)
          }
        }
      return found
    }
  }

  /// One record as it is shown; `nil` when this laptop does not hold it.
  public func record(_ id: RecordID) throws(ReplicaError) -> SyncCore.Record? {
    try read { db in
      try StoredRecords(db: db, sealer: sealer, generation: try db.generation()).row(id)?.current
    }
  }

  /// A field with several values.
  public struct Conflict: Sendable {
    public let record: SyncCore.Record
    public let field: String
    public let reading: Reading
  }

  /// Every field that a person must decide: a query over standing edits, so that it cannot drift
  /// from the records.
  public func conflicts() throws(ReplicaError) -> [Conflict] {
    var conflicts: [Conflict] = []
    for record in try records() where record.hasConcurrentValues {
      for field in record.fields {
        let rule = catalogue.policy(of: record.type)?.rule(of: field) ?? .fieldMerge(.first)
        guard let reading = record.read(field, by: rule), reading.status == .contested else {
          continue
        }
        conflicts.append(Conflict(record: record, field: field, reading: reading))
      }
    }
    return conflicts
  }

  /// Records with a text value that holds every word of `query`, whatever the letters' case and
  /// accents.
  public func search(_ query: String) throws(ReplicaError) -> [SyncCore.Record] {
    let words = query.split(separator: " ").map { Self.folded(String($0)) }
    guard !words.isEmpty else { return [] }
    return try records().filter { record in
      let text = Self.folded(record.edits.map { $0.value.allText }.joined(separator: " "))
      return words.allSatisfy { text.contains($0) }
    }
  }

  private static func folded(_ text: String) -> String {
    text.folding(options: [.caseInsensitive, .diacriticInsensitive], locale: nil)
  }

  /// One change of this laptop's own, with what the office said of it.
  public struct OwnChange: Sendable {
    public enum State: Hashable, Sendable {
      /// Not receipted yet.
      case waiting
      /// `applied`, `merged`, `contested` or `late`.
      case accepted(String)
      /// The refusal's code, with the field after a colon when it is about one.
      case refused(String)
    }
    public let counter: UInt64
    public let record: RecordID
    public let caseID: CaseID
    public let type: String
    public let recordedAt: Timestamp
    public let state: State
    /// `nil` once its case has left this laptop.
    public let change: Change?
  }

  /// This laptop's own changes, newest first.
  /// - Parameter record: those of one record; `nil` for all.
  public func ownChanges(of record: RecordID? = nil, limit: Int = 1_000) throws(ReplicaError)
    -> [OwnChange]
  {
    try read { db in
      let overlay = Overlay(db: db, sealer: sealer, limits: limits)
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT counter, record_id, case_id, type, recorded_at, verdict, refusal FROM changes
          WHERE ? IS NULL OR record_id = ? ORDER BY counter DESC LIMIT ?
          """,
        arguments: [record.map { Data($0.bytes) }, record.map { Data($0.bytes) }, limit])
      return try rows.compactMap { row in
        guard let id = RecordID(bytes: row[1] as Data), let caseID = CaseID(bytes: row[2] as Data)
        else {
          return nil
        }
        let counter = UInt64(stored: row[0])
        return OwnChange(
          counter: counter, record: id, caseID: caseID, type: row[3],
          recordedAt: Timestamp(milliseconds: row[4]),
          state: Self.state(row[5], row[6]), change: try overlay.change(counter))
      }
    }
  }

  private static func state(_ verdict: String?, _ refusal: String?) -> OwnChange.State {
    switch verdict {
    case nil: .waiting
    case "refused"?: .refused(refusal ?? "")
    case let verdict?: .accepted(verdict)
    }
  }
}

extension Value {
  /// All text in it, for searching.
  fileprivate var allText: String {
    switch self {
    case .text(let text): text
    case .composite(let members): members.map { $0.value.allText }.joined(separator: " ")
    case .list(let values): values.map(\.allText).joined(separator: " ")
    case .none, .flag, .integer, .bytes, .seen, .unknown: ""
    }
  }
}
