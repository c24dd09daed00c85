import SyncCore

/// What one seed is like: each draws its own size, faults and limits, so that rare mixtures come up
/// as often as common ones. Chances are in a thousand.
package struct Swarm: Sendable {
  package enum Backend: String, Sendable, CaseIterable { case memory, sqlite }

  /// The faults that leave a machine's past untrue.
  package enum Amnesia: String, Sendable, CaseIterable {
    case clone
    case laptopRestore = "laptop-restore"
    case serverRestore = "server-restore"
  }

  package var backend = Backend.memory
  package var laptops = 2
  package var officers = 2
  package var cases = 2
  package var records = 5
  package var decisions = 60

  package var lost = 0
  package var cutReply = 0
  package var cutAfterCommit = 0
  package var repeated = 0
  package var late = 0
  package var stale = 0
  package var webPage = 0
  package var misordered = 0
  package var garbled = 0
  package var isOverWire = false

  package var partitions = 0
  package var crashes = 0
  package var tornWrites = 0
  package var skewYears = 0
  package var clockJumps = 0
  package var churn = 0
  package var resyncs = 0
  package var revocations = 0
  package var roleChanges = 0
  package var outdated = 0
  package var amnesia: [Amnesia] = []
  package var servers = 1
  /// How many decisions of seniors and administrators come to a thousand others.
  package var desk = 0
  /// Limits of access that fall between two pages.
  package var limitsBetween = 0

  package var pageRecords = 2_000
  package var pageBytes = 1 << 20
  package var pushChanges = 500
  /// Milliseconds between decisions, usually.
  package var pace = 200

  package init() {}

  package init(_ seed: UInt64, backend: Backend = .memory, only: Amnesia? = nil) {
    var chance = Chance(seed, .swarm)
    self.backend = backend
    laptops = chance.pick(weighted: [
      (1, 4), (2, 30), (3, 30), (4, 16), (6, 10), (8, 6), (16, 2), (32, 1),
    ])
    officers = max(1, laptops - chance.below(2))
    cases = chance.within(2...6)
    records = chance.pick(weighted: [(5, 40), (10, 30), (25, 20), (60, 8), (200, 2), (500, 1)])
    decisions = chance.pick(weighted: [(30, 30), (60, 40), (120, 20), (300, 8), (800, 2)])
    decisions += laptops * 6
    pageRecords = chance.pick([1, 1, 2, 3, 5, 20, 2_000, 2_000])
    pageBytes = chance.pick([1 << 20, 1 << 20, 1 << 20, 700, 1])
    pushChanges = chance.pick([4, 4, 5, 8, 500, 500, 500])
    pace = chance.pick([20, 100, 200, 200, 1_000])
    servers = chance.within(1...2)
    outdated = chance.pick([0, 0, 0, 300])
    // Amnesia is drawn before the zero-fault seeds return, so that a forced one is never lost.
    let forgetful = Amnesia.allCases.filter { _ in chance.happens(120) }
    amnesia = only.map { [$0] } ?? forgetful
    drawDesk(seed)
    let isFaultless = chance.happens(80)
    guard !isFaultless else {
      if only == nil { amnesia = [] }
      return
    }
    drawFaults(&chance)
  }

  /// From a stream of its own: stories without it stay as they were.
  private mutating func drawDesk(_ seed: UInt64) {
    var chance = Chance(seed &+ 1, .desk)
    guard chance.happens(500) else { return }
    desk = chance.within(50...300)
    limitsBetween = chance.happens(400) ? chance.below(150) : 0
  }

  /// The same seed without what seniors and administrators order.
  package var withoutDesk: Swarm {
    var swarm = self
    (swarm.desk, swarm.limitsBetween) = (0, 0)
    return swarm
  }

  private mutating func drawFaults(_ chance: inout Chance) {
    func upTo(_ most: Int) -> Int { chance.happens(500) ? chance.below(most + 1) : 0 }
    lost = upTo(300)
    cutReply = upTo(300)
    cutAfterCommit = upTo(200)
    repeated = upTo(250)
    late = upTo(250)
    stale = upTo(100)
    webPage = upTo(60)
    misordered = upTo(100)
    isOverWire = chance.happens(125)
    garbled = isOverWire ? upTo(200) : 0
    partitions = upTo(40)
    crashes = upTo(80)
    tornWrites = upTo(500)
    skewYears = chance.pick([0, 0, 1, 10])
    clockJumps = upTo(40)
    churn = upTo(100)
    resyncs = upTo(40)
    revocations = chance.happens(100) ? 10 : 0
    roleChanges = chance.happens(60) ? 10 : 0
  }

  package var limits: Limits {
    var limits = Limits.standard
    // So that all records can be handed back to a restored office within the syncs that it gets.
    limits.pageRecords = max(pageRecords, 1 + records / 200)
    limits.pageBytes = pageBytes
    limits.pushChanges = pushChanges
    return limits
  }

  /// Whether contexts may have been cut by a fork, so that more may stand than the model says.
  package var mayFork: Bool { amnesia.contains(.clone) || amnesia.contains(.laptopRestore) }
  package var mayRestoreOffice: Bool { amnesia.contains(.serverRestore) }
  package var isStrict: Bool { amnesia.isEmpty }
}

extension Swarm {
  /// Smaller and simpler versions of itself, the boldest first, for the minimiser.
  package var simpler: [Swarm] {
    var result: [Swarm] = []
    func with(_ change: (inout Swarm) -> Void) {
      var other = self
      change(&other)
      if other.summary != summary { result.append(other) }
    }
    with {
      $0.isOverWire = false
      $0.garbled = 0
    }
    for fault in Self.faults { with { $0[keyPath: fault] = 0 } }
    with { $0.servers = 1 }
    with { $0.records = 1 }
    with { $0.pushChanges = 500 }
    with {
      $0.pageRecords = 2_000
      $0.pageBytes = 1 << 20
    }
    return result
  }

  private nonisolated(unsafe) static let faults: [WritableKeyPath<Swarm, Int>] = [
    \.lost, \.cutReply, \.cutAfterCommit, \.repeated, \.late, \.stale, \.webPage, \.misordered,
    \.garbled, \.tornWrites, \.skewYears, \.outdated,
    \.limitsBetween,
  ]

  /// All that is not as a faultless seed has it, on one line.
  package var summary: String {
    var parts = [
      "laptops=\(laptops)", "officers=\(officers)", "cases=\(cases)", "records=\(records)",
      "servers=\(servers)", "page=\(pageRecords)/\(pageBytes)", "push=\(pushChanges)",
      "pace=\(pace)",
    ]
    let chances = [
      ("lost", lost), ("cutReply", cutReply), ("cutAfterCommit", cutAfterCommit),
      ("repeated", repeated), ("late", late), ("stale", stale), ("webPage", webPage),
      ("misordered", misordered), ("garbled", garbled), ("partitions", partitions),
      ("crashes", crashes), ("tornWrites", tornWrites), ("skewYears", skewYears),
      ("clockJumps", clockJumps), ("churn", churn), ("resyncs", resyncs),
      ("revocations", revocations), ("roleChanges", roleChanges), ("outdated", outdated),
      ("desk", desk), ("limitsBetween", limitsBetween),
    ]
    parts += chances.filter { $0.1 > 0 }.map { "\($0.0)=\($0.1)" }
    if isOverWire { parts.append("wire") }
    parts += amnesia.map(\.rawValue)
    return parts.joined(separator: " ")
  }
}
