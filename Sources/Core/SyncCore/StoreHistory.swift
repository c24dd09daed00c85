/// One run of a server process on the office's store.
///
/// Each is a replica of its own, so that what the office enters after its store was put back never
/// counts dots that it had counted before. A life that follows a restore begins a new epoch.
public struct Life: Hashable, Sendable {
  public var replica: ReplicaID
  public var epoch: UInt64
  /// The highest sequence given out before it began.
  public var start: UInt64

  public init(replica: ReplicaID, epoch: UInt64, start: UInt64) {
    self.replica = replica
    self.epoch = epoch
    self.start = start
  }
}

/// How far the office's store had come, and through which of its lives.
///
/// Sequences are given out again once a store was put back from a backup; a life is not. So two
/// histories agree up to where the newest life that both hold ended in the one that ended it first.
public struct StoreHistory: Hashable, Sendable {
  /// Lives that are remembered: with an import and a restart a day, a backup of a week is compared
  /// exactly; one older counts as if nothing of the history were left. Each takes about 25 bytes of
  /// every checkpoint.
  public static let livesRemembered = 16

  /// The highest sequence given out.
  public var reach: UInt64
  /// The newest first.
  public var lives: [Life]

  public init(reach: UInt64 = 0, lives: [Life] = []) {
    self.reach = reach
    self.lives = lives
  }

  /// Up to which sequence a store still holds this history.
  /// - Parameter end: the highest sequence that the store gave out in a life; `nil` when it never
  ///   had it.
  public func common(with end: (ReplicaID) throws -> UInt64?) rethrows -> UInt64 {
    var reach = reach
    for life in lives {
      if let end = try end(life.replica) { return min(reach, end) }
      reach = min(reach, life.start)
    }
    return 0
  }
}
