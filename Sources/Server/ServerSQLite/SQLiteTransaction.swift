import Foundation
import GRDB
import ServerStorage
import SyncCore

/// One transaction or one view of the store, in SQL.
final class SQLiteTransaction: ServerTransaction {
  let db: Database
  private(set) var lastSequence: UInt64?
  private var hasBegunLife = false
  private var keptKey: OfficeKey?
  private var numbers: [ReplicaID: Int64] = [:]
  private(set) var notes: [AccessNote] = []

  init(_ db: Database) { self.db = db }

  /// Writes what was counted in memory.
  func finish() throws {
    guard let lastSequence else { return }
    try run("UPDATE meta SET value = ? WHERE key = 'sequence'", [Int64(storing: lastSequence)])
  }

  func note(_ note: AccessNote) { notes.append(note) }

  func run(_ sql: String, _ arguments: StatementArguments) throws {
    try db.cachedStatement(sql: sql).execute(arguments: arguments)
  }

  func one(_ sql: String, _ arguments: StatementArguments) throws -> Row? {
    try Row.fetchOne(db.cachedStatement(sql: sql), arguments: arguments)
  }

  func all<Element>(
    _ sql: String, _ arguments: StatementArguments = [], _ element: (Row) throws -> Element
  ) throws -> [Element] {
    let cursor = try Row.fetchCursor(db.cachedStatement(sql: sql), arguments: arguments)
    var elements: [Element] = []
    while let row = try cursor.next() { elements.append(try element(row)) }
    return elements
  }

  private func meta<Result: DatabaseValueConvertible>(_ key: String) throws -> Result {
    guard
      let value = try Result.fetchOne(
        db.cachedStatement(sql: "SELECT value FROM meta WHERE key = ?"), arguments: [key])
    else { throw StoreError.damaged("it has no \(key)") }
    return value
  }

  func life() throws -> Life {
    guard let life = try lives(newest: 1).first else { throw StoreError.damaged("it has no life") }
    return life
  }

  func life(at sequence: UInt64) throws -> Life {
    let row = try one(
      """
      SELECT replica, epoch, start FROM lives
      WHERE start < ? OR number = 1 ORDER BY number DESC LIMIT 1
      """, [Int64(storing: sequence)])
    guard let row else { throw StoreError.damaged("it has no life") }
    return try life(row)
  }

  func lives(newest count: Int) throws -> [Life] {
    try all(
      "SELECT replica, epoch, start FROM lives ORDER BY number DESC LIMIT ?", [count], life)
  }

  private func life(_ row: Row) throws -> Life {
    try Life(
      replica: id(row.at(0)), epoch: UInt64(stored: row.at(1)), start: UInt64(stored: row.at(2))
    )
  }

  func end(of life: ReplicaID) throws -> UInt64? {
    let row = try one("SELECT number FROM lives WHERE replica = ?", [Data(life.bytes)])
    guard let row else { return nil }
    let next = try one(
      "SELECT start FROM lives WHERE number > ? ORDER BY number LIMIT 1", [row.at(0) as Int64])
    return try next.map { try UInt64(stored: $0.at(0)) } ?? sequence()
  }

  /// Where the store has come to by this transaction; `nil` when that did not move.
  func reached() throws -> Place? {
    guard lastSequence != nil || hasBegunLife else { return nil }
    return Place(epoch: try epoch(), sequence: try sequence())
  }

  func begin(_ life: Life) throws {
    hasBegunLife = true
    try run("DELETE FROM lives WHERE start = ?", [Int64(storing: life.start)])
    try run(
      "INSERT INTO lives (replica, epoch, start) VALUES (?, ?, ?)",
      [Data(life.replica.bytes), Int64(storing: life.epoch), Int64(storing: life.start)])
  }

  func sequence() throws -> UInt64 { try lastSequence ?? UInt64(stored: meta("sequence")) }

  func key() throws -> OfficeKey {
    if let keptKey { return keptKey }
    let key = OfficeKey(secret: [UInt8](try meta("secret") as Data))
    keptKey = key
    return key
  }

  func nextSequence() throws -> UInt64 {
    let next = try sequence() + 1
    lastSequence = next
    return next
  }

  // MARK: Changes

  func head(of replica: ReplicaID) throws -> ChainHead {
    let row = try one(
      "SELECT number, counter, hash FROM replicas WHERE replica = ?", [Data(replica.bytes)])
    guard let row else { return .start }
    numbers[replica] = try row.at(0)
    return try ChainHead(counter: UInt64(stored: row.at(1)), hash: try hash(row.at(2)))
  }

  func replicas() throws -> [ReplicaID] {
    try all("SELECT replica FROM replicas ORDER BY replica") { try id($0.at(0)) }
  }

  static let changeColumns =
    "replicas.replica, changes.counter, changes.hash, bytes, verdict, refusal, sequence, record_id, case_id, received_at, origin_replica, origin_counter, origin_hash, clock_offset"

