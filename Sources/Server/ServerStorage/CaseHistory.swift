import SyncCore

/// Which records of a case have a history, those included of which everything was refused.
package struct CaseHistory: Sendable {
  package struct Row: Sendable {
    package let record: RecordID
    package let type: String
    /// Its changes in the log. None for one that came home whole after a restore.
    package let changes: UInt64
    /// Of these, refused.
    package let refused: UInt64
    /// The sequence of the newest.
    package let last: UInt64
  }

  /// Ascending by the newest change.
  package let rows: [Row]

  /// - Parameter caseID: what the office keeps of it for itself is listed too.
  package init(of caseID: CaseID, in store: any ServerReading) throws {
    var rows: [Row] = []
    for part in [caseID, .officeFile(of: caseID)] {
      var types: [RecordID: String] = [:]
      var tallies: [RecordID: ChangeTally] = [:]
      try store.forEachStored(of: part) { stored in
        types[stored.id] = stored.type
        tallies[stored.id] = ChangeTally(
          record: stored.id, changes: 0, refused: 0, last: stored.sequence)
      }
      for tally in try store.tallies(of: part) { tallies[tally.record] = tally }
      for tally in tallies.values {
        let type = try types[tally.record] ?? Self.type(of: tally.record, store)
        rows.append(
          Row(
            record: tally.record, type: type, changes: tally.changes, refused: tally.refused,
            last: tally.last))
      }
    }
    self.rows = rows.sorted { ($0.last, $0.record) < ($1.last, $1.record) }
  }

  /// The type that the first change of a record claims, where no record came of it.
  private static func type(of record: RecordID, _ store: any ServerReading) throws -> String {
    for logged in try store.changes(of: record) {
      if let change = try? Change(reading: logged.bytes) { return change.body.type }
    }
    return ""
  }
}
