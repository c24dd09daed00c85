import SyncCore

extension ReplicaState {
  /// Remembers how late this laptop's clock has been, so that a lease is not longer for a clock
  /// that is set back. Within the clock's tolerance it is not written again.
  /// - Returns: whether there is something to save.
  mutating func see(_ time: Timestamp) -> Bool {
    guard var leased = lease, leased.seen.milliseconds(until: time) > Lease.clockTolerance else {
      return false
    }
    leased.seen = time
    lease = leased
    return true
  }
}

extension ReplicaReading {
  /// Held cases that a lease keeps closed because it is over.
  /// - Parameter isRecording: whoever only writes something new down is shown nothing, and not sent
  ///   away.
  /// - Throws: `ReplicaError.locked` where all of them are closed.
  func closedCases(at now: Timestamp, isRecording: Bool) throws -> Set<CaseID> {
    let state = try state()
    let standing = state.lease?.standing(at: now) ?? .runs
    switch standing {
    case .runs: return []
    case .limitedIsOver: return state.limited
    case .over, .clockWasSetBack:
      guard isRecording else {
        throw ReplicaError.locked(clockWasSetBack: standing == .clockWasSetBack)
      }
      return Set(try cases(in: state.generation).map(\.caseID))
    }
  }
}
