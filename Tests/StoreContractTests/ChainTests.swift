import ServerStorage
import SyncCore
import TestSupport
import Testing

private let note = RecordID(value: 0x1)

@Suite struct `The office checks a laptop's chain and` {
  @Test(arguments: StoreKind.allCases)
  func `asks for changes that are missing`(kind: StoreKind) async throws {
    let bench = try await Bench.make(kind)
    for number: UInt128 in 1...3 {
      bench.sam.note("\(number)", as: RecordID(value: number), in: bench.caseID)
    }
    let outcome = try await bench.sam.send(from: 3)
    #expect(outcome.acceptance.finding == .resend(from: 1))
    #expect(outcome.acceptance.receipts.isEmpty)
    #expect(try await bench.sam.verdicts() == [.applied, .applied, .applied])
  }

  @Test(arguments: StoreKind.allCases)
  func `asks for them also when nothing is sent`(kind: StoreKind) async throws {
    let bench = try await Bench.make(kind)
    bench.sam.note("unsent", as: note, in: bench.caseID)
    #expect(try await bench.sam.send(from: 2).acceptance.finding == .resend(from: 1))
  }

  @Test(arguments: StoreKind.allCases)
  func `notices a restored laptop that counts the same changes twice`(
    kind: StoreKind
  ) async throws {
    let bench = try await Bench.make(kind)
    bench.sam.note("common", as: note, in: bench.caseID)
    try await bench.sam.send()
    let restored = bench.sam.copy()
    bench.sam.note("lost with the old disk", as: RecordID(value: 2), in: bench.caseID)
    try await bench.sam.send(from: 2)
    restored.note("written after the restore", as: RecordID(value: 3), in: bench.caseID)
    let outcome = try await restored.send(from: 2)
    #expect(outcome.acceptance.finding == .forked(common: 1, head: bench.sam.head))
    #expect(try await bench.office.record(RecordID(value: 3)) == nil)
  }

