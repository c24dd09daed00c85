import Testing

@testable import Simulation

@Suite struct `The simulator's parts` {
  @Test func `one more draw in a stream shifts nothing in another`() {
    var network = Chance(7, .network)
    var disk = Chance(7, .disk)
    let alone = (0..<5).map { _ in disk.next() }
    disk = Chance(7, .disk)
    let between = (0..<5).map { _ in
      _ = network.next()
      return disk.next()
    }
    #expect(alone == between)
  }

  @Test func `events come in the order of time, whatever the order in which they were planned`() {
    var chance = Chance(3, .schedule)
    var queue = EventQueue<Int64>()
    for _ in 0..<500 {
      let at = Int64(chance.below(100))
      queue.add(at, at: at, tie: chance.next())
    }
    var last: Int64 = 0
    while let (at, event) = queue.next() {
      #expect(at == event && at >= last)
      last = at
    }
  }

  @Test func `what is seen is a set`() {
    var one = SeenSet()
    var other = SeenSet()
    for number in [0, 63, 64, 200] { one.insert(number) }
    other.insert(64)
    #expect(one.contains(other) && !other.contains(one))
    #expect(one.numbers == [0, 63, 64, 200])
    other.formUnion(one)
    #expect(other == one)
  }

  @Test(arguments: [-5_000_000_001, -1, 0, 1, 1_776_000_000_123])
  func `a mark is read back from any clock`(clock: Int64) {
    #expect(Mark.number(in: Mark.time(clock, number: 123_456)) == 123_456)
  }

  @Test(
    arguments: [
      (0, "1970-01-01"), (1_772_323_199_999, "2026-02-28"), (1_772_323_200_000, "2026-03-01"),
      // British summer time has begun.
      (1_776_034_800_000, "2026-04-13"), (1_776_034_799_999, "2026-04-12"),
      // And is over.
      (1_793_491_200_000, "2026-11-01"), (1_793_491_199_999, "2026-10-31"),
      (1_835_395_200_000, "2028-02-29"),
    ] as [(Int64, String)])
  func `the model knows the day`(moment: Int64, day: String) {
    #expect(PlainDay.text(PlainDay.at(moment)) == day)
  }

  @Test func `who gets a case holds it as the one before did, and no less than before`() {
    var access = Access()
    access.grant("a", 0, .init(isCover: true, from: 3, until: 5), today: 1)
    access.grant("a", 1, .init(), today: 1)
    access.grant("b", 1, .init(isCover: true, until: 2), today: 1)
    #expect(access.cases(of: "a") == [1])
    for number in 0...1 {
      let moved = access.transfer(number, from: "a", to: "b", today: 1)
      #expect(moved)
    }
    #expect(access.cases(of: "a").isEmpty && access.cases(of: "b") == [1])
    access.settle(of: "b", today: 3)
    #expect(access.cases(of: "b") == [0, 1])
    access.settle(of: "b", today: 5)
    #expect(access.cases(of: "b") == [1])
  }

  @Test func `who is not on a list is kept out while there is one`() {
    var access = Access()
    access.grant("a", 0, .init(), today: 1)
    access.admit(["b"], 0, ends: false, today: 1)
    #expect(!access.holds("a", 0))
    access.admit(["b"], 0, ends: true, today: 1)
    #expect(access.holds("a", 0))
  }

  @Test func `the model displaces only what was truly seen`() {
    var model = Model()
    let record = model.place(of: .init(value: 1), type: "appointment", caseNumber: 0)
    func write(seeing seen: [Int]) -> Model.Edit {
      var set = SeenSet()
      for local in seen { set.insert(local) }
      model.add(
        { number, local in
          Model.Edit(
            number: number, record: record, local: local, act: number..<number + 1, author: "a",
            role: "officer", machine: 0, fields: [("place", "\(number)")], hasReason: false,
            seen: set, isUnchecked: false)
        }, to: record)
      return model.edits[model.edits.count - 1]
    }
    var ledger = Ledger()
    for (place, edit) in [write(seeing: []), write(seeing: [0]), write(seeing: [0])].enumerated() {
      ledger.accept(edit, at: UInt64(place), as: .accepted(.applied), in: model)
    }
    #expect(ledger.reads("place", of: record, in: model)?.0 == "1")
    #expect(ledger.reads("place", of: record, in: model)?.isContested == true)
    ledger.accept(write(seeing: [0, 1, 2]), at: 9, as: .accepted(.applied), in: model)
    #expect(ledger.reads("place", of: record, in: model)?.0 == "3")
  }
}
