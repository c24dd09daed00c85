/// The laptop's side of one round trip: a value that takes what arrives and says what to do. No
/// sockets, no store.
///
/// It holds the order of frames, matches receipts with what was sent, and calls an answer whole
/// only when its end has come. The driver carries out each action before it gives the next event.
public struct ClientSession: Sendable {
  public enum Event: Sendable {
    case frame(Frame)
    /// The driver did what was asked.
    case done
    /// The answer ended.
    case closed
  }

  public enum Action: Sendable {
    /// Wait for the next frame.
    case read
    /// The answer is to this request. What follows is stored with it.
    case open(Frame.Opening)
    case acknowledge([Receipt])
    case adopt(Scope)
    case apply(Page)
    case compare([CaseDigest])
    case finish(Outcome)
    /// The answer breaks the protocol; nothing more of it is used.
    case reject(ProtocolBreach)
  }

  /// What one whole round trip came to.
  public struct Outcome: Hashable, Sendable {
    /// The highest counter that the office has: "synced" is said only when this is the replica's
    /// head.
    public var known: UInt64
    public var serverTime: Timestamp
    /// Orders to carry out now that the round trip is over.
    public var orders: [Order]
    /// `nil` where the answer gave none.
    public var lease: Lease?
  }

  /// How an answer can be wrong. The text names the frame, never its content.
  public struct ProtocolBreach: Error, Hashable, Sendable {
    public let problem: String
  }

  private enum State: Sendable {
    case opening
    case receiving(Frame.Opening, Stage)
    case ended
  }

  private enum Stage: Int, Sendable { case receipts, orders, scope, pages, digests }

  private let request: SyncRequest
  private var state = State.opening
  private var frames: UInt64 = 0
  private var receipted: UInt64
  /// Whether the last receipt was `retry`, which covers all changes after it.
  private var isHeldBack = false
  private var orders: [Order] = []

  public init(_ request: SyncRequest) {
    self.request = request
    receipted = request.firstCounter &- 1
  }

  /// Takes one event and answers with the one thing to do next.
  public mutating func handle(_ event: Event) -> Action {
    switch (state, event) {
    case (.ended, _), (_, .done): return .read
    case (_, .closed): return breach("the answer ended before its last frame")
    case (.opening, .frame(.opening(let opening))):
      guard opening.requestID == request.requestID else {
        return breach("the answer is to another request")
      }
      guard opening.protocolVersion == request.protocolVersion else {
        return breach("the office speaks version \(opening.protocolVersion) of the protocol")
      }
      frames += 1
      state = .receiving(opening, .receipts)
      return .open(opening)
    case (.opening, .frame): return breach("the answer does not begin with an opening")
    case (.receiving(let opening, let stage), .frame(let frame)):
      frames &+= 1
      return receive(frame, opening, stage)
    }
  }

  private mutating func receive(_ frame: Frame, _ opening: Frame.Opening, _ stage: Stage) -> Action
  {
    let next: Stage
    let action: Action
    switch frame {
    case .opening: return breach("the answer opens twice")
    case .receipts(let receipts):
      guard accept(receipts) else { return breach("receipts do not match what was sent") }
      (next, action) = (.receipts, .acknowledge(receipts))
    case .order(let order):
      orders.append(order)
      (next, action) = (.orders, .read)
    case .scope(let scope):
      let isAscending = zip(scope.entries, scope.entries.dropFirst()).allSatisfy {
        $0.caseID < $1.caseID
      }
      guard isAscending else { return breach("the scope is not ascending") }
      state = .receiving(opening, .scope)
      return stage.rawValue <= Stage.pages.rawValue
        ? .adopt(scope) : breach("a scope comes too late")
    case .page(let page):
      guard stage == .scope || stage == .pages else {
        return breach("a page comes before the scope")
      }
      (next, action) = (.pages, .apply(page))
    case .digests(let digests): (next, action) = (.digests, .compare(digests))
    case .end(let ending): return end(ending, opening)
    }
    guard next.rawValue >= stage.rawValue else { return breach("frames are out of order") }
    state = .receiving(opening, next)
    return action
  }

  /// Receipts come in the order of the changes, one each; after `retry` none is needed.
  private mutating func accept(_ receipts: [Receipt]) -> Bool {
    for receipt in receipts {
      guard receipt.counter == receipted &+ 1,
        receipt.counter &- request.firstCounter < UInt64(request.changes.count),
        !isHeldBack || receipt.verdict == .retry
      else { return false }
      receipted = receipt.counter
      isHeldBack = receipt.verdict == .retry
    }
    return true
  }

  private mutating func end(_ ending: Frame.Ending, _ opening: Frame.Opening) -> Action {
    guard ending.frames == frames - 1 else { return breach("frames are missing") }
    let sent = request.firstCounter &- 1 &+ UInt64(request.changes.count)
    guard receipted == sent || isHeldBack || !orders.isEmpty else {
      return breach("receipts are missing")
    }
    guard ending.known <= request.head.counter || !orders.isEmpty else {
      return breach("the office claims changes that this laptop never made")
    }
    state = .ended
    return .finish(
      Outcome(
        known: ending.known, serverTime: opening.serverTime, orders: orders, lease: ending.lease))
  }

  private mutating func breach(_ problem: String) -> Action {
    state = .ended
    return .reject(ProtocolBreach(problem: problem))
  }
}
