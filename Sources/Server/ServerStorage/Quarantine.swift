import CaseFacts
import RecordCatalogue
import SyncCore

/// What somebody decided on a change that the office had refused. The refusal itself stays as it
/// was: a dot has one verdict for ever.
package struct QuarantineDecision: Hashable, Sendable {
  package enum Kind: String, Sendable, CaseIterable {
    /// Taken where it was meant for.
    case released
    /// Taken in another case.
    case redirected
    /// Left with its author, who is told why.
    case returned
  }

  /// The refused change.
  package var dot: Dot
  package var kind: Kind
  /// A user name.
  package var by: String
  package var at: Timestamp
  package var reason: String
  package var sequence: UInt64
  /// Under which dot the office issued it; `nil` where it was returned.
  package var issuedAs: Dot?

  package init(
    on dot: Dot, _ kind: Kind, by: String, at: Timestamp, reason: String, sequence: UInt64,
    issuedAs: Dot? = nil
  ) {
    self.dot = dot
    self.kind = kind
    self.by = by
    self.at = at
    self.reason = reason
    self.sequence = sequence
    self.issuedAs = issuedAs
  }
}

/// The refused changes of the office, kept with their text until somebody decides.
///
/// Whoever decides lifts *who* may write there: that the author did not hold the case, or that
/// another change of the same act was refused. What may be written, by whom, and what would ease a
/// protection, is asked again of the change as its author made it. A released change is a new one
/// of the office's own, with the author, the context and the time of the first, which it names as
/// its origin.
package struct Quarantine {
  /// One refused change. No case content.
  package struct Item: Hashable, Sendable {
    package let change: LoggedChange
    /// `nil` where the change cannot be read.
    package let body: Change.Body?
    package let crn: String
    package let decision: QuarantineDecision?
  }

  package enum Problem: Error, Equatable {
    case unknown
    /// It was taken, or waits for nothing.
    case notRefused
    case decidedAlready(QuarantineDecision.Kind)
    /// Another issue of the same change was taken.
    case takenAlready
    /// Nobody can read it, so nobody can enter it.
    case unreadable
    /// Only what makes a record of its own can go to another case.
    case isAnEdit
    case unknownCase
    /// The office may not take it either.
    case refused(Refusal)
  }

  private let store: any ServerReading

  package init(_ store: any ServerReading) { self.store = store }

  /// The oldest first.
  /// - Parameter all: those that somebody decided on, too.
  /// - Returns: with the sequence to go on after; `nil` at the end.
  package func items(
    after sequence: UInt64, limit: Int, all: Bool
  ) throws -> (items: [Item], next: UInt64?) {
    var items: [Item] = []
    var reached = sequence
    while items.count < limit {
      let batch = try store.refusedChanges(after: reached, limit: limit)
      for change in batch where items.count < limit {
        reached = change.sequence
        let item = try item(change)
        if all || item.decision == nil { items.append(item) }
      }
      if batch.count < limit, reached == batch.last?.sequence ?? reached { return (items, nil) }
    }
    return (items, reached)
  }

  package func item(_ change: LoggedChange) throws -> Item {
    Item(
      change: change, body: (try? Change(reading: change.bytes))?.body,
      crn: try change.caseID.flatMap { try store.number(of: $0) } ?? "",
      decision: try store.decision(on: change.dot))
  }

  /// A refused change on which nobody has decided.
  fileprivate func waiting(_ dot: Dot) throws -> LoggedChange {
    guard let logged = try store.change(dot) else { throw Problem.unknown }
    guard logged.verdict.isRefusal else { throw Problem.notRefused }
    if let decision = try store.decision(on: dot) { throw Problem.decidedAlready(decision.kind) }
    return logged
  }
}

extension OfficeWriter {
  /// Takes a refused change as its author made it.
  /// - Parameter target: the case to take it in; `nil` for its own.
  package mutating func release(
    _ dot: Dot, to target: CaseID? = nil, by user: String, reason: String
  ) throws {
    let logged = try Quarantine(transaction).waiting(dot)
    guard let first = try? Change(reading: logged.bytes) else {
      throw Quarantine.Problem.unreadable
    }
    guard try !isReleased(first) else { throw Quarantine.Problem.takenAlready }
    var body = first.body
    if let target, target != body.caseID {
      guard try transaction.caseHead(target) != nil else { throw Quarantine.Problem.unknownCase }
      guard standsByItself(body) else { throw Quarantine.Problem.isAnEdit }
      body.record = FormerNumber.copy(of: body.record, in: target)
      body.caseID = target
    }
    guard try transaction.caseHead(body.caseID) != nil else {
      throw Quarantine.Problem.unknownCase
    }
    let issued = try issue(body, origin: first.firstIssue)
    try decide(
      on: dot, body.caseID == first.body.caseID ? .released : .redirected, by: user, reason: reason,
      issuedAs: issued.dot)
    var arrivals = [Arrival(.released, issued)]
    if let stored = try transaction.record(body.record) {
      let record = try Record(reading: stored.bytes)
      arrivals += Arrival.all(of: issued, in: record, isNew: false, isLate: false)
    }
    try derive(body.caseID, arrivals: arrivals)
    try carryOver([issued])
  }

  /// Whether a change was released under any of its dots. Refused, and issued again after a fork,
  /// it waits under each; what was released may have been replaced since.
  private func isReleased(_ first: Change) throws -> Bool {
    try transaction.changes(of: first.body.record).contains { issue in
      guard (issue.origin?.hash ?? issue.hash) == first.firstIssue.hash else { return false }
      return try transaction.decision(on: issue.dot)?.issuedAs != nil
    }
  }

  /// Whether a change makes a record that neither is named by others nor refers to any.
  private func standsByItself(_ body: Change.Body) -> Bool {
    guard body.context.isEmpty, case .set(let members) = body.action,
      catalogue[body.type]?.naturalKey.isEmpty ?? true
    else { return false }
    let policy = catalogue.policy(of: body.type)
    return !members.contains { policy?.policy(of: $0.name)?.kind == .reference }
  }

  /// Leaves a refused change with its author.
  package mutating func returnToAuthor(_ dot: Dot, by user: String, reason: String) throws {
    _ = try Quarantine(transaction).waiting(dot)
    try decide(on: dot, .returned, by: user, reason: reason, issuedAs: nil)
  }

  private func decide(
    on dot: Dot, _ kind: QuarantineDecision.Kind, by user: String, reason: String,
    issuedAs: Dot?
  ) throws {
    try transaction.save(
      QuarantineDecision(
        on: dot, kind, by: user, at: now, reason: reason,
        sequence: try transaction.nextSequence(), issuedAs: issuedAs))
  }
}
