import SyncCore

/// What came back since the store was put back from a backup, and what is known to be missing
/// still. Ids and numbers, nothing of a case.
package struct RestoreReport: Sendable {
  /// How far one laptop has come.
  package enum Standing: String, Sendable {
    /// Nothing came from it since the restore: whatever it alone has is missing.
    case notHeard = "not-heard"
    /// It was told, and has not brought everything yet.
    case bringing
    case home
  }

  package struct Laptop: Sendable {
    package let device: Device
    package let standing: Standing
    /// `nil` while it was not heard.
    package let tally: ReturnTally?
  }

  /// Changes that others have seen and the office's log has not.
  package struct Missing: Sendable {
    package let replica: ReplicaID
    /// Whose it is; `nil` for a laptop or a life of the server that this store does not know.
    package let device: DeviceID?
    /// Up to which counter the office has them, and up to which somebody has seen them.
    package let known, shown: UInt64
  }

  /// 1 for a store that was never put back.
  package let epoch: UInt64
  /// The highest sequence given out when the epoch began.
  package let held: UInt64
  /// The highest sequence of an earlier epoch that a laptop has shown since; 0 for none.
  package let reached: UInt64
  package let laptops: [Laptop]
  package let missing: [Missing]

  package init(_ store: any ServerReading) throws {
    let epoch = try store.epoch()
    self.epoch = epoch
    let lives = try store.lives(newest: .max).filter { $0.epoch == epoch }
    held = lives.map(\.start).min() ?? 0
    guard epoch > 1 else {
      (reached, laptops, missing) = (0, [], [])
      return
    }
    laptops = try store.devices().filter { $0.state.isHeard && !$0.isOperator }.map { device in
      let tally = try store.returnTally(of: device.id, in: epoch)
      let standing: Standing = tally.map { $0.isHome ? .home : .bringing } ?? .notHeard
      return Laptop(device: device, standing: standing, tally: tally)
    }
    reached = laptops.compactMap(\.tally?.reached).max() ?? 0
    missing = try store.shownHeads().compactMap { shown in
      let known = try store.head(of: shown.replica).counter
      guard shown.counter > known else { return nil }
      return Missing(
        replica: shown.replica, device: try store.device(of: shown.replica)?.id, known: known,
        shown: shown.counter)
    }
  }
}
