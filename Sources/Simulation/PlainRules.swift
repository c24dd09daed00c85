/// How the model reads fields: the catalogue's rules told a second time, by hand, so that a mistake
/// in the production code is not repeated here.
enum PlainRule: Sendable {
  case writtenOnce
  /// One element of a set: present when any says so.
  case element
  /// From least to most protective; who may lower it, with a reason.
  case ratchet([String], deciders: [String])
  case officeOnly
  case first
  case last
  /// The member by which values rank, from lowest to highest.
  case ranked(String, [String])
  /// Claims agree when they say the same in one member; one with the flag comes first.
  case claims(holding: String, on: String, first: String, deciders: [String])

  static func of(_ field: String, in type: String) -> PlainRule {
    switch type {
    case "contact-entry":
      field == "sensitive"
        ? .ratchet(["no", "yes"], deciders: ["data-protection"]) : .writtenOnce
    case "risk-flag":
      switch field {
      case "level":
        .ratchet(["information-only", "low", "medium", "high"], deciders: ["senior", "office"])
      case "status": .ratchet(["removed", "active"], deciders: ["senior", "office"])
      case "next-review": .first
      default: .writtenOnce
      }
    case "outcome-claim":
      field == "claim"
        ? .claims(
          holding: "disputed", on: "code", first: "present", deciders: ["officer", "senior"])
        : .writtenOnce
    case "address":
      field == "address" ? .ranked("verified", ["unverified", "document", "door"]) : .last
    case "visit-plan":
      field.hasPrefix("accompanying/") ? .element : field == "safe-call" ? .last : .first
    case "visit-record", "risk-concern": .writtenOnce
    case "case-header": .officeOnly
    default: .first
    }
  }

  /// Whether a role may delete a record of a type. What no catalogue knows is carried.
  static func mayDelete(_ type: String, _ role: String) -> Bool {
    type == "drone-photo" || deleters(of: type).contains(role)
  }

  private static func deleters(of type: String) -> [String] {
    switch type {
    case "contact-entry", "visit-record": ["administrator", "data-protection"]
    case "appointment", "address": ["administrator", "office"]
    case "visit-plan": ["officer", "administrator", "office"]
    default: []
    }
  }

  /// Whether word of it is taken from somebody who holds the case no longer.
  static func isAlwaysAccepted(_ type: String) -> Bool { type == "risk-concern" }

  /// Whether values that stand beside each other ask for a decision by a person.
  func asksForReview(_ values: [String]) -> Bool {
    switch self {
    case .first, .last, .ranked: Set(values).count > 1
    case .claims(_, let member, _, _): Set(values.map { Self.part(member, of: $0) }).count > 1
    case .writtenOnce, .element, .ratchet, .officeOnly: false
    }
  }

  /// A member of a composite, as the model writes it down.
  private static func part(_ member: String, of value: String) -> String {
    value.split(separator: ";").first { $0.hasPrefix(member + "=") }.map(String.init) ?? ""
  }

  /// What is shown of values in the office's order.
  func reads(_ values: [String]) -> String {
    guard Set(values).count > 1 else { return values[0] }
    switch self {
    case .writtenOnce, .first: return values[0]
    case .last, .officeOnly: return values[values.count - 1]
    case .element: return values.contains("true") ? "true" : values[0]
    case .claims(let holding, _, let flag, _):
      if asksForReview(values) { return holding }
      return values.first { Self.part(flag, of: $0) == "\(flag)=true" } ?? values[0]
    case .ratchet(let order, _): return Self.highest(values) { Self.rank($0, order) }
    case .ranked(let member, let order):
      return Self.highest(values.reversed()) { value in
        order.lastIndex { value.contains("\(member)=\($0)") } ?? -1
      }
    }
  }

  /// A value that nobody knows counts as the most protective, an emptied one as the least.
  static func rank(_ value: String, _ order: [String]) -> Int {
    value.isEmpty ? -1 : order.firstIndex(of: value) ?? order.count
  }

  private static func highest(_ values: [String], _ rank: (String) -> Int) -> String {
    var top = values[0]
    for value in values where rank(value) > rank(top) { top = value }
    return top
  }
}
