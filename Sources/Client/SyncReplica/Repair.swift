import SyncCore

/// Putting single records right that differ from the office's.
extension ReplicaStore {
  /// Of each record of a case as it was last received, ascending; `nil` where it cannot be read.
  public func baseDigests(
    of caseID: CaseID
  ) throws(ReplicaError) -> [(record: RecordID, digest: Hash?)] {
    try read { rows in
      var found: [(record: RecordID, digest: Hash?)] = []
      try rows.baseDigests(in: rows.state().generation, of: caseID) { _, record, digest in
        found.append((record, digest))
      }
      return found.sorted { $0.record < $1.record }
    }
  }

  /// Takes the office's records in the place of what this store holds of them; its own changes stay
  /// what they are. What was there need not be readable.
  /// - Parameter place: the office's position when they were its state.
  public func repair(
    _ records: [ComparisonAnswer.Item], of caseID: CaseID, at place: Place
  ) throws(ReplicaError) {
    try write { rows in
      let state = try rows.state()
      // A copy that is being built is compared at its end.
      guard state.building == nil, state.epoch == place.epoch,
        try rows.isWhole(caseID, in: state.generation) == true
      else { return }
      let head = try rows.head(of: state.replica)
      for item in records {
        let record = try Record(fromPeer: item.bytes, limits: limits)
        guard record.caseID == caseID, record.version.counter(of: state.replica) <= head.counter
        else { throw ReplicaError.wrongAnswer("a repair brings what was not asked for") }
        var row = RecordRow(id: record.id, caseID: caseID, type: record.type)
        row.base = record
        row.proof = item.proof
        row.arrived = place
        try rows.save(row, in: state.generation)
      }
      // Which own changes the bases hold is found out anew.
      try rows.takeOutOfBase(of: caseID)
      for own in try rows.ownRecords(of: caseID) { try rows.showAgain(own, state) }
      try rows.settleDeparted(of: caseID, upTo: place, in: state.generation)
    }
  }
}
