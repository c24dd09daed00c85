import SyncCore
import Testing

/// One round trip between a laptop and an office that both keep to the protocol.
struct RoundTripTests {
  private static let chain = Sample.chain(of: 0, count: 6)

  private static func word(_ frames: [Frame]) -> String { String(frames.map(\.letter)) }

  @Test func `everything sent is receipted, everything in scope is read, then it is synced`() {
    var office = Office()
    office.orders = [Order(id: 5, kind: .resync)]
    office.readings = [.showing([1, 2], goesOn: true), .showing([1, 2], digests: 2)]
    let request = Laptop.request(Self.chain)
    let frames = office.answer(request)
    #expect(Self.word(frames) == "orqsppde")
    let log = Laptop.take(frames, of: request)
    #expect(log.receipts == [1, 2, 3, 4, 5, 6] && log.scopes == 1 && log.pages == 2)
    #expect(log.outcome?.known == 6 && log.outcome?.orders == office.orders)
    #expect(log.outcome?.serverTime == Timestamp(milliseconds: 9))
  }

  @Test func `a laptop with more to send is given receipts and nothing to read`() {
    var office = Office()
    office.readings = [.showing([1])]
    let request = Laptop.request(Self.chain, to: 4, hasMore: true)
    let frames = office.answer(request)
    #expect(Self.word(frames) == "ore")
    let log = Laptop.take(frames, of: request)
    #expect(log.receipts == [1, 2, 3, 4] && log.pages == 0)
    #expect(log.outcome?.known == 4)
  }

  @Test func `a laptop with nothing to send still reads`() {
    var office = Office(chain: Self.chain)
    office.readings = [.showing([])]
    let request = Laptop.request(Self.chain, from: 6)
    let frames = office.answer(request)
    #expect(Self.word(frames) == "ospe")
    #expect(Laptop.take(frames, of: request).outcome?.known == 6)
  }

  @Test func `a request sent again is answered again without harm`() {
    var office = Office()
    let request = Laptop.request(Self.chain)
    let first = Laptop.take(office.answer(request), of: request)
    let second = Laptop.take(office.answer(request), of: request)
    #expect(first == second && office.chain == Self.chain)
  }

  @Test func `what the office does not decide now is not called synced`() {
    var office = Office()
    office.holdsBackFrom = 3
    let request = Laptop.request(Self.chain)
    let log = Laptop.take(office.answer(request), of: request)
    #expect(log.receipts == [1, 2, 3] && log.outcome?.known == 2)
  }

  @Test func `a cloned laptop is told so and given nothing to read`() {
    var office = Office(chain: Self.chain)
    office.readings = [.showing([1])]
    let clone = Sample.chain(of: 0, count: 8, after: Array(Self.chain[..<4]), twist: "clone")
    let request = Laptop.request(clone, from: 4)
    let frames = office.answer(request)
    #expect(Self.word(frames) == "oqe")
    let head = ChainHead(
      counter: UInt64(Self.chain.count), hash: Self.chain[Self.chain.count - 1].hash)
    let kinds = Laptop.take(frames, of: request).outcome?.orders.map(\.kind)
    #expect(kinds == [.forked(common: 4, head: head)])
  }

  @Test func `a gap is asked for again and nothing is read`() {
    var office = Office(chain: Array(Self.chain[..<2]))
    office.readings = [.showing([1])]
    let request = Laptop.request(Self.chain, from: 4)
    let frames = office.answer(request)
    #expect(Self.word(frames) == "oqe")
    #expect(Laptop.take(frames, of: request).outcome?.orders.map(\.kind) == [.resend(from: 3)])
  }

  @Test func `a request that contradicts itself is answered with nothing`() {
    var office = Office()
    office.readings = [.showing([1])]
    var request = Laptop.request(Self.chain)
    request.firstCounter = 2
    let frames = office.answer(request)
    #expect(Self.word(frames) == "oe" && office.chain.isEmpty)
    #expect(Laptop.take(frames, of: request).breach == "receipts are missing")
  }

  @Test func `an office with nothing to read for a laptop ends after the receipts`() {
    var office = Office()
    office.readings = [.showing([1])]
    office.hasCheckpoint = false
    let request = Laptop.request(Self.chain)
    #expect(Self.word(office.answer(request)) == "ore")
  }

