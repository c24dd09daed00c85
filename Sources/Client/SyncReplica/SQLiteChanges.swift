import Foundation
import GRDB
import SyncCore

/// Rows of the table `changes`, opened and sealed at this one place.
extension SQLiteRows {
  private static let columns = """
    number, replica, counter, record_id, case_id, type, hash, body, recorded_at, verdict, epoch,
    sequence, proof, in_base, is_owed, decision
    """

  func head(of replica: ReplicaID) throws -> ChainHead {
    let row = try one(
      "SELECT counter, hash FROM changes WHERE replica = ? ORDER BY counter DESC LIMIT 1",
      [Data(replica.bytes)])
    guard let row else { return .start }
    return try ChainHead(counter: UInt64(stored: row.at(0)), hash: try hash(row.at(1)))
  }

  func own(_ dot: Dot) throws -> OwnRow? {
    try one(
      "SELECT \(Self.columns) FROM changes WHERE replica = ? AND counter = ?",
      [Data(dot.replica.bytes), Int64(storing: dot.counter)]
    ).map(opened)
  }

  func overlay(of record: RecordID) throws -> [OwnRow] {
    var rows: [OwnRow] = []
    try each(
      """
      record_id = ? AND in_base = 0 AND body IS NOT NULL
        AND (verdict IS NULL OR verdict NOT LIKE 'refused:%')
      """, [Data(record.bytes)]
    ) { row in
      rows.append(row)
      return true
    }
    return rows
  }

  func overlaid() throws -> Set<RecordID> {
    let ids = try Data.fetchAll(
      db.cachedStatement(sql: "SELECT DISTINCT record_id FROM changes WHERE in_base = 0"))
    return try Set(ids.map { try id($0, "a change's record") })
  }

  func isWrittenElsewhere(_ record: RecordID) throws -> Bool {
    try number(
      "SELECT EXISTS (SELECT 1 FROM changes WHERE record_id = ? AND in_base = 1)",
      [Data(record.bytes)]) == 1
  }

