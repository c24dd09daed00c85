import SyncCore

/// That a case left a laptop, on file.
///
/// The receipt is the checkpoint that the laptop shows: it was stored after the scope that came
/// before it, in which the case was no more.
package struct Erasure: Hashable, Sendable {
  package var device: DeviceID
  package var caseID: CaseID
  /// The sequence at which it was taken away from the laptop's user.
  package var endedAt: UInt64
  /// When the laptop showed it, by the office's clock.
  package var receivedAt: Timestamp

  package init(device: DeviceID, caseID: CaseID, endedAt: UInt64, receivedAt: Timestamp) {
    self.device = device
    self.caseID = caseID
    self.endedAt = endedAt
    self.receivedAt = receivedAt
  }
}

extension ServerTransaction {
  /// Takes note of the checkpoint that a laptop shows, and files what left it by then.
  func hear(_ checkpoint: Checkpoint, from device: inout Device, at now: Timestamp) throws {
    guard checkpoint.position > 0, checkpoint.position != device.heard else { return }
    let before = device.heard
    device.heard = checkpoint.position
    // A store that was put back shows an earlier one: what had left it is on it again.
    guard before < device.heard else { return }
    for grant in try grants(of: device.user) {
      guard let ended = grant.endedAt, ended > max(before, device.since), ended <= device.heard
      else { continue }
      try save(
        Erasure(device: device.id, caseID: grant.caseID, endedAt: ended, receivedAt: now))
    }
  }
}

/// Which cases may be on a laptop: what there is to report when it is lost.
///
/// Of a case that is granted, the laptop has what it fetched. One that was taken away is on it
/// until it has shown that it heard so: this never leaves out a case that is there.
package struct Holdings: Sendable {
  package struct Item: Hashable, Sendable {
    package let caseID: CaseID
    /// Empty where the office does not hold the case's header.
    package let crn: String
    /// Taken away, and the laptop has not shown yet that it heard so.
    package let hasEnded: Bool
  }

  package let device: Device
  /// Ascending by number, then by case.
  package let items: [Item]
  /// What left it, ascending by case.
  package let erased: [Erasure]

  package init(of device: Device, in store: any ServerReading) throws {
    self.device = device
    guard device.lastContact != nil, device.state != .wiped, !device.isOperator else {
      (items, erased) = ([], [])
      return
    }
    erased = try store.erasures(by: device.id)
    items = try Feed(store).newestGrants(of: device.user).compactMap { grant -> Item? in
      if let ended = grant.endedAt {
        guard ended > max(device.since, device.heard) else { return nil }
      }
      return Item(
        caseID: grant.caseID, crn: try store.number(of: grant.caseID) ?? "",
        hasEnded: grant.endedAt != nil)
    }.sorted { ($0.crn, $0.caseID) < ($1.crn, $1.caseID) }
  }
}

/// Ordering a laptop to destroy what it holds.
extension Registry {
  /// Why a laptop is not ordered to.
  package enum WipeProblem: Error, Equatable, Sendable { case unknown, notALaptop, refusedAlready }

  /// Orders a laptop to be wiped, or takes such an order back.
  /// - Parameter lost: at once, without waiting for what it has to send.
  package func wipe(
    _ id: DeviceID, lost: Bool, cancel: Bool
  ) throws -> Device {
    guard var device = try transaction.device(id) else { throw WipeProblem.unknown }
    guard !device.isOperator else { throw WipeProblem.notALaptop }
    guard device.state.isHeard else { throw WipeProblem.refusedAlready }
    let before = device.state
    device.state = cancel ? .active : lost ? .lost : .leaving
    // One that is lost stays so until somebody says otherwise.
    if before == .lost, !cancel { device.state = .lost }
    if device.state != before { try transaction.enter(device) }
    return device
  }

  /// Takes a laptop's word that it is wiped; also of one whose order was taken back when it had
  /// begun.
  package func wasWiped(_ id: DeviceID, at now: Timestamp) throws {
    guard var device = try transaction.device(id), device.state.isHeard else {
      throw WipeProblem.refusedAlready
    }
    device.state = .wiped
    device.lastContact = now
    device.unsent = 0
    try transaction.enter(device)
  }
}
