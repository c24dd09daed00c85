import SyncCore
import TestSupport
import Testing

@testable import SyncServer

@Suite struct `Turns to read a page` {
  static func machine(_ number: Int) -> Hash { Hash(of: [UInt8(number)]) }

  /// Asks for a turn for each, then gives all of them, one after the other.
  static func order(_ asked: [(place: UInt64, machine: Int, isFirst: Bool)]) -> [UInt64] {
    var queue = TurnQueue(atOnce: 1)
    for one in asked { queue.ask(one.place, of: machine(one.machine), isFirst: one.isFirst) }
    var given: [UInt64] = []
    while let place = queue.next() {
      given.append(place)
      queue.end(place)
    }
    return given
  }

  @Test func `are given in the order in which they were asked for`() {
    #expect(Self.order([(1, 1, true), (2, 2, true), (3, 3, true)]) == [1, 2, 3])
    #expect(Self.order([(3, 1, false), (2, 2, false), (1, 3, false)]) == [3, 2, 1])
  }

  @Test func `are no more at once than the store has readers for`() {
    var queue = TurnQueue(atOnce: 2)
    for place in 1...3 { queue.ask(UInt64(place), of: Self.machine(place), isFirst: true) }
    #expect([queue.next(), queue.next(), queue.next()] == [1, 2, nil])
    queue.end(2)
    #expect(queue.next() == 3)
  }

  @Test func `of one machine are one at once, though there is room`() {
    var queue = TurnQueue(atOnce: 3)
    queue.ask(1, of: Self.machine(1), isFirst: true)
    queue.ask(2, of: Self.machine(1), isFirst: true)
    queue.ask(3, of: Self.machine(2), isFirst: true)
    #expect([queue.next(), queue.next(), queue.next()] == [1, 3, nil])
    queue.end(1)
    #expect(queue.next() == 2)
  }

  @Test func `for a first page go before those of a long sync`() {
    #expect(Self.order([(1, 1, false), (2, 2, true)]) == [2, 1])
  }

  @Test func `for a long sync are not put off for good`() {
    let small = (2...7).map { (place: UInt64($0), machine: $0, isFirst: true) }
    #expect(Self.order([(1, 1, false)] + small) == [2, 3, 1, 4, 5, 6, 7])
  }

  @Test func `that nobody wants any more are given to nobody`() {
    var queue = TurnQueue(atOnce: 1)
    queue.ask(1, of: Self.machine(1), isFirst: true)
    queue.ask(2, of: Self.machine(2), isFirst: true)
    queue.end(1)
    #expect(queue.next() == 2)
    #expect(queue.next() == nil)
  }

  @Test func `go round, so that a large sync holds up a small one by one page at most`() {
    var queue = TurnQueue(atOnce: 1)
    queue.ask(1, of: Self.machine(1), isFirst: true)
    var between = 0
    for small in 2..<50 {
      let large = queue.next()
      #expect(large == 1)
      queue.ask(UInt64(small), of: Self.machine(small), isFirst: true)
      queue.end(1)
      // The next page of the large one.
      queue.ask(1, of: Self.machine(1), isFirst: false)
      while let turn = queue.next() {
        queue.end(turn)
        if turn == small { break }
        between += 1
        queue.ask(1, of: Self.machine(1), isFirst: false)
      }
    }
    #expect(between <= 48 / 2)
  }

  @Test(arguments: 0..<200)
  func `everybody is served whatever comes when`(seed: Int) {
    var chance = Seeded(seed)
    var queue = TurnQueue(atOnce: 1 + chance.below(3))
    var (asked, served, working) = ([UInt64](), Set<UInt64>(), [(UInt64, Int)]())
    for step in 0..<400 {
      if chance.below(3) == 0, asked.count < 60 {
        asked.append(UInt64(step))
        queue.ask(UInt64(step), of: Self.machine(step % 7), isFirst: chance.below(2) == 0)
      }
      if chance.below(2) == 0, !working.isEmpty {
        queue.end(working.remove(at: chance.below(working.count)).0)
      }
      while let turn = queue.next() {
        #expect(!working.contains { $0.1 == Int(turn) % 7 }, "two turns of one machine")
        #expect(served.insert(turn).inserted)
        working.append((turn, Int(turn) % 7))
      }
    }
    while !working.isEmpty {
      queue.end(working.removeFirst().0)
      while let turn = queue.next() {
        served.insert(turn)
        working.append((turn, Int(turn) % 7))
      }
    }
    #expect(served == Set(asked))
    #expect(queue.count == 0)
  }
}
