import Foundation
import GRDB
import RecordCatalogue
import SyncCore

/// What can still be read of a damaged store, row by row: the laptop's own changes, its drafts, and
/// what it knew of its office. The damaged files are read and never written.
///
/// Read twice: through SQLite as far as it gets, then page by page without it. A change counts only
/// when its text has the hash that was stored with it, and its author is this laptop's user.
public struct Salvage {
  /// How much was read, and what was not.
  public struct Told: Codable, Hashable, Sendable {
    /// Changes without the office's receipt, which will be sent.
    public var unsent = 0
    /// Changes that the office has receipted.
    public var receipted = 0
    public var drafts = 0
    /// Attachments whose content the office has yet to get; absent in what an older program wrote.
    public var attachments: Int? = 0
    /// Changes of which it is known that they were there, have no receipt, and cannot be read: by
    /// their counters.
    public var lost: [UInt64] = []
    /// Whether drafts, or changes behind those known, may have been lost without a trace.
    public var mayLackMore = false
  }

  private let path: String
  private let user: String
  private let sealer: any Sealer
  private let limits: Limits
  private var found: [FoundChange] = []
  private var placeOf: [Hash: Int] = [:]
  private var known: Set<Dot> = []
  private var drafts: [[DatabaseValue]] = []
  /// Rows of contents that the office has yet to get.
  private var contents: [[DatabaseValue]] = []
  private var state: ReplicaState?
  private var isTableWhole = false
  private var isIndexWhole = false
  private var areDraftsWhole = false

  /// Reads all that can be read.
  /// - Parameters:
  ///   - path: the store's file. It may be missing.
  ///   - user: whose laptop it is.
  public init(
    reading path: String, of user: String, sealer: any Sealer = PlainSealer(),
    limits: Limits = .standard
  ) {
    self.path = path
    self.user = user
    self.sealer = sealer
    self.limits = limits
    readBySQL()
    SQLitePages(path: path).rows { number, values in
      guard FoundChange.dot(values) != nil, var change = FoundChange(number, values, sealer, limits)
      else { return false }
      // An old page may hold text that has left this laptop since. The office has it.
      if let verdict = change.verdict, !verdict.isRefusal { change.body = nil }
      take(change)
      return true
    }
    found.sort { $0.number < $1.number }
  }

  private mutating func take(_ change: FoundChange) {
    if let author = change.change?.body.author, author != user { return }
    known.insert(change.dot)
    let names = [change.hash, change.change?.firstIssue.hash].compactMap(\.self)
    if let name = names.first(where: { placeOf[$0] != nil }), let place = placeOf[name] {
      // Of two versions of a row the one that has been receipted is the later.
      if found[place].verdict == nil, change.verdict != nil { found[place] = change }
    } else {
      found.append(change)
      for name in names { placeOf[name] = found.count - 1 }
    }
  }

  // MARK: Through SQLite

  private mutating func readBySQL() {
    guard FileManager.default.fileExists(atPath: path) else { return }
    do {
      var configuration = Configuration()
      configuration.readonly = true
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      try queue.read { db in
        state = Self.attempt { try Self.state(db) }
        let dots = "SELECT replica, counter FROM changes INDEXED BY changes_by_dot"
        isIndexWhole = Self.walk(db, dots) { values in
          guard let dot = FoundChange.dot([.null] + values + Array(repeating: .null, count: 12))
          else { return }
          known.insert(dot)
        }
        let rows = "SELECT * FROM changes ORDER BY number"
        isTableWhole = Self.walk(db, rows) { takeRow($0) }
        // Behind a page that cannot be read, the rest is reached from the other end.
        if !isTableWhole { _ = Self.walk(db, rows + " DESC") { takeRow($0) } }
        let texts = "SELECT id, case_id, type, saved_at, body FROM drafts"
        areDraftsWhole = Self.walk(db, texts) { drafts.append($0) }
        let waiting = "SELECT record_id, case_id, size, waits FROM contents WHERE waits = 1"
        _ = Self.walk(db, waiting) { contents.append($0) }
      }
      try queue.close()
    } catch {
      // The pages are read next, without SQLite.
      isTableWhole = false
    }
  }

  private mutating func takeRow(_ values: [DatabaseValue]) {
    guard let number = values.first.flatMap(Int64.fromDatabaseValue) else { return }
    if let dot = FoundChange.dot(values) { known.insert(dot) }
    if let change = FoundChange(number, values, sealer, limits) { take(change) }
  }

  /// - Returns: whether it came to the end.
  private static func walk(
    _ db: Database, _ sql: String, _ arguments: StatementArguments = [],
    _ body: ([DatabaseValue]) -> Void
  ) -> Bool {
    attempt {
      let cursor = try Row.fetchCursor(db, sql: sql, arguments: arguments)
      while let row = try cursor.next() { body(Array(row.databaseValues)) }
      return true
    } ?? false
  }

  private static func state(_ db: Database) throws -> ReplicaState {
    var values: [String: DatabaseValue] = [:]
    let cursor = try Row.fetchCursor(db, sql: "SELECT key, value FROM meta")
    while let row = try cursor.next() {
      guard let key = String.fromDatabaseValue(row[0] as DatabaseValue) else { continue }
      values[key] = row[1] as DatabaseValue
    }
    return try ReplicaState(values)
  }

  /// What cannot be read is what this is for.
  private static func attempt<Value>(_ body: () throws -> Value) -> Value? {
    do { return try body() } catch { return nil }
  }

