import Foundation
import GRDB
import SyncCore

/// What the engine asks of the store, each a transaction of its own.
extension Replica {
  /// What a request says of this replica.
  public struct Outgoing: Sendable {
    public var epoch: UInt64
    public var head: ChainHead
    public var checkpoint: [UInt8]
    public var firstCounter: UInt64
    public var changes: [Change]
    public var hasMore: Bool
    public var unsent: UInt64
    public var obeyed: [UInt64]
    /// Whether pages go to a generation that is being built.
    public var isResyncing: Bool
  }

  /// Gathers the outbox and the checkpoint.
  /// - Parameter first: send from this counter on, receipted or not, because the office asked for
  ///   it.
  public func outgoing(resendingFrom first: UInt64? = nil) throws(ReplicaError) -> Outgoing {
    try read { db in
      let overlay = Overlay(db: db, sealer: sealer, limits: limits)
      let (changes, hasMore) = try overlay.outbox(from: first)
      let unsent =
        try Int64.fetchOne(db, sql: "SELECT count(*) FROM changes WHERE verdict IS NULL") ?? 0
      let isBuilding = try db.metaNumber(.buildingGeneration) != nil
      return Outgoing(
        epoch: UInt64(stored: try db.metaNumber(.epoch)), head: try overlay.head(),
        checkpoint: try db.meta(isBuilding ? .buildingCheckpoint : .checkpoint) ?? [],
        firstCounter: changes.first?.dot.counter ?? 1, changes: changes, hasMore: hasMore,
        unsent: UInt64(stored: unsent), obeyed: try Self.obeyed(db), isResyncing: isBuilding)
    }
  }

  /// Takes in what the office sent, all of it in one transaction. The outbox is emptied by receipts
  /// alone; a page comes with its checkpoint.
  /// - Returns: the cases that were dropped. Unsent work on them stays in the outbox until it has
  ///   its receipt, and a draft stays its author's.
  @discardableResult
  public func take(_ delivery: Delivery) throws(ReplicaError) -> [CaseID] {
    guard !delivery.isEmpty else { return [] }
    return try write { db in try Taking(db, sealer, limits).take(delivery) }
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
    return try take(delivery)
  }

  /// Takes one page in, with its checkpoint.
  public func apply(_ page: Page) throws(ReplicaError) {
    var delivery = Delivery()
    delivery.page = page
    try take(delivery)
  }

  private static func obeyed(_ db: Database) throws -> [UInt64] {
    try db.metaText(.obeyed)?.split(separator: ",").compactMap { UInt64($0) } ?? []
  }
}
