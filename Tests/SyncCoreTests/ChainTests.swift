import SyncCore
import Testing

/// A laptop that was cloned or restored counts the same dots twice; its chain is what shows it.
struct ChainTests {
  private static func head(_ chain: [Change]) -> ChainHead {
    chain.last.map { ChainHead(counter: $0.dot.counter, hash: $0.hash) } ?? .start
  }

  private static func request(
    _ chain: [Change], sending range: Range<Int>, head: ChainHead? = nil, hasMore: Bool = false
  ) -> SyncRequest {
    SyncRequest(
      requestID: 1, replica: Sample.replica(0), epoch: 1, head: head ?? Self.head(chain),
      checkpoint: [], catalogueVersion: 1, deviceTime: Timestamp(milliseconds: 0),
      firstCounter: UInt64(range.lowerBound + 1),
      changes: chain[range].map { .readable($0) }, unsent: 0, hasMore: hasMore)
  }

  private static func finding(_ request: SyncRequest, known: [Change]) -> ChainFinding {
    ChainFinding.examining(request, known: head(known)) { counter in
      counter > 0 && counter <= known.count ? known[Int(counter) - 1].hash : nil
    }
  }

  private static let ten = Sample.chain(of: 0, count: 10)

  @Test(arguments: [(0, 0), (4, 4), (4, 10), (0, 10), (10, 10)])
  func `what follows on what the office knows is sound`(known: Int, end: Int) {
    let mine = Array(Self.ten[..<end])
    let request = Self.request(mine, sending: known..<end)
    #expect(Self.finding(request, known: Array(Self.ten[..<known])) == .sound(firstNew: 0))
  }

  @Test(arguments: [(0, 4), (3, 1), (0, 10), (6, 0)])
  func `what was sent already is sent again without harm`(from: Int, again: Int) {
    let request = Self.request(Self.ten, sending: from..<10)
    let finding = Self.finding(request, known: Array(Self.ten[..<(from + again)]))
    #expect(finding == .sound(firstNew: again))
  }

  @Test func `a laptop that lost nothing but sends nothing is verified all the same`() {
    let request = Self.request(Self.ten, sending: 10..<10)
    #expect(Self.finding(request, known: Self.ten) == .sound(firstNew: 0))
    let clone = Sample.chain(of: 0, count: 10, after: Array(Self.ten[..<7]), twist: "clone")
    let cloned = Self.request(clone, sending: 10..<10)
    #expect(Self.finding(cloned, known: Self.ten) == .forked(common: 0, head: Self.head(Self.ten)))
  }

  @Test(arguments: [(3, 7), (0, 5), (9, 10)])
  func `a gap is asked for again from where the office stands`(known: Int, from: Int) {
    let stored = Array(Self.ten[..<known])
    let gap = Self.request(Self.ten, sending: from..<10)
    #expect(Self.finding(gap, known: stored) == .resend(from: UInt64(known + 1)))
    let short = Self.request(Self.ten, sending: known..<known)
    #expect(Self.finding(short, known: stored) == .resend(from: UInt64(known + 1)))
  }

  @Test func `a laptop with more to send than fits is taken in part by part`() {
    let part = Self.request(Self.ten, sending: 0..<4, hasMore: true)
    #expect(Self.finding(part, known: []) == .sound(firstNew: 0))
    let unsaid = Self.request(Self.ten, sending: 0..<4)
    #expect(Self.finding(unsaid, known: []) == .resend(from: 5))
  }

