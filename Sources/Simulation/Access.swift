/// Who may hold which case, as the model knows it: what somebody gave and took away, whom limits
/// keep out, and between which days it runs.
///
/// It knows nothing of sequences: a holding is given or not, and runs or not.
package struct Access {
  /// As what a case is held, and between which days (`PlainDay`).
  struct Terms: Hashable {
    var isCover = false
    var from: Int?
    /// The first day on which it runs no longer.
    var until: Int?
  }

  struct Holding {
    var terms = Terms()
    /// Somebody gave it, nobody took it away, and its days are not over.
    var isGiven = true
    var runs = true
    /// Who was given the case in its place.
    var movedTo: String?
    /// Counts transfers, so that each is told apart.
    var move = 0
  }

  private var holdings: [String: [Int: Holding]] = [:]
  private var excluded: [Int: Set<String>] = [:]
  /// While somebody is named, only those named may see the case.
  private var admitted: [Int: Set<String>] = [:]
  /// The cases that each user holds now, ascending by number.
  private var running: [String: [Int]] = [:]
  private var moves = 0

  // MARK: Reading

  func holds(_ user: String, _ number: Int) -> Bool { running[user]?.contains(number) == true }
  func cases(of user: String) -> [Int] { running[user] ?? [] }
  func holding(_ user: String, _ number: Int) -> Holding? { holdings[user]?[number] }

  /// Whether limits keep a case from a user, held or not.
  func isBarred(_ user: String, _ number: Int) -> Bool {
    if excluded[number]?.contains(user) == true { return true }
    guard let named = admitted[number], !named.isEmpty else { return false }
    return !named.contains(user)
  }

  /// Whether anybody is kept out of a case.
  func isLimited(_ number: Int) -> Bool {
    !(excluded[number] ?? []).isEmpty || !(admitted[number] ?? []).isEmpty
  }

  // MARK: What people decide

  /// - Returns: `false` where a limit keeps the user out.
  @discardableResult
  mutating func grant(_ user: String, _ number: Int, _ terms: Terms, today: Int) -> Bool {
    if var held = holdings[user]?[number], held.isGiven, held.runs || !isBarred(user, number) {
      let isTaken = held.terms != terms && (held.terms.isCover == terms.isCover || !terms.isCover)
      guard isTaken else { return true }
      held.terms = terms
      save(held, user, number)
      settle(case: number, today: today)
      return true
    }
    guard !isBarred(user, number) else { return false }
    let isEarly = terms.from.map { today < $0 } ?? false
    save(Holding(terms: terms, runs: !isEarly), user, number)
    return true
  }

  mutating func end(_ user: String, _ number: Int, movedTo successor: String? = nil) {
    guard var held = holdings[user]?[number], held.isGiven else { return }
    held.isGiven = false
    held.runs = false
    held.movedTo = successor
    moves += 1
    held.move = moves
    save(held, user, number)
  }

  /// Gives a case of the one to the other, who holds it as the one did, and no less than before.
  /// - Returns: whether it moved.
  mutating func transfer(_ number: Int, from: String, to: String, today: Int) -> Bool {
    settle(case: number, today: today)
    guard let given = holdings[from]?[number], given.isGiven else { return false }
    var terms = given.terms
    if let held = holdings[to]?[number], held.runs {
      terms = given.terms.isCover ? held.terms : Terms()
    }
    guard grant(to, number, terms, today: today) else { return false }
    end(from, number, movedTo: to)
    return true
  }

  mutating func exclude(_ user: String, _ number: Int, ends: Bool, today: Int) {
    if ends {
      excluded[number]?.remove(user)
    } else {
      excluded[number, default: []].insert(user)
    }
    settle(case: number, today: today)
  }

  mutating func admit(_ users: [String], _ number: Int, ends: Bool, today: Int) {
    if ends {
      admitted[number]?.subtract(users)
    } else {
      admitted[number, default: []].formUnion(users)
    }
    settle(case: number, today: today)
  }

  // MARK: Days

  /// What a new day makes of all that a user holds.
  /// - Returns: how many began, and how many ended.
  @discardableResult
  mutating func settle(of user: String, today: Int) -> (began: Int, ended: Int) {
    let before = cases(of: user)
    for number in (holdings[user] ?? [:]).keys { settle(user, number, today) }
    let after = cases(of: user)
    return (
      after.count { !before.contains($0) }, before.count { !after.contains($0) }
    )
  }

  private mutating func settle(case number: Int, today: Int) {
    for user in holdings.keys { settle(user, number, today) }
  }

  private mutating func settle(_ user: String, _ number: Int, _ today: Int) {
    guard var held = holdings[user]?[number], held.isGiven else { return }
    let isEarly = held.terms.from.map { today < $0 } ?? false
    let isOver = held.terms.until.map { today >= $0 } ?? false
    let runs = !isOver && !isEarly && !isBarred(user, number)
    guard runs != held.runs || isOver else { return }
    held.runs = runs
    held.isGiven = !isOver
    save(held, user, number)
  }

  private mutating func save(_ held: Holding, _ user: String, _ number: Int) {
    holdings[user, default: [:]][number] = held
    let others = cases(of: user).filter { $0 != number }
    running[user] = held.runs ? (others + [number]).sorted() : others
  }
}
