import SyncCore

/// The syncs that are under way, as a value: how many there may be, how many of one machine, and
/// when those may come again for whom there is no place.
///
/// A place is held from the first byte of a request to the last of its answer, so the places bound
/// what waiting requests keep in memory. See `Protocol/README.md` section 6.13.
struct Desk: Sendable {
  /// One sync that is under way.
  private struct Place {
    let machine: Hash
    let since: Duration
    /// Since when the office has waited for the laptop to send or to read; `nil` while it works.
    var waitingSince: Duration?
  }

  /// What somebody hears who comes.
  enum Answer: Hashable, Sendable {
    /// - instead: the place that was taken from a laptop that had stood still for too long.
    case place(UInt64, instead: UInt64?)
    /// - comeAgain: whole seconds.
    case full(comeAgain: Int)
  }

  private let most: Int
  private let mostOfOne: Int
  private let patience: Duration
  private let ownPatience: Duration
  private var next: UInt64 = 0
  private var places: [UInt64: Place] = [:]
  /// How long a place is held on average.
  private var held = Duration.seconds(1)
  /// The machines that were told to come again and have not been served since.
  private var owed: Set<Hash> = []

  init(_ limits: Limits) {
    most = limits.syncs
    mostOfOne = limits.syncsOfOne
    patience = .seconds(limits.stillSeconds)
    ownPatience = .seconds(limits.ownStillSeconds)
  }

  /// How many are under way.
  var count: Int { places.count }

  /// - Parameters:
  ///   - now: on a clock that nobody sets.
  ///   - chance: 0 up to but not including 1.
  mutating func enter(_ machine: Hash, at now: Duration, chance: Double) -> Answer {
    let own = places.filter { $0.value.machine == machine }
    let isOneTooMany = own.count >= mostOfOne
    guard isOneTooMany || places.count >= most else {
      return .place(take(machine, now), instead: nil)
    }
    // A machine that has places already makes room among its own: it was cut off, most likely, and
    // the office has not heard so yet.
    let still =
      longestStill(among: own, for: ownPatience, at: now)
      ?? (isOneTooMany ? nil : longestStill(among: places, for: patience, at: now))
    guard let still else {
      // Who has a place is being served: asking for more makes nobody else wait longer.
      if own.isEmpty, owed.count < most * Self.rounds { owed.insert(machine) }
      return .full(comeAgain: comeAgain(chance))
    }
    places[still] = nil
    return .place(take(machine, now), instead: still)
  }

  /// Whether the place is still held.
  func holds(_ place: UInt64) -> Bool { places[place] != nil }

  /// Whose it is.
  func machine(of place: UInt64) -> Hash? { places[place]?.machine }

  /// The office waits for the laptop from now on.
  mutating func waits(_ place: UInt64, since now: Duration) { places[place]?.waitingSince = now }

  /// The laptop has done its part.
  mutating func works(_ place: UInt64) { places[place]?.waitingSince = nil }

  mutating func leave(_ place: UInt64, at now: Duration) {
    guard let left = places.removeValue(forKey: place) else { return }
    held += (now - left.since - held) / 8
    if places.isEmpty { owed = [] }
  }

  private mutating func take(_ machine: Hash, _ now: Duration) -> UInt64 {
    next += 1
    // Its request is yet to be read.
    places[next] = Place(machine: machine, since: now, waitingSince: now)
    owed.remove(machine)
    return next
  }

  private func longestStill(
    among places: [UInt64: Place], for patience: Duration, at now: Duration
  ) -> UInt64? {
    let still = places.compactMap { number, place in
      place.waitingSince.map { (number: number, since: $0) }
    }.filter { now - $0.since >= patience }
    return still.min { ($0.since, $0.number) < ($1.since, $1.number) }?.number
  }

  /// Spreads those who are told to come again over the time that the office needs for all of them:
  /// together they come as fast as places become free.
  private func comeAgain(_ chance: Double) -> Int {
    let spread = held * (Double(owed.count) / Double(most)) * chance
    let seconds = (held + spread) / .seconds(1)
    return min(max(1, Int(seconds.rounded(.up))), Self.longest)
  }

  /// Times that all places would have to be given anew; who gave up is owed nothing, and cannot be
  /// told from who waits.
  private static let rounds = 64

  /// Seconds that anybody is told to wait at most.
  private static let longest = 120
}
