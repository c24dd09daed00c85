import Foundation
import GRDB
import SyncCore

/// One transaction or one view of the store, in SQL: cases, and the single values. Bodies are
/// opened and sealed in `SQLiteRecords` and `SQLiteChanges`.
final class SQLiteRows: ReplicaTransaction {
  let db: Database
  let sealer: any Sealer
  let limits: Limits
  private var kept: ReplicaState?

  init(_ db: Database, _ sealer: any Sealer, _ limits: Limits) {
    self.db = db
    self.sealer = sealer
    self.limits = limits
  }

  func run(_ sql: String, _ arguments: StatementArguments = []) throws {
    try db.cachedStatement(sql: sql).execute(arguments: arguments)
  }

  func one(_ sql: String, _ arguments: StatementArguments = []) throws -> Row? {
    try Row.fetchOne(db.cachedStatement(sql: sql), arguments: arguments)
  }

  func number(_ sql: String, _ arguments: StatementArguments = []) throws -> Int64? {
    try Int64.fetchOne(db.cachedStatement(sql: sql), arguments: arguments)
  }

  func state() throws -> ReplicaState {
    if let kept { return kept }
    var values: [String: DatabaseValue] = [:]
    let cursor = try Row.fetchCursor(db.cachedStatement(sql: "SELECT key, value FROM meta"))
    while let row = try cursor.next() { values[try row.at(0)] = row[1] }
    let state = try ReplicaState(values)
    kept = state
    return state
  }

  func save(_ state: ReplicaState) throws {
    let before = try self.state().values
    for (old, new) in zip(before, state.values)
    where old.value?.databaseValue != new.value?.databaseValue {
      if let value = new.value {
        try run("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", [new.key, value])
      } else {
        try run("DELETE FROM meta WHERE key = ?", [new.key])
      }
    }
    kept = state
  }

  // MARK: Cases

  func isWhole(_ caseID: CaseID, in generation: Int64) throws -> Bool? {
    try number(
      "SELECT is_whole FROM cases WHERE generation = ? AND case_id = ?",
      [generation, Data(caseID.bytes)]
    ).map { $0 != 0 }
  }

  func cases(in generation: Int64) throws -> [HeldCase] {
    try Row.fetchAll(
      db.cachedStatement(
        sql: "SELECT case_id, is_whole FROM cases WHERE generation = ? ORDER BY case_id"),
      arguments: [generation]
    ).map { row in HeldCase(caseID: try id(row.at(0), "a case"), isWhole: try row.at(1)) }
  }

  func allCases() throws -> [CaseID] {
    try Data.fetchAll(
      db.cachedStatement(sql: "SELECT DISTINCT case_id FROM cases ORDER BY case_id")
    ).map { try id($0, "a case") }
  }

  func hold(_ held: HeldCase, in generation: Int64) throws {
    try run(
      "INSERT OR REPLACE INTO cases (generation, case_id, is_whole) VALUES (?, ?, ?)",
      [generation, Data(held.caseID.bytes), held.isWhole])
  }

  func drop(_ caseID: CaseID) throws {
    let id = Data(caseID.bytes)
    try run("DELETE FROM records WHERE case_id = ?", [id])
    try run("DELETE FROM cases WHERE case_id = ?", [id])
    try contents.drop(caseID)
  }

  func empty(_ caseID: CaseID, in generation: Int64) throws {
    try run(
      "DELETE FROM records WHERE generation = ? AND case_id = ?",
      [generation, Data(caseID.bytes)])
  }

  func delete(generation: Int64) throws {
    try run("DELETE FROM records WHERE generation = ?", [generation])
    try run("DELETE FROM cases WHERE generation = ?", [generation])
  }

  func deleteGenerations(but generation: Int64) throws {
    try run("DELETE FROM records WHERE generation != ?", [generation])
    try run("DELETE FROM cases WHERE generation != ?", [generation])
  }

  // MARK: What a restored office may lack

  func owe(allBut survived: Place) throws {
    try contents.owe()
    let place: StatementArguments = [
      Int64(storing: survived.epoch), Int64(storing: survived.sequence),
    ]
    try run(
      """
      UPDATE records SET is_owed = proof IS NOT NULL
        AND NOT (arrived_epoch IS NOT NULL AND arrived_epoch = ? AND arrived_sequence <= ?)
      """, place)
    try run(
      """
      UPDATE changes SET is_owed = proof IS NOT NULL
        AND NOT (epoch IS NOT NULL AND epoch = ? AND sequence <= ?)
      """, place)
  }

  func handedBack(_ id: RecordID, in generation: Int64) throws {
    try run(
      "UPDATE records SET is_owed = 0 WHERE generation = ? AND record_id = ?",
      [generation, Data(id.bytes)])
  }

  func offeredAgain(_ number: Int64) throws {
    try run("UPDATE changes SET is_owed = 0 WHERE number = ?", [number])
  }

  // MARK: Reading columns

  func id<ID: Identifier>(_ bytes: Data, _ what: String) throws -> ID {
    guard let id = ID(bytes: bytes) else { throw ReplicaError.damaged("\(what) has no id") }
    return id
  }

  func place(_ epoch: Int64?, _ sequence: Int64?) -> Place? {
    guard let epoch, let sequence else { return nil }
    return Place(epoch: UInt64(stored: epoch), sequence: UInt64(stored: sequence))
  }
}
