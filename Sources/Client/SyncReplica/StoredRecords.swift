import Foundation
import GRDB
import SyncCore

/// Rows of the table `records`, opened and sealed at this one place.
struct StoredRecords {
  let db: Database
  let sealer: any Sealer
  let generation: Int64

  struct Row {
    let id: RecordID
    let caseID: CaseID
    let type: String
    /// The office's state; `nil` when only this laptop knows the record.
    var base: Record?
    /// With the laptop's own changes; `nil` when equal to `base`.
    var shown: Record?

    /// What people see.
    var current: Record? { shown ?? base }
  }

  private static let columns = "record_id, case_id, type, version, base, shown_version, shown"

  func row(_ id: RecordID) throws -> Row? {
    let statement = try db.cachedStatement(
      sql: "SELECT \(Self.columns) FROM records WHERE generation = ? AND record_id = ?")
    return try GRDB.Row.fetchOne(statement, arguments: [generation, Data(id.bytes)]).map(open)
  }

  /// All rows, or those of one case or type, as they come. Each is opened on the way.
  func scan(caseID: CaseID? = nil, type: String? = nil, _ body: (Row) throws -> Void) throws {
    var sql = "SELECT \(Self.columns) FROM records WHERE generation = ?"
    var arguments: StatementArguments = [generation]
    if let caseID {
      sql += " AND case_id = ?"
      arguments += [Data(caseID.bytes)]
    }
    if let type {
      sql += " AND type = ?"
      arguments += [type]
    }
    let cursor = try GRDB.Row.fetchCursor(db.cachedStatement(sql: sql), arguments: arguments)
    while let row = try cursor.next() { try body(open(row)) }
  }

  func save(_ row: Row) throws {
    let statement = try db.cachedStatement(
      sql: """
        INSERT OR REPLACE INTO records
          (generation, record_id, case_id, type, version, base, shown_version, shown)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """)
    let base = try row.base.map { try seal($0, "base") }
    let shown = try row.shown.map { try seal($0, "shown") }
    try statement.execute(
      arguments: [
        generation, Data(row.id.bytes), Data(row.caseID.bytes), row.type,
        base?.version ?? Data(), base?.body, shown?.version, shown?.body,
      ])
  }

  /// Adds a record as it came, its bytes untouched.
  /// - Returns: `false`, and nothing is done, when a record of this id is there already.
  func insert(_ record: Record, _ bytes: [UInt8]) throws -> Bool {
    let version = record.version.writtenForm
    let label = SealLabel(
      purpose: "base", type: record.type, id: record.id.bytes, version: version)
    try db.cachedStatement(
      sql: """
        INSERT OR IGNORE INTO records
          (generation, record_id, case_id, type, version, base, shown_version, shown)
        VALUES (?, ?, ?, ?, ?, ?, NULL, NULL)
        """
    ).execute(
      arguments: [
        generation, Data(record.id.bytes), Data(record.caseID.bytes), record.type, Data(version),
        Data(try sealer.seal(bytes, for: label)),
      ])
    return db.changesCount == 1
  }

  func delete(_ id: RecordID) throws {
    try db.cachedStatement(sql: "DELETE FROM records WHERE generation = ? AND record_id = ?")
      .execute(arguments: [generation, Data(id.bytes)])
  }

  private func seal(_ record: Record, _ purpose: String) throws -> (version: Data, body: Data) {
    let version = record.version.writtenForm
    let label = SealLabel(
      purpose: purpose, type: record.type, id: record.id.bytes, version: version)
    return (Data(version), Data(try sealer.seal(record.bytes, for: label)))
  }

  private func open(_ row: GRDB.Row) throws -> Row {
    guard let id = RecordID(bytes: row[0] as Data), let caseID = CaseID(bytes: row[1] as Data)
    else {
      throw ReplicaError.damaged("a record has no id")
    }
    let type: String = row[2]
    func opened(_ purpose: String, _ version: Data?, _ body: Data?) throws -> Record? {
      guard let version, let body else { return nil }
      let label = SealLabel(purpose: purpose, type: type, id: id.bytes, version: [UInt8](version))
      let record = try Record(reading: try sealer.open([UInt8](body), for: label))
      guard record.id == id, record.type == type, record.caseID == caseID else {
        throw ReplicaError.damaged("a record's body is not its own")
      }
      return record
    }
    return Row(
      id: id, caseID: caseID, type: type, base: try opened("base", row[3], row[4]),
      shown: try opened("shown", row[5], row[6]))
  }
}
