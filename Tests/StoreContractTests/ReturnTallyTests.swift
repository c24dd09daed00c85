import ServerStorage
import SyncCore
import TestSupport
import Testing

@Suite struct `What a store remembers of a homecoming` {
  static func tally(_ device: Int, epoch: UInt64 = 2) -> ReturnTally {
    var tally = ReturnTally(
      epoch: epoch, device: DeviceID(value: UInt128(device)),
      heardAt: Timestamp(milliseconds: 1_000))
    (tally.records, tally.changes, tally.reissued) = (4, 5, 1)
    (tally.unproven, tally.reached, tally.isHome) = (2, 77, true)
    return tally
  }

  @Test(arguments: StoreKind.allCases)
  func `gives each device's tally back, of its own epoch`(kind: StoreKind) async throws {
    let store = try kind.make()
    let tallies = [Self.tally(1), Self.tally(2), Self.tally(1, epoch: 3)]
    try await store.transaction { transaction throws in
      for tally in tallies { try transaction.save(tally) }
    }
    try await store.read { store throws in
      for tally in tallies {
        #expect(try store.returnTally(of: tally.device, in: tally.epoch) == tally)
      }
      #expect(try store.returnTally(of: DeviceID(value: 2), in: 3) == nil)
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `keeps the newest that was seen of each replica`(kind: StoreKind) async throws {
    let store = try kind.make()
    let (first, second) = (ReplicaID(value: 1), ReplicaID(value: 2))
    try await store.transaction { transaction throws in
      try transaction.save(ShownHead(replica: second, counter: 3))
      try transaction.save(ShownHead(replica: first, counter: 9))
      try transaction.save(ShownHead(replica: first, counter: 7))
    }
    let kept = try await store.read { try $0.shownHeads() }
    #expect(
      kept == [ShownHead(replica: first, counter: 9), ShownHead(replica: second, counter: 3)])
  }

  @Test(arguments: StoreKind.allCases)
  func `keeps nothing of a transaction that failed`(kind: StoreKind) async throws {
    struct Stopped: Error {}
    let store = try kind.make()
    await #expect(throws: Stopped.self) {
      try await store.transaction { transaction throws in
        try transaction.save(Self.tally(1))
        try transaction.save(ShownHead(replica: ReplicaID(value: 1), counter: 9))
        throw Stopped()
      }
    }
    try await store.read { store throws in
      #expect(try store.returnTally(of: DeviceID(value: 1), in: 2) == nil)
      #expect(try store.shownHeads().isEmpty)
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `says nothing where no store was put back`(kind: StoreKind) async throws {
    let store = try kind.make()
    let report = try await store.read { try RestoreReport($0) }
    #expect(report.epoch == 1)
    #expect(report.laptops.isEmpty && report.missing.isEmpty)
  }
}
