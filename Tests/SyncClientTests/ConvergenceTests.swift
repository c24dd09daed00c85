import ServerStorage
import SyncClient
import SyncCore
import SyncReplica
import TestSupport
import Testing

/// Each seed is a story of its own: edits, cuts, repeats, transfers, resyncs, restarts.
@Suite(.timeLimit(.minutes(5))) struct `After any mishap` {
  @Test(arguments: 0..<200)
  func `two laptops and the office agree, and every edit is accounted for`(
    seed: Int
  ) async throws {
    let store: any ServerStore = seed % 10 == 9 ? try StoreKind.sqlite.make() : MemoryStore()
    let world = World(seed: seed, store)
    try await world.begin()
    try await world.work(steps: 10 + seed % 20)
    let rounds = try await world.heal()
    #expect(rounds != nil, "five rounds were not enough")
    try await accountForEveryEdit(in: world)
    try await compareWithTheOracle(world)
    for laptop in await world.laptops { try await compare(laptop, with: world.office) }
    #expect(try await world.office.problems() == [])
  }

  /// Stories in which nothing happens prove nothing.
  @Test func `everything that these stories are about does happen in some of them`() async throws {
    var events: Set<String> = []
    for seed in 1_000..<1_050 {
      let world = World(seed: seed, MemoryStore())
      try await world.begin()
      try await world.work(steps: 30)
      _ = try await world.heal()
      events.formUnion(await world.events)
    }
    let expected: Set = [
      "cut after the commit", "cut reply", "repeated request", "work while syncing", "restart",
      "resync", "dropped case", "verdict again", "settled by receipt", "several pages", "applied",
      "merged", "contested", "late", "easing", "invalid", "group-refused", "office-only",
    ]
    #expect(expected.subtracting(events) == [])
  }

  /// Whatever was called saved is in the office's log under the same hash, and its author knows
  /// what became of it.
  private func accountForEveryEdit(in world: World) async throws {
    let logged = Dictionary(try await world.office.log().map { ($0.dot, $0) }) { first, _ in first }
    for (dot, hash) in await world.saved { #expect(logged[dot]?.hash == hash) }
    for laptop in await world.laptops {
      for own in try laptop.replica.ownChanges() {
        let dot = Dot(laptop.replica.identity.replica, own.counter)
        let verdict = try #require(logged[dot]?.verdict)
        #expect(own.state == State(verdict).state)
        if case .refused = verdict { #expect(own.change != nil, "a refused text was lost") }
      }
    }
  }

  private func compareWithTheOracle(_ world: World) async throws {
    let oracle = try Oracle(try await world.office.log())
    for id in oracle.records {
      let record = try #require(try await world.office.record(id))
      #expect(record.standingDots == oracle.standing(in: id))
    }
  }

  /// The laptop holds its officer's cases, all of them whole, and shows what the office holds.
  private func compare(_ laptop: Laptop, with office: OfficeInProcess) async throws {
    let digests = try await office.digests(for: laptop.user)
    #expect(try laptop.replica.cases() == digests.map(\.caseID))
    for digest in digests {
      let theirs = try await office.records(of: digest.caseID).filter { !$0.isDeleted }
      let ours = try laptop.replica.records(caseID: digest.caseID).sorted { $0.id < $1.id }
      #expect(ours == theirs)
    }
    let report = try await laptop.sync(verifying: true)
    #expect(report.differences ?? [] == [])
    #expect(report.isSynced)
  }
}

/// How the laptop words a verdict.
private struct State {
  let state: Replica.OwnChange.State

  init(_ verdict: Verdict) {
    switch verdict {
    case .applied: state = .accepted("applied")
    case .merged: state = .accepted("merged")
    case .contested: state = .accepted("contested")
    case .late: state = .accepted("late")
    case .refused(let code, let field):
      state = .refused(field.isEmpty ? code : "\(code):\(field)")
    case .retry: state = .waiting
    }
  }
}
