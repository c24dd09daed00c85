import SyncCore

/// What one request says of this replica, and what it carries.
public struct Outgoing: Sendable {
  public var replica: ReplicaID
  public var epoch: UInt64
  public var head: ChainHead
  public var checkpoint: [UInt8]
  /// Empty when that is the checkpoint.
  public var witness: [UInt8] = []
  public var firstCounter: UInt64
  public var changes: [Change] = []
  public var hasMore = false
  public var unsent: UInt64
  public var obeyed: [UInt64]
  /// Whether pages go to a generation that is being built.
  public var isResyncing: Bool
  /// For an office whose store was put back: records to hand back, with the generations that hold
  /// them.
  public var returned: [(record: ReturnedRecord, id: RecordID, generation: Int64)] = []
  /// For an office whose store was put back: changes to offer again.
  public var offered: [(change: OfferedChange, number: Int64)] = []
  /// See `SyncRequest.survived`.
  public var survived: UInt64 = 0
  /// Whether a restored office is still owed something, this request's part included.
  public var owes: Bool
}

extension ReplicaStore {
  /// Gathers what is to be sent: what a restored office may lack, then the outbox, as much as fits
  /// one request. A group is never divided.
  /// - Parameter first: send from this counter on, receipted or not, because the office asked for
  ///   it.
  public func outgoing(resendingFrom first: UInt64? = nil) throws(ReplicaError) -> Outgoing {
    try read { rows in
      let state = try rows.state()
      let isBuilding = state.building != nil
      var outgoing = Outgoing(
        replica: state.replica, epoch: state.epoch, head: try rows.head(of: state.replica),
        checkpoint: isBuilding ? state.buildingCheckpoint : state.checkpoint, firstCounter: 1,
        unsent: try rows.waitingCount(), obeyed: state.obeyed, isResyncing: isBuilding,
        owes: state.owes)
      outgoing.survived = state.survived
      if state.witness != outgoing.checkpoint { outgoing.witness = state.witness }
      if state.owes { try gatherOwed(rows, into: &outgoing) }
      if !outgoing.hasMore { try gatherOutbox(rows, state, from: first, into: &outgoing) }
      outgoing.firstCounter = outgoing.changes.first?.dot.counter ?? 1
      return outgoing
    }
  }

  private func gatherOwed(_ rows: any ReplicaReading, into outgoing: inout Outgoing) throws {
    var bytes = 0
    try rows.owedRecords { row, generation in
      guard let base = row.base, let proof = row.proof else { return true }
      let returned = ReturnedRecord(bytes: base.bytes, proof: proof)
      bytes += returned.bytes.count
      let count = outgoing.returned.count
      guard count == 0 || (count < limits.pageRecords && bytes <= limits.pushBytes) else {
        outgoing.hasMore = true
        return false
      }
      outgoing.returned.append((returned, row.id, generation))
      return true
    }
    // Records come first: they know what the changes superseded.
    guard !outgoing.hasMore else { return }
    try rows.owedChanges { row in
      guard let verdict = row.verdict, let proof = row.proof else { return true }
      bytes += row.change?.bytes.count ?? 0
      let count = outgoing.returned.count + outgoing.offered.count
      guard count == 0 || (outgoing.offered.count < limits.pushChanges && bytes <= limits.pushBytes)
      else {
        outgoing.hasMore = true
        return false
      }
      outgoing.offered.append(
        (
          OfferedChange(
            dot: row.dot, hash: row.hash, bytes: row.change?.bytes, verdict: verdict, proof: proof),
          row.number
        ))
      return true
    }
  }

  /// The oldest changes without a receipt.
  private func gatherOutbox(
    _ rows: any ReplicaReading, _ state: ReplicaState, from first: UInt64?,
    into outgoing: inout Outgoing
  ) throws {
    var changes: [Change] = []
    var bytes = 0
    var hasMore = false
    func add(_ row: OwnRow) throws -> Bool {
      guard let change = row.change else {
        throw ReplicaError.damaged("a change that is to be sent has no text")
      }
      bytes += change.bytes.count
      guard changes.count < limits.pushChanges, bytes <= limits.pushBytes else {
        hasMore = true
        changes = Self.wholeGroups(changes, before: change)
        return false
      }
      changes.append(change)
      return true
    }
    if let first {
      try rows.own(of: state.replica, from: first, add)
    } else {
      try rows.waiting(add)
    }
    outgoing.changes = changes
    outgoing.hasMore = hasMore
  }

  private static func wholeGroups(_ changes: [Change], before next: Change) -> [Change] {
    guard let group = next.body.group,
      let start = changes.firstIndex(where: { $0.body.group == group }),
      start > 0
    else { return changes }
    return Array(changes[..<start])
  }

  /// Whether the office has receipted the replica's highest change, said from its answer alone.
  public func isSynced() throws(ReplicaError) -> Bool {
    try read { rows in
      let state = try rows.state()
      return try state.lastSync != nil && !state.owes && rows.waitingCount() == 0
        && rows.head(of: state.replica).counter == state.known
    }
  }
}
