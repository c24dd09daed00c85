import SyncCore
import SyncReplica
import SyncWire

/// Drives syncs for one store: one round at a time, which later callers join.
///
/// A round uploads everything that waits, carries out what the office orders, and fetches
/// everything that changed in scope. Each page is stored as it arrives, so a cut costs at most one
/// page.
public actor SyncEngine {
  /// What an engine needs from outside: time and chance.
  public struct Surroundings: Sendable {
    public var now: @Sendable () -> Timestamp
    public var random: @Sendable () -> UInt64
    public var sleep: @Sendable (Duration) async throws -> Void

    public init(
      now: @escaping @Sendable () -> Timestamp, random: @escaping @Sendable () -> UInt64,
      sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
      self.now = now
      self.random = random
      self.sleep = sleep
    }
  }

  /// What a round that reached its end came to.
  public struct Report: Hashable, Sendable {
    /// Receipts in the order of the changes.
    public var receipts: [Receipt] = []
    public var records = 0
    public var pages = 0
    /// Cases that left this laptop.
    public var dropped: [CaseID] = []
    public var didResync = false
    /// Requests made.
    public var exchanges = 0
    /// The office's clock at the end.
    public var serverTime = Timestamp(milliseconds: 0)
    /// The office has receipted the replica's highest change. Said from its answer alone.
    public var isSynced = false
    /// With a verification or a resync: cases whose digests differ; `nil` when none were compared.
    public var differences: [CaseID]?
  }

  private let replica: Replica
  private let transport: any Transport
  private let surroundings: Surroundings
  private let form: WireForm
  private let limits: Limits
  private let board = StatusBoard()
  private var round: Round?

  /// Requests in one round. An outbox of 25,000 changes fits; a peer that never lets a round end
  /// does not.
  private static let exchangesPerRound = 60

  public init(
    _ replica: Replica, _ transport: any Transport, _ surroundings: Surroundings,
    limits: Limits = .standard
  ) {
    self.init(replica, transport, surroundings, form: .binary, limits: limits)
  }

  package init(
    _ replica: Replica, _ transport: any Transport, _ surroundings: Surroundings, form: WireForm,
    limits: Limits = .standard
  ) {
    self.replica = replica
    self.transport = transport
    self.surroundings = surroundings
    self.form = form
    self.limits = limits
  }

  /// The present status, then each that follows.
  public nonisolated func statuses() -> AsyncStream<SyncStatus> { board.listen() }

  /// Runs a round, or joins the one that runs.
  /// - Parameter verifying: compare every case's digest with the office's at the end. A caller that
  ///   joins a round which does not verify gets one of its own afterwards.
  public func sync(verifying: Bool = false) async throws(SyncFailure) -> Report {
    while let running = round {
      let result = await running.outcome()
      // One that others have stopped is no answer to this caller.
      if running.isStopped, !Task.isCancelled { continue }
      if !verifying || running.isVerifying { return try result.get() }
    }
    let new = Round(isVerifying: verifying) { await self.run(verifying: verifying) }
    round = new
    return try await new.outcome().get()
  }

  /// How many wait for the round that runs.
  var callers: Int { round?.callers ?? 0 }

  /// Tries until a round ends well, waiting longer after each temporary failure.
  /// - Parameter attempts: at least 1.
  public func sync(attempts: Int, backoff: Backoff = Backoff()) async throws(SyncFailure) -> Report
  {
    var failures = 0
    while true {
      do { return try await sync() } catch {
        failures += 1
        guard error.isTemporary, failures < attempts else { throw error }
        var atLeast = Duration.zero
        if case .busy(let seconds?) = error { atLeast = .seconds(seconds) }
        let chance = Double(surroundings.random() >> 11) / Double(1 << 53)
        let delay = backoff.delay(after: failures, chance: chance, atLeast: atLeast)
        board.show(.waiting(delay))
        do { try await surroundings.sleep(delay) } catch { throw .cancelled }
      }
    }
  }

  private func run(verifying: Bool) async -> Round.Outcome {
    // Before anybody hears of its end: who asks from then on gets a new one.
    defer { round = nil }
    do throws(SyncFailure) {
      let report = try await exchangeUntilDone(verifying: verifying)
      board.show(report.isSynced ? .synced : .idle)
      return .success(report)
    } catch {
      board.show(.failed(error.description))
      return .failure(error)
    }
  }

  private func exchangeUntilDone(verifying: Bool) async throws(SyncFailure) -> Report {
    var report = Report()
    var plan = Plan()
    while report.exchanges < Self.exchangesPerRound {
      report.exchanges += 1
      let outgoing = try stored { () throws(ReplicaError) in
        try replica.outgoing(resendingFrom: plan.resendFrom)
      }
      let outcome = try await exchange(
        outgoing, verifying: verifying || outgoing.isResyncing, into: &report)
      if outgoing.isResyncing, report.differences?.isEmpty == false {
        try stored { () throws(ReplicaError) in try replica.abandonResync() }
        throw .garbled("The fresh copy does not agree with the office. The present one was kept.")
      }
      plan = try follow(outcome, outgoing, after: plan, &report)
      if !plan.mustGoOn { return report }
    }
    throw .garbled("The sync does not come to an end.")
  }

  /// What the next request of a round is for.
  private struct Plan {
    var resendFrom: UInt64?
    var mustGoOn = false
  }

  /// Carries out what an answer asks for.
  private func follow(
    _ outcome: ClientSession.Outcome, _ outgoing: Replica.Outgoing, after last: Plan,
    _ report: inout Report
  ) throws(SyncFailure) -> Plan {
    var plan = Plan(mustGoOn: outgoing.hasMore)
    var obeyed: [UInt64] = []
    for order in outcome.orders {
      switch order.kind {
      case .resync:
        obeyed.append(order.id)
        // An order that comes again right after it was carried out crossed with our report of it.
        guard !outgoing.obeyed.contains(order.id) else { continue }
        try stored { () throws(ReplicaError) in try replica.beginResync() }
        plan.mustGoOn = true
      case .resend(let from):
        guard last.resendFrom == nil, from <= outgoing.head.counter else { throw .forked }
        plan.resendFrom = from
        plan.mustGoOn = true
      case .forked: throw .forked
      case .newEpoch: throw .newEpoch
      case .unknown(let kind):
        throw .garbled("It gives an order of a newer kind (\(kind)). Update Doorstep.")
      }
    }
    try stored { () throws(ReplicaError) in
      if !outgoing.obeyed.isEmpty, !outgoing.hasMore { try replica.note(obeyed: []) }
      let isWhole = outgoing.isResyncing && !outgoing.hasMore && plan.resendFrom == nil
      if isWhole, try replica.finishResync() {
        report.didResync = true
        // A resync that nobody ordered has nothing to report.
        try replica.note(obeyed: obeyed)
        plan.mustGoOn = !obeyed.isEmpty
      }
    }
    report.serverTime = outcome.serverTime
    report.isSynced = try stored { () throws(ReplicaError) in try replica.isSynced() }
    return plan
  }

  private func exchange(
    _ outgoing: Replica.Outgoing, verifying: Bool, into report: inout Report
  ) async throws(SyncFailure) -> ClientSession.Outcome {
    let request = SyncRequest(
      requestID: surroundings.random(), replica: replica.identity.replica, epoch: outgoing.epoch,
      head: outgoing.head, checkpoint: outgoing.checkpoint,
      catalogueVersion: replica.catalogue.version, deviceTime: surroundings.now(),
      firstCounter: outgoing.firstCounter, changes: outgoing.changes.map(PushedChange.readable),
      unsent: outgoing.unsent, hasMore: outgoing.hasMore, obeyed: outgoing.obeyed,
      wantsDigests: verifying)
    board.show(.connecting)
    let message = TransportRequest(
      .post, "/v1/sync", contentType: form.mediaType, accept: form.mediaType,
      body: request.written(as: form))
    board.show(.sending(changes: request.changes.count))
    let response: TransportResponse
    do { response = try await transport.exchange(message) } catch { throw SyncFailure(error) }
    try await OfficeAnswer(response).require(form)
    return try await receive(response.body, ClientSession(request), into: &report)
  }

  /// Pulls frames and stores what they bring before more than one further frame is read, so that
  /// the sender waits for the disk.
  private func receive(
    _ body: ResponseBody, _ session: ClientSession, into report: inout Report
  ) async throws(SyncFailure) -> ClientSession.Outcome {
    var session = session
    var reader = FrameReader(form, limits: limits)
    var delivery = Delivery()
    while true {
      let event: ClientSession.Event
      do { event = try await nextEvent(body, &reader) } catch {
        // What arrived whole is kept, whatever became of the rest.
        try take(&delivery, into: &report)
        throw error
      }
      switch session.handle(event) {
      case .read: break
      case .acknowledge(let receipts, let epoch):
        delivery.receipts += receipts
        delivery.epoch = epoch
      case .adopt(let scope):
        if delivery.scope != nil || delivery.page != nil { try take(&delivery, into: &report) }
        delivery.scope = scope
      case .apply(let page):
        if delivery.page != nil { try take(&delivery, into: &report) }
        delivery.page = page
      case .compare(let digests):
        try take(&delivery, into: &report)
        report.differences = try stored { () throws(ReplicaError) in
          try replica.differences(from: digests)
        }
      case .finish(let outcome):
        if outcome.orders.allSatisfy({ !$0.kind.isRefusal }) {
          delivery.epoch = outcome.epoch
          delivery.ending = Delivery.Ending(
            known: outcome.known, time: surroundings.now(), serverTime: outcome.serverTime)
        }
        try take(&delivery, into: &report)
        return outcome
      case .reject(let breach):
        body.cancel()
        try take(&delivery, into: &report)
        if case .closed = event {
          throw .offline("The connection was cut. What had arrived is kept; sync again to go on.")
        }
        throw .garbled("The answer is not in order: \(breach.problem).")
      }
      if Task.isCancelled {
        body.cancel()
        throw .cancelled
      }
    }
  }

  /// Stores what has come together, in one transaction.
  private func take(_ delivery: inout Delivery, into report: inout Report) throws(SyncFailure) {
    let whole = delivery
    delivery = Delivery()
    do throws(ReplicaError) { report.dropped += try replica.take(whole) } catch {
      try takeReceipts(of: whole, into: &report)
      throw .store(error)
    }
    report.receipts += whole.receipts
    if let page = whole.page {
      report.pages += 1
      report.records += page.records.count
      board.show(.receiving(records: report.records))
    }
  }

  /// One bad page holds up nothing else: what the office receipted is taken without it.
  private func takeReceipts(
    of delivery: Delivery, into report: inout Report
  ) throws(SyncFailure) {
    var receipts = Delivery()
    receipts.epoch = delivery.epoch
    receipts.receipts = delivery.receipts
    try stored { () throws(ReplicaError) in _ = try replica.take(receipts) }
    report.receipts += receipts.receipts
  }

  private func nextEvent(
    _ body: ResponseBody, _ reader: inout FrameReader
  ) async throws(SyncFailure) -> ClientSession.Event {
    while true {
      do throws(WireRefusal) {
        if let frame = try reader.next() { return .frame(frame) }
      } catch {
        body.cancel()
        throw .garbled("The answer cannot be read.")
      }
      do throws(TransportFailure) {
        guard let chunk = try await body.next() else { return .closed }
        reader.append(chunk)
      } catch { throw SyncFailure(error) }
    }
  }

  private func stored<Value>(_ body: () throws(ReplicaError) -> Value) throws(SyncFailure) -> Value
  {
    do throws(ReplicaError) { return try body() } catch { throw .store(error) }
  }
}

extension Order.Kind {
  /// Whether the office took nothing of the request.
  fileprivate var isRefusal: Bool {
    switch self {
    case .forked, .resend, .newEpoch: true
    case .resync, .unknown: false
    }
  }
}
