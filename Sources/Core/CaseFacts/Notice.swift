import RecordCatalogue
import SyncCore

/// Word to somebody that records came together in a way that needs a person. The office raises it
/// as an alert.
///
/// It is named by what it is about: whoever raises it again raises the same one, and one that was
/// cleared does not come back.
public struct Notice: Hashable, Sendable {
  public enum Kind: String, CaseIterable, Sendable {
    case deletion, disputed, dissent, duplicate
    case enforcementReview = "enforcement-review"
    case flagChallenged = "flag-challenged"
    case lateWork = "late-work"
    case newEntry = "new-entry"
    case referToOfficer = "refer-to-officer"
    case riskChanged = "risk-changed"
    case riskConcern = "risk-concern"
    case withdrawAct = "withdraw-act"
  }

  public let kind: Kind
  /// The record that it is about.
  public let record: RecordID
  public let type: String
  /// User names. Where nobody is named, anybody who holds the case may clear it.
  public let addressees: Set<String>
  /// What to do, in one line.
  public let text: String
  /// What tells it from others of its kind.
  private let key: String

  /// The types whose records call for notices, beside those of derived facts.
  public static let inputs: Set<String> = [
    "breach", "case-header", "risk-flag", "rosh-summary",
  ]

  init(
    _ kind: Kind, about record: RecordID, _ type: String, key: String? = nil,
    to addressees: [String?], _ text: String
  ) {
    self.kind = kind
    self.record = record
    self.type = type
    self.key = key ?? record.description
    self.text = text
    self.addressees = Set(
      addressees.compactMap { $0?.lowercased() }
        .filter { (1...Self.addresseeBytes).contains($0.utf8.count) })
  }

  /// Of the alert.
  public var id: RecordID { .named("alert", "\(kind.rawValue):\(key)") }

  /// Of the alert.
  /// - Parameter maySee: whether a user may see the case. With no addressee left, it is for anybody
  ///   who holds the case.
  public func fields(_ maySee: (String) throws -> Bool) rethrows -> [String: Value] {
    var fields: [String: Value] = [
      "kind": .text(kind.rawValue), "record-type": .text(type),
      "record": .text(record.description), "text": .text(text), "open": .flag(true),
    ]
    for user in addressees where try maySee(user) { fields["addressees/\(user)"] = .flag(true) }
    return fields
  }

  /// The kinds that a catalogue's alerts do not take, and that no office under it raises.
  public static func unknown(to catalogue: Catalogue) -> [String] {
    guard let kind = catalogue.policy(of: "alert")?.policy(of: "kind")?.kind else { return [] }
    return Kind.allCases.map(\.rawValue).filter { !kind.accepts(.text($0)) }
  }

  /// The longest user name that the catalogue takes for an addressee.
  private static let addresseeBytes = 51
}

