import SyncCore

/// What the office finds when it compares a request with the chain that it has stored.
enum ChainVectors {
  private struct Chain {
    let changes: [Change]

    func hash(_ counter: UInt64) -> Hash? {
      counter > 0 && counter <= changes.count ? changes[Int(counter) - 1].hash : nil
    }

    var head: ChainHead {
      ChainHead(counter: UInt64(changes.count), hash: changes.last?.hash ?? .zero)
    }

    func upTo(_ count: Int) -> Chain { Chain(changes: Array(changes.prefix(count))) }

    /// With changes of other content after the first few.
    func forked(after count: Int, to length: Int) -> Chain {
      upTo(count).grown("twin", to: length)
    }

    func grown(_ text: String, to length: Int) -> Chain {
      var grown = changes
      while grown.count < length { grown.append(ChainVectors.change(after: grown, text)) }
      return Chain(changes: grown)
    }
  }

  private static func change(after changes: [Change], _ text: String) -> Change {
    VectorSamples.change(
      1, UInt64(changes.count + 1), .set([Value.Member("note", .text("\(text) \(changes.count)"))]),
      previous: changes.last?.hash ?? .zero)
  }

  private static let whole = Chain(changes: []).grown("text", to: 6)

  private struct Story {
    let name: String
    let known: Chain
    let laptop: Chain
    /// Counters of the changes sent.
    let sent: ClosedRange<Int>?
    var hasMore = false
    var spoil: (inout SyncRequest) -> Void = { _ in }
  }

  static func cases() throws -> [JSONText] {
    try stories.map { story in
      var request = SyncRequest(
        requestID: 1, replica: VectorSamples.replica(1), epoch: 1, head: story.laptop.head,
        checkpoint: [], catalogueVersion: 1, deviceTime: Timestamp(milliseconds: 0),
        firstCounter: UInt64(story.sent?.lowerBound ?? 0),
        changes: (story.sent.map(Array.init) ?? []).map { .readable(story.laptop.changes[$0 - 1]) },
        unsent: 0, hasMore: story.hasMore)
      story.spoil(&request)
      let finding = ChainFinding.examining(
        request, known: story.known.head, hash: story.known.hash)
      return .object([
        ("name", .text(story.name)),
        ("known", .list(story.known.changes.map { .hex($0.hash.bytes) })),
        ("replica", .hex(request.replica.bytes)),
        ("head", .list([.number(Int(request.head.counter)), .hex(hashBytes(request.head.hash))])),
        ("first_counter", .number(Int(request.firstCounter))),
        ("changes", .list(request.changes.map { .hex($0.bytes) })),
        ("has_more", .flag(request.hasMore)), ("finding", told(finding)),
      ])
    }
  }

  private static func hashBytes(_ hash: Hash) -> [UInt8] { hash == .zero ? [] : hash.bytes }

  private static func told(_ finding: ChainFinding) -> JSONText {
    switch finding {
    case .sound(let firstNew): .object([("sound", .number(firstNew))])
    case .resend(let from): .object([("resend", .number(Int(from)))])
    case .forked(let common, let head):
      .object([
        ("forked", .number(Int(common))),
        ("head", .list([.number(Int(head.counter)), .hex(hashBytes(head.hash))])),
      ])
    case .incoherent: .object([("problem", "bad-request")])
    }
  }

