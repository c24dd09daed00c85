import SyncCore
import SyncReplica

/// One sync, from its first request to its end, as a machine without input or output: it makes
/// requests, takes what arrives, stores it, and says what to do next.
///
/// `SyncEngine` drives it over a network. The simulator drives the same one in its own time.
public struct SyncRound {
  /// What a round came to so far; whole once its last step was `done`.
  public struct Report: Hashable, Sendable {
    /// Receipts in the order of the changes.
    public var receipts: [Receipt] = []
    public var records = 0
    public var pages = 0
    /// Cases that left this laptop.
    public var dropped: [CaseID] = []
    /// Of these, who was given them in this user's place, as far as the office says.
    public var moved: [CaseID: String] = [:]
    /// Own refused changes on which somebody at the office decided.
    public var decided: [Taken.Decision] = []
    public var didResync = false
    /// Requests made.
    public var exchanges = 0
    /// The office's clock at the end.
    public var serverTime = Timestamp(milliseconds: 0)
    /// Of the office's catalogue; 0 from an office that does not say.
    public var catalogueVersion: UInt32 = 0
    /// The office has receipted the replica's highest change. Said from its answer alone.
    public var isSynced = false
    /// With a verification or a resync: cases whose digests differ; `nil` when none were compared.
    public var differences: [CaseID]?
    /// This store turned out to be a copy, or put back from a backup, and went on under a new
    /// replica.
    public var forks = 0
    /// Records handed back and changes offered again to an office whose store was put back.
    public var handedBack = 0
    /// The office ordered all that is here to be destroyed, which whoever runs the round does.
    public var wipe: Wipe?

    /// When to destroy it.
    public enum Wipe: Hashable, Sendable {
      case onceNoDraftIsLeft
      case atOnce
    }

    public init() {}
  }

  /// What to do next.
  public enum Step: Sendable {
    /// Wait for the next frame of the answer.
    case read
    /// The answer was taken in whole: make the next request.
    case again
    case done
  }

  /// What a round needs from outside.
  public struct Chance {
    public var now: () -> Timestamp
    public var random: () -> UInt64

    public init(now: @escaping () -> Timestamp, random: @escaping () -> UInt64) {
      self.now = now
      self.random = random
    }
  }

  public private(set) var report = Report()
  private let store: any ReplicaStore
  private let chance: Chance
  private let isVerifying: Bool
  private var session: ClientSession?
  private var outgoing: Outgoing?
  private var delivery = Delivery()
  /// Bytes of the records in it.
  private var gathered = 0
  /// From where the office asked for changes again.
  private var resendFrom: UInt64?
  private var didBeginAnew = false
  /// Changes that the answer to the present request has settled.
  private var settled = 0
  /// Whether cases left this laptop by the present answer, which the checkpoint of the next request
  /// tells.
  private var hasErased = false
  /// Requests that settled nothing, or were answered with an order.
  private var fruitless = 0

  /// What there is to send is finite, and each other request settles some of it: so a round ends,
  /// however much has gathered, and whatever the peer does.
  private static let fruitlessPerRound = 60

  public init(_ store: any ReplicaStore, isVerifying: Bool = false, chance: Chance) {
    self.store = store
    self.isVerifying = isVerifying
    self.chance = chance
  }

  /// The next request.
  public mutating func request() throws(SyncFailure) -> SyncRequest {
    guard fruitless < Self.fruitlessPerRound else {
      throw .garbled("The sync does not come to an end.")
    }
    report.exchanges += 1
    let outgoing = try stored { (store) throws(ReplicaError) in
      try store.outgoing(resendingFrom: resendFrom)
    }
    var request = SyncRequest(
      requestID: chance.random(), replica: outgoing.replica, epoch: outgoing.epoch,
      head: outgoing.head, checkpoint: outgoing.checkpoint,
      catalogueVersion: store.catalogue.version, deviceTime: chance.now(),
      firstCounter: outgoing.firstCounter, changes: outgoing.changes.map(PushedChange.readable),
      unsent: outgoing.unsent, hasMore: outgoing.hasMore, obeyed: outgoing.obeyed,
      wantsDigests: isVerifying || outgoing.isResyncing)
    request.witness = outgoing.witness
    request.returned = outgoing.returned.map(\.record)
    request.offered = outgoing.offered.map(\.change)
    request.survived = outgoing.survived
    self.outgoing = outgoing
    session = ClientSession(request)
    delivery = Delivery()
    gathered = 0
    settled = 0
    hasErased = false
    return request
  }

