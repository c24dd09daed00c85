/// What one seed came to.
package struct Outcome: Sendable {
  package let seed: UInt64
  package let swarm: Swarm
  package let tally: Tally
  package let hash: UInt64
  package let failure: Failure?
  package let trace: [String]
}

/// Runs seeds, each a world of its own.
package enum Runner {
  /// - Parameters:
  ///   - decisions: in place of those that the seed draws.
  ///   - checking: run twice, and compare what happened.
  ///   - hashing: over what happened; 0 without it, where nobody compares.
  package static func run(
    _ seed: UInt64, _ swarm: Swarm, decisions: [Decision]? = nil, tracing: Bool = false,
    checking: Bool = false, hashing: Bool = true
  ) -> Outcome {
    let first = once(seed, swarm, decisions, tracing, hashing)
    guard checking, first.failure == nil else { return first }
    let second = once(seed, swarm, decisions, tracing, hashing)
    guard second.hash != first.hash else { return first }
    return Outcome(
      seed: seed, swarm: swarm, tally: first.tally, hash: first.hash,
      failure: Failure(.determinism, "two runs differ"), trace: first.trace)
  }

  private static func once(
    _ seed: UInt64, _ swarm: Swarm, _ decisions: [Decision]?, _ tracing: Bool, _ hashing: Bool
  ) -> Outcome {
    var failure: Failure?
    do {
      let world = try World(seed, swarm, decisions, tracing: tracing, hashing: hashing)
      do throws(Failure) { try world.run() } catch { failure = error }
      return Outcome(
        seed: seed, swarm: swarm, tally: world.counts, hash: world.traceHash, failure: failure,
        trace: world.traceLines)
    } catch {
      return Outcome(
        seed: seed, swarm: swarm, tally: Tally(), hash: 0,
        failure: Failure(.unexpected, "\(error)"), trace: [])
    }
  }
}
