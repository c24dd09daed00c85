import RecordCatalogue
import SyncCore

/// Who holds which case, from when, until when, why. Granting and ending are events in the same
/// order as changes, so that a checkpoint older than a grant shows by itself that the case was
/// never sent.
package struct Grant: Hashable, Sendable {
  /// In which part somebody holds a case.
  package enum Kind: String, Sendable, CaseIterable { case officer, cover, team, visit }

  /// As what, and between which days, a grant runs.
  package struct Terms: Hashable, Sendable {
    package var kind: Kind
    /// `nil` for at once.
    package var from: CalendarDate?
    /// The first day on which it runs no longer; `nil` for none.
    package var until: CalendarDate?

    package init(
      _ kind: Kind = .officer, from: CalendarDate? = nil, until: CalendarDate? = nil
    ) {
      self.kind = kind
      self.from = from
      self.until = until
    }

    /// Whether it has yet to begin. Where today is not known, it has.
    func isEarly(_ today: CalendarDate?) -> Bool {
      from.map { from in today.map { $0 < from } ?? true } ?? false
    }

    /// Whether its time is over. Where today is not known, it is not.
    func isOver(_ today: CalendarDate?) -> Bool {
      until.map { until in today.map { $0 >= until } ?? false } ?? false
    }
  }

  package var user: String
  package var caseID: CaseID
  package var grantedAt: UInt64
  /// The sequence at which it ended; `nil` while it runs.
  package var endedAt: UInt64?
  package var reason: String
  package var terms: Terms
  /// Where a limit of access keeps its user out: what the user is told.
  package var suspension: String?
  /// Whether it is only held up, by a limit or until its first day, and runs again without being
  /// asked for.
  package var resumes: Bool
  /// Who was given the case in its place; `nil` where nobody was.
  package var movedTo: String?
  /// Whether access to the case is limited, for whomever: then its lease is shorter.
  package var isLimited: Bool

  package init(
    user: String, caseID: CaseID, grantedAt: UInt64, endedAt: UInt64? = nil, reason: String,
    terms: Terms = Terms(), suspension: String? = nil, resumes: Bool = false,
    movedTo: String? = nil, isLimited: Bool = false
  ) {
    self.suspension = suspension
    self.resumes = resumes
    self.movedTo = movedTo
    self.isLimited = isLimited
    self.terms = terms
    self.user = user.lowercased()
    self.caseID = caseID
    self.grantedAt = grantedAt
    self.endedAt = endedAt
    self.reason = reason
  }
}

extension Sequence<Grant> {
  /// Of one user's grants of one case, the one that counts.
  var newest: Grant? { self.max { $0.grantedAt < $1.grantedAt } }
}
