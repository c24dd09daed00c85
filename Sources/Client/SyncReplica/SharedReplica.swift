import Foundation
import RecordCatalogue
import SyncCore

/// The laptop's store for a long run beside other programs: it is held only while it is used.
///
/// A sync waits for the office far longer than it stores, and an officer at a door must be able to
/// write meanwhile. So the store is opened for a transaction and let go of once it was at rest for
/// a moment. Opening and closing costs some milliseconds: a quick sync never comes to rest.
public final class SharedReplica: ReplicaStore, @unchecked Sendable {
  // `@unchecked Sendable`: what changes is touched only under `guardian`.
  public let identity: ReplicaIdentity
  public let catalogue: Catalogue
  public let limits: Limits

  private let open: () throws(ReplicaError) -> Replica
  private let rest: Duration
  private let turn: Duration
  /// Two that share would store what the office says to the one after what it said to the other.
  private let only: ReplicaLock

  private let guardian = NSLock()
  private let clock = ContinuousClock()
  private var replica: Replica?
  private var openedAt: ContinuousClock.Instant
  /// When its turn was last over; then others get the time to take theirs.
  private var gaveWayAt: ContinuousClock.Instant?
  private var uses = 0

  /// Opens the store, of which one program at a time can be such a user.
  /// - Parameters:
  ///   - wait: how long to wait for another writer, each time.
  ///   - rest: how long it is kept after each use; zero lets go at once.
  ///   - turn: how long it is kept at most while others might wait.
  public init(
    path: String, wait: Duration, catalogue: Catalogue, sealer: any Sealer = PlainSealer(),
    limits: Limits = .standard, rest: Duration = .milliseconds(200), turn: Duration = .seconds(1)
  ) throws(ReplicaError) {
    open = { () throws(ReplicaError) in
      try Replica(
        path: path, access: .write(wait: wait), catalogue: catalogue, sealer: sealer,
        limits: limits)
    }
    only = try ReplicaLock(path: path + ".shared.lock", wait: wait)
    let first = try open()
    identity = first.identity
    self.catalogue = catalogue
    self.limits = limits
    self.rest = rest
    self.turn = turn
    replica = first
    openedAt = clock.now
    letGoLater()
  }

  public func write<Result>(
    _ body: (any ReplicaTransaction) throws -> Result
  ) throws(ReplicaError) -> Result {
    try use { (replica) throws(ReplicaError) in try replica.write(body) }
  }

  public func read<Result>(
    _ body: (any ReplicaReading) throws -> Result
  ) throws(ReplicaError) -> Result {
    try use { (replica) throws(ReplicaError) in try replica.read(body) }
  }

  /// Runs `body` while the store is open.
  public func use<Result>(
    _ body: (Replica) throws(ReplicaError) -> Result
  ) throws(ReplicaError) -> Result {
    guardian.lock()
    defer {
      if replica != nil, clock.now - openedAt > turn {
        close()
        gaveWayAt = clock.now
      }
      letGoLater()
      guardian.unlock()
    }
    return try body(try opened())
  }

  private func opened() throws(ReplicaError) -> Replica {
    uses += 1
    if let replica { return replica }
    // Whoever waits asks at least once in this time.
    let gap = 3 * ReplicaLock.pause
    if let gaveWayAt, clock.now - gaveWayAt < .microseconds(Int64(gap)) { usleep(gap) }
    let new = try open()
    replica = new
    openedAt = clock.now
    return new
  }

  private func letGoLater() {
    guard rest > .zero else { return close() }
    let seen = uses
    Task.detached { [weak self, rest] in
      do { try await Task.sleep(for: rest) } catch { return }
      self?.letGo(unlessUsedSince: seen)
    }
  }

  private func letGo(unlessUsedSince seen: Int) {
    guardian.lock()
    defer { guardian.unlock() }
    if uses == seen { close() }
  }

  /// All transactions are on the disk: what fails here loses nothing, and the store is let go of
  /// all the same when its last reference is gone.
  private func close() {
    guard let last = replica else { return }
    replica = nil
    do { try last.letGo() } catch {}
  }
}
