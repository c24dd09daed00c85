import Testing

@testable import Simulation

/// A small part of what `doorstep-sim` runs at length. One seed at a time, because each keeps a
/// thread that other suites wait for.
@Suite(.serialized, .timeLimit(.minutes(5))) struct `A simulated office` {
  @Test(arguments: 1...40 as ClosedRange<UInt64>)
  func `keeps its promises in any seed`(seed: UInt64) {
    #expect(Runner.run(seed, Swarm(seed)).failure == nil)
  }

  @Test(arguments: Swarm.Amnesia.allCases)
  func `keeps its promises when a past is lost`(amnesia: Swarm.Amnesia) {
    for seed in 11...20 as ClosedRange<UInt64> {
      #expect(Runner.run(seed, Swarm(seed, only: amnesia)).failure == nil, "seed \(seed)")
    }
  }

  @Test(arguments: 1...4 as ClosedRange<UInt64>)
  func `keeps its promises on SQLite`(seed: UInt64) {
    #expect(Runner.run(seed, Swarm(seed, backend: .sqlite)).failure == nil)
  }

  @Test(arguments: 1...8 as ClosedRange<UInt64>)
  func `comes out the same from the same seed`(seed: UInt64) {
    #expect(Runner.run(seed, Swarm(seed)).hash == Runner.run(seed, Swarm(seed)).hash)
  }

  @Test func `a decision that is left out changes nothing about the others`() {
    let swarm = Swarm(5)
    let decisions = Plan.decisions(of: 5, swarm)
    #expect(Plan.decisions(of: 5, swarm) == decisions)
    #expect(Runner.run(5, swarm, decisions: Array(decisions.dropLast(10))).failure == nil)
  }
}
