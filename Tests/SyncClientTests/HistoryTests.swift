import RecordCatalogue
import ServerStorage
import SyncCore
import TestSupport
import Testing

/// The stories of `ConvergenceTests`, read back from the office's log.
@Suite(.timeLimit(.minutes(5))) struct `The history of a record` {
  private func story(_ seed: Int) async throws -> World {
    let store: any ServerStore = seed % 10 == 9 ? try StoreKind.sqlite.make() : MemoryStore()
    let world = World(seed: seed, store)
    try await world.begin()
    try await world.work(steps: 10 + seed % 20)
    #expect(try await world.heal() != nil)
    return world
  }

  private func histories(of world: World) async throws -> [RecordHistory] {
    let ids = Set(try await world.office.log().compactMap(\.record))
    return try await world.office.store.read { store in
      try ids.sorted().compactMap { try RecordHistory(of: $0, in: store) }
    }
  }

  @Test(arguments: 2_000..<2_100)
  func `ends in the record that the office holds`(seed: Int) async throws {
    for history in try await histories(of: story(seed)) {
      #expect(history.isWhole && history.lost.isEmpty)
      guard let last = history.entries.last else { continue }
      #expect(history.record(at: last.logged.sequence) == history.stored)
      #expect(history.record(at: .max) == history.stored)
      #expect(history.record(at: 0) == nil)
    }
  }

  @Test(arguments: 2_000..<2_100)
  func `shows a change as of what its author saw`(seed: Int) async throws {
    let world = try await story(seed)
    let shown = await world.shown
    for history in try await histories(of: world) {
      for entry in history.entries {
        guard let seen = shown[entry.logged.dot] else { continue }
        let told = history.shown(to: entry)
        guard told.uncertain.isEmpty else { continue }
        #expect(told.record?.digest == seen?.digest, "no. \(entry.logged.sequence)")
        #expect(told.record.map(readings) == seen.map(readings))
      }
    }
  }

  /// What each field reads as, and by whom, in the order in which it is listed.
  private func readings(of record: Record) -> [String: [String]] {
    let policy = Catalogue.standard.policy(of: record.type)
    var readings: [String: [String]] = [:]
    for field in record.fields {
      let reading = record.read(field, by: policy?.rule(of: field) ?? .fieldMerge(.first))
      readings[field] =
        ["\(String(describing: reading?.value)) \(String(describing: reading?.status))"]
        + (reading?.standing.map(\.dot.description) ?? [])
    }
    return readings
  }

  @Test(arguments: 2_000..<2_020)
  func `says of each edit that is gone what superseded it`(seed: Int) async throws {
    for history in try await histories(of: story(seed)) {
      let taken = history.entries.filter { !$0.logged.verdict.isRefusal }
      let standing = Set(history.stored?.edits.map { Name($0) } ?? [])
      let superseded = taken.flatMap(\.superseded).map { Name($0) }
      #expect(Set(superseded).count == superseded.count, "one edit gave way twice")
      #expect(standing.isDisjoint(with: superseded))
      let made = taken.flatMap { entry in
        (entry.change?.body.action.names ?? []).map { Name(dot: entry.logged.dot, field: $0) }
      }
      #expect(Set(made) == standing.union(superseded))
    }
  }

  /// Stories in which nobody edits at once with another prove nothing.
  @Test func `is told of stories in which people edit at once and are refused`() async throws {
    var (concurrent, refused, seen) = (0, 0, 0)
    for seed in 2_000..<2_020 {
      let world = try await story(seed)
      let shown = await world.shown
      for history in try await histories(of: world) {
        for entry in history.entries {
          concurrent += entry.concurrent.filter { !$0.fields.isEmpty }.count
          if entry.logged.verdict.isRefusal { refused += 1 }
          guard shown[entry.logged.dot] != nil else { continue }
          if history.shown(to: entry).uncertain.isEmpty { seen += 1 }
        }
      }
    }
    #expect(concurrent > 20 && refused > 20 && seen > 100)
  }
}

/// One field of one change.
private struct Name: Hashable {
  let dot: Dot
  let field: String

  init(dot: Dot, field: String) { (self.dot, self.field) = (dot, field) }
  init(_ edit: StandingEdit) { self.init(dot: edit.dot, field: edit.field) }
}

extension Change.Action {
  fileprivate var names: [String] {
    switch self {
    case .set(let members): members.map(\.name)
    case .delete: [Record.deletionField]
    }
  }
}
