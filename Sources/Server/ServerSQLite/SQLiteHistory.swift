import Foundation
import GRDB
import ServerStorage
import SyncCore

/// What is asked of the log about one record.
extension SQLiteTransaction {
  func changes(of record: RecordID) throws -> [LoggedChange] {
    try all(
      """
      SELECT \(Self.changeColumns) FROM changes JOIN replicas ON number = changes.replica
      WHERE record_id = ? ORDER BY sequence
      """, [Data(record.bytes)], logged)
  }

  func refusedChanges(after sequence: UInt64, limit: Int) throws -> [LoggedChange] {
    try all(
      """
      SELECT \(Self.changeColumns) FROM changes JOIN replicas ON number = changes.replica
      WHERE verdict = 'refused' AND sequence > ? ORDER BY sequence LIMIT ?
      """, [Int64(storing: sequence), limit], logged)
  }

  func casesChanged(after sequence: UInt64) throws -> [CaseID] {
    try all(
      """
      SELECT DISTINCT case_id FROM changes WHERE sequence > ? AND case_id IS NOT NULL
      ORDER BY case_id
      """, [Int64(storing: sequence)]
    ) { try id($0.at(0)) }
  }

  func tallies(of caseID: CaseID) throws -> [ChangeTally] {
    try all(
      """
      SELECT record_id, COUNT(*), SUM(verdict = 'refused'), MAX(sequence)
      FROM changes WHERE record_id IS NOT NULL AND case_id = ? GROUP BY record_id
      """, [Data(caseID.bytes)]
    ) { row in
      try ChangeTally(
        record: id(row.at(0)), changes: UInt64(stored: row.at(1)),
        refused: UInt64(stored: row.at(2)),
        last: UInt64(stored: row.at(3)))
    }
  }

  func records(endingIn end: String) throws -> [RecordID] {
    try all(
      """
      SELECT record_id FROM changes WHERE record_id IS NOT NULL AND lower(hex(record_id)) LIKE ?1
      UNION SELECT record_id FROM records WHERE lower(hex(record_id)) LIKE ?1
      """, ["%" + end]
    ) { try id($0.at(0)) }
  }
}