  private static var stories: [Story] {
    let nothing = Chain(changes: [])
    let twin = whole.forked(after: 3, to: 6)
    return [
      Story(name: "a new replica with nothing", known: nothing, laptop: nothing, sent: nil),
      Story(
        name: "a new replica with its first changes", known: nothing, laptop: whole.upTo(3),
        sent: 1...3),
      Story(name: "nothing new", known: whole, laptop: whole, sent: nil),
      Story(name: "the next changes", known: whole.upTo(4), laptop: whole, sent: 5...6),
      Story(name: "some known, some new", known: whole.upTo(4), laptop: whole, sent: 3...6),
      Story(name: "all of them known", known: whole, laptop: whole, sent: 2...6),
      Story(
        name: "a part, and more waits", known: whole.upTo(2), laptop: whole, sent: 3...4,
        hasMore: true),
      Story(
        name: "a part, and nothing said to wait", known: whole.upTo(2), laptop: whole, sent: 3...4),
      Story(name: "a gap before what is sent", known: whole.upTo(2), laptop: whole, sent: 5...6),
      Story(name: "ahead, and nothing sent", known: whole.upTo(2), laptop: whole, sent: nil),
      Story(
        name: "put back: behind what the office has", known: whole, laptop: whole.upTo(4), sent: nil
      ),
      Story(name: "put back to before the first change", known: whole, laptop: nothing, sent: nil),
      Story(name: "put back, and went on otherwise", known: whole, laptop: twin, sent: 4...6),
      Story(
        name: "put back, and sends what was common too", known: whole, laptop: twin, sent: 2...6),
      Story(
        name: "put back, and went on for longer", known: whole.upTo(4), laptop: twin, sent: 5...6),
      Story(
        name: "put back, went on otherwise, sends nothing", known: whole, laptop: twin, sent: nil),
      Story(
        name: "put back, went on for less, sends it", known: whole,
        laptop: whole.forked(after: 3, to: 4), sent: 4...4),
      Story(
        name: "another chain from its first change", known: whole,
        laptop: nothing.forked(after: 0, to: 2), sent: 1...2),
      Story(
        name: "another chain beyond what the office has", known: whole.upTo(2),
        laptop: nothing.forked(after: 0, to: 4), sent: 3...4),
      Story(name: "a head of another hash and nothing sent", known: whole, laptop: whole, sent: nil)
      { $0.head = ChainHead(counter: 6, hash: Hash(of: [1])) },
      Story(name: "a change beyond the head", known: whole.upTo(4), laptop: whole, sent: 5...6) {
        $0.head = whole.upTo(5).head
      },
      Story(
        name: "a head that is not the last change sent", known: whole.upTo(4), laptop: whole,
        sent: 5...6
      ) { $0.head = twin.head },
      Story(name: "no first counter", known: nothing, laptop: whole.upTo(2), sent: 1...2) {
        $0.firstCounter = 0
      },
      Story(
        name: "counters that the changes do not have", known: nothing, laptop: whole.upTo(3),
        sent: 2...3
      ) { $0.firstCounter = 1 },
      Story(name: "changes of another replica", known: nothing, laptop: whole.upTo(1), sent: 1...1)
      { $0.replica = VectorSamples.replica(2) },
      Story(
        name: "changes that do not follow each other", known: whole.upTo(3), laptop: whole,
        sent: 4...5
      ) {
        $0.changes[1] = .readable(whole.changes[5])
        $0.firstCounter = 4
      },
      Story(
        name: "a link between what is sent is broken", known: whole.upTo(3), laptop: whole,
        sent: 4...6
      ) { $0.changes[0] = .readable(twin.changes[3]) },
      Story(
        name: "a change that cannot be read has its place", known: nothing, laptop: unread,
        sent: nil
      ) {
        send(
          &$0, [.readable(unread.changes[0]), .unreadable(garbage), .readable(unread.changes[2])])
      },
      Story(
        name: "a change that cannot be read, and what follows is of another", known: nothing,
        laptop: whole.upTo(3), sent: nil
      ) {
        send(&$0, [.readable(whole.changes[0]), .unreadable(garbage), .readable(whole.changes[2])])
      },
    ]
  }

  private static let garbage: [UInt8] = [0xFF, 0x00]

  /// The third change follows on bytes that are no change.
  private static let unread: Chain = {
    let first = whole.changes[0]
    let third = VectorSamples.change(
      1, 3, .set([Value.Member("note", .text("after it"))]), previous: Hash(of: garbage))
    return Chain(changes: [first, whole.changes[1], third])
  }()

  private static func send(_ request: inout SyncRequest, _ changes: [PushedChange]) {
    request.changes = changes
    request.firstCounter = 1
  }
}
