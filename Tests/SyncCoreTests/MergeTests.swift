import SyncCore
import Testing

/// Replicas that exchanged everything read alike, whatever the order, repetition or interruption.
struct MergeTests {
  /// Three states of one record, as laptops of a history hold it; places are the office's.
  private struct Three {
    let a: Record
    let b: Record
    let c: Record

    init(_ seed: UInt64) {
      var chance = Seeded(seed)
      let history = History(seed)
      let record = chance.below(history.recordCount)
      let all = history.edits(of: record)
      // What the office accepted, in its order; copies of it are at different points.
      let order = history.order(all, &chance)
      var office = history.applying([], of: record)
      var copies = [office]
      for (index, number) in order.enumerated() {
        let place = Place(epoch: 1, sequence: UInt64(index + 1))
        office.apply(history.edits[number].change, at: place)
        copies.append(office)
      }
      let states = history.laptops.map { $0.records[record] }
      func state() -> Record {
        chance.oneIn(2)
          ? chance.pick(states) : chance.pick(copies).merged(with: chance.pick(states))
      }
      (a, b, c) = (state(), state(), state())
    }
  }

  @Test(arguments: Seeds.many)
  func `it does not matter which of two copies is merged into the other`(seed: UInt64) {
    let three = Three(seed)
    #expect(three.a.merged(with: three.b) == three.b.merged(with: three.a))
  }

  @Test(arguments: Seeds.many)
  func `it does not matter which two of three copies are merged first`(seed: UInt64) {
    let three = Three(seed)
    let leftFirst = three.a.merged(with: three.b).merged(with: three.c)
    #expect(leftFirst == three.a.merged(with: three.b.merged(with: three.c)))
  }

  @Test(arguments: Seeds.many)
  func `merging the same copy again changes nothing`(seed: UInt64) {
    let three = Three(seed)
    let merged = three.a.merged(with: three.b)
    #expect(merged.merged(with: three.b) == merged)
    #expect(merged.merged(with: three.a) == merged)
    #expect(three.a.merged(with: three.a) == three.a)
  }

  @Test(arguments: Seeds.some)
  func `merging two copies comes to the same as taking in every edit of both`(seed: UInt64) {
    var chance = Seeded(seed)
    let history = History(seed)
    for record in 0..<history.recordCount {
      let (one, other) = (chance.pick(history.laptops), chance.pick(history.laptops))
      let both = one.arrived[record].union(other.arrived[record])
      let applied = history.applying(history.order(both, &chance), of: record)
      #expect(one.records[record].merged(with: other.records[record]) == applied)
    }
  }

  @Test(arguments: Seeds.some)
  func `edits may arrive in any order and any number of times`(seed: UInt64) {
    var chance = Seeded(seed)
    let history = History(seed)
    for record in 0..<history.recordCount {
      let all = history.edits(of: record)
      let once = history.applying(history.order(all, &chance), of: record)
      var order = history.order(all, &chance)
      for _ in 0..<order.count {
        let repeated = chance.below(order.count)
        let later = repeated + 1 + chance.below(order.count - repeated)
        order.insert(order[repeated], at: later)
      }
      let often = history.applying(order, of: record)
      #expect(often == once)
      #expect(often.digest == once.digest && often.bytes == once.bytes)
    }
  }

  @Test(arguments: Seeds.some)
  func `laptops that meet until nothing is new hold the same records`(seed: UInt64) {
    let history = History(seed)
    for record in 0..<history.recordCount {
      var states = history.laptops.map { $0.records[record] }
      // Round the ring twice: the first round gathers, the second hands out.
      for index in 0..<states.count * 2 {
        let (from, to) = (index % states.count, (index + 1) % states.count)
        states[to].merge(states[from])
      }
      #expect(Set(states).count == 1)
      #expect(Set(states.map(\.digest)).count == 1)
    }
  }

  @Test(arguments: Seeds.some)
  func `an edit known already has no effect`(seed: UInt64) {
    let history = History(seed)
    for laptop in history.laptops {
      for record in 0..<history.recordCount {
        var state = laptop.records[record]
        for number in laptop.arrived[record] {
          let changed = state.apply(history.edits[number].change, at: Place(epoch: 1, sequence: 1))
          #expect(!changed)
        }
        #expect(state == laptop.records[record])
      }
    }
  }

  @Test func `nobody can claim to have seen an edit that has not arrived`() {
    let liar = Sample.set("note", .text("mine"), Sample.dot(0, 1), seen: Sample.vector([1: 9]))
    let later = Sample.set("note", .text("later"), Sample.dot(1, 1))
    var record = Sample.blank
    record.apply(liar, at: nil)
    record.apply(later, at: nil)
    #expect(record.standing("note").map(\.value) == [.text("mine"), .text("later")])
    #expect(record.version == Sample.vector([0: 1, 1: 1]))
  }

  @Test func `a deletion that claims to have seen the future deletes no future edit`() {
    var record = Sample.accepted([
      Sample.change(Sample.dot(0, 1), seen: Sample.vector([1: .max]), .delete)
    ])
    #expect(record.isDeleted)
    record.apply(Sample.set("note", .text("later"), Sample.dot(1, 1)), at: nil)
    #expect(!record.isDeleted && record.isDeletionDisputed)
  }

  @Test(arguments: Seeds.many)
  func `whatever changes arrive, in whatever order, the record stays a sound one`(
    seed: UInt64
  ) throws {
    var chance = Seeded(seed)
    let (one, other) = (chance.record(), chance.record())
    let merged = one.merged(with: other)
    for record in [one, other, merged] {
      #expect(record.edits.allSatisfy { record.version.contains($0.dot) })
      #expect(try Record(reading: record.bytes) == record)
    }
  }
}
