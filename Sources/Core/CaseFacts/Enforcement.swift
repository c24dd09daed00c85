import SyncCore

/// How soon failures to comply were answered.
public enum Enforcement {
  /// For each failure at an appointment of the last 12 months, the working days until an
  /// enforcement act answered it; `nil` where none did. An act that says that nothing follows
  /// answers it, too.
  ///
  /// 12 months, since that is what the officer's screen counts failures over.
  public static func answers(_ records: CaseRecords, today: CalendarDate) -> [Int64?] {
    let acts = Dictionary(
      grouping: records.all("enforcement-act").compactMap { act -> (RecordID, CalendarDate)? in
        guard let outcome = records.target("outcome", of: act),
          let day = records.day("on", "date", of: act)
        else { return nil }
        return (outcome, day)
      }, by: \.0)
    return records.all("appointment").compactMap { appointment -> Int64?? in
      guard let code = records.outcome(of: appointment), OutcomeMeaning.failed.contains(code),
        let day = records.day("when", "date", of: appointment),
        today.dayNumber - day.dayNumber <= 365
      else { return nil }
      let outcome = RecordID.named("outcome-claim", appointment.id.description)
      let first = acts[outcome]?.map(\.1).min()
      return .some(first.map { day.workingDays(until: $0) })
    }
  }
}

/// How unpaid work comes on, held to a steady pace that ends 12 months after it began: by then it
/// is to be done.
public enum WorkPace: Sendable {
  case onTime, behind, pastItsYear
}

extension CaseRecords {
  /// - Returns: `nil` where no record says when it began.
  public func workPace(of work: Record, today: CalendarDate) -> WorkPace? {
    guard let requirement = target("requirement", of: work).flatMap({ self[$0] }),
      let start = day("start", of: requirement) ?? day("commenced-on", of: requirement)
    else { return nil }
    func minutes(_ field: String) -> Int64 { min(max(number(field, of: work) ?? 0, 0), 1_000_000) }
    let required = max(
      0,
      minutes("required-minutes") + minutes("positive-adjustments")
        - minutes("negative-adjustments"))
    let done = minutes("completed-minutes")
    guard done < required else { return .onTime }
    let elapsed = today.dayNumber - start.dayNumber
    if elapsed > 365 { return .pastItsYear }
    return done * 365 < required * max(0, elapsed) ? .behind : .onTime
  }
}
