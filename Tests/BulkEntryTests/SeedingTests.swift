import RecordCatalogue
import ServerStorage
import SyncCore
import Testing

@testable import BulkEntry

@Suite struct SeedingTests {
  /// Enough for two transactions; every transaction of the memory store copies all of it.
  private func seeded(_ store: MemoryStore, people: Int = 53) async throws -> SeedSummary {
    try await seed(
      try Samples.population(people, officers: 2, contactsPerYear: 10), into: store,
      catalogue: Samples.catalogue, now: Samples.now)
  }

  @Test func `a seeded store is sound, and each case is granted to its officer`() async throws {
    let store = MemoryStore()
    let summary = try await seeded(store)
    let report = try await store.read { try StoreVerifier($0).verify() }
    #expect(report.problems.isEmpty)
    #expect(report.cases == 53)
    #expect(report.changes == summary.changes)
    let population = try Samples.population(53, officers: 2, contactsPerYear: 10)
    for next in population.cases() {
      let grants = try await store.read { try $0.grants(of: next.officer) }
      #expect(grants.contains { $0.caseID == next.caseID && $0.endedAt == nil })
    }
    #expect(summary.grants == 53)
    #expect(summary.officers == 2)
  }

  @Test func `nothing that is seeded is contested`() async throws {
    let store = MemoryStore()
    _ = try await seeded(store, people: 20)
    let counts = try await Samples.counts(store)
    #expect(counts.contested == 0)
    #expect(counts.refused == 0)
  }

  @Test func `seeding again goes on where it was interrupted`() async throws {
    let store = MemoryStore()
    _ = try await seeded(store, people: 5)
    let before = try await Samples.counts(store)
    let again = try await seeded(store, people: 8)
    #expect(again.alreadyThere == 5)
    #expect(again.cases == 3)
    #expect(again.grants == 3)
    let summary = try await seeded(store, people: 8)
    #expect(summary.cases == 0 && summary.changes == 0)
    #expect(try await Samples.counts(store).cases == before.cases + 3)
  }

  @Test func `progress is told after every batch`() async throws {
    var seen: [Int] = []
    try await seed(
      try Samples.population(53, contactsPerYear: 0), into: MemoryStore(),
      catalogue: Samples.catalogue, now: Samples.now
    ) { seen.append($0) }
    #expect(seen == [50, 53])
  }
}
