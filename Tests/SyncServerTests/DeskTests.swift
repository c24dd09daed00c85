import SyncCore
import Testing

@testable import SyncServer

@Suite struct `The desk where syncs are let in` {
  /// Eight places, four of one machine, and twenty seconds of patience.
  static let small = with(Limits()) { $0.connections = 16 }

  static func with(_ limits: Limits, _ change: (inout Limits) -> Void) -> Limits {
    var limits = limits
    change(&limits)
    return limits
  }

  static func machine(_ number: Int) -> Hash { Hash(of: [UInt8(number)]) }

  /// A desk at which so many machines have a place each since the beginning.
  static func desk(holding count: Int) -> (Desk, [UInt64]) {
    var desk = Desk(small)
    let places = (0..<count).map { number -> UInt64 in
      let place = take(&desk, number, at: .zero)
      desk.works(place)
      return place
    }
    return (desk, places)
  }

  static func take(_ desk: inout Desk, _ number: Int, at now: Duration) -> UInt64 {
    guard case .place(let place, _) = desk.enter(machine(number), at: now, chance: 0) else {
      Issue.record("There was no place for machine \(number).")
      return 0
    }
    return place
  }

  static func seconds(_ answer: Desk.Answer) -> Int? {
    guard case .full(let seconds) = answer else { return nil }
    return seconds
  }

  @Test func `whoever comes to a full desk is told when to come again`() {
    var (desk, _) = Self.desk(holding: 8)
    #expect(desk.enter(Self.machine(8), at: .seconds(1), chance: 0) == .full(comeAgain: 1))
    #expect(desk.count == 8)
  }

  @Test func `a place that was left is given to the next`() {
    var (desk, places) = Self.desk(holding: 8)
    desk.leave(places[3], at: .seconds(1))
    #expect(!desk.holds(places[3]))
    #expect(Self.take(&desk, 8, at: .seconds(1)) != places[3])
  }

  @Test func `a place that was left twice was left once`() {
    var (desk, places) = Self.desk(holding: 2)
    desk.leave(places[0], at: .seconds(1))
    desk.leave(places[0], at: .seconds(1))
    #expect(desk.count == 1)
  }

  @Test func `one machine has four places and no fifth, whatever is free`() {
    var desk = Desk(Self.small)
    for _ in 0..<4 { desk.works(Self.take(&desk, 1, at: .zero)) }
    #expect(Self.seconds(desk.enter(Self.machine(1), at: .seconds(900), chance: 0)) != nil)
    #expect(desk.count == 4)
  }

  @Test func `a machine that was cut off and comes again takes its own old place`() {
    var desk = Desk(Self.small)
    let dead = Self.take(&desk, 1, at: .zero)
    for _ in 0..<3 { _ = Self.take(&desk, 1, at: .seconds(1)) }
    let tooEarly = desk.enter(Self.machine(1), at: .milliseconds(1_999), chance: 0)
    #expect(Self.seconds(tooEarly) != nil)
    let answer = desk.enter(Self.machine(1), at: .seconds(2), chance: 0)
    #expect(answer == .place(5, instead: dead))
    #expect(!desk.holds(dead))
  }

  @Test func `at a full desk a machine makes room among its own first`() {
    var (desk, places) = Self.desk(holding: 8)
    desk.waits(places[2], since: .seconds(1))
    desk.waits(places[5], since: .seconds(10))
    let answer = desk.enter(Self.machine(5), at: .seconds(30), chance: 0)
    #expect(answer == .place(9, instead: places[5]))
  }

  @Test func `a laptop that stands still gives its place to one that would go on`() {
    var (desk, places) = Self.desk(holding: 8)
    desk.waits(places[5], since: .seconds(10))
    #expect(Self.seconds(desk.enter(Self.machine(8), at: .seconds(29), chance: 0)) != nil)
    let answer = desk.enter(Self.machine(8), at: .seconds(30), chance: 0)
    #expect(answer == .place(9, instead: places[5]))
  }

  @Test func `nobody loses a place while the office works for them`() {
    var (desk, places) = Self.desk(holding: 8)
    desk.waits(places[5], since: .seconds(10))
    desk.works(places[5])
    #expect(Self.seconds(desk.enter(Self.machine(8), at: .seconds(900), chance: 0)) != nil)
  }

  @Test func `who is told to wait longer is told so because the queue is longer`() {
    var (desk, _) = Self.desk(holding: 8)
    let told = (0..<64).compactMap { number in
      Self.seconds(desk.enter(Self.machine(8 + number), at: .seconds(1), chance: 0.999))
    }
    #expect(told.count == 64)
    #expect(told == told.sorted())
    // Sixty-four more than there are places, eight at a time, a second each.
    #expect(told.last == 9)
  }

  @Test func `those who are told to come again do not come together`() {
    var (desk, _) = Self.desk(holding: 8)
    let told = (0..<80).compactMap { number in
      let chance = Double(number * 37 % 80) / 80
      return Self.seconds(desk.enter(Self.machine(8 + number), at: .seconds(1), chance: chance))
    }
    #expect(Set(told).count >= 8)
  }

  @Test func `slower syncs are waited for longer`() {
    var (desk, places) = Self.desk(holding: 8)
    for place in places { desk.leave(place, at: .seconds(30)) }
    for number in 0..<8 { desk.works(Self.take(&desk, number, at: .seconds(30))) }
    let told = Self.seconds(desk.enter(Self.machine(9), at: .seconds(31), chance: 0)) ?? 0
    #expect(told > 15 && told <= 30)
  }

  @Test func `nobody is told to wait longer than two minutes`() {
    var (desk, places) = Self.desk(holding: 8)
    desk.leave(places[0], at: .seconds(86_400))
    _ = Self.take(&desk, 0, at: .seconds(86_400))
    desk.works(9)
    let told = Self.seconds(desk.enter(Self.machine(9), at: .seconds(86_401), chance: 0.5))
    #expect(told == 120)
  }

  @Test func `what one machine asks for too much makes nobody else wait longer`() {
    var (desk, _) = Self.desk(holding: 7)
    _ = Self.take(&desk, 0, at: .zero)
    // Neither one that has places nor one that has none.
    for _ in 0..<500 { _ = desk.enter(Self.machine(0), at: .seconds(1), chance: 0.9) }
    for _ in 0..<500 { _ = desk.enter(Self.machine(8), at: .seconds(1), chance: 0.9) }
    #expect(Self.seconds(desk.enter(Self.machine(9), at: .seconds(1), chance: 0.999)) == 2)
  }
}
