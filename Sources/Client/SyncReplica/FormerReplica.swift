import SyncCore

/// A replica that a store gave up, and what became of its changes: those up to `common` are the
/// office's, and from `first` on `count` changes were issued again by `successor`, counted from 1.
public struct FormerReplica: Hashable, Sendable {
  public let replica: ReplicaID
  public let common: UInt64
  public let first: UInt64
  public let count: UInt64
  public let successor: ReplicaID

  public init(
    replica: ReplicaID, common: UInt64, first: UInt64, count: UInt64, successor: ReplicaID
  ) {
    self.replica = replica
    self.common = common
    self.first = first
    self.count = count
    self.successor = successor
  }

  /// The same history under the names that the changes have now.
  ///
  /// Above `common` somebody else may have counted under the old name, so the entry is cut there.
  /// Own changes that were seen above it are named by the successor. Nothing else is added: an edit
  /// must not claim to have seen what its author had not.
  public func renamed(_ history: VersionVector) -> VersionVector {
    let seen = history.counter(of: replica)
    guard seen > common else { return history }
    var result = VersionVector(history.entries.filter { $0.replica != replica })
    result.insert(Dot(replica, common))
    if count > 0, seen >= first { result.insert(Dot(successor, min(seen - first + 1, count))) }
    return result
  }
}
