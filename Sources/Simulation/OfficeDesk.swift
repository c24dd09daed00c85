import RecordCatalogue
import ServerStorage
import SyncCore

/// What seniors and administrators order at the office: transfers, grants for some days, limits,
/// and decisions on what was refused.
extension Office {
  /// Moves cases by their numbers, or all that somebody holds, in as many batches as that takes.
  /// - Returns: the numbers of the cases that stayed, and how many moved.
  func transfer(_ order: Transfer, _ crns: [String]?, at time: Timestamp) throws -> (
    moved: Int, left: [String]
  ) {
    var moved = 0
    var left: [String] = []
    var next: CaseID?
    repeat {
      let outcome = try store.now { transaction in
        guard let crns else {
          return try order.makeAll(after: next, in: transaction, catalogue, at: time)
        }
        return try order.make(
          crns.compactMap { CRN($0) }, in: transaction, catalogue, at: time)
      }
      moved += outcome.moved
      left += outcome.left.map(\.crn)
      next = outcome.next
    } while next != nil
    return (moved, left)
  }

  /// Says who alone may see a case, or takes names off that list.
  /// - Returns: whether that changed anything.
  func restrict(_ users: [String], _ crn: String, ends: Bool, at now: Timestamp) throws -> Bool {
    guard let crn = CRN(crn) else { return false }
    let entry = LimitEntry(crn, .restriction, users)
    let outcome = try store.now { transaction in
      ends
        ? try entry.end(in: transaction, catalogue, at: now)
        : try entry.make(in: transaction, catalogue, at: now)
    }
    return outcome.changed > 0
  }

  /// Refused changes on which nobody has decided.
  func quarantine() throws -> [Quarantine.Item] {
    try store.now { try Quarantine($0).items(after: 0, limit: 200, all: false).items }
  }

  /// What came of a decision on a refused change.
  enum Decided {
    /// At which position it was taken.
    case taken(UInt64)
    case returned
    case refused(Quarantine.Problem)
  }

  /// Decides on a refused change.
  /// - Parameter target: the case to take it in; `nil` for its own.
  func decide(
    _ kind: QuarantineDecision.Kind, on dot: Dot, to target: CaseID?, at now: Timestamp
  ) throws -> Decided {
    do {
      return try store.now { transaction in
        var writer = try OfficeWriter(transaction, catalogue: catalogue, now: now)
        guard kind != .returned else {
          try writer.returnToAuthor(dot, by: "senior", reason: "not ours")
          return .returned
        }
        try writer.release(dot, to: target, by: "senior", reason: "belongs here")
        let issued = try transaction.decision(on: dot)?.issuedAs
        let place = try issued.flatMap { try transaction.change($0)?.sequence }
        return .taken(place ?? 0)
      }
    } catch let problem as Quarantine.Problem { return .refused(problem) }
  }

  // MARK: After a backup was put back

  /// Makes so again what was decided on access since a backup, and holds all to today.
  func replay(_ notes: [AccessNote], of users: [String], at now: Timestamp) throws {
    try store.now { transaction in
      _ = try AccessNote.replay(notes, in: transaction, catalogue, at: now)
      for user in users { try Registry(transaction).settle(of: user, by: catalogue, at: now) }
    }
  }

  /// The cases whose grants run, by what the store holds.
  func runningCases(of user: String) throws -> [CaseID] {
    try store.now { try Feed($0).activeGrants(of: user).map(\.caseID) }
  }

  func mayHold(_ user: String, _ caseID: CaseID, at now: Timestamp) throws -> Bool {
    try store.now {
      try Registry.mayHold(user, caseID, $0, by: catalogue, today: CalendarDate(at: now))
    }
  }
}
