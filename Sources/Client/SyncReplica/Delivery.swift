import SyncCore

/// What the office sent, to be taken in by one transaction: usually all pages with what came before
/// them. So a small sync costs one commit.
public struct Delivery: Sendable {
  public struct Ending: Sendable {
    /// The highest counter that the office has.
    public var known: UInt64
    /// The laptop's clock at the end.
    public var time: Timestamp
    public var serverTime: Timestamp
    /// `nil` where the answer gave none.
    public var lease: Lease?

    public init(
      known: UInt64, time: Timestamp, serverTime: Timestamp, lease: Lease? = nil
    ) {
      self.known = known
      self.time = time
      self.serverTime = serverTime
      self.lease = lease
    }
  }

  public var epoch: UInt64?
  /// See `Frame.Opening.witness`.
  public var witness: [UInt8] = []
  public var receipts: [Receipt] = []
  public var scope: Scope?
  public var pages: [Page] = []
  /// Present when the answer came to its end.
  public var ending: Ending?

  public init() {}

  public var isEmpty: Bool {
    receipts.isEmpty && scope == nil && pages.isEmpty && ending == nil
  }
}

/// What a delivery changed that its officer is to hear of.
public struct Taken: Sendable {
  /// Cases that left this laptop.
  public var dropped: [CaseID] = []
  /// Own refused changes on which somebody at the office decided, which were not decided before.
  public var decided: [Decision] = []

  /// What became of a refused change.
  public struct Decision: Hashable, Sendable {
    public let type: String
    public let recordedAt: Timestamp
    /// See `Scope.Decided.decision`.
    public let decision: String
    /// May be empty.
    public let message: String
  }

  public init() {}
}

extension ReplicaStore {
  /// Takes in what the office sent, all of it in one transaction. The outbox is emptied by receipts
  /// alone; a page comes with its checkpoint.
  /// - Returns: the cases that were dropped. Unsent work on them stays in the outbox until it has
  ///   its receipt, and a draft stays its author's.
  @discardableResult
  public func take(_ delivery: Delivery) throws(ReplicaError) -> Taken {
    guard !delivery.isEmpty else { return Taken() }
    return try write { rows in
      var taking = Taking(rows: rows, state: try rows.state(), limits: limits)
      return try taking.take(delivery)
    }
  }

  /// Takes receipts in.
  public func acknowledge(_ receipts: [Receipt], epoch: UInt64) throws(ReplicaError) {
    var delivery = Delivery()
    delivery.receipts = receipts
    delivery.epoch = epoch
    try take(delivery)
  }

  /// Holds exactly these cases.
  @discardableResult
  public func adopt(_ scope: Scope) throws(ReplicaError) -> [CaseID] {
    var delivery = Delivery()
    delivery.scope = scope
    return try take(delivery).dropped
  }

  /// Takes one page in, with its checkpoint.
  public func apply(_ page: Page) throws(ReplicaError) {
    var delivery = Delivery()
    delivery.pages = [page]
    try take(delivery)
  }
}

/// One delivery on its way into the store.
private struct Taking {
  let rows: any ReplicaTransaction
  var state: ReplicaState
  let limits: Limits

  private var isBuilding: Bool { state.building != nil }

  mutating func take(_ delivery: Delivery) throws -> Taken {
    var taken = Taken()
    // An epoch other than the store's own is taken over with a new replica, never in passing.
    if let epoch = delivery.epoch, state.epoch == 0 { state.epoch = epoch }
    if !delivery.witness.isEmpty { state.witness = delivery.witness }
    for receipt in delivery.receipts { try acknowledge(receipt) }
    if let scope = delivery.scope {
      taken.dropped = try adopt(scope)
      taken.decided = try scope.decided.compactMap { try hear($0) }
      if !scope.witness.isEmpty { state.witness = scope.witness }
    }
    for page in delivery.pages { try apply(page) }
    if let ending = delivery.ending {
      state.known = ending.known
      state.lastSync = ending.serverTime
      state.clockOffset = ending.serverTime.milliseconds(until: ending.time)
      if let lease = ending.lease {
        state.lease = ReplicaState.Leased(terms: lease, contact: ending.time, seen: ending.time)
      }
    }
    try rows.save(state)
    return taken
  }