  /// Takes one event of the answer.
  ///
  /// On any error, what had arrived whole is stored; the round is over.
  public mutating func take(_ event: ClientSession.Event) throws(SyncFailure) -> Step {
    guard let outgoing, var session = session.take() else { return .done }
    defer { self.session = session }
    switch session.handle(event) {
    case .read: return .read
    case .open(let opening):
      delivery.epoch = opening.epoch
      delivery.witness = opening.witness
      report.catalogueVersion = opening.catalogueVersion
    case .acknowledge(let receipts): delivery.receipts += receipts
    case .adopt(let scope):
      if delivery.scope != nil || !delivery.pages.isEmpty { try keep() }
      delivery.scope = scope
    case .apply(let page):
      delivery.pages.append(page)
      gathered += page.records.reduce(0) { $0 + $1.count }
      if gathered >= store.limits.deliveryBytes { try keep() }
    case .compare(let digests):
      try keep()
      report.differences = try stored { (store) throws(ReplicaError) in
        try store.differences(from: digests)
      }
    case .finish(let outcome):
      if outcome.orders.allSatisfy({ !$0.kind.isRefusal }) {
        delivery.ending = Delivery.Ending(
          known: outcome.known, time: chance.now(), serverTime: outcome.serverTime,
          lease: outcome.lease)
      }
      try keep()
      settled += outgoing.returned.count + outgoing.offered.count
      if settled == 0 || !outcome.orders.isEmpty { fruitless += 1 }
      return try follow(outcome, outgoing) ? .again : .done
    case .reject(let breach):
      try keep()
      if case .closed = event {
        throw .offline("The connection was cut. What had arrived is kept; sync again to go on.")
      }
      throw .garbled("The answer is not in order: \(breach.problem).")
    }
    return .read
  }

  /// Stores what arrived whole before the answer broke off.
  public mutating func keepWhatCame() throws(SyncFailure) { try keep() }

  /// The office does not take the store's checkpoint: a fresh copy is fetched, once a round.
  /// - Returns: whether to make the next request.
  public mutating func beginAnew() throws(SyncFailure) -> Bool {
    guard !didBeginAnew else { return false }
    didBeginAnew = true
    try stored { (store) throws(ReplicaError) in try store.beginAnew() }
    return true
  }

  // MARK: Orders

  /// Carries out what an answer asks for.
  /// - Returns: whether another request follows.
  private mutating func follow(
    _ outcome: ClientSession.Outcome, _ outgoing: Outgoing
  ) throws(SyncFailure) -> Bool {
    var goesOn = outgoing.hasMore
    var isRefused = false
    var obeyed: [UInt64] = []
    let askedBefore = resendFrom
    resendFrom = nil
    for order in outcome.orders {
      isRefused = isRefused || order.kind.isRefusal
      switch order.kind {
      case .wipe(let atOnce):
        report.wipe = atOnce ? .atOnce : .onceNoDraftIsLeft
        return false
      case .resync:
        obeyed.append(order.id)
        // An order that comes again right after it was carried out crossed with our report of it.
        guard !outgoing.obeyed.contains(order.id) else { continue }
        try stored { (store) throws(ReplicaError) in try store.beginResync() }
      case .resend(let from):
        guard askedBefore == nil, from <= outgoing.head.counter else {
          throw .garbled("It asks for changes that this laptop never made.")
        }
        let replica = newReplica()
        let canSend = try stored { (store) throws(ReplicaError) in
          try store.prepareResend(from: from, as: replica)
        }
        if canSend { resendFrom = from } else { report.forks += 1 }
      case .forked(let common, let head):
        let replica = newReplica()
        let didFork = try stored { (store) throws(ReplicaError) in
          try store.reissue(above: common, officeHead: head, as: replica)
        }
        guard didFork else { throw .garbled("It answers an older request.") }
        report.forks += 1
      case .newEpoch(let epoch, let survived):
        let replica = newReplica()
        guard epoch > outgoing.epoch else {
          throw .garbled("Its store is older than what this laptop has been sent.")
        }
        try stored { (store) throws(ReplicaError) in
          try store.adopt(epoch: epoch, survived: survived, as: replica)
        }
      case .unknown(let kind):
        throw .garbled("It gives an order of a newer kind (\(kind)). Update Doorstep.")
      }
      goesOn = true
    }
    if !isRefused, try finish(outgoing, outcome, obeyed) { goesOn = true }
    report.serverTime = outcome.serverTime
    report.isSynced = try stored { (store) throws(ReplicaError) in try store.isSynced() }
    return goesOn
  }

