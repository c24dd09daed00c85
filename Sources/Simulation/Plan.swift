/// One thing that somebody, or misfortune, decides to do. It carries its own chance, so that
/// leaving another decision out changes nothing about it.
package struct Decision: Hashable, Sendable, CustomStringConvertible {
  package enum Kind: String, Sendable, CaseIterable {
    /// An officer opens a form, writes on, or saves.
    case work
    case sync
    case verify
    /// The office enters or imports something.
    case office
    case grant, end, move
    case orderResync
    case crash
    case partition
    case jumpClock
    case transfer, transferAll
    /// Somebody decides on a refused change.
    case decideRefused
    case restrict, grantForDays
    case revoke
    case changeRole
    case clone
    case backUp, restore
    case backUpOffice, restoreOffice

    /// Whether it leaves a machine with a past that is not true.
    func isOf(_ amnesia: Swarm.Amnesia) -> Bool {
      switch amnesia {
      case .clone: self == .clone
      case .laptopRestore: self == .restore
      case .serverRestore: self == .restoreOffice
      }
    }
  }

  package let at: Int64
  package let kind: Kind
  /// Which laptop or user, counted round.
  package let who: Int
  package let salt: UInt64

  package var description: String { "\(at) \(kind.rawValue) \(who) \(salt)" }

  package init(at: Int64, kind: Kind, who: Int, salt: UInt64) {
    self.at = at
    self.kind = kind
    self.who = who
    self.salt = salt
  }
}

/// All decisions of a seed, in the order of time.
package enum Plan {
  package static func decisions(of seed: UInt64, _ swarm: Swarm) -> [Decision] {
    var schedule = Chance(seed, .schedule)
    var workload = Chance(seed, .workload)
    var decisions: [Decision] = []
    var now: Int64 = 1_000
    // Most laptops have synced before anything else happens.
    for laptop in 0..<swarm.laptops where workload.happens(850) {
      now += Int64(schedule.below(swarm.pace * 20))
      decisions.append(
        Decision(at: now, kind: .sync, who: laptop, salt: workload.next()))
    }
    let weights = weights(swarm)
    for _ in 0..<swarm.decisions {
      now += gap(swarm, &schedule)
      decisions.append(
        Decision(
          at: now, kind: workload.pick(weighted: weights), who: workload.below(1 << 16),
          salt: workload.next()))
    }
    return atTheDesk(seed, swarm, decisions, until: now)
  }

  /// The same with what seniors and administrators order, from a stream of its own.
  private static func atTheDesk(
    _ seed: UInt64, _ swarm: Swarm, _ decisions: [Decision], until end: Int64
  ) -> [Decision] {
    guard swarm.desk > 0 else { return decisions }
    var chance = Chance(seed, .desk)
    let times = decisions.map(\.at)
    var all = decisions
    for _ in 0..<max(1, swarm.decisions * swarm.desk / 1_000) {
      let kind = chance.pick(weighted: [
        (Decision.Kind.transfer, 30), (.transferAll, 10), (.decideRefused, 30), (.restrict, 15),
        (.grantForDays, 15),
      ])
      // Beside what others do, for long stretches of a story are empty.
      let at = (times.isEmpty ? end : chance.pick(times)) + Int64(chance.below(swarm.pace))
      all.append(
        Decision(at: at, kind: kind, who: chance.below(1 << 16), salt: chance.next()))
    }
    return all.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
      .map(\.element)
  }

  private static func gap(_ swarm: Swarm, _ chance: inout Chance) -> Int64 {
    switch chance.below(60) {
    case 0: Int64(chance.below(180 * 24)) * 3_600_000
    case 1...5: Int64(chance.below(60_000))
    default: Int64(chance.below(swarm.pace))
    }
  }

  private static func weights(_ swarm: Swarm) -> [(Decision.Kind, Int)] {
    var weights: [(Decision.Kind, Int)] = [
      (.work, 500), (.sync, 300), (.verify, 20), (.office, 60),
      (.grant, swarm.churn), (.end, swarm.churn / 2), (.move, swarm.churn / 2),
      (.orderResync, swarm.resyncs), (.crash, swarm.crashes), (.partition, swarm.partitions),
      (.jumpClock, swarm.clockJumps), (.revoke, swarm.revocations),
      (.changeRole, swarm.roleChanges),
    ]
    for amnesia in swarm.amnesia {
      switch amnesia {
      case .clone: weights.append((.clone, 25))
      case .laptopRestore: weights += [(.backUp, 60), (.restore, 35)]
      case .serverRestore: weights += [(.backUpOffice, 40), (.restoreOffice, 20)]
      }
    }
    return weights
  }
}