  @Test(arguments: [0, 1, 9])
  func `a restored laptop is behind what the office knows of it`(count: Int) {
    let request = Self.request(Array(Self.ten[..<count]), sending: count..<count)
    #expect(
      Self.finding(request, known: Self.ten)
        == .forked(common: UInt64(count), head: Self.head(Self.ten)))
  }

  @Test(arguments: [0, 3, 9])
  func `a clone that went on by itself is found by its first change`(common: Int) {
    let stem = Array(Self.ten[..<common])
    let clone = Sample.chain(of: 0, count: 12, after: stem, twist: "clone")
    let all = Self.request(clone, sending: 0..<12)
    #expect(
      Self.finding(all, known: Self.ten)
        == .forked(common: UInt64(common), head: Self.head(Self.ten)))
    let tail = Self.request(clone, sending: 10..<12)
    #expect(Self.finding(tail, known: Self.ten) == .forked(common: 0, head: Self.head(Self.ten)))
  }

  @Test(arguments: [0, 3, 9])
  func `a restored laptop that went on is found whether it is behind, level or ahead`(common: Int) {
    for count in [common + 1, 10, 13] where count > common {
      let stem = Array(Self.ten[..<common])
      let restored = Sample.chain(of: 0, count: count, after: stem, twist: "restored")
      let finding = Self.finding(Self.request(restored, sending: common..<count), known: Self.ten)
      #expect(finding == .forked(common: UInt64(common), head: Self.head(Self.ten)))
    }
  }

  @Test func `a request that contradicts itself is incoherent`() {
    let chain = Self.ten
    let other = Sample.chain(of: 1, count: 10)
    let clone = Sample.chain(of: 0, count: 10, twist: "clone")
    var numberedZero = Self.request(chain, sending: 0..<2)
    numberedZero.firstCounter = 0
    var misnumbered = Self.request(chain, sending: 2..<4)
    misnumbered.firstCounter = 2
    var foreign = Self.request(other, sending: 0..<10)
    foreign.replica = Sample.replica(0)
    var broken = Self.request(chain, sending: 0..<10)
    broken.changes[5] = .readable(clone[5])
    let requests = [
      numberedZero, misnumbered, foreign, broken,
      Self.request(chain, sending: 0..<10, head: Self.head(Array(chain[..<6]))),
      Self.request(chain, sending: 0..<10, head: Self.head(clone)),
      Self.request(chain, sending: 0..<10, head: .start),
    ]
    #expect(requests.allSatisfy { Self.finding($0, known: []) == .incoherent })
  }

  @Test func `a change that cannot be read keeps its place in the chain`() {
    let torn: [UInt8] = [1, 2, 3]
    let third = Change(
      Change.Body(
        dot: Sample.dot(0, 3), previous: Hash(of: torn), record: Sample.record, type: Sample.type,
        caseID: Sample.caseID, context: VersionVector(), action: .delete, author: "a",
        role: .officer,
        recordedAt: Timestamp(milliseconds: 0)))
    var request = Self.request([Self.ten[0], Self.ten[1], third], sending: 0..<3)
    request.changes[1] = .unreadable(torn)
    #expect(Self.finding(request, known: [Self.ten[0]]) == .sound(firstNew: 1))
    request.changes[1] = .unreadable([1, 2, 4])
    #expect(Self.finding(request, known: [Self.ten[0]]) == .incoherent)
  }

  @Test func `the highest counters there are do not stop the office`() {
    let replica = Sample.replica(0)
    func edit(_ counter: UInt64, after previous: Hash) -> Change {
      Change(
        Change.Body(
          dot: Dot(replica, counter), previous: previous, record: Sample.record, type: Sample.type,
          caseID: Sample.caseID, context: VersionVector(), action: .delete, author: "a",
          role: .officer, recordedAt: Timestamp(milliseconds: 0)))
    }
    let stored = edit(.max - 1, after: .zero)
    let last = edit(.max, after: stored.hash)
    var request = Self.request([last], sending: 0..<1)
    request.firstCounter = .max
    let known = ChainHead(counter: .max - 1, hash: stored.hash)
    #expect(ChainFinding.examining(request, known: known) { _ in nil } == .sound(firstNew: 0))
    #expect(ChainFinding.examining(request, known: .start) { _ in nil } == .resend(from: 1))
    request.changes.append(.readable(last))
    #expect(ChainFinding.examining(request, known: known) { _ in nil } == .incoherent)
    let full = ChainHead(counter: .max, hash: last.hash)
    request.changes = []
    #expect(ChainFinding.examining(request, known: full) { _ in nil } == .sound(firstNew: 0))
    request.head = .start
    #expect(
      ChainFinding.examining(request, known: full) { _ in nil } == .forked(common: 0, head: full))
  }

  /// Two chains with a common stem, any part of the one sent to an office that knows the other.
  @Test(arguments: Seeds.many)
  func `a chain is sound exactly when it is the office's own and goes on from there`(seed: UInt64) {
    var chance = Seeded(seed)
    let common = chance.below(6)
    let stem = Sample.chain(of: 0, count: common)
    let known = Sample.chain(of: 0, count: common + chance.below(4), after: stem)
    let mine = Sample.chain(of: 0, count: common + chance.below(4), after: stem, twist: "mine")
    let from = chance.below(mine.count + 1)
    let to = from + chance.below(mine.count - from + 1)
    let hasMore = to < mine.count && chance.oneIn(2)
    let request = Self.request(mine, sending: from..<to, hasMore: hasMore)
    let isFork = known.count > common
    switch Self.finding(request, known: known) {
    case .sound(let firstNew):
      // A fork may pass only unseen: when nothing is taken, and no page follows.
      #expect(!isFork || hasMore && firstNew == request.changes.count)
      #expect(hasMore || max(to, known.count) == mine.count)
      #expect(from + firstNew == max(from, min(to, known.count)))
    case .resend(let next):
      #expect(mine.count > known.count)
      #expect(next == UInt64(known.count + 1) || from <= known.count && next == UInt64(to + 1))
    case .forked(let reached, let head):
      #expect(head == Self.head(known))
      #expect(isFork)
      // Never more than both share, and all of it that the request shows.
      #expect(reached <= common)
      #expect(from > common || from == to || reached >= min(to, common))
    case .incoherent:
      Issue.record("no part of a chain contradicts itself")
    }
  }
}