  // MARK: Receipts

  private func acknowledge(_ receipt: Receipt) throws {
    guard receipt.verdict != .retry,
      var own = try rows.own(Dot(state.replica, receipt.counter))
    else { return }
    own.verdict = receipt.verdict
    own.place = receipt.place
    own.proof = receipt.proof
    if own.change != nil {
      let isShown = try show(own, in: state.generation, settling: isBuilding ? nil : receipt)
      let isBuilt = try isBuilding && show(own, in: state.target, settling: receipt)
      // The case has left this laptop: its text goes once the office has it. A refused text stays
      // for its author, unless the scope that follows says otherwise.
      if !isShown, !isBuilt, !receipt.verdict.isRefusal { own.change = nil }
    }
    own.isInBase = try rows.own(own.dot)?.isInBase ?? false
    try rows.update(own)
  }

  /// Computes the change's record again, in one generation.
  /// - Parameter receipt: passes the change into the base if it says so and the case is whole.
  /// - Returns: whether the case is held there.
  private func show(
    _ own: OwnRow, in generation: Int64, settling receipt: Receipt?
  ) throws -> Bool {
    guard let isWhole = try rows.isWhole(own.caseID, in: generation) else { return false }
    try rows.update(own)
    var row =
      try rows.record(own.record, in: generation)
      ?? RecordRow(id: own.record, caseID: own.caseID, type: own.type)
    if let receipt, receipt.settlesBase, isWhole, let change = own.change {
      var settled = row.base ?? Record(id: own.record, type: own.type, caseID: own.caseID)
      settled.apply(change, at: receipt.place)
      row.base = settled
      row.proof = receipt.baseProof
      row.arrived = receipt.place
    }
    try rows.show(row, in: generation, isShown: generation == state.generation)
    return true
  }

  /// Notes what was decided on a refused change. The refusal and the text stay: an office that is
  /// put back from a backup may have lost both that and the decision.
  /// - Returns: `nil` for what was heard before, or was never refused.
  private func hear(_ decided: Scope.Decided) throws -> Taken.Decision? {
    guard var own = try rows.own(Dot(state.replica, decided.counter)),
      own.verdict?.isRefusal == true, own.decision != decided.decision
    else { return nil }
    own.decision = decided.decision
    try rows.update(own)
    return Taken.Decision(
      type: own.type, recordedAt: own.recordedAt, decision: decided.decision,
      message: decided.message)
  }

  // MARK: Scope

  /// Holds exactly these cases: drops every other, empties those that are about to be sent whole.
  /// Of a case that a limit of access keeps from the user, nothing stays but what waits to be sent.
  private mutating func adopt(_ scope: Scope) throws -> [CaseID] {
    let held = Set(scope.entries.map(\.caseID))
    var dropped: [CaseID] = []
    for caseID in try rows.allCases() where !held.contains(caseID) {
      dropped.append(caseID)
      try rows.drop(caseID)
      try rows.forgetText(of: caseID, keepsOwn: true)
    }
    state.limited = Set(scope.entries.filter(\.isLimited).map(\.caseID))
    state.older = Set(scope.entries.filter(\.hasOlder).map(\.caseID))
    state.restricted = Dictionary(scope.restricted.map { ($0.caseID, $0.message) }) { $1 }
    for caseID in state.restricted.keys.sorted() {
      try rows.forgetText(of: caseID, keepsOwn: false)
    }
    for entry in scope.entries {
      if entry.isSentWhole {
        try empty(entry.caseID)
      } else if try rows.isWhole(entry.caseID, in: state.target) == nil {
        try rows.hold(HeldCase(caseID: entry.caseID, isWhole: false), in: state.target)
      }
    }
    return dropped
  }

