import RecordCatalogue
import SyncCore

/// Word to somebody that records came together in a way that needs a person. The office raises it
/// as an alert.
///
/// It is named by what it is about: whoever raises it again raises the same one, and one that was
/// cleared does not come back.
public struct Notice: Hashable, Sendable {
  public enum Kind: String, Sendable {
    case deletion, dissent, duplicate
    case enforcementReview = "enforcement-review"
    case flagChallenged = "flag-challenged"
    case lateWork = "late-work"
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
  public var fields: [String: Value] {
    var fields: [String: Value] = [
      "kind": .text(kind.rawValue), "record-type": .text(type),
      "record": .text(record.description), "text": .text(text), "open": .flag(true),
    ]
    for user in addressees { fields["addressees/\(user)"] = .flag(true) }
    return fields
  }

  /// The longest user name that the catalogue takes for an addressee.
  private static let addresseeBytes = 51
}

/// What no record shows of itself: how a change of it arrived.
public struct Arrival: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    /// Work of somebody who no longer held the case, written before he can have heard.
    case late
    /// A deletion beside an edit that it had not seen, or the reverse.
    case disputedDeletion(Dot, authors: Set<String>)
  }

  public let kind: Kind
  public let record: RecordID
  public let type: String
  public let dot: Dot
  public let author: String

  public init(_ kind: Kind, _ change: Change) {
    self.kind = kind
    record = change.body.record
    type = change.body.type
    dot = change.dot
    author = change.body.author
  }
}

extension CaseRecords {
  /// What the records of the case call for. Told again, it is the same.
  /// - Parameter today: in the United Kingdom; `nil` where it is not known, and then no change of
  ///   risk counts as recent.
  public func notices(today: CalendarDate?) -> [Notice] {
    dissent + challenges + concerns + enforcementReviews + standingActs + doubleActs
      + riskChange(today)
  }

  /// What arrivals call for. One notice an author for all that came late in one go; a concern has
  /// its own.
  public func notices(of arrivals: [Arrival]) -> [Notice] {
    let late = arrivals.filter { $0.kind == .late && $0.type != "risk-concern" }
    let byAuthor = Dictionary(grouping: late, by: \.author).sorted { $0.key < $1.key }
    var notices = byAuthor.map { author, late in
      Notice(
        .lateWork, about: late[0].record, late[0].type, key: "\(late[0].dot)",
        to: [officer(but: author)],
        "\(author), who held this case before, had made \(late.count) more changes before hearing that it moved. Read them."
      )
    }
    for arrival in arrivals {
      switch arrival.kind {
      case .late:
        guard arrival.type == "risk-concern" else { continue }
        notices.append(concern(arrival.record, by: arrival.author))
      case .disputedDeletion(let deletion, let authors):
        notices.append(
          Notice(
            .deletion, about: arrival.record, arrival.type, key: "\(arrival.record) \(deletion)",
            to: authors + [responsibleOfficer],
            "Somebody deleted this while somebody else wrote in it. It stays until one of you decides."
          ))
      }
    }
    return notices
  }

  /// Whose decision on a breach did not stand beside another's.
  private var dissent: [Notice] {
    all("breach").flatMap { breach -> [Notice] in
      guard let reading = read("decision", of: breach) else { return [] }
      let dissenters = Set(
        breach.standing("decision").filter { $0.value != reading.value }.map(\.by.author))
      return dissenters.sorted().map { author in
        Notice(
          .dissent, about: breach.id, breach.type, key: "\(breach.id) \(author)", to: [author],
          "Your decision did not stand beside a colleague's more protective one. It is kept as your view; speak to the senior."
        )
      }
    }
  }

  /// Flags that one person took off while another kept or raised them.
  private var challenges: [Notice] {
    all("risk-flag").flatMap { flag -> [Notice] in
      let standing = flag.standing("status")
      guard Set(standing.map(\.value)).count > 1 else { return [] }
      return standing.filter { $0.value == .text("removed") }.map { removal in
        Notice(
          .flagChallenged, about: flag.id, flag.type, key: "\(flag.id) \(removal.dot)",
          to: [removal.by.author, responsibleOfficer],
          "\(removal.by.author) removed this flag while it was reviewed or raised elsewhere. It stays active; a senior decides."
        )
      }
    }
  }

