import CaseFacts
import RecordCatalogue
import SyncCore

extension OfficeReport {
  package enum Name: String, CaseIterable, Sendable {
    case caseload, visits, outcomes, enforcement
    case unpaidWork = "unpaid-work"
    case disputes, conflicts

    /// What it tells, in a sentence.
    package var about: String { sheet.about }

    var sheet: Sheet {
      switch self {
      case .caseload: .caseload
      case .visits: .visits
      case .outcomes: .outcomes
      case .enforcement: .enforcement
      case .unpaidWork: .unpaidWork
      case .disputes: .disputes
      case .conflicts: .conflicts
      }
    }
  }
}

extension OfficeReport.Sheet {
  fileprivate static var caseload: Self {
    .byOfficer(
      "Cases of each officer by risk of serious harm.",
      ["cases", "very_high", "high", "medium", "low", "no_assessment"].map { .sum($0) },
      types: ["case-header", "rosh-summary"]
    ) { asked in
      let level = asked.records.risk?.level
      return [1] + [.veryHigh, .high, .medium, .low, nil].map { level == $0 ? 1 : 0 }
    }
  }

  fileprivate static var visits: Self {
    .byOfficer(
      "Home visits of each officer that are overdue, by risk, or due within a week.",
      [
        "overdue", "overdue_high", "overdue_medium", "overdue_low", "overdue_no_assessment",
        "due_in_7_days",
      ].map { .sum($0) },
      types: ["case-header", "rosh-summary", "visit-record", "appointment", "outcome-claim"]
    ) { asked in
      guard let due = asked.records.visitDue(today: asked.today) else {
        return [0, 0, 0, 0, 0, 0]
      }
      let late: Int64 = due.isOverdue ? 1 : 0
      let isHigh = due.risk.map { $0 >= .high } ?? false
      return [
        late, isHigh ? late : 0, due.risk == .medium ? late : 0, due.risk == .low ? late : 0,
        due.risk == nil ? late : 0, due.isSoon && !due.isOverdue ? 1 : 0,
      ]
    }
  }

  fileprivate static var outcomes: Self {
    .byOfficer(
      "Past appointments of each officer without an outcome, and outcomes in dispute.",
      ["without_outcome", "older_than_5_days", "in_dispute"].map { .sum($0) },
      types: ["case-header", "appointment", "outcome-claim"]
    ) { asked in
      let records = asked.records
      let ages = records.all("appointment").compactMap { appointment -> Int64? in
        guard !records.hasClaim(appointment),
          let day = records.day("when", "date", of: appointment), day < asked.today
        else { return nil }
        return asked.today.dayNumber - day.dayNumber
      }
      let disputed = records.all("outcome-claim").count {
        records.read("claim", of: $0)?.status == .contested
      }
      return [Int64(ages.count), Int64(ages.count { $0 > 5 }), Int64(disputed)]
    }
  }

  fileprivate static var enforcement: Self {
    .byOfficer(
      "Responses that each officer awaits, and those past their day.",
      ["awaited", "past_their_day"].map { .sum($0) },
      types: ["case-header", "enforcement-act", "outcome-claim"]
    ) { asked in
      let awaited = asked.records.all("enforcement-act").filter {
        Compliance.isOutstanding($0, asked.records)
      }
      let late = awaited.count { act in
        asked.records.day("respond-by", of: act).map { $0 < asked.today } ?? false
      }
      return [Int64(awaited.count), Int64(late)]
    }
  }

  fileprivate static var unpaidWork: Self {
    .byOfficer(
      "Minutes of unpaid work required, completed and on hold, by officer.",
      ["requirements", "required_minutes", "completed_minutes", "on_hold_minutes"]
        .map { .sum($0) },
      types: ["case-header", "upw-requirement"]
    ) { asked in
      let works = asked.records.all("upw-requirement")
      return [Int64(works.count)]
        + ["required-minutes", "completed-minutes", "held-minutes"].map { field in
          works.reduce(0) { sum, work in
            let (total, overflow) = sum.addingReportingOverflow(
              asked.records.number(field, of: work) ?? 0)
            return overflow ? .max : total
          }
        }
    }
  }

  fileprivate static var disputes: Self {
    .byOfficer(
      "What waits to be decided in the cases of each officer, how many working days at most, and more than five.",
      [.sum("in_dispute"), .most("oldest_working_days"), .sum("for_the_senior")], types: nil
    ) { asked in
      // By the office's own clock: what a laptop says of the time is evidence only.
      let waits = try asked.records.disputes.map { dispute in
        let received = try asked.store.change(dispute.began.dot)?.receivedAt
        return received.flatMap { CalendarDate(at: $0) }?.workingDays(until: asked.today) ?? 0
      }
      return [
        Int64(waits.count), waits.max() ?? 0, Int64(waits.count { $0 > Dispute.patience }),
      ]
    }
  }

  fileprivate static var conflicts: Self {
    Self(
      about: "Fields in dispute by type, and by thousand changes.", keys: ["type", "field"],
      figures: [.sum("in_dispute")], types: nil, isShareOfChanges: true
    ) { asked in
      asked.records.disputes.map { ([$0.record.type, $0.field], [1]) }
    }
  }
}
