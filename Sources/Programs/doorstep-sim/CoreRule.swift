import SyncCore

/// A rule with its settings, by the words of the catalogue.
struct CoreRule: Decodable {
  enum Name: String, Decodable {
    case union, ratchet, derived, signed, claims
    case serverOwned = "server-owned"
    case fieldMerge = "field-merge"
  }

  enum Preference: String, Decodable {
    case first, last, ranked
  }

  let name: Name
  let order: [String]?
  let stages: [String]?
  let prefer: Preference?
  let member: String?
  let holding: String?
  let agreeOn: String?
  let showFirst: String?

  enum CodingKeys: String, CodingKey {
    case name = "rule"
    case order, stages, prefer, holding
    case member = "by"
    case agreeOn = "agree-on"
    case showFirst = "show-first"
  }

  var rule: Rule {
    switch name {
    case .union: .union
    case .ratchet: .ratchet(order: order ?? [])
    case .derived: .derived
    case .serverOwned: .serverOwned
    case .fieldMerge: .fieldMerge(preference)
    case .signed: .signed(stages: stages ?? [])
    case .claims: .claims(holding: holding ?? "", on: agreeOn, first: showFirst)
    }
  }

  private var preference: Rule.Preference {
    switch prefer {
    case .first, nil: .first
    case .last: .last
    case .ranked: .ranked(member: member ?? "", order: order ?? [])
    }
  }
}
