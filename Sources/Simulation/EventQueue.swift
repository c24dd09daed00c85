/// What is to happen, in the order of virtual time; what falls on the same moment, in an order
/// drawn from the seed.
package struct EventQueue<Event> {
  private struct Entry {
    let at: Int64
    let tie: UInt64
    let number: UInt64
    let event: Event

    func precedes(_ other: Entry) -> Bool {
      (at, tie, number) < (other.at, other.tie, other.number)
    }
  }

  /// A heap: each entry precedes those at twice its place plus one and two.
  private var heap: [Entry] = []
  private var count: UInt64 = 0

  package init() {}

  package var isEmpty: Bool { heap.isEmpty }

  package mutating func add(_ event: Event, at: Int64, tie: UInt64) {
    heap.append(Entry(at: at, tie: tie, number: count, event: event))
    count += 1
    var place = heap.count - 1
    while place > 0, heap[place].precedes(heap[(place - 1) / 2]) {
      heap.swapAt(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
  }

  /// Takes the next event out.
  package mutating func next() -> (at: Int64, event: Event)? {
    guard let first = heap.first else { return nil }
    let last = heap.removeLast()
    if !heap.isEmpty {
      heap[0] = last
      sink()
    }
    return (first.at, first.event)
  }

  private mutating func sink() {
    var place = 0
    while true {
      var least = place
      for child in [2 * place + 1, 2 * place + 2]
      where child < heap.count && heap[child].precedes(heap[least]) {
        least = child
      }
      guard least != place else { return }
      heap.swapAt(place, least)
      place = least
    }
  }
}
