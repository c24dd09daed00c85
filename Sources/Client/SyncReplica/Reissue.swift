import SyncCore

/// A store that was copied or put back from a backup counts dots that somebody else has counted
/// too. It takes a new replica, and issues again what the office does not have.
extension ReplicaStore {
  /// Obeys `forked`.
  /// - Parameters:
  ///   - common: up to where the office has this chain, at least. What has the office's receipts it
  ///     has too.
  ///   - head: where the office's chain of this replica ends.
  ///   - replica: chance, which names the new replica.
  /// - Returns: `false`, and nothing is done, when this chain holds the office's head: then the
  ///   answer was to a request that a network had kept for long.
  package func reissue(
    above common: UInt64, officeHead head: ChainHead, as replica: ReplicaID
  ) throws(ReplicaError) -> Bool {
    try write { rows in
      let state = try rows.state()
      let own = try rows.own(Dot(state.replica, head.counter))
      guard head.counter == 0 || own?.hash != head.hash else { return false }
      let receipted = try rows.lastReceipted(of: state.replica)
      try rows.issueAgain(above: max(common, receipted), as: replica)
      return true
    }
  }

  /// Obeys `resend`: whether all changes from a counter on can be sent as they were. When the text
  /// of one has left this laptop, the store takes a new replica instead, for what has no receipt.
  package func prepareResend(
    from counter: UInt64, as replica: ReplicaID
  ) throws(ReplicaError) -> Bool {
    try write { rows in
      var isWhole = true
      try rows.own(of: rows.state().replica, from: counter) { row in
        isWhole = row.change != nil
        return isWhole
      }
      if !isWhole { try rows.issueAgain(above: counter &- 1, as: replica) }
      return isWhole
    }
  }
}

extension ReplicaTransaction {
  /// Issues every change without a receipt again under a new replica. Own dots are renamed inside
  /// contexts too.
  func issueAgain(above common: UInt64, as replica: ReplicaID) throws {
    var state = try state()
    var rows: [OwnRow] = []
    try waiting { row in
      if row.change != nil { rows.append(row) }
      return true
    }
    // What has no receipt has no gaps.
    let former = FormerReplica(
      replica: state.replica, common: common, first: rows.first?.dot.counter ?? 0,
      count: UInt64(rows.count), successor: replica)
    var reissue = Reissue(as: replica, givingUp: [state.replica: common])
    for var row in rows {
      guard let change = row.change else { continue }
      let issued = reissue.issue(change)
      row.dot = issued.dot
      row.hash = issued.hash
      row.change = issued
      row.isInBase = false
      try update(row)
    }
    state.former.append(former)
    state.replica = replica
    state.known = 0
    try save(state)
    let touched = Set(rows.map { OwnRecord(id: $0.record, caseID: $0.caseID, type: $0.type) })
    for own in touched.sorted(by: { $0.id < $1.id }) { try showAgain(own, state) }
  }
}
