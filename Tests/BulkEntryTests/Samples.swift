import RecordCatalogue
import ServerStorage
import SyncCore
import Testing

@testable import BulkEntry

/// What the tests of this room share.
enum Samples {
  static let catalogue = Catalogue.standard
  static let replica = ReplicaID(value: 0xD0_0257)
  static let now = Timestamp(milliseconds: 1_773_133_200_000)

  static func today() throws -> CalendarDate {
    try #require(CalendarDate("2026-03-10"))
  }

  static func population(
    _ people: Int, officers: Int? = nil, seed: UInt64 = 1, contactsPerYear: Int = 100
  ) throws -> Population {
    Population(
      people: people, officers: officers, seed: seed, today: try today(),
      contactsPerYear: contactsPerYear)
  }

  static func read(
    _ kind: ImportKind, _ text: String, name: String = "feed.csv", mapping: Mapping = .none,
    skipsBadCases: Bool = false, limits: ImportLimits = ImportLimits()
  ) throws -> ImportFile {
    try read(
      kind, Array(text.utf8), name: name, mapping: mapping, skipsBadCases: skipsBadCases,
      limits: limits)
  }

  static func read(
    _ kind: ImportKind, _ bytes: [UInt8], name: String = "feed.csv", mapping: Mapping = .none,
    skipsBadCases: Bool = false, limits: ImportLimits = ImportLimits()
  ) throws -> ImportFile {
    try ImportFile.read(
      kind: kind, name: name, bytes: bytes, mapping: mapping, catalogue: catalogue,
      today: try today(), skipsBadCases: skipsBadCases, limits: limits)
  }

  static func mapping(_ kind: ImportKind, _ text: String) throws -> Mapping {
    try Mapping(
      YAMLText(file: "map.yaml", text: text), for: kind, catalogue: catalogue, today: try today())
  }

  /// What is wrong with a file; empty when nothing is.
  static func problems(
    _ kind: ImportKind, _ bytes: [UInt8], name: String = "feed.csv", mapping: Mapping = .none,
    limits: ImportLimits = ImportLimits()
  ) throws -> [ImportProblem] {
    do {
      _ = try read(kind, bytes, name: name, mapping: mapping, limits: limits)
      return []
    } catch let problems as ImportProblems {
      return problems.problems
    }
  }

  static func plan(_ file: ImportFile, in store: MemoryStore) async throws -> ImportPlan {
    try await file.plan(in: store, author: "feed", now: now)
  }

  static func enter(_ file: ImportFile, into store: MemoryStore) async throws -> ImportOutcome {
    let plan = try await plan(file, in: store)
    return try await file.apply(plan, to: store, author: "feed", now: now)
  }

  @discardableResult
  static func apply(_ file: ImportFile, to store: MemoryStore) async throws -> ImportCounts {
    try await enter(file, into: store).counts
  }

  /// A store that holds the case X000001.
  static func storeWithCase() async throws -> MemoryStore {
    let store = MemoryStore()
    let file = try read(.cases, "crn,forename,surname\nX000001,Nia,Parry\n")
    try await apply(file, to: store)
    return store
  }

  static func record(_ id: RecordID, in store: MemoryStore) async throws -> Record? {
    try await store.read { try $0.record(id).map { try Record(reading: $0.bytes) } }
  }

  static func counts(_ store: MemoryStore) async throws -> StoreCounts {
    try await store.read { try $0.counts() }
  }
}
