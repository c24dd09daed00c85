/// Where officers work, and how many cases each is to have at most. The office's records say whose
/// case it is; which team that officer is in, only the service's list of staff says.
package struct OfficeStaff: Sendable {
  package struct Member: Hashable, Sendable {
    package let user, team, office, region: String
    /// Cases; `nil` where the list does not say.
    package let capacity: Int64?

    package init(user: String, team: String, office: String, region: String, capacity: Int64?) {
      self.user = user
      self.team = team
      self.office = office
      self.region = region
      self.capacity = capacity
    }
  }

  /// What the lines of a report stand for.
  package enum Level: String, CaseIterable, Sendable {
    case officer, senior, team, office, region
  }

  package let members: [Member]
  private let byUser: [String: Member]

  package init(_ members: [Member]) {
    self.members = members
    byUser = Dictionary(members.map { ($0.user.lowercased(), $0) }) { first, _ in first }
  }

  package static let none = OfficeStaff([])

  /// Of an officer and their senior.
  func group(_ officer: String?, _ senior: String?, by level: Level) -> String {
    guard let officer else { return "(nobody)" }
    if level == .officer { return officer }
    if level == .senior { return senior ?? "(no senior)" }
    guard let member = byUser[officer.lowercased()] else { return "(not in the list of staff)" }
    let name = Self.name(of: member, level)
    return name.isEmpty ? "(not said)" : name
  }

  /// Cases that the members of each group are to have at most. Of groups that no list tells of,
  /// and by seniors, whom the records name and not the list, nothing is known.
  func capacities(by level: Level) -> [String: Int64] {
    guard level != .senior else { return [:] }
    var capacities: [String: Int64] = [:]
    for member in members {
      guard let capacity = member.capacity else { continue }
      let name = level == .officer ? member.user.lowercased() : Self.name(of: member, level)
      let (sum, overflow) = capacities[name, default: 0].addingReportingOverflow(capacity)
      capacities[name] = overflow ? .max : sum
    }
    return capacities
  }

  private static func name(of member: Member, _ level: Level) -> String {
    switch level {
    case .officer, .senior: member.user
    case .team: member.team
    case .office: member.office
    case .region: member.region
    }
  }
}
