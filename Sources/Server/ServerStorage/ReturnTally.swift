import SyncCore

/// What one laptop has brought back since the store was put back from a backup. Numbers only.
///
/// The first answer after the restore begins it, so that who has none has not been heard since.
package struct ReturnTally: Hashable, Sendable {
  /// The epoch that the restore began.
  package var epoch: UInt64
  package var device: DeviceID
  /// When it was first heard in that epoch, or told of it.
  package var heardAt: Timestamp
  /// Records that it handed back and that changed the store.
  package var records: UInt64 = 0
  /// Changes that were logged under their old dots.
  package var changes: UInt64 = 0
  /// Changes that the office issued again itself, because their dots were taken.
  package var reissued: UInt64 = 0
  /// What had no proof of this office, and was passed over. What is sent twice counts twice.
  package var unproven: UInt64 = 0
  /// The highest sequence of an earlier epoch that it showed; 0 when it showed none.
  package var reached: UInt64 = 0
  /// Whether it has nothing more to bring.
  package var isHome = false

  package init(epoch: UInt64, device: DeviceID, heardAt: Timestamp) {
    self.epoch = epoch
    self.device = device
    self.heardAt = heardAt
  }

  /// Of one request.
  struct Counts {
    var records: UInt64 = 0
    var changes: UInt64 = 0
    var reissued: UInt64 = 0
    var unproven: UInt64 = 0
    /// The highest counter of each replica that a record showed which was handed back.
    var heads: [ReplicaID: UInt64] = [:]
  }
}

/// A change that somebody has seen, and with it all before it of the same replica.
package struct ShownHead: Hashable, Sendable {
  package let replica: ReplicaID
  package let counter: UInt64

  package init(replica: ReplicaID, counter: UInt64) {
    self.replica = replica
    self.counter = counter
  }
}

extension ServerTransaction {
  /// Notes what a request brought back; nothing where no store was put back, or nothing is new.
  /// - Parameters:
  ///   - seen: the checkpoints that it showed.
  ///   - isHome: the laptop has nothing more to bring.
  func note(
    _ counts: ReturnTally.Counts, by device: DeviceID, in life: Life, seen: [Checkpoint],
    isHome: Bool, at now: Timestamp
  ) throws {
    guard life.epoch > 1 else { return }
    let known = try returnTally(of: device, in: life.epoch)
    var tally = known ?? ReturnTally(epoch: life.epoch, device: device, heardAt: now)
    tally.records += counts.records
    tally.changes += counts.changes
    tally.reissued += counts.reissued
    tally.unproven += counts.unproven
    let shown = seen.filter { $0.epoch < life.epoch }.map(\.history.reach).max() ?? 0
    tally.reached = max(tally.reached, shown)
    tally.isHome = tally.isHome || isHome
    if tally != known { try save(tally) }
    for (replica, counter) in counts.heads where try counter > head(of: replica).counter {
      try save(ShownHead(replica: replica, counter: counter))
    }
  }
}
