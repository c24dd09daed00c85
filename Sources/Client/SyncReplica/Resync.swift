import SyncCore

/// A resync builds the whole scope anew beside what is shown, then swaps in one transaction.
///
/// Nothing is lost by it: the laptop's own changes are not part of a generation, and what has no
/// receipt stays in the outbox. A kill at any moment leaves either the old generation or the new
/// one, and a half-built one is continued.
extension ReplicaStore {
  /// Begins building, unless that is going on already.
  public func beginResync() throws(ReplicaError) {
    try write { rows in
      var state = try rows.state()
      guard state.building == nil else { return }
      state.build()
      try rows.save(state)
    }
  }

  /// Begins building, showing the office nothing of what it said before: it does not take that.
  public func beginAnew() throws(ReplicaError) {
    try write { rows in
      var state = try rows.state()
      if let building = state.building { try rows.delete(generation: building) }
      state.witness = []
      state.build()
      try rows.save(state)
    }
  }

  public func isResyncing() throws(ReplicaError) -> Bool {
    try read { rows in try rows.state().building != nil }
  }

  /// Gives up the generation that is being built; what is shown stays.
  ///
  /// After the office's store was put back there is nothing to go on from but a fresh copy, so then
  /// the building begins again.
  public func abandonResync() throws(ReplicaError) {
    try write { rows in
      var state = try rows.state()
      guard let building = state.building else { return }
      try rows.delete(generation: building)
      if state.checkpoint.isEmpty {
        state.build()
      } else {
        state.building = nil
        state.buildingCheckpoint = []
      }
      try rows.save(state)
    }
  }

  /// Swaps the finished generation in.
  /// - Returns: whether there was one and every case of it is whole.
  @discardableResult
  public func finishResync() throws(ReplicaError) -> Bool {
    try write { rows in
      var state = try rows.state()
      guard let building = state.building, !state.owes,
        try rows.cases(in: building).allSatisfy(\.isWhole)
      else { return false }
      try rows.deleteGenerations(but: building)
      state.generation = building
      state.checkpoint = state.buildingCheckpoint
      state.building = nil
      state.buildingCheckpoint = []
      try rows.save(state)
      try rows.takeOutOfBase(of: nil)
      for own in try rows.ownRecords(of: nil) { try rows.showAgain(own, state) }
      if let place = state.place {
        for held in try rows.cases(in: building) {
          try rows.settleDeparted(of: held.caseID, upTo: place, in: building)
        }
      }
      return true
    }
  }

  /// Remembers orders as carried out, to be told with the next request.
  public func note(obeyed orders: [UInt64]) throws(ReplicaError) {
    try write { rows in
      var state = try rows.state()
      state.obeyed = orders
      try rows.save(state)
    }
  }

  /// Compares each case's digest with the office's. Meaningful when nothing waits to be sent.
  /// - Returns: the cases that differ, are missing here, or are not held by the office.
  public func differences(from office: [CaseDigest]) throws(ReplicaError) -> [CaseID] {
    let ours = Dictionary(uniqueKeysWithValues: try digests().map { ($0.caseID, $0) })
    let theirs = Dictionary(office.map { ($0.caseID, $0) }) { first, _ in first }
    return Set(ours.keys).union(theirs.keys).filter { ours[$0] != theirs[$0] }.sorted()
  }

  /// The digest of each case as the office's state was last received, ascending by case. While a
  /// resync runs, of the generation that is being built.
  public func digests() throws(ReplicaError) -> [CaseDigest] {
    try read { rows in
      let target = try rows.state().target
      var digests: [CaseID: CaseDigest] = [:]
      for held in try rows.cases(in: target) {
        digests[held.caseID] = CaseDigest(caseID: held.caseID)
      }
      try rows.baseDigests(in: target, of: nil) { caseID, _, digest in
        // What cannot be read agrees with nothing.
        digests[caseID, default: CaseDigest(caseID: caseID)].replace(nil, with: digest ?? .zero)
      }
      return digests.values.sorted { $0.caseID < $1.caseID }
    }
  }
}

extension ReplicaState {
  /// Begins another generation beside all that there are.
  mutating func build() {
    building = max(generation, building ?? 0) + 1
    buildingCheckpoint = []
  }
}