  private func empty(_ caseID: CaseID) throws {
    try rows.hold(HeldCase(caseID: caseID, isWhole: false), in: state.target)
    try rows.empty(caseID, in: state.target)
    if !isBuilding { try rows.takeOutOfBase(of: caseID) }
    for own in try rows.ownRecords(of: caseID) {
      try rows.show(
        RecordRow(id: own.id, caseID: caseID, type: own.type), in: state.target,
        isShown: !isBuilding)
    }
  }

  // MARK: Pages

  private mutating func apply(_ page: Page) throws {
    let head = try rows.head(of: state.replica)
    let overlaid = try rows.overlaid()
    var cases: [CaseID: CaseState] = [:]
    for (index, bytes) in page.records.enumerated() {
      let record = try Record(fromPeer: bytes, limits: limits)
      // Counted by a copy of this store: the next request will find the fork.
      guard record.version.counter(of: state.replica) <= head.counter else {
        throw ReplicaError.wrongAnswer("a page holds changes under its name that it never made")
      }
      let proof = page.proofs.isEmpty ? nil : page.proofs[index]
      let arrival = Arrival(record: record, bytes: bytes, proof: proof, place: page.place)
      let caseState = try cases[record.caseID] ?? caseState(of: record.caseID)
      cases[record.caseID] = caseState
      try take(
        arrival, isFirst: caseState == .empty, isOverlaid: overlaid.contains(record.id))
    }
    // Of what waits to be sent the base stays: the office tells of its departure once more if it
    // refuses that, and sends the record anew if it does not.
    for id in page.departed {
      let overlay = try overlaid.contains(id) ? rows.overlay(of: id) : []
      if overlay.contains(where: { $0.verdict == nil }) { continue }
      if !isBuilding { try rows.settle(overlay) }
      try rows.deleteRecord(id, in: state.target)
    }
    for caseID in page.completed where try rows.isWhole(caseID, in: state.target) != nil {
      try rows.hold(HeldCase(caseID: caseID, isWhole: true), in: state.target)
      if !isBuilding { try rows.settleDeparted(of: caseID, upTo: page.place, in: state.generation) }
    }
    if isBuilding {
      state.buildingCheckpoint = page.checkpoint
    } else {
      state.checkpoint = page.checkpoint
    }
    state.witness = page.checkpoint
    state.place = page.place
  }

  private enum CaseState { case empty, filled }

  /// How a case stands before a page; throws when it is not held.
  private func caseState(of caseID: CaseID) throws -> CaseState {
    guard try rows.isWhole(caseID, in: state.target) != nil else {
      throw ReplicaError.wrongAnswer("a page holds a record outside the scope")
    }
    return try rows.hasRecords(of: caseID, in: state.target) ? .filled : .empty
  }

  /// Within an epoch a page is merged into the base.
  /// - Parameter isFirst: the case was empty before this page, so there is nothing to merge with.
  private func take(_ arrival: Arrival, isFirst: Bool, isOverlaid: Bool) throws {
    let record = arrival.record
    if isFirst, !isOverlaid, try rows.insert(arrival, in: state.target) { return }
    var row =
      try rows.record(record.id, in: state.target)
      ?? RecordRow(id: record.id, caseID: record.caseID, type: record.type)
    guard row.type == record.type, row.caseID == record.caseID else {
      throw ReplicaError.wrongAnswer("a page changes a record's type or case")
    }
    let merged = row.base?.merged(with: record) ?? record
    row.base = merged
    row.proof = merged == record ? arrival.proof : nil
    row.arrived = arrival.place
    row.shown = nil
    if isOverlaid {
      try rows.show(row, in: state.target, isShown: !isBuilding)
    } else {
      try rows.save(row, in: state.target)
    }
  }
}
