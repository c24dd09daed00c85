import SyncCore

/// An office of one laptop, in memory: what the server's session asks of its store.
struct Office {
  var chain: [Change] = []
  /// What each look at the store shows; the last has no next.
  var readings: [ServerSession.Reading] = []
  var orders: [Order] = []
  /// The counter from which the office decides nothing for now.
  var holdsBackFrom = UInt64.max
  var hasCheckpoint = true

  /// Answers one request with all its frames.
  mutating func answer(_ request: SyncRequest) -> [Frame] {
    var session = ServerSession(request)
    var action = session.begin()
    var frames: [Frame] = []
    var looks = 0
    while true {
      switch action {
      case .accept: action = session.handle(.accepted(accept(request)))
      case .send(let frame):
        frames.append(frame)
        action = session.handle(.sent)
      case .read:
        action = session.handle(.read(readings[min(looks, readings.count - 1)]))
        looks += 1
      case .finish: return frames
      }
    }
  }

  private mutating func accept(_ request: SyncRequest) -> ServerSession.Acceptance {
    let known = chain.last.map { ChainHead(counter: $0.dot.counter, hash: $0.hash) } ?? .start
    let stored = chain
    let finding = ChainFinding.examining(request, known: known) { counter in
      counter > 0 && counter <= stored.count ? stored[Int(counter) - 1].hash : nil
    }
    var receipts: [Receipt] = []
    if case .sound(let firstNew) = finding { receipts = take(request.changes, firstNew) }
    var acceptance = ServerSession.Acceptance(
      finding: finding, epoch: 1, serverTime: Timestamp(milliseconds: 9),
      known: UInt64(chain.count),
      checkpoint: hasCheckpoint && !readings.isEmpty ? .start(epoch: 1) : nil)
    (acceptance.receipts, acceptance.orders) = (receipts, orders)
    return acceptance
  }

  private mutating func take(_ changes: [PushedChange], _ firstNew: Int) -> [Receipt] {
    var receipts: [Receipt] = []
    for (index, pushed) in changes.enumerated() {
      guard case .readable(let change) = pushed else { continue }
      let counter = change.dot.counter
      guard counter < holdsBackFrom else {
        return receipts + [Receipt(counter: counter, verdict: .retry)]
      }
      if index >= firstNew { chain.append(change) }
      receipts.append(Receipt(counter: counter, verdict: .applied, isAgain: index < firstNew))
    }
    return receipts
  }
}

/// How a laptop takes an answer.
enum Laptop {
  struct Log: Equatable {
    var receipts: [UInt64] = []
    var scopes = 0
    var pages = 0
    var outcome: ClientSession.Outcome?
    var breach: String?
    /// Whether something was carried out after the end or after a breach.
    var isRestless = false
  }

  /// - Parameter isCut: whether the answer ends after these frames.
  static func take(_ frames: [Frame], of request: SyncRequest, isCut: Bool = true) -> Log {
    var session = ClientSession(request)
    var log = Log()
    let events = frames.map(ClientSession.Event.frame) + (isCut ? [.closed] : [])
    for event in events {
      let isOver = log.outcome != nil || log.breach != nil
      switch session.handle(event) {
      case .read, .open: continue
      case .acknowledge(let receipts): log.receipts += receipts.map(\.counter)
      case .adopt: log.scopes += 1
      case .apply: log.pages += 1
      case .compare: break
      case .finish(let outcome): log.outcome = outcome
      case .reject(let breach): log.breach = breach.problem
      }
      log.isRestless = log.isRestless || isOver
      _ = session.handle(.done)
    }
    return log
  }

  static func request(
    _ chain: [Change], from first: Int = 0, to end: Int? = nil, hasMore: Bool = false
  ) -> SyncRequest {
    let end = end ?? chain.count
    return SyncRequest(
      requestID: 77, replica: Sample.replica(0), epoch: 1,
      head: chain.last.map { ChainHead(counter: $0.dot.counter, hash: $0.hash) } ?? .start,
      checkpoint: [], catalogueVersion: 1, deviceTime: Timestamp(milliseconds: 0),
      firstCounter: UInt64(first + 1), changes: chain[first..<end].map { .readable($0) },
      unsent: UInt64(chain.count - first), hasMore: hasMore)
  }
}

extension ServerSession.Reading {
  /// A look that shows these cases, those in `whole` to be sent whole.
  static func showing(
    _ cases: [Int], whole: Set<Int> = [], goesOn: Bool = false, digests: Int = 0
  ) -> ServerSession.Reading {
    let place = Place(epoch: 1, sequence: 1)
    let entries = cases.map {
      Scope.Entry(caseID: CaseID(value: UInt128($0)), isSentWhole: whole.contains($0))
    }
    return ServerSession.Reading(
      scope: Scope(entries: entries),
      page: Page(records: [], completed: [], checkpoint: [], place: place),
      next: goesOn ? .start(epoch: 1) : nil,
      digests: (0..<digests).map { CaseDigest(caseID: CaseID(value: UInt128($0))) })
  }
}

extension Frame {
  /// One letter a frame, so that an answer reads as a word.
  var letter: Character {
    switch self {
    case .opening: "o"
    case .receipts: "r"
    case .order: "q"
    case .scope: "s"
    case .page: "p"
    case .digests: "d"
    case .end: "e"
    }
  }
}
