import CaseFacts
import RecordCatalogue
import SyncCore

/// Takes a laptop's changes in, each to its own verdict, all in one transaction.
package struct Intake {
  let transaction: any ServerTransaction
  let catalogue: Catalogue
  let limits: Limits
  let now: Timestamp
  let newLife: ReplicaID
  let lease: Lease

  /// - Parameters:
  ///   - newLife: chance, used if this request shows that the store was put back.
  ///   - lease: how long the laptop may go without the next sync.
  package init(
    _ transaction: any ServerTransaction, catalogue: Catalogue, limits: Limits = .standard,
    now: Timestamp, newLife: ReplicaID, lease: Lease = .standard
  ) {
    self.newLife = newLife
    self.lease = lease
    self.transaction = transaction
    self.catalogue = catalogue
    self.limits = limits
    self.now = now
  }

  /// A record that the laptop makes itself by its receipts.
  package struct Settlement: Hashable, Sendable {
    package let sequence: UInt64
    /// When the case was given. Given anew in between, it is sent whole, and this record with it.
    package let grant: UInt64
  }

  /// What reading on stands on.
  package struct Grounds: Sendable {
    /// The end of the replica's chain as it was verified. Once more has come under its name, a copy
    /// of the laptop is at work, and a page could bring this one dots that it will count itself.
    package let verified: Dot
    /// The life of the server that took the request in.
    package let life: ReplicaID
    /// Records that need not be sent back, because the laptop makes them itself.
    package var settled: [RecordID: Settlement] = [:]
  }

  /// What a request came to, for the session and for reading on.
  package struct Outcome: Sendable {
    package var acceptance: ServerSession.Acceptance
    package var grounds: Grounds
    /// What was handed back or offered again without being the office's own.
    package var unproven = 0
  }

  /// A request that is not this device's to make.
  package enum Denial: Error, Equatable, Sendable {
    case replicaOfAnotherDevice
    case incoherent
    case foreignCheckpoint
  }

  package func accept(_ request: SyncRequest, from device: Device) throws -> Outcome {
    var device = try bind(request, to: device)
    try settleHourly(device)
    let shown = try opened(request.checkpoint, of: device)
    let seen = [shown, try opened(request.witness, of: device)].compactMap(\.self)
    let life = try livingOn(seen)
    guard request.epoch == 0 || request.epoch == life.epoch else {
      let told = try newEpoch(for: request, seen, life)
      try transaction.note(
        ReturnTally.Counts(), by: device.id, in: life, seen: seen, isHome: false, at: now)
      return try answer(request, device, life, told)
    }
    let checkpoint = shown ?? .start(epoch: life.epoch)
    guard checkpoint.epoch == life.epoch else { throw Denial.foreignCheckpoint }
    let known = try transaction.head(of: request.replica)
    let finding = try ChainFinding.examining(request, known: known) { counter in
      try transaction.change(Dot(request.replica, counter))?.hash
    }
    var acceptance = ServerSession.Acceptance(
      finding: finding, epoch: life.epoch, serverTime: now, known: known.counter,
      checkpoint: checkpoint)
    var batch = Batch(self, request, device, checkpoint, life: life)
    var returned = ReturnTally.Counts()
    switch finding {
    case .incoherent: throw Denial.incoherent
    case .resend: return try answer(request, device, life, acceptance)
    case .forked(let common, _):
      // What both histories share has its receipts, so that it is not issued again.
      acceptance.receipts = try batch.receipts(upTo: common)
      device.forks += 1
      return try answer(request, device, life, acceptance)
    case .sound(let firstNew):
      var homecoming = Homecoming(self, life, survived: request.survived)
      try homecoming.take(request)
      returned = homecoming.counts
      acceptance.receipts = try batch.receipts(firstNew: firstNew)
      let taken = batch.taken(by: acceptance.receipts, firstNew: firstNew)
      let touched = taken.filter { Derivation.triggers.contains($0.body.type) }.map(\.body.caseID)
      try derive(homecoming.cases.union(touched), batch.arrivals)
      try carryOver(taken)
    }
    try transaction.note(
      returned, by: device.id, in: life, seen: [], isHome: !request.hasMore, at: now)
    acceptance.known = try transaction.head(of: request.replica).counter
    for order in request.obeyed { try transaction.removeOrder(order, of: device.id) }
    try transaction.hear(checkpoint, from: &device, at: now)
    acceptance.orders = try transaction.orders(for: device.id).map { order in
      switch order.kind {
      case .resync: Order(id: order.id, kind: .resync)
      }
    }
    device.unsent =
      request.unsent >= UInt64(request.changes.count)
      ? request.unsent - UInt64(request.changes.count) : 0
    if !request.bringsNothing { acceptance.witness = try Feed(transaction).witness(for: device) }
    var outcome = try answer(request, device, life, acceptance)
    outcome.grounds.settled = batch.settled
    outcome.unproven = Int(clamping: returned.unproven)
    return outcome
  }

  /// A lost laptop at once, another one when nothing is left on it that the office lacks. Neither
  /// by an answer that took nothing in: what the request brought comes again with the next.
  private func isToBeWiped(
    _ device: Device, after request: SyncRequest, _ acceptance: ServerSession.Acceptance
  ) -> Bool {
    guard case .sound = acceptance.finding, acceptance.checkpoint != nil else { return false }
    return switch device.state {
    case .lost: true
    case .leaving: !request.hasMore && device.unsent == 0
    case .active, .wiped, .revoked: false
    }
  }

  /// Limits of access begin and end with days, and days with hours: each user's are looked at on
  /// the first contact of an hour. What somebody enters or grants meanwhile is held to them at
  /// once.
  private func settleHourly(_ device: Device) throws {
    let hour: Int64 = 3_600_000
    guard device.lastContact.map({ $0.milliseconds / hour }) != now.milliseconds / hour else {
      return
    }
    try Registry(transaction).settle(of: device.user, by: catalogue, at: now)
  }

  /// How far the clock of the laptop that asks is ahead of the office's, in milliseconds.
  func clockOffset(of request: SyncRequest) -> Int64 {
    now.milliseconds(until: request.deviceTime)
  }

  /// Computes anew what follows from records that came.
  private func derive(_ cases: Set<CaseID>, _ arrivals: [CaseID: [Arrival]]) throws {
    let all = cases.union(arrivals.filter { !$0.value.isEmpty }.keys)
    guard !all.isEmpty else { return }
    var writer = try OfficeWriter(transaction, catalogue: catalogue, now: now)
    for caseID in all.sorted() { try writer.derive(caseID, arrivals: arrivals[caseID] ?? []) }
  }

  /// What was written under a former number goes on to the case that is used now.
  private func carryOver(_ taken: [Change]) throws {
    guard !taken.isEmpty else { return }
    var writer = try OfficeWriter(transaction, catalogue: catalogue, now: now)
    try writer.carryOver(taken)
  }

  /// Nothing is taken from a laptop that does not know yet that the store was put back.
  private func newEpoch(
    for request: SyncRequest, _ seen: [Checkpoint], _ life: Life
  ) throws -> ServerSession.Acceptance {
    // A laptop can only have heard of a higher epoch from a store that is lost.
    guard request.epoch < life.epoch else { throw Denial.foreignCheckpoint }
    let survived =
      try seen.map { seen in
        try seen.epoch == request.epoch ? seen.history.common(with: transaction.end) : 0
      }.min() ?? 0
    var acceptance = ServerSession.Acceptance(
      finding: .sound(firstNew: 0), epoch: life.epoch, serverTime: now, known: 0, checkpoint: nil)
    acceptance.orders = [Order(id: 0, kind: .newEpoch(life.epoch, survived: survived))]
    return acceptance
  }

  /// The life to go on in: a new one, of a new epoch, when the laptop was sent what this store does
  /// not hold. So a restore that nobody declared is found before any more is written under it.
  private func livingOn(_ seen: [Checkpoint]) throws -> Life {
    let life = try transaction.life()
    let lost = try seen.filter { seen in
      try seen.epoch > life.epoch
        || seen.history.common(with: transaction.end) < seen.history.reach
    }
    // One of an earlier epoch has been answered for already.
    guard let highest = lost.map(\.epoch).max(), highest >= life.epoch else { return life }
    let (epoch, overflow) = highest.addingReportingOverflow(1)
    guard !overflow else { throw Denial.foreignCheckpoint }
    let next = Life(replica: newLife, epoch: epoch, start: try transaction.sequence())
    try transaction.begin(next)
    return next
  }

  /// The first contact of a replica binds it to its device. A device that starts a new replica
  /// gives up the old one.
  private func bind(_ request: SyncRequest, to device: Device) throws -> Device {
    guard device.replica != request.replica else { return device }
    let holder = try transaction.device(of: request.replica)
    guard try holder.map({ $0.user == device.user }) ?? isFree(request.replica, for: device) else {
      throw Denial.replicaOfAnotherDevice
    }
    if var holder {
      // The same officer's laptop, enrolled again with a new code: the old entry ends.
      holder.replica = nil
      holder.state = .revoked
      try transaction.enter(holder)
    }
    var device = device
    device.replica = request.replica
    return device
  }

  /// Whether nobody else counted under a replica that no device holds now. Its id is no secret: it
  /// stands in the records that it edited.
  private func isFree(_ replica: ReplicaID, for device: Device) throws -> Bool {
    guard try transaction.end(of: replica) == nil else { return false }
    let head = try transaction.head(of: replica)
    guard let logged = try transaction.change(Dot(replica, head.counter)),
      let newest = try? Change(reading: logged.bytes, limits: limits)
    else { return true }
    return newest.body.author == device.user
  }

  /// A checkpoint that was made here for this device; `nil` for none.
  private func opened(_ bytes: [UInt8], of device: Device) throws -> Checkpoint? {
    guard !bytes.isEmpty else { return nil }
    guard
      let checkpoint = Checkpoint(
        opening: bytes, for: Feed.owner(of: device), key: try transaction.key(),
        limits: limits)
    else { throw Denial.foreignCheckpoint }
    return checkpoint
  }

  private func answer(
    _ request: SyncRequest, _ device: Device, _ life: Life,
    _ acceptance: ServerSession.Acceptance
  ) throws -> Outcome {
    var device = device
    device.lastContact = now
    device.clockOffset = clockOffset(of: request)
    device.catalogueVersion = request.catalogueVersion
    try transaction.save(device)
    let verified = Dot(request.replica, acceptance.known)
    var acceptance = acceptance
    acceptance.catalogueVersion = catalogue.version
    acceptance.lease = lease
    if isToBeWiped(device, after: request, acceptance) {
      acceptance.orders = [Order(id: 0, kind: .wipe(atOnce: device.state == .lost))]
      acceptance.checkpoint = nil
    }
    return Outcome(
      acceptance: acceptance, grounds: Grounds(verified: verified, life: life.replica))
  }
}
