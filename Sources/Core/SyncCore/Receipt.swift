/// What the office did with one change. It never changes: a change sent again gets its first
/// verdict again.
public enum Verdict: Hashable, Sendable {
  /// Nothing concurrent: the record is now what its author saw plus this edit.
  case applied
  /// Concurrent with other edits, which were to other fields, equal, or settled by a rule.
  case merged
  /// A field now has unequal concurrent values for a person to decide.
  case contested
  /// Accepted from somebody who held the case when it was written and no longer does.
  case late
  /// Kept in quarantine with its text.
  case refused(code: String, field: String)
  /// Not decided now; covers this change and all after it. Send again later.
  case retry
}

extension Verdict: CustomStringConvertible {
  /// Without why.
  public var kind: String {
    switch self {
    case .applied: "applied"
    case .merged: "merged"
    case .contested: "contested"
    case .late: "late"
    case .refused: "refused"
    case .retry: "retry"
    }
  }

  public var description: String {
    switch self {
    case .refused(let code, let field):
      field.isEmpty ? "\(kind) \(code)" : "\(kind) \(code) \(field)"
    case .applied, .merged, .contested, .late, .retry: kind
    }
  }
}

/// The answer to one change.
public struct Receipt: Hashable, Sendable {
  /// The change's counter; its replica is the one that asked.
  public let counter: UInt64
  public let verdict: Verdict
  /// Whether the change was known already, under this or another dot, and this repeats its first
  /// verdict.
  public let isAgain: Bool
  /// Whether the record at the office is exactly what the laptop's base becomes by this change.
  /// Such a record is not sent back.
  public let settlesBase: Bool
  /// Where the office logged the change; `nil` when not decided.
  public let place: Place?
  /// The office's word that it gave this verdict on this change.
  public let proof: Proof?
  /// With `settlesBase`: the office's word that the base is its record.
  public let baseProof: Proof?

  public init(
    counter: UInt64, verdict: Verdict, isAgain: Bool = false, settlesBase: Bool = false,
    place: Place? = nil, proof: Proof? = nil, baseProof: Proof? = nil
  ) {
    self.counter = counter
    self.verdict = verdict
    self.isAgain = isAgain
    self.settlesBase = settlesBase
    self.place = place
    self.proof = proof
    self.baseProof = baseProof
  }
}
