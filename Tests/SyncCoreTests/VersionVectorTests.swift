import SyncCore
import Testing

struct VersionVectorTests {
  private struct Three {
    let a: VersionVector
    let b: VersionVector
    let c: VersionVector

    init(_ seed: UInt64) {
      var chance = Seeded(seed)
      a = chance.vector()
      b = chance.vector()
      c = chance.oneIn(3) ? a.joined(with: b) : chance.vector()
    }
  }

  @Test(arguments: Seeds.many)
  func `to have seen more is a partial order`(seed: UInt64) {
    let three = Three(seed)
    let (a, b, c) = (three.a, three.b, three.c)
    #expect(a.contains(a))
    #expect(!(a.contains(b) && b.contains(a)) || a == b)
    #expect(!(a.contains(b) && b.contains(c)) || a.contains(c))
  }

  @Test(arguments: Seeds.many)
  func `two histories are equal, one before the other, or concurrent`(seed: UInt64) {
    let three = Three(seed)
    let expected: CausalOrder =
      switch (three.a.contains(three.b), three.b.contains(three.a)) {
      case (true, true): .equal
      case (true, false): .after
      case (false, true): .before
      case (false, false): .concurrent
      }
    #expect(three.a.order(against: three.b) == expected)
    #expect((expected == .equal) == (three.a == three.b))
  }

  @Test(arguments: Seeds.many)
  func `joining and meeting do not depend on order or repetition`(seed: UInt64) {
    let three = Three(seed)
    let (a, b, c) = (three.a, three.b, three.c)
    #expect(a.joined(with: b) == b.joined(with: a))
    #expect(a.met(with: b) == b.met(with: a))
    #expect(a.joined(with: b).joined(with: c) == a.joined(with: b.joined(with: c)))
    #expect(a.met(with: b).met(with: c) == a.met(with: b.met(with: c)))
    #expect(a.joined(with: a) == a && a.met(with: a) == a)
  }

  @Test(arguments: Seeds.many)
  func `joining and meeting absorb each other`(seed: UInt64) {
    let three = Three(seed)
    let (a, b) = (three.a, three.b)
    #expect(a.joined(with: a.met(with: b)) == a)
    #expect(a.met(with: a.joined(with: b)) == a)
  }

  @Test(arguments: Seeds.many)
  func `the join is the least that has seen both, the meet the most that both have seen`(
    seed: UInt64
  ) {
    let three = Three(seed)
    let (a, b, c) = (three.a, three.b, three.c)
    let join = a.joined(with: b)
    let meet = a.met(with: b)
    #expect(join.contains(a) && join.contains(b))
    #expect(a.contains(meet) && b.contains(meet))
    #expect(!(c.contains(a) && c.contains(b)) || c.contains(join))
    #expect(!(a.contains(c) && b.contains(c)) || meet.contains(c))
  }

  @Test(arguments: Seeds.some)
  func `a history contains exactly the edits up to its counters`(seed: UInt64) {
    var chance = Seeded(seed)
    let vector = chance.vector()
    let replica = chance.below(5)
    let reached = vector.counter(of: Sample.replica(replica))
    let contained = (1...5).filter { vector.contains(Sample.dot(replica, $0)) }
    #expect(contained == (1...5).filter { $0 <= reached })
  }

  @Test(arguments: Seeds.some)
  func `a history has one written form whatever order its edits came in`(seed: UInt64) {
    var chance = Seeded(seed)
    let dots = (0..<chance.below(12)).map { _ in chance.dot() }
    let vector = VersionVector(dots.shuffled(using: &chance))
    #expect(vector == VersionVector(dots))
    #expect(VersionVector(ascending: vector.entries) == vector)
  }

  @Test(arguments: [
    [Sample.dot(1, 1), Sample.dot(0, 1)],
    [Sample.dot(0, 1), Sample.dot(0, 1)],
    [Sample.dot(0, 1), Sample.dot(0, 2)],
    [Sample.dot(0, 0)],
    [Sample.dot(0, 1), Sample.dot(1, 0)],
  ])
  func `a history that a peer wrote unsorted, twice or with nothing seen is refused`(dots: [Dot]) {
    #expect(VersionVector(ascending: dots) == nil)
  }

  @Test func `an edit numbered zero is nobody's edit and is left out`() {
    var vector = VersionVector([Sample.dot(0, 0)])
    vector.insert(Sample.dot(1, 0))
    #expect(vector.isEmpty)
  }

  @Test func `the highest counter there is works like any other`() {
    let full = VersionVector((0..<5).map { Sample.dot($0, .max) })
    let almost = VersionVector((0..<5).map { Sample.dot($0, .max - 1) })
    #expect(full.order(against: almost) == .after)
    #expect(full.met(with: almost) == almost)
    #expect(almost.joined(with: full) == full)
    #expect(full.contains(Sample.dot(4, .max)) && !almost.contains(Sample.dot(4, .max)))
  }
}
