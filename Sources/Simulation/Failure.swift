/// A promise that was broken, by the name that the table of promises gives it.
package struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
  /// What must hold, whatever happens.
  package enum Invariant: String, CaseIterable, Sendable {
    /// Replicas that exchanged everything hold and show the same.
    case convergence = "O1"
    /// Every edit that was called saved is accounted for.
    case noLostWrite = "O2"
    /// Concurrent values stand beside each other; only what was truly seen is displaced.
    case noSilentLoss = "O3"
    /// What was deleted by somebody who had seen all of it stays deleted.
    case noResurrection = "O4"
    /// No record outside the grants in force at the last completed sync.
    case scope = "O5"
    /// The office's own check of its store finds nothing.
    case verifier = "O6"
    /// Read your writes, never read backwards, an act is whole or absent.
    case session = "O7"
    /// A repeated request changes nothing and hears the same.
    case onceOnly = "O8"
    /// Chains without gaps, no dot twice, no position that goes back.
    case sequence = "O9"
    /// After the faults end, five syncs a laptop are enough.
    case liveness = "O11"
    /// The same seed comes out the same.
    case determinism = "O14"
    /// A protective value is never lowered but by who may.
    case protective = "P4"
    /// The office refuses and accepts what it should, for the reason it should.
    case judgement = "V1"
    /// Production code threw where nothing was wrong with disk or network.
    case unexpected = "E1"
  }

  package let invariant: Invariant
  /// What differs: ids and numbers, and the made-up values of the simulation.
  package let what: String

  package init(_ invariant: Invariant, _ what: String) {
    self.invariant = invariant
    self.what = what
  }

  package var description: String { "\(invariant.rawValue) (\(invariant)): \(what)" }
}
