import CaseFacts
import RecordCatalogue
import SyncCore

/// An operator's word on who may see a case, entered as records of type `access-limit`. It holds at
/// once: every grant of the case is held to it in the same transaction.
package struct LimitEntry: Sendable {
  package enum Kind: String, Sendable, CaseIterable { case exclusion, restriction }

  package var crn: CRN
  package var kind: Kind
  package var users: [String]
  /// The day from which it holds no longer; `nil` for none.
  package var until: CalendarDate?
  /// Shown to who is kept out; may be empty.
  package var message: String

  package init(
    _ crn: CRN, _ kind: Kind, _ users: [String], until: CalendarDate? = nil, message: String = ""
  ) {
    self.crn = crn
    self.kind = kind
    self.users = Array(Set(users.map { $0.lowercased() })).sorted()
    self.until = until
    self.message = message
  }

  /// What came of it.
  package struct Outcome: Sendable {
    /// Users whose limit was made, changed or ended.
    package var changed = 0
    /// Users whose grant of the case does not run because of its limits.
    package var keptOut: [String] = []
  }

  package enum Problem: Error { case unknownCase, dayUnknown }

  /// Makes the limits, or says anew until when they hold.
  package func make(
    in transaction: any ServerTransaction, _ catalogue: Catalogue, at now: Timestamp
  ) throws -> Outcome {
    try enter(in: transaction, catalogue, at: now) { writer in
      try users.count { user in
        var fields: [String: Value] = [
          "kind": .text(kind.rawValue), "user": .text(user),
          "to": until.map { .text($0.description) } ?? .none,
        ]
        if !message.isEmpty { fields["message"] = .text(message) }
        let id = RecordID.named(AccessLimits.type, "\(crn) \(kind.rawValue) \(user)")
        return try write(fields, id, transaction, &writer)
      }
    }
  }

  /// Ends those of this kind and these users that have not ended, whoever made them: one that has
  /// not begun does not begin.
  package func end(
    in transaction: any ServerTransaction, _ catalogue: Catalogue, at now: Timestamp
  ) throws -> Outcome {
    guard let today = CalendarDate(at: now) else { throw Problem.dayUnknown }
    let limits = try AccessLimits.records(on: caseID, transaction, catalogue)
    return try enter(in: transaction, catalogue, at: now) { writer in
      let ended = limits.all(AccessLimits.type).filter { limit in
        let user = limits.text("user", of: limit)?.lowercased() ?? ""
        return users.contains(user) && limits.text("kind", of: limit) == kind.rawValue
          && limits.day("to", of: limit).map { $0 > today } ?? true
      }
      for limit in ended {
        _ = try write(["to": .text(today.description)], limit.id, transaction, &writer)
      }
      return ended.count
    }
  }

  private var caseID: CaseID { .named("case", crn.description) }

  private func enter(
    in transaction: any ServerTransaction, _ catalogue: Catalogue, at now: Timestamp,
    _ body: (inout OfficeWriter) throws -> Int
  ) throws -> Outcome {
    guard try transaction.caseHead(caseID) != nil else { throw Problem.unknownCase }
    var writer = try OfficeWriter(transaction, catalogue: catalogue, now: now)
    let changed = try body(&writer)
    try writer.settle()
    let keptOut = try transaction.grants(on: caseID).filter { $0.suspension != nil }.map(\.user)
    return Outcome(changed: changed, keptOut: Set(keptOut).sorted())
  }

  /// - Returns: whether it says anything new.
  private func write(
    _ fields: [String: Value], _ id: RecordID, _ transaction: any ServerTransaction,
    _ writer: inout OfficeWriter
  ) throws -> Bool {
    let stored = try transaction.record(id).map { try Record(reading: $0.bytes) }
    let new = fields.filter { field, value in
      stored?.read(field, by: .serverOwned)?.value ?? .none != value
    }
    guard !new.isEmpty else { return false }
    try writer.set(new, of: id, type: AccessLimits.type, caseID: caseID, author: "operator")
    return true
  }
}
