import RecordCatalogue
import ServerStorage
import SyncCore

/// What seeding did. No case content.
package struct SeedSummary: Hashable, Sendable {
  /// Cases stored now.
  package var cases = 0
  /// Cases that were there already and left as they are.
  package var alreadyThere = 0
  /// Changes made, which are at least as many as records.
  package var changes = 0
  package var grants = 0
  /// Officers who hold a case.
  package var officers = 0

  package init() {}
}

/// Cases to one transaction. More would hold the store's one writer for longer than a sync may
/// wait; fewer would wait for the disk more often.
private let seedBatch = 50

/// Fills a store with a population, and grants each case to its officer.
///
/// A case is stored whole or not at all, and one that the store has is left alone: seeding that was
/// interrupted is simply started again.
/// - Parameters:
///   - now: the office's clock, for the arrival of every change.
///   - progress: told the number of cases dealt with, after each batch.
/// - Throws: what the store throws; `OfficeWriter.Refused` when the catalogue does not admit an
///   entry, which only an altered catalogue can cause.
@discardableResult
package func seed(
  _ population: Population, into store: some ServerStore, catalogue: Catalogue,
  now: Timestamp, progress: (Int) -> Void = { _ in }
) async throws -> SeedSummary {
  var summary = SeedSummary()
  var officers: Set<String> = []
  var done = 0
  var batch: [PopulationCase] = []
  func enterBatch(_ cases: [PopulationCase]) async throws {
    let stored = try await store.transaction { transaction in
      try enter(cases, transaction, catalogue: catalogue, now: now)
    }
    summary.add(stored)
    done += cases.count
    progress(done)
  }
  for next in population.cases() {
    try Task.checkCancellation()
    officers.insert(next.officer)
    batch.append(next)
    if batch.count == seedBatch {
      try await enterBatch(batch)
      batch.removeAll(keepingCapacity: true)
    }
  }
  if !batch.isEmpty { try await enterBatch(batch) }
  summary.officers = officers.count
  return summary
}

/// Stores cases in one transaction.
private func enter(
  _ cases: [PopulationCase], _ transaction: any ServerTransaction, catalogue: Catalogue,
  now: Timestamp
) throws -> SeedSummary {
  var summary = SeedSummary()
  var writer = try OfficeWriter(transaction, catalogue: catalogue, now: now)
  for next in cases {
    if try transaction.caseHead(next.caseID) == nil {
      for entry in next.entries {
        try writer.set(
          entry.fields, of: entry.record, type: entry.type, caseID: next.caseID,
          author: entry.author, role: entry.role, recordedAt: entry.recordedAt,
          reason: entry.reason)
      }
      try writer.derive(next.caseID)
      summary.changes += next.entries.count
      summary.cases += 1
    } else {
      summary.alreadyThere += 1
    }
    if try writer.grant(next.officer, next.caseID, reason: "seeded") { summary.grants += 1 }
  }
  return summary
}

extension SeedSummary {
  fileprivate mutating func add(_ other: SeedSummary) {
    cases += other.cases
    alreadyThere += other.alreadyThere
    changes += other.changes
    grants += other.grants
  }
}
