import RecordCatalogue
import SyncCore

/// Takes a laptop's changes in, each to its own verdict, all in one transaction.
package struct Intake {
  let transaction: any ServerTransaction
  let catalogue: Catalogue
  let limits: Limits
  let now: Timestamp

  package init(
    _ transaction: any ServerTransaction, catalogue: Catalogue, limits: Limits = .standard,
    now: Timestamp
  ) {
    self.transaction = transaction
    self.catalogue = catalogue
    self.limits = limits
    self.now = now
  }

  /// What a request came to, for the session and for reading on.
  package struct Outcome: Sendable {
    package var acceptance: ServerSession.Acceptance
    /// Records that need not be sent back, with the sequence that the laptop makes them itself.
    package var settled: [RecordID: UInt64]
  }

  /// A request that is not this device's to make.
  package enum Denial: Error, Equatable, Sendable {
    case replicaOfAnotherDevice
    case incoherent
    case foreignCheckpoint
  }

  package func accept(_ request: SyncRequest, from device: Device) throws -> Outcome {
    let epoch = try transaction.epoch()
    var device = try bind(request, to: device)
    guard request.epoch == 0 || request.epoch == epoch else {
      return try answer(
        request, device,
        ServerSession.Acceptance(
          finding: .sound(firstNew: 0), epoch: epoch, serverTime: now, receipts: [],
          orders: [Order(id: 0, kind: .newEpoch(epoch))], known: 0, checkpoint: nil))
    }
    let checkpoint = try self.checkpoint(of: request, device, epoch)
    let known = try transaction.head(of: request.replica)
    let finding = try ChainFinding.examining(request, known: known) { counter in
      try transaction.change(Dot(request.replica, counter))?.hash
    }
    var acceptance = ServerSession.Acceptance(
      finding: finding, epoch: epoch, serverTime: now, receipts: [], orders: [],
      known: known.counter,
      checkpoint: checkpoint)
    guard case .sound(let firstNew) = finding else {
      guard finding != .incoherent else { throw Denial.incoherent }
      return try answer(request, device, acceptance)
    }
    var batch = Batch(self, request, device, checkpoint, epoch: epoch)
    acceptance.receipts = try batch.receipts(firstNew: firstNew)
    acceptance.known = try transaction.head(of: request.replica).counter
    for order in request.obeyed { try transaction.removeOrder(order, of: device.id) }
    acceptance.orders = try transaction.orders(for: device.id).map { order in
      switch order.kind {
      case .resync: Order(id: order.id, kind: .resync)
      }
    }
    device.unsent =
      request.unsent >= UInt64(request.changes.count)
      ? request.unsent - UInt64(request.changes.count) : 0
    return try answer(request, device, acceptance, settled: batch.settled)
  }

  /// The first contact of a replica binds it to its device. A device that starts a new replica
  /// gives up the old one.
  private func bind(_ request: SyncRequest, to device: Device) throws -> Device {
    let other = try transaction.devices().first {
      $0.id != device.id && $0.replica == request.replica
    }
    if var other {
      // The same officer's laptop, enrolled again with a new code: the old entry ends.
      guard other.user == device.user else { throw Denial.replicaOfAnotherDevice }
      other.replica = nil
      other.state = .revoked
      try transaction.save(other)
    }
    var device = device
    device.replica = request.replica
    return device
  }

  private func checkpoint(of request: SyncRequest, _ device: Device, _ epoch: UInt64) throws
    -> Checkpoint
  {
    if request.checkpoint.isEmpty { return .start(epoch: epoch) }
    guard
      let checkpoint = Checkpoint(
        opening: request.checkpoint, for: Feed.owner(of: device), key: try Feed.key(transaction),
        limits: limits),
      checkpoint.epoch == epoch,
      // A store put back from a backup knows less than the laptop was sent: reading on from there
      // would skip what was entered since.
      checkpoint.reach <= (try transaction.sequence())
    else { throw Denial.foreignCheckpoint }
    return checkpoint
  }

  private func answer(
    _ request: SyncRequest, _ device: Device, _ acceptance: ServerSession.Acceptance,
    settled: [RecordID: UInt64] = [:]
  ) throws -> Outcome {
    var device = device
    device.lastContact = now
    device.clockOffset = now.milliseconds(until: request.deviceTime)
    device.catalogueVersion = request.catalogueVersion
    try transaction.save(device)
    return Outcome(acceptance: acceptance, settled: settled)
  }
}