/// What the records alone do not call for: how a change arrived.
public struct Arrival: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    /// A risk concern that somebody raised, who may no longer hold the case.
    case concern(isLate: Bool)
    /// A contact entry whose author asks that the responsible officer be told.
    case entry
    /// Work of somebody who no longer held the case, written before he can have heard.
    case late
    /// Work of somebody whom a limit of access keeps out: the office keeps it beside the case.
    case keptOut
    /// Written under a number that the person has no longer, and entered again here or not.
    case formerNumber(String, isHere: Bool)
    /// Refused when it came, and taken since by somebody's decision.
    case released
    /// A deletion, named by the hash of its first issue, beside an edit that it had not seen, or
    /// the reverse.
    case disputedDeletion(Hash, authors: Set<String>)
  }

  public let kind: Kind
  public let record: RecordID
  public let type: String
  /// Of the first issue of the change, which stays what it is however often it is issued again.
  public let hash: Hash
  public let author: String

  public init(_ kind: Kind, _ change: Change) {
    self.kind = kind
    record = change.body.record
    type = change.body.type
    hash = change.firstIssue.hash
    author = change.body.author
  }

  /// - Parameters:
  ///   - record: as the change leaves it.
  ///   - isNew: whether there was none before.
  public static func all(
    of change: Change, in record: Record, isNew: Bool, isLate: Bool
  ) -> [Arrival] {
    var arrivals: [Arrival] = []
    if isNew, record.type == "risk-concern" {
      arrivals.append(Arrival(.concern(isLate: isLate), change))
    }
    let isMarked = record.read("alert", by: .union)?.value.flag == true
    if isNew, !isLate, record.type == "contact-entry", isMarked {
      arrivals.append(Arrival(.entry, change))
    }
    // A new concern is told by itself, and logs and clearings concern nobody.
    let isQuiet = ["access-log", "alert-clearing"].contains(record.type)
    if isLate, !isQuiet, arrivals.isEmpty { arrivals.append(Arrival(.late, change)) }
    if record.isDeletionDisputed,
      let deletion = record.standing(Record.deletionField).last(where: {
        if case .seen = $0.value { true } else { false }
      })
    {
      let authors = Set(record.edits.filter { $0.by.role != .office }.map(\.by.author))
      arrivals.append(Arrival(.disputedDeletion(deletion.hash, authors: authors), change))
    }
    return arrivals
  }
}

extension CaseRecords {
  /// What the records of the case call for. Told again, it is the same.
  /// - Parameter today: in the United Kingdom; `nil` where it is not known, and then no change of
  ///   risk counts as recent.
  public func notices(today: CalendarDate?) -> [Notice] {
    dissent + disputedClaims + challenges + enforcementReviews + referrals + standingActs
      + doubleActs
      + riskChange(today)
  }

  /// What arrivals call for, all of one author. One notice for all that came late in one go.
  /// - Parameter holders: user names of who holds the case now.
  public func notices(of arrivals: [Arrival], holders: [String]) -> [Notice] {
    var notices =
      [
        late(arrivals, .late, holders) {
          "\($0), who no longer holds this case, had made \($1) before hearing of that. Read what was written."
        },
        late(arrivals, .keptOut, holders) {
          "\($0), who may no longer see this case, had made \($1). The office keeps that beside the case; a senior asks for it there."
        },
      ].compactMap(\.self) + formerNumbers(arrivals, holders)
    for arrival in arrivals {
      switch arrival.kind {
      case .late, .keptOut, .formerNumber: continue
      case .released:
        notices.append(
          Notice(
            .lateWork, about: arrival.record, arrival.type, key: "\(arrival.hash) released",
            to: others(but: arrival.author, or: holders),
            "What \(arrival.author) had written was refused when it came, and has now been taken. Read it."
          ))
      case .entry:
        guard let officer = responsibleOfficer,
          officer.lowercased() != arrival.author.lowercased()
        else { continue }
        notices.append(
          Notice(
            .newEntry, about: arrival.record, arrival.type, to: [officer],
            "\(arrival.author) wrote an entry and asks you to read it."))
      case .concern(let isLate):
        // Who answers for the case knows what they wrote themselves.
        let users = others(but: arrival.author, or: isLate ? holders : [])
        guard isLate || !users.isEmpty else { continue }
        notices.append(
          Notice(
            .riskConcern, about: arrival.record, arrival.type, to: users,
            "\(arrival.author) raised a risk concern in this case. Read it now."))
      case .disputedDeletion(let deletion, let authors):
        notices.append(
          Notice(
            .deletion, about: arrival.record, arrival.type, key: "\(deletion)",
            to: authors + [responsibleOfficer],
            "Somebody deleted this while somebody else wrote in it. It stays until one of you decides."
          ))
      }
    }
    return notices
  }