  @Test(arguments: StoreKind.allCases)
  func `notices a restored laptop before it has written anything`(kind: StoreKind) async throws {
    let bench = try await Bench.make(kind)
    let restored = bench.sam.copy()
    bench.sam.note("lost with the old disk", as: note, in: bench.caseID)
    try await bench.sam.send()
    #expect(
      try await restored.send().acceptance.finding == .forked(common: 0, head: bench.sam.head))
  }

  @Test(arguments: StoreKind.allCases)
  func `turns away a request that contradicts itself`(kind: StoreKind) async throws {
    let bench = try await Bench.make(kind)
    bench.sam.note("a", as: note, in: bench.caseID)
    bench.sam.note("b", as: RecordID(value: 2), in: bench.caseID)
    await #expect(throws: Intake.Denial.incoherent) {
      try await bench.sam.send(bench.sam.request { $0.changes.swapAt(0, 1) })
    }
    await #expect(throws: Intake.Denial.incoherent) {
      try await bench.sam.send(
        bench.sam.request { $0.head = ChainHead(counter: 1, hash: .zero) })
    }
    #expect(try await bench.office.logged(Dot(bench.sam.replica, 1)) == nil)
  }

  @Test(arguments: StoreKind.allCases)
  func `turns away a copy of the store on another laptop`(kind: StoreKind) async throws {
    let bench = try await Bench.make(kind)
    bench.sam.note("a", as: note, in: bench.caseID)
    try await bench.sam.send()
    let thief = try await bench.office.enrol("eve")
    await #expect(throws: Intake.Denial.replicaOfAnotherDevice) {
      try await bench.office.receive(bench.sam.request(), from: thief.id)
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `turns away who takes up a name that another's laptop gave up`(
    kind: StoreKind
  ) async throws {
    let bench = try await Bench.make(kind)
    bench.sam.note("a", as: note, in: bench.caseID)
    try await bench.sam.send()
    let thief = try await bench.office.enrol("eve")
    let stolen = bench.sam.request { $0.checkpoint = [] }
    var device = bench.sam.device
    device.replica = ReplicaID(value: 77)
    try await bench.office.store.transaction { [device] in try $0.save(device) }
    await #expect(throws: Intake.Denial.replicaOfAnotherDevice) {
      try await bench.office.receive(stolen, from: thief.id)
    }
    // Who wrote under it may take it up again.
    let outcome = try await bench.office.receive(stolen, from: device.id)
    #expect(outcome.acceptance.receipts.map(\.isAgain) == [true])
  }

  @Test(arguments: StoreKind.allCases)
  func `turns away who counts under the office's own name`(kind: StoreKind) async throws {
    let bench = try await Bench.make(kind)
    let thief = try await bench.office.enrol("eve")
    let lives = try await bench.office.store.transaction { store throws in
      let past = try store.life().replica
      let next = Life(
        replica: ReplicaID(value: 78), epoch: try store.epoch(), start: try store.sequence())
      try store.begin(next)
      return [past, next.replica]
    }
    for life in lives {
      let request = bench.sam.request {
        $0.checkpoint = []
        $0.replica = life
      }
      await #expect(throws: Intake.Denial.replicaOfAnotherDevice) {
        try await bench.office.receive(request, from: thief.id)
      }
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `knows an officer's laptop again that was enrolled anew, and ends its old entry`(
    kind: StoreKind
  ) async throws {
    let bench = try await Bench.make(kind)
    bench.sam.note("a", as: note, in: bench.caseID)
    try await bench.sam.send()
    var anew = bench.sam.device
    anew.fingerprint = Hash(of: Array("a new certificate".utf8))
    let device = Device(
      id: DeviceID(value: 0x2ED), user: anew.user, role: anew.role, label: "again",
      isOperator: false, fingerprint: anew.fingerprint, certificateExpires: anew.certificateExpires,
      enrolledAt: anew.enrolledAt)
    try await bench.office.store.transaction { try $0.save(device) }
    let request = bench.sam.request { $0.checkpoint = [] }
    let outcome = try await bench.office.receive(request, from: device.id)
    #expect(outcome.acceptance.receipts.map(\.isAgain) == [true])
    #expect(try await bench.office.device(anew.id)?.state == .revoked)
    #expect(try await bench.office.device(device.id)?.replica == bench.sam.replica)
  }

  @Test(arguments: StoreKind.allCases)
  func `sees by a place that its records have not reached that it was restored`(
    kind: StoreKind
  ) async throws {
    let bench = try await Bench.make(kind)
    bench.sam.note("a", as: note, in: bench.caseID)
    try await bench.sam.send()
    try await bench.sam.pull()
    let restored = try await Bench.make(kind)
    restored.sam.checkpoint = bench.sam.checkpoint
    let common = try await restored.office.store.read { try $0.sequence() }
    let outcome = try await restored.sam.send()
    #expect(outcome.acceptance.orders == [Order(id: 0, kind: .newEpoch(2, survived: common))])
    #expect(try await restored.office.store.read { try $0.epoch() } == 2)
  }

  @Test(arguments: StoreKind.allCases)
  func `turns away another laptop's place in the records`(kind: StoreKind) async throws {
    let bench = try await Bench.make(kind)
    let kim = try await bench.colleague()
    kim.checkpoint = bench.sam.checkpoint
    await #expect(throws: Intake.Denial.foreignCheckpoint) { try await kim.send() }
  }

  @Test(arguments: StoreKind.allCases, [0, 1, 5, 20])
  func `turns away an altered place in the records`(kind: StoreKind, at: Int) async throws {
    let bench = try await Bench.make(kind)
    bench.sam.checkpoint[at % bench.sam.checkpoint.count] ^= 1
    await #expect(throws: Intake.Denial.foreignCheckpoint) { try await bench.sam.send() }
  }

  @Test(arguments: StoreKind.allCases)
  func `says so when it was restored itself`(kind: StoreKind) async throws {
    let bench = try await Bench.make(kind)
    bench.sam.note("unsent", as: note, in: bench.caseID)
    let start = try await bench.office.store.transaction { transaction throws in
      let start = try transaction.sequence()
      try transaction.begin(Life(replica: ReplicaID(value: 9), epoch: 2, start: start))
      return start
    }
    let outcome = try await bench.sam.send()
    #expect(
      outcome.acceptance.orders == [Order(id: 0, kind: .newEpoch(2, survived: start))])
    #expect(outcome.acceptance.receipts.isEmpty)
    #expect(outcome.acceptance.checkpoint == nil)
    #expect(try await bench.office.logged(Dot(bench.sam.replica, 1)) == nil)
  }

  @Test(arguments: StoreKind.allCases)
  func `knows where each of its lives ended`(kind: StoreKind) async throws {
    let bench = try await Bench.make(kind)
    let (ends, lives, sequence) = try await bench.office.store.transaction { store throws in
      let sequence = try store.sequence()
      for number in 1...3 as ClosedRange<UInt64> {
        let life = Life(
          replica: ReplicaID(value: UInt128(number)), epoch: number, start: sequence + number)
        try store.begin(life)
      }
      let ends = try [1, 2, 3, 4].map { try store.end(of: ReplicaID(value: $0)) }
      return (ends, try store.lives(newest: 2).map(\.epoch), sequence)
    }
    #expect(ends == [sequence + 2, sequence + 3, sequence, nil])
    #expect(lives == [3, 2])
  }

  @Test(arguments: StoreKind.allCases)
  func `turns away who has heard of a later epoch and cannot show it`(
    kind: StoreKind
  ) async throws {
    let bench = try await Bench.make(kind)
    await #expect(throws: Intake.Denial.foreignCheckpoint) {
      try await bench.sam.send(
        bench.sam.request {
          $0.epoch = 7
          $0.checkpoint = []
        })
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `notes how far the laptop's clock is off`(kind: StoreKind) async throws {
    let bench = try await Bench.make(kind)
    let later = bench.office.clock.now.milliseconds + 3_600_000
    let request = bench.sam.request {
      $0.deviceTime = Timestamp(milliseconds: later)
      $0.unsent = 4
    }
    try await bench.sam.send(request)
    let device = try await bench.office.device(bench.sam.device.id)
    #expect(device?.clockOffset == 3_600_000)
    #expect(device?.unsent == 4)
    #expect(device?.replica == bench.sam.replica)
    #expect(device?.lastContact == bench.office.clock.now)
  }

  @Test(arguments: StoreKind.allCases)
  func `gives an order until it was obeyed`(kind: StoreKind) async throws {
    let bench = try await Bench.make(kind)
    try await bench.office.orderResync(of: bench.sam.device.id)
    let order = try #require(try await bench.sam.send().acceptance.orders.first)
    #expect(order.kind == .resync)
    #expect(try await bench.sam.send().acceptance.orders == [order])
    let report = bench.sam.request { $0.obeyed = [order.id] }
    #expect(try await bench.sam.send(report).acceptance.orders.isEmpty)
    #expect(try await bench.sam.send().acceptance.orders.isEmpty)
  }
}
