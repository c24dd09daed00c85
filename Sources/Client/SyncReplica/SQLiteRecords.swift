import Foundation
import GRDB
import SyncCore

/// Rows of the table `records`, opened and sealed at this one place.
extension SQLiteRows {
  private static let columns = """
    record_id, case_id, type, version, base, shown_version, shown, proof, arrived_epoch,
    arrived_sequence, is_owed, generation
    """

  func record(_ id: RecordID, in generation: Int64) throws -> RecordRow? {
    try one(
      "SELECT \(Self.columns) FROM records WHERE generation = ? AND record_id = ?",
      [generation, Data(id.bytes)]
    ).map(opened)
  }

  func records(in generation: Int64, _ body: (RecordRow) throws -> Void) throws {
    let cursor = try Row.fetchCursor(
      db.cachedStatement(sql: "SELECT \(Self.columns) FROM records WHERE generation = ?"),
      arguments: [generation])
    while let row = try cursor.next() { try body(opened(row)) }
  }

  func shown(
    in generation: Int64, of caseID: CaseID?, types: Set<String>?,
    _ body: (SyncCore.Record) throws -> Void
  ) throws {
    // Only what is shown is read: a page over a caseload asks for thousands.
    var sql = """
      SELECT record_id, case_id, type, shown IS NULL, IFNULL(shown_version, version),
        IFNULL(shown, base)
      FROM records WHERE generation = ?
      """
    var arguments: StatementArguments = [generation]
    if let caseID {
      sql += " AND case_id = ?"
      arguments += [Data(caseID.bytes)]
    }
    if let types {
      let marks = Array(repeating: "?", count: types.count).joined(separator: ", ")
      sql += " AND type IN (\(marks))"
      arguments += StatementArguments(types.sorted())
    }
    let cursor = try Row.fetchCursor(db.cachedStatement(sql: sql), arguments: arguments)
    while let row = try cursor.next() {
      guard let sealed = try row.at(5) as Blob? else { continue }
      guard let id = try row.at(0) as Blob?, let caseID = try row.at(1) as Blob?,
        let version = try row.at(4) as Blob?
      else { throw ReplicaError.damaged("a record's row is not whole") }
      let isBase: Bool = try row.at(3)
      let label = try SealLabel(
        purpose: isBase ? "base" : "shown", type: row.at(2), id: id.bytes, version: version.bytes)
      try body(unsealed(sealed.bytes, label, caseID.bytes))
    }
  }

  func baseDigests(
    in generation: Int64, of caseID: CaseID?, _ body: (CaseID, RecordID, Hash?) throws -> Void
  ) throws {
    let cursor = try Row.fetchCursor(
      db.cachedStatement(
        sql: """
          SELECT record_id, case_id, type, version, base FROM records
          WHERE generation = ?1 AND base IS NOT NULL AND (?2 IS NULL OR case_id = ?2)
          """), arguments: [generation, caseID.map { Data($0.bytes) }])
    while let row = try cursor.next() {
      let record: RecordID = try id(row.at(0), "a record")
      let caseID: CaseID = try id(row.at(1), "a record's case")
      try body(caseID, record, digest(of: row, record, caseID))
    }
  }

  /// `nil` for a base that is not what was written.
  private func digest(of row: Row, _ id: RecordID, _ caseID: CaseID) -> Hash? {
    guard let type: String = try? row.at(2), let version: Blob = try? row.at(3),
      let base: Blob = try? row.at(4)
    else { return nil }
    let label = SealLabel(purpose: "base", type: type, id: id.bytes, version: version.bytes)
    return try? unsealed(base.bytes, label, caseID.bytes).digest
  }

  func disputed(in generation: Int64, _ body: (RecordRow) throws -> Void) throws {
    let cursor = try Row.fetchCursor(
      db.cachedStatement(
        sql: """
          SELECT \(Self.columns) FROM records INDEXED BY records_disputed
          WHERE is_disputed = 1 AND generation = ?
          """), arguments: [generation])
    while let row = try cursor.next() { try body(opened(row)) }
  }

