import RecordCatalogue
import ServerStorage
import SyncCore
import SyncReplica

/// One office, its laptops, the network between them, and what time and misfortune do to them: all
/// of it in one thread, decided by one seed and a list of decisions.
package final class World {
  enum Event {
    case decide(Int)
    case arrive(Exchange)
    case pull(Exchange)
    /// A request that the network kept.
    indirect case comeBack(SyncRequest, Machine)
    case switchOn(Machine)
  }

  let seed: UInt64
  let swarm: Swarm
  let decisions: [Decision]
  let office: Office
  var machines: [Machine] = []
  var users: [(name: String, role: Role)] = []
  var cases: [CaseID] = []
  var model = Model()
  var tally = Tally()
  var trace: Trace
  var queue = EventQueue<Event>()
  /// True time, in milliseconds since 1970.
  var now: Int64 = 1_776_000_000_000
  /// Records that were ever too old for laptops.
  var everLeft: Set<RecordID> = []
  /// How far the office had come when that was last noted.
  var lookedAt: UInt64 = 0
  var isHealing = false
  /// Edits that the office ever refused, by its code: refused stays refused, whatever is put back.
  var everRefused: [Int: String] = [:]
  /// Whom a limit ever kept out of which case: their laptops forget all of it, whatever is put
  /// back.
  var everKeptOut: [String: Set<Int>] = [:]
  /// Records of each case, in the order in which they were made.
  var recordsOfCase: [[RecordID]] = []
  /// Edits that were refused and taken by somebody's decision.
  var everReleased: Set<Int> = []
  /// Records in which one stands: who had seen it before it was refused, saw it under another name,
  /// so that more may stand there than the model says.
  var recordsWithReleased: Set<Int> = []
  let disks: SimulatedDisks?

  package init(
    _ seed: UInt64, _ swarm: Swarm, _ decisions: [Decision]? = nil, tracing: Bool = false,
    hashing: Bool = true
  ) throws {
    self.seed = seed
    let decisions = decisions ?? Plan.decisions(of: seed, swarm)
    var swarm = swarm
    swarm.amnesia = Swarm.Amnesia.allCases.filter { amnesia in
      decisions.contains { $0.kind.isOf(amnesia) }
    }
    self.swarm = swarm
    self.decisions = decisions
    office = Office(limits: swarm.limits)
    trace = Trace(keeping: tracing, hashing: hashing)
    disks = swarm.backend == .sqlite ? try SimulatedDisks() : nil
    tally.seeds = 1
    if swarm.servers == 2 { tally.note(.twoServers) }
  }

  package var traceHash: UInt64 { trace.hash }
  package var traceLines: [String] { trace.lines }
  package var counts: Tally { tally }

  /// Lives through it all: first with faults, then healed.
  package func run() throws(Failure) {
    try guarding {
      try begin()
      for (index, decision) in decisions.enumerated() {
        queue.add(.decide(index), at: now + decision.at, tie: decision.salt)
      }
      try drain()
      try heal()
      try judgeTheEnd()
    }
  }

  /// What throws without being a broken promise is one: production code has nothing to complain of.
  private func guarding(_ body: () throws -> Void) throws(Failure) {
    do { try body() } catch let failure as Failure { throw failure } catch {
      throw Failure(.unexpected, "\(error)")
    }
  }

  func drain() throws {
    while let (at, event) = queue.next() {
      now = max(now, at)
      try handle(event)
      try noteWhatLeft()
    }
  }

  private func handle(_ event: Event) throws {
    switch event {
    case .decide(let index): try carryOut(decisions[index])
    case .arrive(let exchange): try arrive(exchange)
    case .pull(let exchange): try pull(exchange)
    case .comeBack(let request, let machine): try comeBack(request, machine)
    case .switchOn(let machine): try switchOn(machine)
    }
  }

  /// What comes next of an exchange, after a while.
  func schedule(_ event: Event, of exchange: Exchange) {
    let delay = exchange.delay()
    queue.add(event, at: now + Int64(delay), tie: exchange.chance.next())
  }

  // MARK: The beginning

  private func begin() throws {
    var chance = Chance(seed, .identity)
    for number in 0..<swarm.officers {
      let role: Role = chance.pick(weighted: [
        (.officer, 70), (.senior, 14), (.administrator, 8), (.dataProtection, 8),
      ])
      users.append(("user\(number)", role))
    }
    for number in 0..<swarm.cases {
      let crn = "X00000\(number)"
      cases.append(.named("case", crn))
      recordsOfCase.append([])
      let name = Value.composite(["forename": .text("Robin"), "surname": .text("Test")])
      try enter(
        .set([
          ("crn", .text(crn)), ("name", name),
          ("responsible-officer", .text(users[number % users.count].name)),
        ]), of: .named("case-header", crn),
        type: "case-header", number)
    }
    for _ in 0..<swarm.records {
      let type = chance.pick(weighted: Workload.newTypes)
      let number = chance.below(swarm.cases)
      let form = Form(
        record: chance.id(), type: type, caseNumber: number, shown: nil, copy: nil)
      try enter(Workload.fresh(form, model.nextNumber, &chance))
    }
    for (user, _) in users {
      for number in 0..<swarm.cases where number == 0 || chance.happens(600) {
        try office.grant(user, cases[number], number, at: Timestamp(milliseconds: now))
      }
    }
    for number in 0..<swarm.laptops { try addMachine(number, &chance) }
  }

  private func addMachine(_ number: Int, _ chance: inout Chance) throws {
    let (user, role) = users[number % users.count]
    if number >= users.count { tally.note(.secondLaptop) }
    let device = Device(
      id: .named("device", "\(number)"), user: user, role: role, label: "laptop \(number)",
      isOperator: false, fingerprint: Hash(of: Array("\(number)".utf8)),
      certificateExpires: Timestamp(milliseconds: .max),
      enrolledAt: Timestamp(milliseconds: now))
    try office.enrol(device)
    let machine = Machine(
      number: number, device: device.id, user: user, role: role,
      isOutdated: chance.happens(swarm.outdated))
    if machine.isOutdated { tally.note(.mixedCatalogues) }
    if swarm.skewYears > 0 {
      let years = Int64(chance.within(-swarm.skewYears...swarm.skewYears))
      machine.clockOffset = years * 31_556_952_000 + Int64(chance.below(3_600_000))
      tally.note(.wrongClock)
    }
    machine.store = try newStore(for: machine, replica: chance.id())
    machines.append(machine)
  }

  // MARK: Decisions

  private func carryOut(_ decision: Decision) throws {
    var chance = Chance(decision.salt, .workload)
    let machine = machines[decision.who % machines.count]
    let user = users[decision.who % users.count].name
    trace.note("\(now) \(decision.kind.rawValue) \(decision.who)")
    switch decision.kind {
    case .work: try work(on: machine, &chance)
    case .sync: try startSync(machine, verifying: false, decision.salt)
    case .verify: try startSync(machine, verifying: true, decision.salt)
    case .office: try workAtTheOffice(&chance)
    case .grant: try grant(user, chance.below(cases.count))
    case .end:
      let number = chance.below(cases.count)
      if chance.happens(400) {
        try limit(user, number, &chance)
      } else {
        try end(user, number)
      }
    case .move:
      let number = chance.below(cases.count)
      try end(user, number)
      try grant(users[chance.below(users.count)].name, number)
    case .transfer: try transfer(user, all: false, &chance)
    case .transferAll: try transfer(user, all: true, &chance)
    case .decideRefused: try decide(&chance)
    case .restrict: try restrict(&chance)
    case .grantForDays: try grantForDays(user, &chance)
    case .orderResync: try orderResync(of: machine)
    case .crash: try crash(machine, &chance)
    case .partition: cutOff(machine, &chance)
    case .jumpClock:
      machine.clockOffset += Int64(chance.within(-86_400_000...86_400_000))
      tally.note(.clockJump)
    case .revoke: try revoke(machine)
    case .changeRole: try changeRole(of: machine)
    case .clone: try clone(machine)
    case .backUp: try backUp(machine)
    case .restore: try restore(machine, &chance)
    case .backUpOffice: office.backUp()
    case .restoreOffice: try restoreOffice(&chance)
    }
  }

  /// What a machine's clock shows.
  func clock(of machine: Machine) -> Int64 { now + machine.clockOffset }
}
