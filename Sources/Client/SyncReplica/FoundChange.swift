import Foundation
import GRDB
import SyncCore

/// One of the laptop's own changes in a store that may be damaged: every column is doubted, and the
/// text must have the hash that stands beside it.
struct FoundChange {
  /// The row's number, which is the order in which changes were made.
  let number: Int64
  let dot: Dot
  let record: RecordID
  let caseID: CaseID
  let type: String
  let hash: Hash
  /// As it lies there, sealed.
  var body: Data?
  let change: Change?
  let recordedAt: Int64
  let verdict: Verdict?
  let epoch, sequence: Int64?
  let proof: Data?
  let isOwed: Bool
  let decision: String?

  /// What the columns say of which change it is; `nil` where not even that can be read.
  static func dot(_ values: [DatabaseValue]) -> Dot? {
    guard values.count >= 15, let replica = bytes(values[1]).flatMap({ ReplicaID(bytes: $0) }),
      let counter = integer(values[2]), counter > 0
    else { return nil }
    return Dot(replica, UInt64(counter))
  }

  /// - Parameter values: the columns in the table's order; a store of an older layout has no
  ///   decisions.
  /// - Returns: `nil` unless the row is whole.
  init?(_ number: Int64, _ values: [DatabaseValue], _ sealer: any Sealer, _ limits: Limits) {
    guard let dot = Self.dot(values),
      let record = Self.bytes(values[3]).flatMap({ RecordID(bytes: $0) }),
      let caseID = Self.bytes(values[4]).flatMap({ CaseID(bytes: $0) }),
      let type = Self.text(values[5]),
      let hash = Self.bytes(values[6]).flatMap({ Hash(bytes: $0) }),
      let recordedAt = Self.integer(values[8])
    else { return nil }
    self.number = number
    self.dot = dot
    self.record = record
    self.caseID = caseID
    self.type = type
    self.hash = hash
    self.recordedAt = recordedAt
    let verdictName = Self.text(values[9])
    verdict = verdictName.flatMap { Verdict(name: $0) }
    guard values[9].isNull || verdict != nil else { return nil }
    epoch = Self.integer(values[10])
    sequence = Self.integer(values[11])
    proof = Self.bytes(values[12])
    isOwed = Self.integer(values[14]) == 1
    decision = values.count > 15 ? Self.text(values[15]) : nil
    if values[7].isNull {
      // Only what the office has loses its text.
      guard verdict != nil else { return nil }
      (body, change) = (nil, nil)
      return
    }
    guard let body = Self.bytes(values[7]),
      let change = Self.opened(body, dot, type, sealer, limits), change.hash == hash,
      change.body.record == record, change.body.caseID == caseID, change.body.type == type
    else { return nil }
    self.body = body
    self.change = change
  }

  /// `nil` for what is not a change, or not the one of this dot.
  private static func opened(
    _ body: Data, _ dot: Dot, _ type: String, _ sealer: any Sealer, _ limits: Limits
  ) -> Change? {
    do {
      let bytes = try sealer.open([UInt8](body), for: SQLiteRows.label(type, dot))
      let change = try Change(reading: bytes, limits: limits)
      return change.dot == dot ? change : nil
    } catch { return nil }
  }

  private static func bytes(_ value: DatabaseValue) -> Data? {
    if case .blob(let data) = value.storage { data } else { nil }
  }
  private static func integer(_ value: DatabaseValue) -> Int64? {
    if case .int64(let number) = value.storage { number } else { nil }
  }
  private static func text(_ value: DatabaseValue) -> String? {
    if case .string(let text) = value.storage { text } else { nil }
  }
}