  func hasRecords(of caseID: CaseID, in generation: Int64) throws -> Bool {
    try number(
      "SELECT EXISTS (SELECT 1 FROM records WHERE generation = ? AND case_id = ?)",
      [generation, Data(caseID.bytes)]) == 1
  }

  func owedRecords(_ body: (RecordRow, Int64) throws -> Bool) throws {
    let cursor = try Row.fetchCursor(
      db.cachedStatement(
        sql: """
          SELECT \(Self.columns) FROM records WHERE is_owed = 1 ORDER BY generation, record_id
          """))
    while let row = try cursor.next(), try body(opened(row), row.at(11)) {}
  }

  func save(_ row: RecordRow, in generation: Int64) throws {
    let base = try row.base.map { try seal($0.bytes, of: $0, "base") }
    let shown = try row.shown.map { try seal($0.bytes, of: $0, "shown") }
    try run(
      """
      INSERT OR REPLACE INTO records
        (generation, record_id, case_id, type, version, base, shown_version, shown, proof,
         arrived_epoch, arrived_sequence, is_owed, is_disputed)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        generation, Data(row.id.bytes), Data(row.caseID.bytes), row.type, base?.version ?? Data(),
        base?.body, shown?.version, shown?.body, row.proof.map { Data($0.bytes) },
        row.arrived.map { Int64(storing: $0.epoch) },
        row.arrived.map { Int64(storing: $0.sequence) }, row.isOwed,
        row.current?.hasConcurrentValues ?? false,
      ])
  }

  func insert(_ arrival: Arrival, in generation: Int64) throws -> Bool {
    let record = arrival.record
    let sealed = try seal(arrival.bytes, of: record, "base")
    try run(
      """
      INSERT OR IGNORE INTO records
        (generation, record_id, case_id, type, version, base, proof, arrived_epoch,
         arrived_sequence, is_disputed)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        generation, Data(record.id.bytes), Data(record.caseID.bytes), record.type, sealed.version,
        sealed.body, arrival.proof.map { Data($0.bytes) }, Int64(storing: arrival.place.epoch),
        Int64(storing: arrival.place.sequence), record.hasConcurrentValues,
      ])
    return db.changesCount == 1
  }

  func deleteRecord(_ id: RecordID, in generation: Int64) throws {
    try run(
      "DELETE FROM records WHERE generation = ? AND record_id = ?",
      [generation, Data(id.bytes)])
  }

  private func seal(
    _ bytes: [UInt8], of record: SyncCore.Record, _ purpose: String
  ) throws -> (version: Data, body: Data) {
    let version = record.version.writtenForm
    let label = SealLabel(
      purpose: purpose, type: record.type, id: record.id.bytes, version: version)
    return (Data(version), Data(try sealer.seal(bytes, for: label)))
  }

  private func opened(_ row: Row) throws -> RecordRow {
    let id: RecordID = try id(row.at(0), "a record")
    let caseID: CaseID = try self.id(row.at(1), "a record's case")
    let type: String = try row.at(2)
    func body(_ purpose: String, version: Int, body: Int) throws -> SyncCore.Record? {
      guard let version = try row.at(version) as Blob?, let body = try row.at(body) as Blob? else {
        return nil
      }
      let label = SealLabel(purpose: purpose, type: type, id: id.bytes, version: version.bytes)
      return try unsealed(body.bytes, label, caseID.bytes)
    }
    var opened = RecordRow(id: id, caseID: caseID, type: type)
    opened.base = try body("base", version: 3, body: 4)
    opened.shown = try body("shown", version: 5, body: 6)
    opened.proof = try (row.at(7) as Data?).flatMap { Proof(bytes: $0) }
    opened.arrived = try place(row.at(8), row.at(9))
    opened.isOwed = try row.at(10)
    return opened
  }

  /// A body, which must be that of the row where it was found.
  private func unsealed(
    _ sealed: [UInt8], _ label: SealLabel, _ caseID: [UInt8]
  ) throws -> SyncCore.Record {
    let record = try SyncCore.Record(reading: try sealer.open(sealed, for: label))
    guard record.id.bytes == label.id, record.type == label.type, record.caseID.bytes == caseID
    else { throw ReplicaError.damaged("a record's body is not its own") }
    return record
  }
}
