import SyncCore

/// How soon somebody must be visited at home.
public struct VisitDue: Hashable, Sendable {
  public enum Risk: String, CaseIterable, Comparable, Sendable {
    case low, medium, high
    case veryHigh = "very-high"

    public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }
    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

    /// Days from the start of the sentence, or from the last visit: 15 for high risk, 6 weeks for
    /// medium, 12 for low, as the home visits policy has it.
    public var days: Int64 {
      switch self {
      case .low: 84
      case .medium: 42
      case .high, .veryHigh: 15
      }
    }
  }

  /// `nil` without a completed assessment, which is never low: it is due as for high risk.
  public let risk: Risk?
  public let lastVisit: CalendarDate?
  /// Days left, negative once it is overdue; `nil` where there is neither a visit nor a start of
  /// the sentence to count from, which means now.
  public let daysLeft: Int64?

  public var isOverdue: Bool { daysLeft.map { $0 < 0 } ?? true }
  /// Due within a week.
  public var isSoon: Bool { daysLeft.map { $0 <= 7 } ?? true }
}

extension CaseRecords {
  /// The level of risk of serious harm as last assessed, of the higher where two are of one day.
  public var risk: (level: VisitDue.Risk, summary: Record)? {
    assessments.last.map { ($0.level, $0.summary) }
  }

  /// Assessments of risk of serious harm, one a day, by day. A level that is not known counts as
  /// the highest.
  var assessments: [(day: String, level: VisitDue.Risk, summary: Record)] {
    let all = all("rosh-summary").compactMap { summary in
      text("overall", of: summary).map {
        (text("assessed-on", of: summary) ?? "", VisitDue.Risk(rawValue: $0) ?? .veryHigh, summary)
      }
    }
    let highest = Dictionary(grouping: all, by: \.0).compactMap { $1.max { $0.1 < $1.1 } }
    return highest.sorted { $0.0 < $1.0 }
  }

  /// What a death puts an end to: nothing is booked, enforced or sent.
  public static let endedByDeath: Set<String> = [
    "appointment", "breach", "enforcement-act", "officer-instruction", "programme-referral",
    "recall", "service-referral", "upw-session", "visit-plan",
  ]

  /// The types that `visitDue` looks at.
  public static let visitTypes: Set<String> = [
    "appointment", "case-header", "mappa-summary", "outcome-claim", "rosh-summary", "visit-record",
  ]

  /// Whether a death is recorded. Once it is, it stays so.
  public var isDeceased: Bool {
    all("case-header").first.flatMap { text("deceased", of: $0) } == "yes"
  }

  /// Whether the person is managed under MAPPA category 1, which is who must register for a sexual
  /// offence: visited as for high risk, whatever the level.
  private var isRegisteredSexualOffender: Bool {
    all("mappa-summary").contains { text("category", of: $0) == "M1" }
  }

  /// When the next visit is due; `nil` for somebody who has died.
  /// - Parameter today: in the United Kingdom.
  public func visitDue(today: CalendarDate) -> VisitDue? {
    guard !isDeceased else { return nil }
    let visits = all("visit-record").compactMap { visit -> CalendarDate? in
      guard text("seen", of: visit) == "seen" else { return nil }
      return number("left", of: visit).flatMap { CalendarDate(at: Timestamp(milliseconds: $0)) }
    }
    let kept = all("appointment").compactMap { appointment -> CalendarDate? in
      guard AppointmentMeaning.isHomeVisit(text("type", of: appointment)),
        let code = outcome(of: appointment), OutcomeMeaning.attended.contains(code)
      else { return nil }
      return self.day("when", "date", of: appointment)
    }
    let last = (visits + kept).filter { $0 <= today }.max()
    let start = all("case-header").first.flatMap { self.day("sentence", "start", of: $0) }
    let level = risk?.level
    let days = isRegisteredSexualOffender ? VisitDue.Risk.high.days : (level ?? .high).days
    let left = (last ?? start).map { $0.dayNumber + days - today.dayNumber }
    return VisitDue(risk: level, lastVisit: last, daysLeft: left)
  }
}