  // MARK: What it comes to

  /// Under which changes were counted last.
  private var replica: ReplicaID? { state?.replica ?? found.last?.dot.replica }

  /// Up to where the office has a replica's changes, as far as it can be told.
  private func common(of replica: ReplicaID) -> UInt64 {
    let receipted =
      found.lazy.filter { $0.dot.replica == replica && $0.verdict != nil }.map(\.dot.counter).max()
    return max(receipted ?? 0, state?.replica == replica ? state?.known ?? 0 : 0)
  }

  /// In the order in which they were made.
  private var waiting: [Change] { found.filter { $0.verdict == nil }.compactMap(\.change) }

  public var told: Told {
    var told = Told()
    told.unsent = waiting.count
    told.receipted = found.count - told.unsent
    told.drafts = drafts.count
    told.attachments = contents.count
    told.mayLackMore = !(isIndexWhole || isTableWhole) || !areDraftsWhole
    guard let replica else { return told }
    let common = common(of: replica)
    let mine = Set(known.filter { $0.replica == replica }.map(\.counter))
    let have = Set(found.filter { $0.dot.replica == replica }.map(\.dot.counter))
    // Counters have no gaps: what lies between two that were seen was there.
    // Nobody enters that many between two syncs: a counter further on is damage, too.
    let last = mine.filter { $0 > common && $0 - common < 1_000_000 }.max()
    if let last { told.lost = (common + 1...last).filter { !have.contains($0) } }
    return told
  }

  /// The changes without a receipt as a new replica issues them, in a chain from its start.
  public func issuedAgain(as successor: ReplicaID) -> [Change] {
    let changes = waiting
    let replicas = Set(changes.map(\.dot.replica)).union([replica].compactMap(\.self))
    let commons = Dictionary(uniqueKeysWithValues: replicas.map { ($0, common(of: $0)) })
    var reissue = Reissue(as: successor, givingUp: commons)
    return changes.map { reissue.issue($0) }
  }

  /// Makes a fresh store of it, closed and durable. Cases are not in it: they come with the next
  /// sync.
  /// - Parameters:
  ///   - path: where nothing is yet.
  ///   - identity: of the laptop, with the new replica.
  public func makeStore(
    at path: String, identity: ReplicaIdentity, catalogue: Catalogue
  ) throws(ReplicaError) {
    let fresh = try Replica.create(
      path: path, identity: identity, catalogue: catalogue, sealer: sealer, limits: limits)
    let issued = issuedAgain(as: identity.replica)
    try fresh.writeSQL { db in
      let rows = SQLiteRows(db, sealer, limits)
      var state = try rows.state()
      carry(into: &state, issued.count)
      try rows.save(state)
      for change in found where change.verdict != nil { try Self.keep(change, db) }
      for change in issued { try rows.append(change) }
      for draft in drafts {
        try db.execute(
          sql: "INSERT INTO drafts (id, case_id, type, saved_at, body) VALUES (?, ?, ?, ?, ?)",
          arguments: StatementArguments(draft))
      }
      for content in contents { try copy(content, into: db) }
    }
    try fresh.close()
  }

  /// Brings over what can be read of a content. Where that is not all, its sending says so.
  private func copy(_ content: [DatabaseValue], into db: Database) throws {
    try db.execute(
      sql: "INSERT INTO contents (record_id, case_id, size, waits) VALUES (?, ?, ?, ?)",
      arguments: StatementArguments(content))
    var configuration = Configuration()
    configuration.readonly = true
    let old = try DatabaseQueue(path: path, configuration: configuration)
    var pieces: [[DatabaseValue]] = []
    try old.read { db in
      _ = Self.walk(
        db, "SELECT record_id, start, length, body FROM content_pieces WHERE record_id = ?",
        [content[0]]
      ) { pieces.append($0) }
    }
    try old.close()
    for piece in pieces {
      try db.execute(
        sql: "INSERT INTO content_pieces (record_id, start, length, body) VALUES (?, ?, ?, ?)",
        arguments: StatementArguments(piece))
    }
  }

  private func carry(into state: inout ReplicaState, _ count: Int) {
    if let old = self.state {
      state.former = old.former
      // By these the office finds that it was put back from a backup, and is given what it lacks.
      state.epoch = old.epoch
      state.witness = old.witness
      state.owes = old.owes
      state.survived = old.survived
      state.place = old.place
      state.clockOffset = old.clockOffset
      state.lease = old.lease
    }
    guard let replica else { return }
    let counters = waiting.filter { $0.dot.replica == replica }.map(\.dot.counter)
    let first = counters.first ?? 0
    // Only as far as no change is missing: a form must not claim to have seen more than it had.
    let run = zip(counters, first...).prefix { $0 == $1 }.count
    state.former.append(
      FormerReplica(
        replica: replica, common: common(of: replica), first: first, count: UInt64(run),
        successor: state.replica))
  }

  private static func keep(_ change: FoundChange, _ db: Database) throws {
    try db.execute(
      sql: """
        INSERT INTO changes
          (replica, counter, record_id, case_id, type, hash, body, recorded_at, verdict, epoch,
           sequence, proof, is_owed, decision)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        Data(change.dot.replica.bytes), Int64(storing: change.dot.counter),
        Data(change.record.bytes), Data(change.caseID.bytes), change.type, Data(change.hash.bytes),
        change.body, change.recordedAt, change.verdict?.name, change.epoch, change.sequence,
        change.proof, change.isOwed, change.decision,
      ])
  }
}