  /// One notice of all arrivals of a kind; `nil` where there are none.
  private func late(
    _ arrivals: [Arrival], _ kind: Arrival.Kind, _ holders: [String],
    _ text: (String, String) -> String
  ) -> Notice? {
    let late = arrivals.filter { $0.kind == kind }
    guard let first = late.first else { return nil }
    let changes = late.count == 1 ? "a change" : "\(late.count) changes"
    return Notice(
      .lateWork, about: first.record, first.type, key: "\(first.hash)",
      to: others(but: first.author, or: holders), text(first.author, changes))
  }

  /// One notice of all that somebody wrote under a former number in one go.
  private func formerNumbers(_ arrivals: [Arrival], _ holders: [String]) -> [Notice] {
    var written: [(arrival: Arrival, number: String, isHere: Bool)] = []
    for arrival in arrivals {
      guard case .formerNumber(let number, let isHere) = arrival.kind else { continue }
      written.append((arrival, number, isHere))
    }
    guard let first = written.first else { return [] }
    let elsewhere = written.count { !$0.isHere }
    let rest =
      elsewhere == 0
      ? "It stands here now."
      : "\(elsewhere) of \(written.count) changes stand only there: have the office bring them over."
    return [
      Notice(
        .lateWork, about: first.arrival.record, first.arrival.type,
        key: "\(first.arrival.hash) moved", to: others(but: first.arrival.author, or: holders),
        "\(first.arrival.author) wrote under \(first.number), which this person had before. \(rest)"
      )
    ]
  }

  /// Whose decision on a breach did not stand beside another's.
  private var dissent: [Notice] {
    all("breach").flatMap { breach -> [Notice] in
      guard let reading = read("decision", of: breach) else { return [] }
      let dissenting = breach.standing("decision").filter { $0.value != reading.value }
      return dissenting.map { edit in
        Notice(
          .dissent, about: breach.id, breach.type, key: "\(edit.hash)", to: [edit.by.user, senior],
          "The decision of \(edit.by.author) did not stand beside a colleague's more protective one. It is kept as their view; officer and senior speak about it."
        )
      }
    }
  }

  /// Reports of an attendance that differ: nothing is enforced or called off until one decides.
  private var disputedClaims: [Notice] {
    disputes.compactMap { dispute in
      guard case .claims = catalogue.policy(of: dispute.record.type)?.rule(of: dispute.field) else {
        return nil
      }
      let authors = dispute.choices.flatMap(\.by).map(\.by.user)
      return Notice(
        .disputed, about: dispute.record.id, dispute.record.type, key: "\(dispute.began.hash)",
        to: authors + [responsibleOfficer, senior],
        "People reported this differently. Nothing is enforced or called off until one of you decides."
      )
    }
  }

  /// Flags that one person took off while another kept or raised them.
  private var challenges: [Notice] {
    all("risk-flag").flatMap { flag -> [Notice] in
      let standing = flag.standing("status")
      guard Set(standing.map(\.value)).count > 1 else { return [] }
      return standing.filter { $0.value == .text("removed") }.map { removal in
        Notice(
          .flagChallenged, about: flag.id, flag.type, key: "\(removal.hash)",
          to: standing.map(\.by.user) + [responsibleOfficer, senior],
          "\(removal.by.author) removed this flag while it was reviewed or raised elsewhere. It stays active; a senior decides."
        )
      }
    }
  }

  /// Who answers for the case, and their senior, but not the author. Whoever the author gave the
  /// case to may not be named in it yet: then it is for those who hold it.
  private func others(but author: String, or holders: [String]) -> [String] {
    func isOther(_ user: String) -> Bool { user.lowercased() != author.lowercased() }
    let officer = responsibleOfficer.flatMap { isOther($0) ? [$0] : nil } ?? holders
    return (officer + [senior].compactMap(\.self)).filter(isOther)
  }