  @Test(arguments: [
    ([[1, 2], [1, 2], [1, 2]], "osppp"), ([[1, 2], [1], [1]], "ospspp"),
    ([[1], [1, 2], [1]], "ospspsp"), ([[], [], []], "osppp"), ([[], [1], [1]], "ospspp"),
  ])
  func `the scope goes out again whenever a case came or went between two pages`(
    scopes: [[Int]], word: String
  ) {
    var office = Office(chain: Self.chain)
    office.readings = scopes.enumerated().map { .showing($1, goesOn: $0 + 1 < scopes.count) }
    let request = Laptop.request(Self.chain, from: 6)
    let frames = office.answer(request)
    #expect(Self.word(frames) == word + "e")
    #expect(Laptop.take(frames, of: request).outcome != nil)
  }

  @Test(
    arguments: [
      ([[1, 2], [2], []], "osppp"), ([[], [2], []], "ospspp"), ([[1], [1, 2], [2]], "ospspp"),
      ([[], [1], [2]], "ospspsp"),
    ] as [([Set<Int>], String)])
  func `the scope goes out again when a case was taken away and granted anew between two pages`(
    whole: [Set<Int>], word: String
  ) {
    var office = Office(chain: Self.chain)
    office.readings = whole.enumerated().map { .showing([1, 2], whole: $1, goesOn: $0 < 2) }
    #expect(Self.word(office.answer(Laptop.request(Self.chain, from: 6))) == word + "e")
  }

  @Test(arguments: [
    [ServerSession.Event.sent], [.read(.showing([1]))], [.sent, .sent, .read(.showing([1]))],
  ])
  func `an office's driver that answers what was not asked ends the round trip`(
    events: [ServerSession.Event]
  ) {
    var session = ServerSession(Laptop.request(Self.chain))
    for event in events {
      if case .finish = session.handle(event) { continue }
      Issue.record("it went on")
    }
  }
}

/// Answers that break the protocol: nothing more of them is used.
struct BreachTests {
  private static let chain = Sample.chain(of: 0, count: 3)
  private static let request = Laptop.request(chain)

  /// A whole and right answer, long enough to be spoilt in many ways.
  private static func answer() -> [Frame] {
    var office = Office()
    office.readings = [.showing([1], goesOn: true), .showing([2], digests: 1)]
    return office.answer(request)
  }

  /// Sets the number of frames in the end to what it is, so that only their order is judged.
  private static func recounted(_ frames: [Frame]) -> [Frame] {
    frames.enumerated().map { index, frame in
      guard case .end(let ending) = frame else { return frame }
      return .end(Frame.Ending(frames: UInt64(index), known: ending.known))
    }
  }

  @Test func `the answer to be spoilt is right as it stands`() {
    let log = Laptop.take(Self.answer(), of: Self.request)
    #expect(log.outcome != nil && log.breach == nil && log.scopes == 2 && log.pages == 2)
  }

  @Test(arguments: 0..<8)
  func `an answer cut anywhere is not called whole`(length: Int) {
    let frames = Self.answer()
    #expect(frames.count == 8)
    let log = Laptop.take(Array(frames[..<length]), of: Self.request)
    #expect(log.outcome == nil && log.breach == "the answer ended before its last frame")
  }

  /// Frames in any order, judged by an expression that shares no code with the session.
  @Test(arguments: Seeds.many)
  func `only frames in their right order come to an end`(seed: UInt64) throws {
    var chance = Seeded(seed)
    var frames = Self.answer()
    if chance.oneIn(2) { frames.insert(.order(Order(id: 1, kind: .resync)), at: 2) }
    for _ in 0..<chance.below(4) {
      let (from, to) = (chance.below(frames.count), chance.below(frames.count))
      switch chance.below(4) {
      case 0: frames.swapAt(from, to)
      case 1 where frames.count > 1: frames.remove(at: from)
      case 2: frames.insert(frames[from], at: to)
      default: frames.insert(.order(Order(id: 1, kind: .resync)), at: to)
      }
    }
    frames = Self.recounted(frames)
    let word = String(frames.map(\.letter))
    // Nothing after the end is looked at.
    let heard = word.prefix { $0 != "e" } + (word.contains("e") ? "e" : "")
    let isOrdered = try Regex("or?q*(s[sp]*)?d*e").wholeMatch(in: heard) != nil
    let hasAll = heard.contains("r") || heard.contains("q")
    let log = Laptop.take(frames, of: Self.request)
    #expect((log.outcome != nil) == (isOrdered && hasAll))
    #expect((log.outcome == nil) == (log.breach != nil) && !log.isRestless)
  }