  func change(_ dot: Dot) throws -> LoggedChange? {
    try one(
      """
      SELECT \(Self.changeColumns) FROM changes JOIN replicas ON number = changes.replica
      WHERE replicas.replica = ? AND changes.counter = ?
      """, [Data(dot.replica.bytes), Int64(storing: dot.counter)]
    ).map(logged)
  }

  func changes(of replica: ReplicaID, after counter: UInt64, limit: Int) throws -> [LoggedChange] {
    try all(
      """
      SELECT \(Self.changeColumns) FROM changes JOIN replicas ON number = changes.replica
      WHERE replicas.replica = ? AND changes.counter > ? ORDER BY changes.counter LIMIT ?
      """, [Data(replica.bytes), Int64(storing: counter), limit], logged)
  }

  func logged(_ row: Row) throws -> LoggedChange {
    try LoggedChange(
      dot: Dot(try id(row.at(0)), UInt64(stored: row.at(1))), hash: try hash(row.at(2)),
      bytes: [UInt8](row.at(3) as Data), verdict: try Self.verdict(row.at(4), row.at(5)),
      sequence: UInt64(stored: row.at(6)), record: try (row.at(7) as Data?).map(id),
      caseID: try (row.at(8) as Data?).map(id), receivedAt: Timestamp(milliseconds: row.at(9)),
      origin: try dot(row.at(10), row.at(11)).map {
        Change.Origin(dot: $0, hash: try hash(row.at(12)))
      }, clockOffset: row.at(13))
  }

  private func dot(_ replica: Data?, _ counter: Int64?) throws -> Dot? {
    guard let replica, let counter else { return nil }
    return Dot(try id(replica), UInt64(stored: counter))
  }

  func change(issuedAgain origin: Change.Origin) throws -> LoggedChange? {
    try one(
      """
      SELECT \(Self.changeColumns) FROM changes JOIN replicas ON number = changes.replica
      WHERE origin_hash = ? ORDER BY sequence LIMIT 1
      """, [Data(origin.hash.bytes)]
    ).map(logged)
  }