  /// More failures than a running sentence allows: reviewed once a breach period.
  private var enforcementReviews: [Notice] {
    all("event").compactMap { event in
      guard value("active", of: event)?.flag != false,
        let limit = number("disposal", "failures-allowed", of: event),
        Compliance.failures(of: event, self) > limit
      else { return nil }
      let period = text("breach-ended-on", of: event) ?? ""
      return Notice(
        .enforcementReview, about: event.id, event.type, key: "\(event.id) \(period)",
        to: [responsibleOfficer],
        "There are more failures to comply than the \(limit) allowed. Review the enforcement.")
    }
  }

  /// Outcomes that somebody refers to the officer.
  private var referrals: [Notice] {
    all("enforcement-act").compactMap { act in
      guard let sent = act.standing("action").first, sent.value == .text("ROM"),
        let sender = sent.by.user, value("withdrawn-by", of: act) == nil,
        let officer = responsibleOfficer, officer.lowercased() != sender.lowercased()
      else { return nil }
      return Notice(
        .referToOfficer, about: act.id, act.type, to: [officer],
        "\(sender) refers this outcome to you. Say what follows from it.")
    }
  }

  /// What was done about an outcome, by the acts that only a failure calls for and nobody withdrew.
  private var sanctions: [(act: Record, action: String, by: Authorship)] {
    all("enforcement-act").compactMap { act in
      guard value("withdrawn-by", of: act) == nil, let sent = act.standing("action").first,
        let action = sent.value.text, !OutcomeMeaning.answersToNone.contains(action)
      else { return nil }
      return (act, action, sent.by)
    }
  }

  /// Letters and requests about a failure that turned out to be none.
  private var standingActs: [Notice] {
    sanctions.compactMap { act, _, sender in
      guard let outcome = target("outcome", of: act).flatMap({ self[$0] }),
        let reading = read("claim", of: outcome), reading.status != .contested,
        let code = reading.value[member: "code"]?.text, OutcomeMeaning.noFailure.contains(code),
        // What an import brings was settled elsewhere, unless somebody here says otherwise.
        let claim = reading.standing.first, sender.role != .office || claim.by.role != .office
      else { return nil }
      return Notice(
        .withdrawAct, about: act.id, act.type, to: [sender.user, responsibleOfficer],
        "The outcome that this answers is no failure any longer. Withdraw it, or say why it stands."
      )
    }
  }

  /// Two of one kind about one outcome: both were sent, and one may have been enough.
  private var doubleActs: [Notice] {
    let alike = Dictionary(grouping: sanctions.filter { $0.action != "EA05" }) { sanction in
      [text("outcome", of: sanction.act), sanction.action]
    }
    return alike.values.compactMap { sanctions in
      // Two that an import brings were sent long ago.
      guard sanctions.count > 1, sanctions.contains(where: { $0.by.role != .office }) else {
        return nil
      }
      let first = sanctions[0].act
      return Notice(
        .duplicate, about: first.id, first.type,
        key: sanctions.map(\.act.id.description).joined(separator: " "),
        to: sanctions.map(\.by.user) + [responsibleOfficer],
        "The same was sent twice about one outcome. Both are kept; tell the person which one counts."
      )
    }.sorted { $0.id < $1.id }
  }

  /// A higher level of risk than on the day of the assessment before.
  private func riskChange(_ today: CalendarDate?) -> [Notice] {
    guard let now = assessments.last, let before = assessments.dropLast().last,
      now.level > before.level, let today, let day = CalendarDate(now.day),
      today.dayNumber - day.dayNumber <= Self.recentDays
    else { return [] }
    return [
      Notice(
        .riskChanged, about: now.summary.id, now.summary.type,
        key: "\(now.summary.id) \(now.level.rawValue)", to: [responsibleOfficer],
        "The risk of serious harm has risen. Look at visits, contact and plan: doorstep due")
    ]
  }

  /// What changed longer ago is no news when a case is entered.
  private static let recentDays: Int64 = 31
}

extension Authorship {
  /// Whom an alert can reach: who enters something at the office holds no case.
  fileprivate var user: String? { role == .office ? nil : author }
}
