import Foundation
import GRDB
import SyncCore

/// A resync builds the whole scope anew beside what is shown, then swaps in one transaction.
///
/// Nothing is lost by it: the laptop's own changes are not part of a generation, and what has no
/// receipt stays in the outbox. A kill at any moment leaves either the old generation or the new
/// one, and a half-built one is continued.
extension Replica {
  /// Begins building, unless that is going on already.
  public func beginResync() throws(ReplicaError) {
    try write { db in
      guard try db.metaNumber(.buildingGeneration) == nil else { return }
      try db.setMeta(.buildingGeneration, try db.generation() + 1)
      try db.setMeta(.buildingCheckpoint, nil)
    }
  }

  public func isResyncing() throws(ReplicaError) -> Bool {
    try read { db in try db.metaNumber(.buildingGeneration) != nil }
  }

  /// Gives up the generation that is being built; what is shown stays.
  public func abandonResync() throws(ReplicaError) {
    try write { db in
      guard let building = try db.metaNumber(.buildingGeneration) else { return }
      try db.execute(sql: "DELETE FROM records WHERE generation = ?", arguments: [building])
      try db.execute(sql: "DELETE FROM cases WHERE generation = ?", arguments: [building])
      try db.setMeta(.buildingGeneration, nil)
      try db.setMeta(.buildingCheckpoint, nil)
    }
  }

  /// Swaps the finished generation in.
  /// - Returns: whether there was one and every case of it is whole.
  @discardableResult
  public func finishResync() throws(ReplicaError) -> Bool {
    try write { db in
      guard let building = try db.metaNumber(.buildingGeneration) else { return false }
      let unfinished = try Int.fetchOne(
        db, sql: "SELECT count(*) FROM cases WHERE generation = ? AND is_whole = 0",
        arguments: [building])
      guard unfinished == 0 else { return false }
      try db.execute(sql: "DELETE FROM records WHERE generation != ?", arguments: [building])
      try db.execute(sql: "DELETE FROM cases WHERE generation != ?", arguments: [building])
      try db.setMeta(.generation, building)
      try db.setMeta(.checkpoint, try db.meta(.buildingCheckpoint).map { Data($0) })
      try db.setMeta(.buildingGeneration, nil)
      try db.setMeta(.buildingCheckpoint, nil)
      try layOver(db, building)
      return true
    }
  }

  /// Lays the laptop's own changes over the new generation.
  private func layOver(_ db: Database, _ generation: Int64) throws {
    try db.execute(sql: "UPDATE changes SET in_base = 0")
    let records = StoredRecords(db: db, sealer: sealer, generation: generation)
    let overlay = Overlay(db: db, sealer: sealer, limits: limits)
    let own = try Row.fetchAll(
      db, sql: "SELECT DISTINCT record_id, case_id, type FROM changes WHERE body IS NOT NULL")
    for row in own {
      guard let id = RecordID(bytes: row[0] as Data), let caseID = CaseID(bytes: row[1] as Data),
        try db.isWhole(caseID, in: generation) != nil
      else { continue }
      try records.show(
        id, caseID, row[2], base: try records.row(id)?.base, over: overlay,
        marking: true)
    }
  }

  /// Remembers orders as carried out, to be told with the next request.
  public func note(obeyed orders: [UInt64]) throws(ReplicaError) {
    try write { db in
      try db.setMeta(.obeyed, orders.isEmpty ? nil : orders.map(String.init).joined(separator: ","))
    }
  }

  /// Compares each case's digest with the office's. Meaningful when nothing waits to be sent.
  /// - Returns: the cases that differ, are missing here, or are not held by the office.
  public func differences(from office: [CaseDigest]) throws(ReplicaError) -> [CaseID] {
    let ours = Dictionary(uniqueKeysWithValues: try digests().map { ($0.caseID, $0) })
    let theirs = Dictionary(office.map { ($0.caseID, $0) }) { first, _ in first }
    return Set(ours.keys).union(theirs.keys).filter { ours[$0] != theirs[$0] }.sorted()
  }

  /// The digest of each case as the office's state was last received, ascending by case. While a
  /// resync runs, of the generation that is being built.
  public func digests() throws(ReplicaError) -> [CaseDigest] {
    try read { db in
      let generation = try db.targetGeneration()
      var digests: [CaseID: CaseDigest] = [:]
      for row in try Row.fetchAll(
        db, sql: "SELECT case_id FROM cases WHERE generation = ?", arguments: [generation])
      {
        guard let caseID = CaseID(bytes: row[0] as Data) else { continue }
        digests[caseID] = CaseDigest(caseID: caseID)
      }
      try StoredRecords(db: db, sealer: sealer, generation: generation).scan { row in
        guard let base = row.base else { return }
        digests[row.caseID, default: CaseDigest(caseID: row.caseID)].replace(nil, with: base.digest)
      }
      return digests.values.sorted { $0.caseID < $1.caseID }
    }
  }
}