  @Test(arguments: 1..<7)
  func `an answer from which a frame was lost is not called whole`(index: Int) {
    var frames = Self.answer()
    frames.remove(at: index)
    let log = Laptop.take(frames, of: Self.request)
    #expect(log.outcome == nil && log.breach != nil)
  }

  @Test func `an answer to another request is not used`() {
    var other = Self.request
    other.requestID += 1
    let log = Laptop.take(Self.answer(), of: other)
    #expect(log == Laptop.Log(breach: "the answer is to another request"))
  }

  @Test func `an office that speaks another version is not understood`() {
    var newer = Self.request
    newer.protocolVersion += 1
    let log = Laptop.take(Self.answer(), of: newer)
    #expect(log == Laptop.Log(breach: "the office speaks version 1 of the protocol"))
  }

  @Test(
    arguments: [
      [1, 2], [1, 2, 3, 4], [2, 3], [1, 1, 2, 3], [1, 3, 2], [0, 1, 2, 3], [1, 2, .max], [],
    ] as [[UInt64]])
  func `receipts that are not exactly those of what was sent are not taken`(counters: [UInt64]) {
    var frames = Self.answer()
    frames[1] = .receipts(counters.map { Receipt(counter: $0, verdict: .applied) })
    let log = Laptop.take(frames, of: Self.request)
    #expect(log.outcome == nil && log.breach?.hasPrefix("receipts") == true)
  }

  @Test func `receipts may come in several frames`() {
    var frames = Self.answer()
    frames.replaceSubrange(
      1..<2, with: [1, 2, 3].map { .receipts([Receipt(counter: $0, verdict: .merged)]) })
    let log = Laptop.take(Self.recounted(frames), of: Self.request)
    #expect(log.outcome != nil && log.receipts == [1, 2, 3])
  }

  @Test(arguments: [
    ([Verdict.applied, .retry], true), ([.retry], true), ([.retry, .retry, .retry], true),
    ([.retry, .applied], false),
    ([.applied, .retry, .refused(code: "invalid", field: "f")], false),
  ])
  func `what is put off puts off all that follows`(verdicts: [Verdict], isRight: Bool) {
    var frames = Self.answer()
    frames[1] = .receipts(
      verdicts.enumerated().map { Receipt(counter: UInt64($0 + 1), verdict: $1) })
    #expect((Laptop.take(frames, of: Self.request).outcome != nil) == isRight)
  }

  @Test func `an office that claims more than the laptop ever made is not believed`() {
    var frames = Self.answer()
    frames[7] = .end(Frame.Ending(frames: 7, known: 4))
    #expect(Laptop.take(frames, of: Self.request).outcome == nil)
  }

  @Test(arguments: [0, 6, 8, .max] as [UInt64])
  func `an answer that counts its frames otherwise is not called whole`(count: UInt64) {
    var frames = Self.answer()
    frames[7] = .end(Frame.Ending(frames: count, known: 3))
    #expect(Laptop.take(frames, of: Self.request).breach == "frames are missing")
  }

  @Test(arguments: [[2, 1], [1, 1]])
  func `a scope out of order is not adopted`(cases: [Int]) {
    var frames = Self.answer()
    frames[2] = .scope(ServerSession.Reading.showing(cases).scope)
    let log = Laptop.take(frames, of: Self.request)
    #expect(log.scopes == 0 && log.pages == 0 && log.breach != nil)
  }

  @Test func `after the end nothing more is carried out`() {
    let frames = Self.answer()
    let log = Laptop.take(frames + frames, of: Self.request)
    #expect(log.pages == 2 && !log.isRestless)
  }

  @Test(arguments: [UInt64.max, 0])
  func `counters at the ends of their range do not stop a laptop`(first: UInt64) {
    var request = Laptop.request(Array(Self.chain[..<1]))
    request.firstCounter = first
    request.head = ChainHead(counter: .max, hash: Self.chain[0].hash)
    var frames = Self.answer()
    frames[1] = .receipts([Receipt(counter: first, verdict: .applied)])
    frames[7] = .end(Frame.Ending(frames: 7, known: .max))
    let log = Laptop.take(frames, of: request)
    #expect(log.outcome?.known == .max && log.receipts == [first])
    frames[1] = .receipts([first, first &+ 1].map { Receipt(counter: $0, verdict: .applied) })
    #expect(Laptop.take(frames, of: request).breach == "receipts do not match what was sent")
  }
}