  func ownRecords(of caseID: CaseID?) throws -> [OwnRecord] {
    let wanted = caseID.map { Data($0.bytes) }
    return try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT DISTINCT record_id, case_id, type FROM changes
          WHERE body IS NOT NULL AND (?1 IS NULL OR case_id = ?1) ORDER BY record_id
          """), arguments: [wanted]
    ).map { row in
      try OwnRecord(
        id: id(row.at(0), "a change's record"), caseID: id(row.at(1), "a change's case"),
        type: row.at(2))
    }
  }

  func waiting(_ body: (OwnRow) throws -> Bool) throws { try each("verdict IS NULL", [], body) }

  func waitingCount() throws -> UInt64 {
    UInt64(stored: try number("SELECT count(*) FROM changes WHERE verdict IS NULL"))
  }

  func own(of replica: ReplicaID, from counter: UInt64, _ body: (OwnRow) throws -> Bool) throws {
    try each(
      "replica = ? AND counter >= ?", [Data(replica.bytes), Int64(storing: counter)], body)
  }

  func owedChanges(_ body: (OwnRow) throws -> Bool) throws { try each("is_owed = 1", [], body) }

  private func each(
    _ condition: String, _ arguments: StatementArguments, _ body: (OwnRow) throws -> Bool
  ) throws {
    let cursor = try Row.fetchCursor(
      db.cachedStatement(
        sql: "SELECT \(Self.columns) FROM changes WHERE \(condition) ORDER BY number"),
      arguments: arguments)
    while let row = try cursor.next(), try body(opened(row)) {}
  }

  func append(_ change: Change) throws {
    let body = change.body
    try run(
      """
      INSERT INTO changes
        (replica, counter, record_id, case_id, type, hash, body, recorded_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        Data(body.dot.replica.bytes), Int64(storing: body.dot.counter), Data(body.record.bytes),
        Data(body.caseID.bytes), body.type, Data(change.hash.bytes), try seal(change),
        body.recordedAt.milliseconds,
      ])
  }

  func update(_ row: OwnRow) throws {
    try run(
      """
      UPDATE changes SET
        replica = ?, counter = ?, hash = ?, body = ?, verdict = ?, epoch = ?, sequence = ?,
        proof = ?, in_base = ?, is_owed = ?, decision = ?
      WHERE number = ?
      """,
      [
        Data(row.dot.replica.bytes), Int64(storing: row.dot.counter), Data(row.hash.bytes),
        try row.change.map(seal), row.verdict?.name, row.place.map { Int64(storing: $0.epoch) },
        row.place.map { Int64(storing: $0.sequence) }, row.proof.map { Data($0.bytes) },
        row.isInBase, row.isOwed, row.decision, row.number,
      ])
  }

  func takeOutOfBase(of caseID: CaseID?) throws {
    try run(
      "UPDATE changes SET in_base = 0 WHERE in_base = 1 AND (?1 IS NULL OR case_id = ?1)",
      [caseID.map { Data($0.bytes) }])
  }

  func forgetText(of caseID: CaseID, keepsOwn: Bool) throws {
    try run(
      """
      UPDATE changes SET body = NULL
      WHERE case_id = ?1 AND verdict IS NOT NULL AND NOT (?2 AND verdict LIKE 'refused:%')
      """, [Data(caseID.bytes), keepsOwn])
    if !keepsOwn { try run("DELETE FROM drafts WHERE case_id = ?", [Data(caseID.bytes)]) }
  }

  /// The newest first, of one record or of all.
  func newest(of record: RecordID?, limit: Int) throws -> [OwnRow] {
    try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT \(Self.columns) FROM changes WHERE ?1 IS NULL OR record_id = ?1
          ORDER BY number DESC LIMIT ?2
          """), arguments: [record.map { Data($0.bytes) }, limit]
    ).map(opened)
  }

  func opened(_ row: Row) throws -> OwnRow {
    let dot = try Dot(id(row.at(1), "a change's replica"), UInt64(stored: row.at(2)))
    var own = try OwnRow(
      number: row.at(0), dot: dot, record: id(row.at(3), "a change's record"),
      caseID: id(row.at(4), "a change's case"), type: row.at(5), hash: hash(row.at(6)),
      recordedAt: Timestamp(milliseconds: row.at(8)))
    own.change = try (row.at(7) as Data?).map { try open($0, dot, own.type) }
    own.verdict = try (row.at(9) as String?).map { name in
      guard let verdict = Verdict(name: name) else {
        throw ReplicaError.damaged("a verdict is not known")
      }
      return verdict
    }
    own.place = try place(row.at(10), row.at(11))
    own.proof = try (row.at(12) as Data?).flatMap { Proof(bytes: $0) }
    own.isInBase = try row.at(13)
    own.isOwed = try row.at(14)
    own.decision = try row.at(15)
    return own
  }

  private func hash(_ bytes: Data) throws -> Hash {
    guard let hash = Hash(bytes: bytes) else { throw ReplicaError.damaged("a change has no hash") }
    return hash
  }

  private func seal(_ change: Change) throws -> Data {
    Data(try sealer.seal(change.bytes, for: Self.label(change.body.type, change.dot)))
  }

  private func open(_ sealed: Data, _ dot: Dot, _ type: String) throws -> Change {
    let bytes = try sealer.open([UInt8](sealed), for: Self.label(type, dot))
    let change = try Change(reading: bytes, limits: limits)
    guard change.dot == dot else { throw ReplicaError.damaged("a change is not in its place") }
    return change
  }

  static func label(_ type: String, _ dot: Dot) -> SealLabel {
    let number = withUnsafeBytes(of: dot.counter.bigEndian) { Array($0) }
    return SealLabel(purpose: "change", type: type, id: dot.replica.bytes, version: number)
  }
}
