import SyncCore

/// In which order syncs read their pages, as a value.
///
/// Each page is a turn of its own, so that a laptop that fetches everything stands at the end of
/// the queue again after every page. A machine has one turn at once. First pages go before others,
/// and most syncs have no more than one; but of three turns in a row one is given to the others, so
/// that many small syncs cannot hold up a large one for good.
struct TurnQueue: Sendable {
  private struct Waiting {
    let place: UInt64
    let machine: Hash
    let isFirst: Bool
  }

  private let atOnce: Int
  /// In the order in which they asked. No longer than there are places at the desk.
  private var waiting: [Waiting] = []
  /// Whose turn it is, by place.
  private var working: [UInt64: Hash] = [:]
  /// First pages given in a row.
  private var firsts = 0

  init(atOnce: Int) { self.atOnce = atOnce }

  /// How many wait.
  var count: Int { waiting.count }

  /// Asks for a turn. It may begin once `next` names it.
  mutating func ask(_ place: UInt64, of machine: Hash, isFirst: Bool) {
    waiting.append(Waiting(place: place, machine: machine, isFirst: isFirst))
  }

  /// A turn is over, or is not wanted any more.
  mutating func end(_ place: UInt64) {
    working[place] = nil
    waiting.removeAll { $0.place == place }
  }

  /// Who may begin now; `nil` when nobody waits who may.
  mutating func next() -> UInt64? {
    guard working.count < atOnce else { return nil }
    let busy = Set(working.values)
    let free = waiting.indices.filter { !busy.contains(waiting[$0].machine) }
    guard let eldest = free.first else { return nil }
    let wanted = firsts < Self.firstsInARow
    let chosen = free.first { waiting[$0].isFirst == wanted } ?? eldest
    let turn = waiting.remove(at: chosen)
    firsts = turn.isFirst ? firsts + 1 : 0
    working[turn.place] = turn.machine
    return turn.place
  }

  private static let firstsInARow = 2
}
