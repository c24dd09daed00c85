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
    /// Refused ones whose text is still here and on which nobody at the office has decided.
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
    /// Whether a restored office is still to be given what it may lack.
    public var owes: Bool
    /// Cases that a limit of access keeps from this laptop's user, with what the office says of it.
    public var restricted: [CaseID: String]
    /// `nil` before the first whole sync.
    public var lease: ReplicaState.Leased?

    /// Said only from a receipt that names the replica's highest change.
    public var isSynced: Bool { lastSync != nil && known == head && unsent == 0 && !owes }
  }

  public func status() throws(ReplicaError) -> Status {
    try readSQL { db in
      let state = try SQLiteRows(db, sealer, limits).state()
      let generation = state.generation
      func count(_ sql: String, _ arguments: StatementArguments = []) throws -> Int {
        try Int.fetchOne(db, sql: sql, arguments: arguments) ?? 0
      }
      let oldest = try Int64.fetchOne(
        db, sql: "SELECT recorded_at FROM changes WHERE verdict IS NULL ORDER BY number LIMIT 1")
      return Status(
        head: try SQLiteRows(db, sealer, limits).head(of: state.replica).counter,
        unsent: try count("SELECT count(*) FROM changes WHERE verdict IS NULL"),
        oldestUnsent: oldest.map(Timestamp.init(milliseconds:)),
        refused: try count(
          """
          SELECT count(*) FROM changes
          WHERE verdict LIKE 'refused:%' AND body IS NOT NULL AND decision IS NULL
          """),
        cases: try count("SELECT count(*) FROM cases WHERE generation = ?", [generation]),
        casesNotWhole: try count(
          "SELECT count(*) FROM cases WHERE generation = ? AND is_whole = 0", [generation]),
        records: try count("SELECT count(*) FROM records WHERE generation = ?", [generation]),
        lastSync: state.lastSync,
        clockOffset: state.clockOffset,
        known: state.known,
        isResyncing: state.building != nil, owes: state.owes, restricted: state.restricted,
        lease: state.lease)
    }
  }
}

extension Replica {
  /// As stored with the last page; empty before the first.
  public func checkpoint() throws(ReplicaError) -> [UInt8] {
    try readSQL { db in try SQLiteRows(db, sealer, limits).state().checkpoint }
  }

  /// The office's position as last heard; `nil` before the first page.
  public func place() throws(ReplicaError) -> Place? {
    try readSQL { db in try SQLiteRows(db, sealer, limits).state().place }
  }

  /// Held cases to which access is limited, ascending.
  public func limitedCases() throws(ReplicaError) -> [CaseID] {
    try readSQL { db in try SQLiteRows(db, sealer, limits).state().limited.sorted() }
  }

  /// Whether the office has records of a case that are too old for a laptop.
  public func hasOlder(_ caseID: CaseID) throws(ReplicaError) -> Bool {
    try readSQL { db in try SQLiteRows(db, sealer, limits).state().older.contains(caseID) }
  }

  /// Whether nothing would be lost with the store: it holds no case, record, change or draft.
  public func holdsNothing() throws(ReplicaError) -> Bool {
    try readSQL { db in
      try ["cases", "records", "changes", "drafts"].allSatisfy { table in
        try Bool.fetchOne(db, sql: "SELECT NOT EXISTS (SELECT 1 FROM \(table))") == true
      }
    }
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
    public let dot: Dot
    public let record: RecordID
    public let caseID: CaseID
    public let type: String
    public let recordedAt: Timestamp
    public let state: State
    /// `nil` once its case has left this laptop.
    public let change: Change?
    public var counter: UInt64 { dot.counter }
  }

  /// This laptop's own changes, newest first.
  /// - Parameter record: those of one record; `nil` for all.
  public func ownChanges(of record: RecordID? = nil, limit: Int = 1_000) throws(ReplicaError)
    -> [OwnChange]
  {
    try readSQL { db in
      let rows = SQLiteRows(db, sealer, limits)
      return try rows.newest(of: record, limit: limit).map { row in
        OwnChange(
          dot: row.dot, record: row.record, caseID: row.caseID, type: row.type,
          recordedAt: row.recordedAt, state: Self.state(row.verdict), change: row.change)
      }
    }
  }

  private static func state(_ verdict: Verdict?) -> OwnChange.State {
    switch verdict {
    case nil: .waiting
    case .refused(let code, let field)?: .refused(field.isEmpty ? code : "\(code):\(field)")
    case let verdict?: .accepted(verdict.name)
    }
  }
}
