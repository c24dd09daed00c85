import SyncCore

extension Dispute {
  /// Working days after which a senior is to look, as nDelius holds an outcome for evidence.
  public static let patience: Int64 = 5
}

extension CaseRecords {
  /// The disputes of the case, ascending by record and field.
  public var disputes: [Dispute] {
    present.flatMap { $0.disputes(by: catalogue.policy(of: $0.type)) }
  }

  /// Whose case it is, as the office last said.
  public var responsibleOfficer: String? {
    all("case-header").first.flatMap { text("responsible-officer", of: $0) }
  }

  /// Who answers for that officer's work.
  public var senior: String? {
    all("case-header").first.flatMap { text("senior", of: $0) }
  }
}

extension CalendarDate {
  /// Mondays to Fridays after this day, up to another; 0 when that is not later.
  public func workingDays(until other: CalendarDate) -> Int64 {
    let (from, to) = (dayNumber, other.dayNumber)
    guard from < to else { return 0 }
    return Self.workingDays(before: to + 1) - Self.workingDays(before: from + 1)
  }

  /// Working days from the Monday 5 January 1970 up to a day, not included; negative before it.
  private static func workingDays(before day: Int64) -> Int64 {
    let sinceMonday = day - 4
    let weeks = sinceMonday >= 0 ? sinceMonday / 7 : -((6 - sinceMonday) / 7)
    return weeks * 5 + min(sinceMonday - weeks * 7, 5)
  }
}