  /// Concerns that somebody else raised in the field.
  private var concerns: [Notice] {
    all("risk-concern").compactMap { concern in
      guard let author = concern.standing("text").first?.by, author.role != .office,
        officer(but: author.author) != nil
      else { return nil }
      return self.concern(concern.id, by: author.author)
    }
  }

  private func concern(_ concern: RecordID, by author: String) -> Notice {
    Notice(
      .riskConcern, about: concern, "risk-concern", to: [officer(but: author)],
      "\(author) raised a risk concern in this case. Read it now.")
  }

  /// Who answers for the case, unless it is the author; then anybody who holds it is to look.
  private func officer(but author: String) -> String? {
    responsibleOfficer.flatMap { $0.lowercased() == author.lowercased() ? nil : $0 }
  }

  /// More failures than the sentence allows: reviewed once a breach period.
  private var enforcementReviews: [Notice] {
    all("event").compactMap { event in
      let failures = Compliance.failures(of: event, self)
      guard let limit = number("disposal", "failures-allowed", of: event), failures > limit
      else { return nil }
      let period = text("breach-ended-on", of: event) ?? ""
      return Notice(
        .enforcementReview, about: event.id, event.type, key: "\(event.id) \(period)",
        to: [responsibleOfficer],
        "There are more failures to comply than the \(limit) allowed. Review the enforcement.")
    }
  }

  /// Letters and requests about a failure that turned out to be none.
  private var standingActs: [Notice] {
    all("enforcement-act").compactMap { act in
      guard value("withdrawn-by", of: act) == nil,
        let outcome = target("outcome", of: act).flatMap({ self[$0] }),
        let reading = read("claim", of: outcome), reading.status != .contested,
        let code = reading.value[member: "code"]?.text, OutcomeMeaning.complied.contains(code),
        let sent = act.standing("action").first, let claimed = reading.standing.first
      else { return nil }
      // What an import brings was settled elsewhere, unless the outcome has changed since.
      guard sent.by.role != .office || StandingEdit.precedes(sent, claimed) else { return nil }
      let author = sent.by.author
      return Notice(
        .withdrawAct, about: act.id, act.type, to: [author, responsibleOfficer],
        "The outcome that this answers is no failure any longer. Withdraw it, or say why it stands."
      )
    }
  }

  /// Two of one kind about one outcome: both were sent, and one may have been enough.
  private var doubleActs: [Notice] {
    let acts = all("enforcement-act").filter { value("withdrawn-by", of: $0) == nil }
    let alike = Dictionary(grouping: acts) { act in
      [text("outcome", of: act), text("action", of: act)]
    }
    return alike.values.compactMap { acts in
      let sent = acts.compactMap { $0.standing("action").first?.by }
      // Two that an import brings were sent long ago.
      guard sent.count > 1, sent.contains(where: { $0.role != .office }) else { return nil }
      let authors = sent.map(\.author)
      return Notice(
        .duplicate, about: acts[0].id, acts[0].type,
        key: acts.map(\.id.description).joined(separator: " "),
        to: authors + [responsibleOfficer],
        "The same was sent twice about one outcome. Both are kept; tell the person which one counts."
      )
    }.sorted { $0.id < $1.id }
  }

  /// A higher level of risk than the assessment before had.
  private func riskChange(_ today: CalendarDate?) -> [Notice] {
    let assessed = all("rosh-summary").compactMap { summary -> (VisitDue.Risk, String, Record)? in
      guard let level = text("overall", of: summary).flatMap(VisitDue.Risk.init),
        let day = text("assessed-on", of: summary)
      else { return nil }
      return (level, day, summary)
    }.sorted { $0.1 < $1.1 }
    guard let (level, _, summary) = assessed.last, let (before, _, _) = assessed.dropLast().last,
      level > before, let today, let day = day("assessed-on", of: summary),
      today.dayNumber - day.dayNumber <= Self.recentDays
    else { return [] }
    return [
      Notice(
        .riskChanged, about: summary.id, summary.type, key: "\(summary.id) \(level.rawValue)",
        to: [responsibleOfficer],
        "The risk of serious harm has risen. Look at visits, contact and plan: doorstep due")
    ]
  }

  /// What changed longer ago is no news when a case is entered.
  private static let recentDays: Int64 = 31
}
