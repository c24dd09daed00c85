/// Keeps every other program out of a store, whatever state its file is in, for as long as this
/// value is there.
public final class StoreHold: Sendable {
  private let locks: [ReplicaLock]

  /// - Parameters:
  ///   - path: the store's file, which need not be there.
  ///   - wait: how long to wait for whoever has it.
  public init(path: String, wait: Duration) throws(ReplicaError) {
    locks = [
      try ReplicaLock(path: path + ".shared.lock", wait: wait),
      try ReplicaLock(path: path + ".lock", wait: wait),
    ]
  }

  deinit { for lock in locks { lock.release() } }
}
