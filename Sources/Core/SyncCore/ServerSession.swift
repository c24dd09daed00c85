/// The office's side of one round trip: a value that takes what happened and says what to do next.
///
/// Storage and sockets belong to the driver. Whatever decides what is sent, and in which order, is
/// here.
public struct ServerSession: Sendable {
  public enum Event: Sendable {
    case accepted(Acceptance)
    case read(Reading)
    case sent
  }

  public enum Action: Sendable {
    /// Check the chain and take the changes in, in one transaction.
    case accept
    case send(Frame)
    /// Read the scope as it is now and the next page after this checkpoint.
    case read(Checkpoint)
    case finish
  }

  /// What taking the changes in came to.
  public struct Acceptance: Sendable {
    public var finding: ChainFinding
    public var epoch: UInt64
    public var serverTime: Timestamp
    public var receipts: [Receipt] = []
    public var orders: [Order] = []
    /// See `Frame.Opening.witness`.
    public var witness: [UInt8] = []
    public var catalogueVersion: UInt32 = 0
    /// Given with the end of an answer that told all.
    public var lease: Lease?
    /// The replica's head at the office afterwards.
    public var known: UInt64
    /// Where reading goes on; `nil` when there is nothing to read for this request.
    public var checkpoint: Checkpoint?

    public init(
      finding: ChainFinding, epoch: UInt64, serverTime: Timestamp, known: UInt64,
      checkpoint: Checkpoint?
    ) {
      self.finding = finding
      self.epoch = epoch
      self.serverTime = serverTime
      self.known = known
      self.checkpoint = checkpoint
    }
  }

  /// One look at the store.
  public struct Reading: Sendable {
    public var scope: Scope
    public var page: Page
    /// Where the next page goes on; `nil` after the last.
    public var next: Checkpoint?
    /// With the last page, when they were asked for.
    public var digests: [CaseDigest]

    public init(scope: Scope, page: Page, next: Checkpoint?, digests: [CaseDigest]) {
      self.scope = scope
      self.page = page
      self.next = next
      self.digests = digests
    }
  }

  private enum Then: Sendable {
    case read(Checkpoint)
    case end
  }

  private enum State: Sendable {
    case accepting
    case reading
    case sending([Frame], then: Then)
    case ended
  }

  private let request: SyncRequest
  private var state = State.accepting
  private var frames: UInt64 = 0
  private var known: UInt64 = 0
  private var lease: Lease?
  private var shown: Scope?

  public init(_ request: SyncRequest) { self.request = request }

  /// The first thing to do.
  public func begin() -> Action { .accept }

  /// Takes one event and answers with the one thing to do next.
  public mutating func handle(_ event: Event) -> Action {
    switch (state, event) {
    case (.accepting, .accepted(let acceptance)): open(acceptance)
    case (.reading, .read(let reading)): show(reading)
    case (.sending(let queue, let then), .sent): goOn(queue, then)
    case (.accepting, _), (.reading, _), (.sending, _), (.ended, _): .finish
    }
  }

  private mutating func open(_ acceptance: Acceptance) -> Action {
    known = acceptance.known
    var queue: [Frame] = [
      .opening(
        Frame.Opening(
          protocolVersion: SyncRequest.currentVersion, requestID: request.requestID,
          epoch: acceptance.epoch, serverTime: acceptance.serverTime, witness: acceptance.witness,
          catalogueVersion: acceptance.catalogueVersion))
    ]
    if !acceptance.receipts.isEmpty { queue.append(.receipts(acceptance.receipts)) }
    // Nothing else goes to a laptop that is to be wiped.
    for order in acceptance.orders {
      if case .wipe = order.kind { return goOn(queue + [.order(order)], .end) }
    }
    var then = Then.end
    switch acceptance.finding {
    case .sound:
      queue += acceptance.orders.map(Frame.order)
      if let checkpoint = acceptance.checkpoint, !request.hasMore {
        lease = acceptance.lease
        then = .read(checkpoint)
      }
    case .resend(let from): queue.append(.order(Order(id: 0, kind: .resend(from: from))))
    case .forked(let common, let head):
      queue.append(.order(Order(id: 0, kind: .forked(common: common, head: head))))
    case .incoherent: break
    }
    return goOn(queue, then)
  }

  /// The scope goes out first, and again whenever it is no longer what was sent.
  private mutating func show(_ reading: Reading) -> Action {
    var queue: [Frame] = []
    if isNews(reading.scope) { queue.append(.scope(reading.scope)) }
    shown = reading.scope
    queue.append(.page(reading.page))
    if !reading.digests.isEmpty { queue.append(.digests(reading.digests)) }
    return goOn(queue, reading.next.map(Then.read) ?? .end)
  }

  /// Whether cases came or went, or one is now to be sent whole: taken away and granted anew. What
  /// is told once is news, too: the checkpoint of this answer passes it.
  private func isNews(_ scope: Scope) -> Bool {
    guard let shown, shown.entries.map(\.caseID) == scope.entries.map(\.caseID),
      shown.restricted == scope.restricted, scope.moved.allSatisfy(shown.moved.contains),
      scope.decided.allSatisfy(shown.decided.contains)
    else { return true }
    return zip(shown.entries, scope.entries).contains { !$0.isSentWhole && $1.isSentWhole }
  }

  private mutating func goOn(_ queue: [Frame], _ then: Then) -> Action {
    if let frame = queue.first {
      state = .sending(Array(queue.dropFirst()), then: then)
      frames += 1
      return .send(frame)
    }
    switch then {
    case .read(let checkpoint):
      state = .reading
      return .read(checkpoint)
    case .end:
      state = .ended
      frames += 1
      return .send(.end(Frame.Ending(frames: frames - 1, known: known, lease: lease)))
    }
  }
}
