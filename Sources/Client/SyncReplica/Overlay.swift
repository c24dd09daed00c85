import SyncCore

/// What is shown of a record is always its base with the laptop's own changes applied in order.
/// Nothing is ever un-merged: a refusal, a dropped case, a fork or a resync takes changes out of
/// the overlay or replaces the base, and the record is computed again.
extension ReplicaTransaction {
  /// Computes again what is shown of a record.
  ///
  /// Changes in the overlay have no place, receipted or not: what they displace at the office, and
  /// so the place that they take over there, is known only once the record comes back.
  /// - Parameters:
  ///   - row: with the base as it is now.
  ///   - isShown: whether this is the generation that is shown; then it is remembered which changes
  ///     the base holds.
  func show(_ row: RecordRow, in generation: Int64, isShown: Bool) throws {
    var row = row
    var shown: Record?
    for own in try overlay(of: row.id) {
      guard let change = own.change else { continue }
      if let base = row.base, base.version.contains(own.dot) {
        if isShown {
          var held = own
          held.isInBase = true
          try update(held)
        }
        continue
      }
      var record = shown ?? row.base ?? Record(id: row.id, type: row.type, caseID: row.caseID)
      record.take(change, at: nil)
      shown = record
    }
    row.shown = shown
    if row.base == nil, shown == nil {
      try deleteRecord(row.id, in: generation)
    } else {
      try save(row, in: generation)
    }
  }

  /// Takes out of the overlay what the office has accepted into records of a case that have left
  /// the window since: when all of the case has come, they have not. Their texts stay, for an
  /// office that loses its store.
  func settleDeparted(
    of caseID: CaseID, upTo reached: Place, in generation: Int64
  ) throws {
    for own in try ownRecords(of: caseID) {
      let row = try record(own.id, in: generation)
      guard row?.base == nil else { continue }
      try settle(overlay(of: own.id).filter { $0.place.map { $0 <= reached } ?? false })
      if let row { try show(row, in: generation, isShown: true) }
    }
  }

  /// Remembers that own changes are where the base is, which is at the office alone.
  func settle(_ accepted: [OwnRow]) throws {
    for var own in accepted {
      own.isInBase = true
      try update(own)
    }
  }

  /// Computes a record with own changes again in every generation that holds its case.
  func showAgain(_ own: OwnRecord, _ state: ReplicaState) throws {
    for generation in Set([state.generation, state.target]).sorted()
    where try isWhole(own.caseID, in: generation) != nil {
      let row = try record(own.id, in: generation)
      try show(
        row ?? RecordRow(id: own.id, caseID: own.caseID, type: own.type), in: generation,
        isShown: generation == state.generation)
    }
  }
}
