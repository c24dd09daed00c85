import CaseFacts
import RecordCatalogue
import SyncCore

/// Moves cases from one officer to another: in one transaction a case, its grant, and who answers
/// for it.
///
/// What the former officer wrote before hearing of it is taken as late, and told to the new one;
/// their laptop drops the case at its next contact and says where it went. What they write after
/// that waits in quarantine.
package struct Transfer: Sendable {
  package var from: String
  package var to: String
  package var reason: String
  /// User name of who orders it.
  package var by: String

  package init(from: String, to: String, reason: String, by: String) {
    self.from = from.lowercased()
    self.to = to.lowercased()
    self.reason = reason
    self.by = by
  }

  /// Why a case stays where it is.
  package enum Problem: String, Sendable {
    case notHeld = "not-held"
    case keptOut = "kept-out"
    case tooMany = "too-many"
    case unknownCase = "unknown-case"
  }

  package struct Outcome: Sendable {
    package struct Left: Sendable {
      package let crn: String
      package let problem: Problem
    }

    package var moved = 0
    package var left: [Left] = []
    /// Who else holds some of the moved cases, ascending.
    package var alsoHeldBy: Set<String> = []
    /// With all cases of somebody: the last one that was looked at; `nil` at the end.
    package var next: CaseID?

    package init() {}
  }

  /// How many cases one transaction moves, so that nobody's sync waits long.
  package static let batch = 500

  /// Moves the cases of some numbers.
  package func make(
    _ crns: [CRN], in transaction: any ServerTransaction, _ catalogue: Catalogue,
    at now: Timestamp
  ) throws -> Outcome {
    var outcome = Outcome()
    for crn in crns {
      try move(.named("case", crn.description), "\(crn)", &outcome, transaction, catalogue, now)
    }
    return outcome
  }

  /// Moves the cases that the one holds, or is to hold, ascending by case, as many as one
  /// transaction takes.
  package func makeAll(
    after caseID: CaseID?, in transaction: any ServerTransaction, _ catalogue: Catalogue,
    at now: Timestamp
  ) throws -> Outcome {
    var outcome = Outcome()
    let held = Set(
      try transaction.grants(of: from).filter { $0.endedAt == nil || $0.resumes }.map(\.caseID))
    let rest = held.sorted().filter { held in caseID.map { held > $0 } ?? true }
    for caseID in rest.prefix(Self.batch) {
      let crn = try transaction.number(of: caseID) ?? "\(caseID)"
      try move(caseID, crn, &outcome, transaction, catalogue, now)
    }
    if rest.count > Self.batch { outcome.next = rest[Self.batch - 1] }
    return outcome
  }

  private func move(
    _ caseID: CaseID, _ crn: String, _ outcome: inout Outcome,
    _ transaction: any ServerTransaction, _ catalogue: Catalogue, _ now: Timestamp
  ) throws {
    func leave(_ problem: Problem) {
      outcome.left.append(.init(crn: crn, problem: problem))
    }
    guard try transaction.caseHead(caseID) != nil else { return leave(.unknownCase) }
    let registry = Registry(transaction)
    // A grant whose last day is over goes to nobody.
    try registry.settle(caseID, by: catalogue, at: now)
    let grants = try transaction.grants(on: caseID)
    let given = grants.filter { $0.user == from }.newest
    guard let given, given.endedAt == nil || given.resumes else { return leave(.notHeld) }
    do {
      let held = grants.filter { $0.user == to }.newest
      // Who holds it already goes on as before, or answers for it from now on: never for less long.
      let runs = held?.endedAt == nil ? held : nil
      let terms = runs == nil ? given.terms : given.terms.kind == .officer ? .init() : runs?.terms
      _ = try registry.grant(
        to, caseID, reason: reason, terms: terms ?? given.terms, by: catalogue, at: now)
    } catch is Registry.KeptOut { return leave(.keptOut) } catch is Registry.TooManyCases {
      return leave(.tooMany)
    }
    _ = try registry.end(from, caseID, reason: reason, successor: to)
    try name(caseID, transaction, catalogue, now)
    outcome.moved += 1
    let others = grants.filter { $0.endedAt == nil && ![from, to].contains($0.user) }
    outcome.alsoHeldBy.formUnion(others.map(\.user))
  }

  /// Who answered for the case does so no longer.
  private func name(
    _ caseID: CaseID, _ transaction: any ServerTransaction, _ catalogue: Catalogue,
    _ now: Timestamp
  ) throws {
    guard let header = try transaction.header(of: caseID),
      CaseRecords([header], catalogue).responsibleOfficer?.lowercased() == from
    else { return }
    var writer = try OfficeWriter(transaction, catalogue: catalogue, now: now)
    try writer.set(
      ["responsible-officer": .text(to)], of: header.id, type: header.type, caseID: caseID,
      author: by, reason: reason)
    try writer.derive(caseID)
  }
}
