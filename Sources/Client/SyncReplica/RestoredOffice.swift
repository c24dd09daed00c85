import SyncCore

/// The office's store was put back from a backup, so it may lack what it had receipted and shown.
/// The laptop hands back what it has of the office's word, and takes a fresh copy.
extension ReplicaStore {
  /// Obeys a new epoch. From now on requests hand records back, then offer receipted changes again
  /// under their old dots, then carry the rest under a new replica; and a fresh copy is built.
  /// - Parameters:
  ///   - survived: of the epoch that this store knew, what was placed up to this sequence.
  ///   - replica: chance, which names the new replica.
  package func adopt(
    epoch: UInt64, survived: UInt64, as replica: ReplicaID
  ) throws(ReplicaError) {
    try write { rows in
      let known = try rows.state()
      guard epoch > known.epoch else { return }
      try rows.owe(allBut: Place(epoch: known.epoch, sequence: survived))
      // What has a receipt keeps its dot. The rest might meet, under the same dots, what the office
      // lost and others hand back.
      try rows.issueAgain(above: try rows.lastReceipted(of: known.replica), as: replica)
      var state = try rows.state()
      state.epoch = epoch
      state.survived = state.owes ? min(state.survived, survived) : survived
      state.owes = true
      state.checkpoint = []
      state.witness = []
      state.build()
      try rows.save(state)
    }
  }

  /// Remembers what a whole request has handed back and offered.
  package func settle(_ outgoing: Outgoing) throws(ReplicaError) {
    guard outgoing.owes else { return }
    try write { rows in
      var state = try rows.state()
      guard state.owes else { return }
      for returned in outgoing.returned {
        try rows.handedBack(returned.id, in: returned.generation)
      }
      for offered in outgoing.offered { try rows.offeredAgain(offered.number) }
      if !outgoing.hasMore {
        state.owes = false
        state.survived = 0
        try rows.save(state)
      }
    }
  }
}

extension ReplicaReading {
  /// The highest counter of a replica that has a receipt.
  func lastReceipted(of replica: ReplicaID) throws -> UInt64 {
    var first: UInt64?
    try waiting { row in
      first = row.dot.counter
      return false
    }
    return try first.map { $0 - 1 } ?? head(of: replica).counter
  }
}