  func append(_ change: LoggedChange) throws {
    let number = try number(of: change.dot.replica)
    let (verdict, refusal) = Self.text(of: change.verdict)
    do {
      try run(
        """
        INSERT INTO changes
          (sequence, replica, counter, hash, bytes, verdict, refusal, record_id, case_id, received_at,
           origin_replica, origin_counter, origin_hash, clock_offset)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        [
          Int64(storing: change.sequence), number, Int64(storing: change.dot.counter),
          Data(change.hash.bytes), Data(change.bytes), verdict, refusal,
          change.record.map { Data($0.bytes) }, change.caseID.map { Data($0.bytes) },
          change.receivedAt.milliseconds,
          change.origin.map { Data($0.dot.replica.bytes) },
          change.origin.map { Int64(storing: $0.dot.counter) },
          change.origin.map { Data($0.hash.bytes) }, change.clockOffset,
        ])
    } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
      throw StoreError.changeLoggedTwice(change.dot)
    }
    try run(
      "UPDATE replicas SET counter = ?1, hash = ?2 WHERE number = ?3 AND counter < ?1",
      [Int64(storing: change.dot.counter), Data(change.hash.bytes), number])
  }

  private func number(of replica: ReplicaID) throws -> Int64 {
    if let number = numbers[replica] { return number }
    let bytes = Data(replica.bytes)
    try run(
      "INSERT OR IGNORE INTO replicas (replica, counter, hash) VALUES (?, 0, ?)",
      [bytes, Data(Hash.zero.bytes)])
    guard let row = try one("SELECT number FROM replicas WHERE replica = ?", [bytes]) else {
      throw StoreError.damaged("a replica has no number")
    }
    numbers[replica] = try row.at(0)
    return try row.at(0)
  }

  private static func text(of verdict: Verdict) -> (String, String?) {
    guard case .refused(let code, let field) = verdict else { return (verdict.kind, nil) }
    return (verdict.kind, "\(code):\(field)")
  }

  private static func verdict(_ text: String, _ refusal: String?) throws -> Verdict {
    switch text {
    case "applied": return .applied
    case "merged": return .merged
    case "contested": return .contested
    case "late": return .late
    case "refused":
      let parts = (refusal ?? "").split(
        separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      return .refused(code: String(parts.first ?? ""), field: String(parts.dropFirst().first ?? ""))
    default: throw StoreError.damaged("a verdict is not known")
    }
  }

  // MARK: Records

  func record(_ id: RecordID) throws -> StoredRecord? {
    try one(
      "SELECT record_id, type, case_id, sequence, body, proof, has_left FROM records WHERE record_id = ?",
      [Data(id.bytes)]
    ).map(stored)
  }

  func records(of caseID: CaseID, after sequence: UInt64, limit: Int) throws -> [StoredRecord] {
    try all(
      """
      SELECT record_id, type, case_id, sequence, body, proof, has_left FROM records
      WHERE case_id = ? AND sequence > ? ORDER BY sequence LIMIT ?
      """, [Data(caseID.bytes), Int64(storing: sequence), limit], stored)
  }

  func records(of caseID: CaseID, types: Set<String>) throws -> [StoredRecord] {
    let marks = Array(repeating: "?", count: types.count).joined(separator: ", ")
    return try all(
      """
      SELECT record_id, type, case_id, sequence, body, proof, has_left FROM records
      WHERE case_id = ? AND type IN (\(marks)) ORDER BY sequence
      """,
      StatementArguments([Data(caseID.bytes)] as [any DatabaseValueConvertible] + types.sorted()),
      stored)
  }

  func contestedRecords(after id: RecordID?, limit: Int) throws -> [StoredRecord] {
    try all(
      """
      SELECT record_id, type, case_id, sequence, body, proof, has_left FROM records
      WHERE is_contested = 1 AND record_id > ? ORDER BY record_id LIMIT ?
      """, [Data(id?.bytes ?? []), limit], stored)
  }

  private func stored(_ row: Row) throws -> StoredRecord {
    guard let proof = try Proof(bytes: row.at(5) as Data) else {
      throw StoreError.damaged("a record has no proof")
    }
    var stored = try StoredRecord(
      id: id(row.at(0)), type: row.at(1), caseID: id(row.at(2)),
      sequence: UInt64(stored: row.at(3)),
      bytes: [UInt8](row.at(4) as Data), proof: proof)
    stored.hasLeft = try row.at(6)
    return stored
  }

  func save(_ record: StoredRecord, resolved: @autoclosure () -> ResolvedView) throws {
    let resolved = resolved()
    try run(
      """
      INSERT INTO records (record_id, type, case_id, sequence, body, proof, resolved, is_contested)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (record_id) DO UPDATE SET
        type = excluded.type, case_id = excluded.case_id, sequence = excluded.sequence,
        body = excluded.body, proof = excluded.proof, resolved = excluded.resolved, is_contested = excluded.is_contested,
        has_left = 0
      """,
      [
        Data(record.id.bytes), record.type, Data(record.caseID.bytes),
        Int64(storing: record.sequence),
        Data(record.bytes), Data(record.proof.bytes), resolved.json,
        resolved.isContested,
      ])
  }

  func place(_ id: RecordID, at sequence: UInt64, hasLeft: Bool) throws {
    try run(
      "UPDATE records SET sequence = ?, has_left = ? WHERE record_id = ?",
      [Int64(storing: sequence), hasLeft, Data(id.bytes)])
  }

  private static let headColumns =
    "case_id, sequence, records, digest, departed, windowed_at, window_due"

  func caseHead(_ caseID: CaseID) throws -> CaseHead? {
    try one(
      "SELECT \(Self.headColumns) FROM cases WHERE case_id = ?", [Data(caseID.bytes)]
    ).map(caseHead)
  }

  func caseHeads(after caseID: CaseID?, limit: Int) throws -> [CaseHead] {
    try all(
      """
      SELECT \(Self.headColumns) FROM cases WHERE case_id > ? ORDER BY case_id LIMIT ?
      """, [Data(caseID?.bytes ?? []), limit], caseHead)
  }

  private func caseHead(_ row: Row) throws -> CaseHead {
    let caseID: CaseID = try id(row.at(0))
    var digest = try CaseDigest(caseID: caseID, records: UInt64(stored: row.at(2)))
    digest.sum = try hash(row.at(3))
    var head = try CaseHead(caseID: caseID, sequence: UInt64(stored: row.at(1)), digest: digest)
    head.departed = try UInt64(stored: row.at(4))
    head.windowedAt = try UInt64(stored: row.at(5))
    head.windowDue = try row.at(6)
    return head
  }

  func save(_ head: CaseHead) throws {
    try run(
      "INSERT OR REPLACE INTO cases (\(Self.headColumns)) VALUES (?, ?, ?, ?, ?, ?, ?)",
      [
        Data(head.caseID.bytes), Int64(storing: head.sequence), Int64(storing: head.digest.records),
        Data(head.digest.sum.bytes), Int64(storing: head.departed),
        Int64(storing: head.windowedAt), head.windowDue,
      ])
  }

  func id<ID: Identifier>(_ bytes: Data) throws -> ID {
    guard let id = ID(bytes: bytes) else { throw StoreError.damaged("an id is not 16 bytes") }
    return id
  }

  func hash(_ bytes: Data) throws -> Hash {
    guard let hash = Hash(bytes: bytes) else { throw StoreError.damaged("a hash is not 32 bytes") }
    return hash
  }
}
