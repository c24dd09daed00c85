import SyncCore
import SyncReplica
import TestSupport
import Testing

@testable import SyncClient

@Suite(.timeLimit(.minutes(5))) struct `Those who ask for a sync` {
  /// A laptop whose line holds each exchange until the gate opens.
  private func held() async throws -> (Laptop, Gate, OfficeLine) {
    let office = OfficeInProcess()
    let caseID = try await office.open("X000001")
    let device = try await office.enrol("sam")
    try await office.grant("sam", [caseID])
    let gate = Gate()
    let line = OfficeLine(
      office, device: device.id,
      fault: {
        await gate.pass()
        return nil
      })
    return (try Laptop(device, over: line), gate, line)
  }

  /// Returns once so many wait for the round.
  private func waiting(_ callers: Int, for laptop: Laptop) async {
    while await laptop.engine.callers != callers { await Task.yield() }
  }

  @Test func `join the round that runs`() async throws {
    let (sam, gate, line) = try await held()
    let first = Task { try await sam.sync() }
    await gate.arrived(1)
    let others = (1...5).map { _ in Task { try await sam.sync() } }
    await waiting(6, for: sam)
    await gate.open()
    let report = try await first.value
    for other in others { #expect(try await other.value == report) }
    #expect(line.exchanges == 1)
  }

  @Test func `and want it verified share one round of their own, after the one that runs`()
    async throws
  {
    let (sam, gate, line) = try await held()
    let first = Task { try await sam.sync() }
    await gate.arrived(1)
    let others = (1...5).map { _ in Task { try await sam.sync(verifying: true) } }
    await waiting(6, for: sam)
    await gate.open()
    #expect(try await first.value.differences == nil)
    for other in others { #expect(try await other.value.differences == []) }
    #expect(line.exchanges == 2)
  }

  @Test func `after a round has ended get a new one`() async throws {
    let (sam, gate, line) = try await held()
    await gate.open()
    try await sam.sync()
    try await sam.sync()
    #expect(line.exchanges == 2)
  }

  @Test func `and give up do not stop it for the others`() async throws {
    let (sam, gate, line) = try await held()
    let patient = Task { try await sam.sync() }
    await gate.arrived(1)
    let impatient = Task { try await sam.sync() }
    await waiting(2, for: sam)
    impatient.cancel()
    await waiting(1, for: sam)
    await gate.open()
    #expect(try await patient.value.isSynced)
    #expect(line.exchanges == 1)
  }

  @Test func `and all give up stop it`() async throws {
    let (sam, gate, _) = try await held()
    let callers = (1...2).map { _ in Task { try await sam.sync() } }
    await gate.arrived(1)
    await waiting(2, for: sam)
    for caller in callers { caller.cancel() }
    await waiting(0, for: sam)
    await gate.open()
    for caller in callers {
      await #expect(throws: SyncFailure.cancelled) { try await caller.value }
    }
  }

  @Test func `see what it is doing, and a slow watcher sees the newest`() async throws {
    let (sam, gate, _) = try await held()
    var statuses = sam.engine.statuses().makeAsyncIterator()
    #expect(await statuses.next() == .idle)
    let round = Task { try await sam.sync() }
    await gate.arrived(1)
    #expect(await statuses.next() == .sending(changes: 0))
    await gate.open()
    _ = try await round.value
    #expect(await statuses.next() == .synced)
    var late = sam.engine.statuses().makeAsyncIterator()
    #expect(await late.next() == .synced)
  }

  @Test func `are told in the same words what went wrong`() async throws {
    let sam = try await OfficeInProcess().laptop("sam")
    let engine = sam.engine(over: Scripted.failing(.offline("No network.")))
    await #expect(throws: SyncFailure.offline("No network.")) { try await engine.sync() }
    var statuses = engine.statuses().makeAsyncIterator()
    #expect(await statuses.next() == .failed(SyncFailure.offline("No network.").description))
  }
}

@Suite struct `Trying again` {
  @Test(arguments: [1, 2, 3, 8, 9, 10, 64, .max], [0, 0.5, 0.999_999])
  func `waits longer each time, never longer than the cap, never in step with others`(
    failures: Int, chance: Double
  ) {
    let backoff = Backoff()
    let delay = backoff.delay(after: failures, chance: chance)
    let ceiling = failures > 9 ? 300.0 : min(300, Double(1 << (failures - 1)))
    #expect(delay >= .zero)
    #expect(delay <= .seconds(ceiling * chance) + .milliseconds(1))
    #expect(delay <= backoff.cap)
  }

  @Test(arguments: [0, -1, .min])
  func `takes a count that makes no sense as the first failure`(failures: Int) {
    #expect(Backoff().delay(after: failures, chance: 0.5) == .milliseconds(500))
  }

  @Test func `waits at least as long as the office asked`() {
    let delay = Backoff().delay(after: 1, chance: 0.25, atLeast: .seconds(30))
    #expect(delay == .milliseconds(30_250))
  }

  @Test func `does not believe that an office is busy for a day`() {
    #expect(Backoff().delay(after: 1, chance: 0, atLeast: .seconds(86_400)) == .seconds(300))
  }

  @Test(
    arguments: [
      (nil, "shortly"), (0, "shortly"), (1, "in a second"), (17, "in 17 seconds"),
      (120, "in 2 minutes"),
    ] as [(Int?, String)])
  func `says when to try again, and that nothing is lost`(seconds: Int?, words: String) {
    #expect(
      SyncFailure.busy(retryAfter: seconds).description
        == "The office is busy. Try again \(words); your work is saved on this laptop.")
  }

  @Test func `goes on until a round ends well`() async throws {
    let office = OfficeInProcess()
    let sam = try await office.laptop("sam")
    let line = OfficeLine(office, device: sam.device.id)
    let (asked, slept) = (Notes<Int>(), Notes<Duration>())
    let network = Scripted {
      (request: TransportRequest) async throws(TransportFailure) -> TransportResponse in
      asked.add(1)
      switch asked.all.count {
      case 1: throw .offline("No network.")
      case 2: return .problem(503, "unavailable", retryAfter: 7)
      case 3: return TransportResponse(status: 200, contentType: "text/html", body: .of([60]))
      default: return try await line.exchange(request)
      }
    }
    let report = try await sam.engine(over: network, sleeping: slept).sync(attempts: 9)
    #expect(report.isSynced)
    #expect(slept.all == [.milliseconds(500), .seconds(8), .seconds(2)])
  }

  @Test func `waits for a busy office as long as it has patience`() async throws {
    let office = OfficeInProcess()
    let sam = try await office.laptop("sam")
    let line = OfficeLine(office, device: sam.device.id)
    let (asked, slept) = (Notes<Int>(), Notes<Duration>())
    let network = Scripted {
      (request: TransportRequest) async throws(TransportFailure) -> TransportResponse in
      asked.add(1)
      if asked.all.count < 3 { return .problem(503, "unavailable", retryAfter: 3) }
      return try await line.exchange(request)
    }
    let report = try await sam.engine(over: network, sleeping: slept, patience: .seconds(10)).sync()
    #expect(report.isSynced)
    #expect(slept.all == [.milliseconds(3_500), .milliseconds(3_500)])
  }

  @Test func `does not wait longer for a busy office than it has patience`() async throws {
    let sam = try await OfficeInProcess().laptop("sam")
    let slept = Notes<Duration>()
    let network = Scripted { _ in .problem(503, "unavailable", retryAfter: 4) }
    await #expect(throws: SyncFailure.busy(retryAfter: 4)) {
      try await sam.engine(over: network, sleeping: slept, patience: .seconds(10)).sync()
    }
    #expect(slept.all == [.milliseconds(4_500), .milliseconds(4_500)])
  }

  @Test func `stops where only a person can help`() async throws {
    let sam = try await OfficeInProcess().laptop("sam")
    let slept = Notes<Duration>()
    let network = Scripted { _ in .problem(403, "revoked") }
    await #expect(throws: SyncFailure.refused(code: "revoked", message: "Ring your office.")) {
      try await sam.engine(over: network, sleeping: slept).sync(attempts: 9)
    }
    #expect(slept.all.isEmpty)
  }

  @Test func `stops after as many attempts as were asked for`() async throws {
    let sam = try await OfficeInProcess().laptop("sam")
    let slept = Notes<Duration>()
    let engine = sam.engine(over: Scripted.failing(.offline("No.")), sleeping: slept)
    await #expect(throws: SyncFailure.offline("No.")) { try await engine.sync(attempts: 4) }
    #expect(slept.all.count == 3)
  }
}
