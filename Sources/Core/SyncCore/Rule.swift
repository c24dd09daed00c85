/// How concurrent values of a field are read. A rule never merges: it looks at the standing edits
/// and answers.
///
/// Rules look at values, roles and server order, never at clocks. See `Protocol/README.md` section
/// 5.
public enum Rule: Hashable, Sendable {
  /// Append-only. As a plain field: written once, and what several wrote at once all stays, with
  /// nothing to decide. As a set: one field an element, where an add beats a concurrent remove.
  case union
  /// The most protective standing value; `order` goes from least to most protective.
  case ratchet(order: [String])
  /// Computed at the office from other records; never accepted from a laptop.
  case derived
  /// Only the office writes it.
  case serverOwned
  /// Different fields merge; the same field keeps all values, shows the preferred one and asks for
  /// review.
  case fieldMerge(Preference)
  /// The first valid signature stands, later concurrent ones are kept as dissent; stages only
  /// advance.
  case signed(stages: [String])
  /// Unequal concurrent claims read as `holding` until a named role decides; equal ones agree.
  /// - Parameters:
  ///   - on: the member by which composite claims agree, whatever else each says; `nil` for all of
  ///     them.
  ///   - first: a flag among the members; a claim that sets it comes before the others.
  case claims(holding: String, on: String? = nil, first: String? = nil)

  /// Which of several concurrent values is shown while they wait for review.
  public enum Preference: Hashable, Sendable {
    /// The one that the office accepted first.
    case first
    /// The one that the office accepted last.
    case last
    /// The one whose `member` ranks highest in `order` (lowest to highest); equal ranks by the
    /// office's order, last first.
    case ranked(member: String, order: [String])
  }
}

/// What a field reads as.
public struct Reading: Hashable, Sendable {
  public enum Status: Hashable, Sendable {
    /// One value, or equal ones.
    case settled
    /// Several values; the rule chose, and the others stay listed.
    case settledByRule
    /// Several values; a person must decide.
    case contested
  }

  /// The value to show.
  public let value: Value
  public let status: Status
  /// All standing edits in server order, those not shown included.
  public let standing: [StandingEdit]
}

extension Rule {
  /// What of a value others are held against: the member that the rule asks, else all of it.
  private enum Asked: Hashable {
    case member(Value)
    case whole(Value)
  }

  /// Whether values say the same in what the rule asks. One that lacks the member that it asks
  /// agrees with its equals alone.
  func agrees(_ values: [Value]) -> Bool {
    Set(values.map { asked(in: $0) }).count < 2
  }

  private func asked(in value: Value) -> Asked {
    guard case .claims(_, let name?, _) = self, let member = value[member: name], member != .none
    else { return .whole(value) }
    return .member(member)
  }

  /// Standing edits with those first that the rule ranks first, else in the given order.
  func ranked(_ standing: [StandingEdit]) -> [StandingEdit] {
    guard case .claims(_, _, let flag?) = self else { return standing }
    let isFirst = { (edit: StandingEdit) in edit.value[member: flag]?.flag == true }
    return standing.filter(isFirst) + standing.filter { !isFirst($0) }
  }
}

extension Record {
  /// Reads one field by its rule; `nil` if nobody has set it.
  public func read(_ field: String, by rule: Rule) -> Reading? {
    let edits = standing(field)
    // Nearly always there is one, and no rule is asked.
    if let only = edits.first, edits.count == 1 {
      return Reading(value: only.value, status: .settled, standing: [only])
    }
    let standing = edits.sorted(by: StandingEdit.precedes)
    // Doubles are one edit, which counts where the first of them stands.
    var issues: Set<Hash> = []
    let counted = standing.filter { issues.insert($0.hash).inserted }
    guard let first = counted.first, let last = counted.last else { return nil }
    if counted.allSatisfy({ $0.value == first.value }) {
      return Reading(value: first.value, status: .settled, standing: standing)
    }
    switch rule {
    case .union:
      if let present = counted.first(where: { $0.value.flag == true }) {
        return Reading(value: present.value, status: .settledByRule, standing: standing)
      }
      return Reading(value: first.value, status: .settledByRule, standing: standing)
    case .ratchet(let order):
      let top = Self.highest(counted) { rank($0, in: order) }
      return Reading(value: top.value, status: .settledByRule, standing: standing)
    case .derived, .serverOwned:
      return Reading(value: last.value, status: .settledByRule, standing: standing)
    case .fieldMerge(let preference):
      let shown = Self.preferred(preference, of: counted, first: first, last: last)
      return Reading(value: shown.value, status: .contested, standing: standing)
    case .signed(let stages):
      let top = Self.highest(counted) { rank($0.stage, in: stages) }
      return Reading(value: top.value, status: .settledByRule, standing: standing)
    case .claims(let holding, _, _):
      guard rule.agrees(counted.map(\.value)), let shown = rule.ranked(counted).first else {
        return Reading(value: .text(holding), status: .contested, standing: standing)
      }
      return Reading(value: shown.value, status: .settledByRule, standing: standing)
    }
  }

  /// The elements of a set that are present, each with its reading, ascending.
  public func elements(of set: String, by rule: Rule) -> [(element: String, reading: Reading)] {
    let prefix = set + "/"
    return fields.filter { $0.hasPrefix(prefix) }.compactMap { field in
      guard let reading = read(field, by: rule), reading.value.flag == true else { return nil }
      return (String(field.dropFirst(prefix.count)), reading)
    }
  }

  /// The first in server order among those that rank highest.
  private static func highest(_ standing: [StandingEdit], _ rank: (Value) -> Int) -> StandingEdit {
    var top = standing[0]
    for edit in standing.dropFirst() where rank(edit.value) > rank(top.value) { top = edit }
    return top
  }

  private static func preferred(
    _ preference: Rule.Preference, of standing: [StandingEdit], first: StandingEdit,
    last: StandingEdit
  ) -> StandingEdit {
    switch preference {
    case .first: first
    case .last: last
    case .ranked(let member, let order):
      highest(standing.reversed()) {
        ($0[member: member]?.text).flatMap { place(of: $0, in: order) } ?? -1
      }
    }
  }
}

extension Value {
  /// The stage of a signature: a composite's member `stage`, otherwise the value itself.
  var stage: Value {
    guard case .composite = self else { return self }
    return self[member: "stage"] ?? .none
  }
}

/// The rank of a code, nothing below all. What is no code of the order ranks above all, of whatever
/// kind it is: what is unknown is protected.
func rank(_ value: Value, in order: [String]) -> Int {
  if case .none = value { return -1 }
  return value.text.flatMap { place(of: $0, in: order) } ?? order.count
}

/// Compared as bytes, as all text is; comparing letters would let a peer's text cost time.
private func place(of code: String, in order: [String]) -> Int? {
  order.firstIndex { $0.utf8.elementsEqual(code.utf8) }
}
