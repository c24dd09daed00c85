import RecordCatalogue
import SyncCore

/// Holding grants to what changes without them: limits of access, and the days between which each
/// runs.
extension Registry {
  /// Whether a user may be given a case, as its limits stand.
  package static func mayHold(
    _ user: String, _ caseID: CaseID, _ store: any ServerReading, by catalogue: Catalogue,
    today: @autoclosure () -> CalendarDate?
  ) throws -> Bool {
    try AccessLimits(on: caseID, store, catalogue, today: today()).denial(of: user) == nil
  }

  /// Holds the grants of a case to its limits and to their days.
  package func settle(_ caseID: CaseID, by catalogue: Catalogue, at now: Timestamp) throws {
    let grants = Dictionary(grouping: try transaction.grants(on: caseID), by: \.user)
    let limits = try AccessLimits(
      on: caseID, transaction, catalogue, today: CalendarDate(at: now))
    for user in grants.keys.sorted() { try settle(grants[user] ?? [], by: limits, at: now) }
  }

  /// The same for all cases of one user: limits and grants begin and end with days, and so does the
  /// stay of records on laptops.
  package func settle(of user: String, by catalogue: Catalogue, at now: Timestamp) throws {
    let grants = Dictionary(grouping: try transaction.grants(of: user), by: \.caseID)
    for caseID in grants.keys.sorted() {
      let limits = try AccessLimits(
        on: caseID, transaction, catalogue, today: CalendarDate(at: now))
      try settle(grants[caseID] ?? [], by: limits, at: now)
      guard let today = CalendarDate(at: now) else { continue }
      let sweep = WindowSweep(transaction: transaction, catalogue: catalogue, today: today)
      try sweep.sweep(caseID)
    }
  }

  /// - Parameter grants: one user's, of one case.
  private func settle(_ grants: [Grant], by limits: AccessLimits, at now: Timestamp) throws {
    guard var newest = grants.newest else { return }
    let before = newest
    // Most grants have neither day, and then nobody needs to know today's.
    let hasDays = newest.terms.from != nil || newest.terms.until != nil
    let today = hasDays ? CalendarDate(at: now) : nil
    newest.suspension = try limits.denial(of: newest.user)
    newest.isLimited = limits.areInForce
    let isHeldUp = newest.suspension != nil || newest.terms.isEarly(today)
    let isOver = newest.terms.isOver(today)
    if isHeldUp || isOver, newest.endedAt == nil {
      newest.endedAt = try transaction.nextSequence()
      newest.resumes = true
    }
    let runsAgain = newest.resumes && !isHeldUp && !isOver
    if runsAgain || isOver { newest.resumes = false }
    if newest != before { try transaction.enter(newest) }
    guard runsAgain else { return }
    try transaction.enter(
      Grant(
        user: newest.user, caseID: newest.caseID, grantedAt: try transaction.nextSequence(),
        reason: newest.reason, terms: newest.terms, isLimited: newest.isLimited))
  }
}
