import RecordCatalogue
import SyncCore

/// Who may do what: grants, devices, enrolment codes, orders.
package struct Registry {
  let transaction: any ServerTransaction

  package init(_ transaction: any ServerTransaction) { self.transaction = transaction }

  /// - Returns: whether anything changed: a grant that runs already is left as it is, unless its
  ///   days are new, or the user is to answer for what they only covered.
  package func grant(
    _ user: String, _ caseID: CaseID, reason: String, terms: Grant.Terms = .init(),
    by catalogue: Catalogue, at now: Timestamp
  ) throws -> Bool {
    let grants = try transaction.grants(of: user)
    let newest = grants.filter { $0.caseID == caseID }.newest
    if var newest, newest.endedAt == nil || (newest.resumes && newest.suspension == nil) {
      let isSame = newest.terms.kind == terms.kind
      guard newest.terms != terms, isSame || terms.kind == .officer else { return false }
      newest.terms = terms
      newest.reason = reason
      try transaction.enter(newest)
      try settle(caseID, by: catalogue, at: now)
      return true
    }
    let limits = try AccessLimits(
      on: caseID, transaction, catalogue, today: CalendarDate(at: now))
    guard try limits.denial(of: user) == nil else { throw KeptOut() }
    // What is held up may run again without being asked.
    let held = Set(grants.filter { $0.endedAt == nil || $0.resumes }.map(\.caseID)).count
    guard held < Limits.standard.scopeCases else { throw TooManyCases() }
    // The newest alone counts from here on.
    if var newest, newest.resumes {
      newest.resumes = false
      try transaction.enter(newest)
    }
    let sequence = try transaction.nextSequence()
    var grant = Grant(
      user: user, caseID: caseID, grantedAt: sequence, reason: reason, terms: terms,
      isLimited: limits.areInForce)
    if terms.from != nil, terms.isEarly(CalendarDate(at: now)) {
      (grant.endedAt, grant.resumes) = (sequence, true)
    }
    try transaction.enter(grant)
    return true
  }

  /// A limit of access keeps this user out of the case.
  package struct KeptOut: Error {}

  /// A user holds as many cases as a laptop takes (`Limits.scopeCases`).
  package struct TooManyCases: Error {}

  /// Ends a running grant. One that a limit suspends runs no more when the limit ends; until then
  /// the limit stands, whatever was granted.
  /// - Parameter successor: who was given the case in this user's place, which the user is told.
  /// - Returns: whether anything changed.
  package func end(
    _ user: String, _ caseID: CaseID, reason: String, successor: String? = nil
  ) throws -> Bool {
    let grants = try transaction.grants(of: user)
    let newest = grants.filter { $0.caseID == caseID }.newest
    guard var grant = newest, grant.endedAt == nil || grant.resumes else { return false }
    if grant.endedAt == nil { grant.endedAt = try transaction.nextSequence() }
    grant.resumes = false
    grant.movedTo = successor?.lowercased()
    if !reason.isEmpty { grant.reason = reason }
    try transaction.enter(grant)
    return true
  }

  /// Why an enrolment code does not open the door.
  package enum CodeProblem: Error, Equatable, Sendable { case unknown, used, expired }

  /// Takes a code, once.
  package func redeem(_ hash: Hash, at now: Timestamp) throws -> EnrolmentCode {
    guard var code = try transaction.enrolmentCode(hash) else { throw CodeProblem.unknown }
    guard code.usedAt == nil else { throw CodeProblem.used }
    guard now < code.expiresAt else { throw CodeProblem.expired }
    code.usedAt = now
    try transaction.save(code)
    return code
  }

  /// Orders a resync of every matching laptop that does not have one waiting.
  /// - Returns: the devices that were ordered.
  package func orderResync(of matches: (Device) -> Bool) throws -> [DeviceID] {
    var ordered: [DeviceID] = []
    for device in try transaction.devices() where !device.isOperator && device.state == .active {
      guard matches(device), try transaction.orders(for: device.id).isEmpty else { continue }
      try transaction.add(
        StoredOrder(id: try transaction.nextSequence(), device: device.id, kind: .resync))
      ordered.append(device.id)
    }
    return ordered
  }
}
