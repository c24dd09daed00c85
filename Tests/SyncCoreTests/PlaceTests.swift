import SyncCore
import Testing

/// Where edits stand in the order in which the office accepted them.
struct PlaceTests {
  private static let first = Sample.set("note", .text("first"), Sample.dot(0, 1))
  private static let other = Sample.set("note", .text("other"), Sample.dot(1, 1))

  private static func place(_ sequence: UInt64) -> Place { Place(epoch: 1, sequence: sequence) }

  @Test func `an edit takes the place of the earliest that it displaces`() {
    let both = Sample.vector([0: 1, 1: 1])
    let decision = Sample.set("note", .text("both"), Sample.dot(2, 1), seen: both)
    let record = Sample.accepted([Self.first, Self.other, decision])
    #expect(record.standing("note").map(\.place) == [Self.place(1)])
  }

  @Test func `an edit that displaces nothing keeps its own place`() {
    let record = Sample.accepted([Self.first, Self.other])
    #expect(record.standing("note").map(\.place) == [Self.place(1), Self.place(2)])
  }

  @Test func `an edit of another field takes no place over`() {
    let seen = Sample.vector([0: 1])
    let next = Sample.set("outcome", .text("done"), Sample.dot(0, 2), seen: seen)
    let record = Sample.accepted([Self.first, next])
    #expect(record.standing("outcome").map(\.place) == [Self.place(2)])
  }

  @Test func `an edit that the office has not accepted has no place whatever it displaces`() {
    var record = Sample.accepted([Self.first])
    let seen = Sample.vector([0: 1])
    record.apply(Sample.set("note", .text("mine"), Sample.dot(0, 2), seen: seen), at: nil)
    #expect(record.standing("note").map(\.place) == [nil])
  }

  @Test(arguments: [
    (Place?.none, Place?.some(place(4)), Place?.some(place(4))),
    (place(4), nil, place(4)), (place(3), place(4), place(3)), (nil, nil, nil),
    (Place(epoch: 2, sequence: 1), place(9), place(9)),
  ])
  func `copies of one edit keep the lower place, whichever is merged into the other`(
    one: Place?, other: Place?, lower: Place?
  ) {
    var (left, right) = (Sample.blank, Sample.blank)
    left.apply(Self.first, at: one)
    right.apply(Self.first, at: other)
    #expect(left.merged(with: right).standing("note").map(\.place) == [lower])
    #expect(right.merged(with: left).standing("note").map(\.place) == [lower])
  }

  @Test func `what the office accepted comes before what it does not know, then by place`() {
    let places: [Place?] = [nil, Self.place(7), Place(epoch: 2, sequence: 1), Self.place(2), nil]
    let edits = places.enumerated().map { index, place in
      StandingEdit(
        field: "note", dot: Sample.dot(index, 1), hash: .zero, value: .none,
        by: Self.first.authorship, place: place)
    }
    let ordered = edits.sorted(by: StandingEdit.precedes)
    #expect(ordered.map(\.dot) == [3, 1, 2, 0, 4].map { Sample.dot($0, 1) })
  }

  /// The way of the laptop's base: pages of the office are merged in, own changes are taken in
  /// without a place when their receipts come, in any mix of the two.
  @Test(arguments: Seeds.some)
  func `a laptop that takes its receipted work in without a place ends as the office`(
    seed: UInt64
  ) {
    var chance = Seeded(seed)
    let history = History(seed)
    for record in 0..<history.recordCount {
      let order = history.order(history.edits(of: record), &chance)
      var office = history.applying([], of: record)
      var bases = Array(repeating: office, count: history.laptops.count)
      for (index, number) in order.enumerated() {
        let edit = history.edits[number]
        office.apply(edit.change, at: Self.place(UInt64(index + 1)))
        bases[edit.laptop].apply(edit.change, at: nil)
        let reader = chance.below(bases.count)
        if chance.oneIn(3) { bases[reader].merge(office) }
      }
      #expect(bases.allSatisfy { $0.merged(with: office) == office })
    }
  }
}