  /// Notes what a whole answer has confirmed.
  /// - Returns: whether another request follows.
  private mutating func finish(
    _ outgoing: Outgoing, _ outcome: ClientSession.Outcome, _ obeyed: [UInt64]
  ) throws(SyncFailure) -> Bool {
    report.handedBack += outgoing.returned.count + outgoing.offered.count
    if outgoing.isResyncing, report.differences?.isEmpty == false {
      try stored { (store) throws(ReplicaError) in try store.abandonResync() }
      throw .garbled("The fresh copy does not agree with the office. The present one was kept.")
    }
    let didResync = try stored { (store) throws(ReplicaError) in
      try store.settle(outgoing)
      if !outgoing.obeyed.isEmpty, !outgoing.hasMore { try store.note(obeyed: []) }
      guard outgoing.isResyncing, !outgoing.hasMore, try store.finishResync() else { return false }
      // A resync that nobody ordered has nothing to report.
      try store.note(obeyed: obeyed)
      return true
    }
    report.didResync = report.didResync || didResync
    return didResync && !obeyed.isEmpty || hasErased && !outgoing.isResyncing
  }

  private func newReplica() -> ReplicaID {
    ReplicaID(value: UInt128(chance.random()) << 64 | UInt128(chance.random()))
  }

  // MARK: Storing

  /// Stores what has come together, in one transaction.
  ///
  /// One bad page holds up nothing else: what stands before it is then stored without it.
  private mutating func keep() throws(SyncFailure) {
    let whole = delivery
    delivery = Delivery()
    gathered = 0
    do throws(ReplicaError) { try keep(whole) } catch {
      guard !whole.pages.isEmpty else { throw Self.meaning(of: error) }
      do throws(ReplicaError) { for part in whole.parts { try keep(part) } } catch {
        throw Self.meaning(of: error)
      }
    }
  }

  private static func meaning(of error: ReplicaError) -> SyncFailure {
    if case .wrongAnswer(let problem) = error {
      .garbled("The answer is not in order: \(problem).")
    } else {
      .store(error)
    }
  }

  private mutating func keep(_ part: Delivery) throws(ReplicaError) {
    let taken = try store.take(part)
    report.dropped += taken.dropped
    hasErased = hasErased || !taken.dropped.isEmpty
    report.decided += taken.decided
    for moved in part.scope?.moved ?? [] where taken.dropped.contains(moved.caseID) {
      report.moved[moved.caseID] = moved.user
    }
    report.receipts += part.receipts
    settled += part.receipts.count { $0.verdict != .retry }
    report.pages += part.pages.count
    report.records += part.pages.reduce(0) { $0 + $1.records.count }
  }

  private func stored<Value>(
    _ body: (any ReplicaStore) throws(ReplicaError) -> Value
  ) throws(SyncFailure) -> Value {
    do throws(ReplicaError) { return try body(store) } catch { throw .store(error) }
  }
}

extension Delivery {
  /// The same in its smallest steps.
  fileprivate var parts: [Delivery] {
    var first = Delivery()
    (first.epoch, first.witness) = (epoch, witness)
    (first.receipts, first.scope) = (receipts, scope)
    var parts = [first]
    for page in pages {
      var part = Delivery()
      part.pages = [page]
      parts.append(part)
    }
    parts[parts.count - 1].ending = ending
    return parts
  }
}

extension Order.Kind {
  /// Whether the office took nothing of the request.
  fileprivate var isRefusal: Bool {
    switch self {
    case .forked, .resend, .newEpoch, .wipe: true
    case .resync, .unknown: false
    }
  }
}
