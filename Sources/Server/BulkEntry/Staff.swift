/// The officers of a population and their seniors, by user name.
struct Staff: Sendable {
  /// Never empty.
  let officers: [String]
  private let seniors: [String]

  /// Officers to one senior.
  private static let team = 10

  /// - Parameters:
  ///   - count: at least 1.
  ///   - users: the user names of the first officers.
  init(count: Int, users: [String]) {
    let count = max(1, count)
    var names: [String] = []
    var taken: Set<String> = []
    for user in users where names.count < count && taken.insert(user.lowercased()).inserted {
      names.append(user)
    }
    var candidates = Self.userNames()
    func add(_ wanted: Int) {
      while names.count < wanted {
        let name = candidates.next()
        if taken.insert(name).inserted { names.append(name) }
      }
    }
    add(count)
    officers = names
    add(count + (count + Self.team - 1) / Self.team)
    seniors = Array(names[count...])
  }

  /// The officer of a case, and who stands in when that one is away.
  func officer(_ index: Int) -> String { officers[index % officers.count] }

  /// The senior of an officer's team.
  func senior(of index: Int) -> String { seniors[index / Self.team % seniors.count] }

  /// Endless, each name once: an initial and a surname, and a number when those have run out.
  private static func userNames() -> UserNames { UserNames() }

  private struct UserNames {
    private var place = 0
    private let initials = Array("kajbmrsldecnptghw".utf8)

    mutating func next() -> String {
      let names = Names.plainSurnames
      let (row, column) = place.quotientAndRemainder(dividingBy: initials.count)
      let (round, step) = row.quotientAndRemainder(dividingBy: names.count)
      place += 1
      // A step that shares no factor with the list meets each pair of initial and name once.
      let name = names[(step * 31 + column * 7) % names.count]
      let initial = String(decoding: [initials[column]], as: UTF8.self)
      return "\(initial).\(name)" + (round == 0 ? "" : "\(round + 1)")
    }
  }
}
