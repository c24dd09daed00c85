/// Makes a failing story as short as it can be and still fail by the same promise.
package struct Minimiser {
  package private(set) var swarm: Swarm
  package private(set) var decisions: [Decision]
  package private(set) var failure: Failure
  package private(set) var runs = 0
  private let seed: UInt64
  private let mostRuns: Int

  /// `nil` when the seed does not fail.
  package init?(_ seed: UInt64, _ swarm: Swarm, mostRuns: Int = 3_000) {
    guard let failure = Runner.run(seed, swarm).failure else { return nil }
    self.seed = seed
    self.swarm = swarm
    self.failure = failure
    self.mostRuns = mostRuns
    decisions = Plan.decisions(of: seed, swarm)
  }

  /// Cuts decisions, drops faults, and cuts again.
  package mutating func minimise() {
    deleteSpans()
    simplify()
    deleteSpans()
    simplify()
  }

  private mutating func stillFails(_ swarm: Swarm, _ decisions: [Decision]) -> Bool {
    guard runs < mostRuns else { return false }
    runs += 1
    guard let failure = Runner.run(seed, swarm, decisions: decisions).failure,
      failure.invariant == self.failure.invariant,
      failure.what.filter(\.isLetter) == self.failure.what.filter(\.isLetter)
    else { return false }
    self.failure = failure
    return true
  }

  private mutating func simplify() {
    var tried = true
    while tried {
      tried = false
      for simpler in swarm.simpler where stillFails(simpler, decisions) {
        swarm = simpler
        tried = true
        break
      }
    }
  }

  /// Leaves out spans of decisions, half of them first, then ever shorter ones.
  private mutating func deleteSpans() {
    var span = max(1, decisions.count / 2)
    while true {
      var start = 0
      var didDelete = false
      while start < decisions.count {
        var fewer = decisions
        fewer.removeSubrange(start..<min(start + span, decisions.count))
        if stillFails(swarm, fewer) {
          decisions = fewer
          didDelete = true
        } else {
          start += span
        }
      }
      if span == 1, !didDelete { return }
      if !didDelete || span > decisions.count { span = max(1, span / 2) }
    }
  }
}
