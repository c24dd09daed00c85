import CaseFacts
import RecordCatalogue
import SyncCore

extension OfficeReport {
  package enum Name: String, CaseIterable, Sendable {
    case caseload, visits, outcomes, enforcement
    case unpaidWork = "unpaid-work"
    case alerts, disputes, conflicts, references, verdicts, freshness

    /// What it tells, in a sentence.
    package var about: String { sheet.about }

    /// Whether its lines are by officer, or by what officers belong to.
    package var isByOfficer: Bool { sheet.isByOfficer }

    var sheet: Sheet {
      switch self {
      case .caseload: .caseload
      case .visits: .visits
      case .outcomes: .outcomes
      case .enforcement: .enforcement
      case .unpaidWork: .unpaidWork
      case .alerts: .alerts
      case .disputes: .disputes
      case .conflicts: .conflicts
      case .references: .references
      case .verdicts: .verdicts
      case .freshness: .freshness
      }
    }
  }
}

extension OfficeReport.Sheet {
  fileprivate static var caseload: Self {
    .byOfficer(
      "Cases by risk of serious harm, beside the capacity that a list of staff gives.",
      ["cases", "very_high", "high", "medium", "low", "no_assessment"].map { .sum($0) },
      types: ["case-header", "rosh-summary"], hasCapacity: true
    ) { asked in
      let level = asked.records.risk?.level
      return [1] + [.veryHigh, .high, .medium, .low, nil].map { level == $0 ? 1 : 0 }
    }
  }

  fileprivate static var visits: Self {
    let risks = ["", "_high", "_medium", "_low", "_no_assessment"]
    return .byOfficer(
      "Home visits that are overdue, or due within a week, by risk; very high counts as high.",
      (risks.map { "overdue\($0)" } + risks.map { "due_in_7_days\($0)" }).map { .sum($0) },
      types: CaseRecords.visitTypes
    ) { asked in
      guard let due = asked.records.visitDue(today: asked.today) else {
        return risks.map { _ in 0 } + risks.map { _ in 0 }
      }
      let isOfRisk = [
        true, due.risk.map { $0 >= .high } ?? false, due.risk == .medium, due.risk == .low,
        due.risk == nil,
      ]
      return [due.isOverdue, due.isSoon && !due.isOverdue].flatMap { applies in
        isOfRisk.map { applies && $0 ? 1 : 0 }
      }
    }
  }

  fileprivate static var outcomes: Self {
    .byOfficer(
      "Past appointments without an outcome, and outcomes in dispute.",
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
      "Failures of the last 12 months by when an enforcement act answered them, and responses awaited.",
      [
        "failures", "answered_in_5_working_days", "answered_later", "not_answered",
        "responses_awaited", "past_their_day",
      ].map { .sum($0) },
      types: ["case-header", "appointment", "enforcement-act", "outcome-claim"]
    ) { asked in
      let answers = Enforcement.answers(asked.records, today: asked.today)
      let awaited = asked.records.all("enforcement-act").filter {
        Compliance.isOutstanding($0, asked.records)
      }
      let late = awaited.count { act in
        asked.records.day("respond-by", of: act).map { $0 < asked.today } ?? false
      }
      let inTime = answers.count { $0.map { $0 <= Dispute.patience } ?? false }
      let never = answers.count { $0 == nil }
      return [
        answers.count, inTime, answers.count - inTime - never, never, awaited.count, late,
      ].map { Int64($0) }
    }
  }

  fileprivate static var unpaidWork: Self {
    .byOfficer(
      "Minutes of unpaid work, and requirements that are behind a steady pace to 12 months or past them.",
      [
        "requirements", "required_minutes", "completed_minutes", "on_hold_minutes",
        "behind_schedule", "past_12_months",
      ].map { .sum($0) },
      types: ["case-header", "requirement", "upw-requirement"]
    ) { asked in
      let works = asked.records.all("upw-requirement")
      let minutes = ["required-minutes", "completed-minutes", "held-minutes"].map { field in
        works.reduce(Int64(0)) { sum, work in
          let (total, overflow) = sum.addingReportingOverflow(
            asked.records.number(field, of: work) ?? 0)
          return overflow ? Int64.max : total
        }
      }
      let paces = works.compactMap { asked.records.workPace(of: $0, today: asked.today) }
      return [Int64(works.count)] + minutes + [
        Int64(paces.count { $0 == .behind || $0 == .pastItsYear }),
        Int64(paces.count { $0 == .pastItsYear }),
      ]
    }
  }

  fileprivate static var alerts: Self {
    .byOfficer(
      "Open alerts, those that wait for the senior, and the oldest in working days.",
      [.sum("open"), .sum("for_the_senior"), .most("oldest_working_days")],
      types: ["alert", "alert-clearing", "case-header"]
    ) { asked in
      let open = asked.records.all("alert").filter { Compliance.isOpen($0, asked.records) }
      let senior = asked.records.senior?.lowercased()
      let forSenior = open.count { alert in
        senior.map(Compliance.waiting(for: alert, asked.records).contains) ?? false
      }
      let ages = open.compactMap { alert in
        (alert.standing("text").first?.by.recordedAt).flatMap { CalendarDate(at: $0) }?
          .workingDays(until: asked.today)
      }
      return [Int64(open.count), Int64(forSenior), ages.max() ?? 0]
    }
  }

  fileprivate static var disputes: Self {
    .byOfficer(
      "What waits to be decided, how many working days at most, and more than five.",
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
      about: "Fields in dispute now by type, and by thousand changes.", keys: ["type", "field"],
      figures: [.sum("in_dispute")], types: nil, isShareOfChanges: true
    ) { asked in
      asked.records.disputes.map { ([$0.record.type, $0.field], [1]) }
    }
  }

  fileprivate static var references: Self {
    Self(
      about: "References that lead to no record of the office, or to one of another kind.",
      keys: ["type", "field"], figures: [.sum("to_no_record"), .sum("to_another_kind")], types: nil
    ) { asked in
      try asked.records.references.compactMap { reference in
        let target = try asked.store.record(reference.target)
        guard target?.type != reference.wanted else { return nil }
        return ([reference.type, reference.field], target == nil ? [1, 0] : [0, 1])
      }
    }
  }

  fileprivate static var verdicts: Self {
    Self(
      about: "Changes that were ever received by what became of each, and by thousand changes.",
      keys: ["verdict"], figures: [.sum("changes")], isShareOfChanges: true,
      ofOffice: { store, _, add in
        for (verdict, count) in try store.verdictCounts() {
          add(verdict, [Int64(clamping: count)])
        }
      })
  }

  fileprivate static var freshness: Self {
    Self(
      about:
        "Laptops, hours since the one longest away was in contact, and changes that wait on them.",
      figures: [
        .sum("laptops"), .sum("never_synced"), .sum("older_than_7_days"),
        .most("oldest_contact_hours"), .sum("changes_waiting"),
      ],
      ofOffice: { store, now, add in
        for device in try store.devices() where !device.isOperator && device.state == .active {
          let age = device.lastContact.map {
            max(0, now.milliseconds.subtractingClamped($0.milliseconds)) / 3_600_000
          }
          add(
            device.user,
            [
              1, age == nil ? 1 : 0, age.map { $0 > 168 } ?? false ? 1 : 0, age ?? 0,
              Int64(clamping: device.unsent),
            ])
        }
      })
  }
}

extension Int64 {
  /// What a clock that is far off would make overflow.
  fileprivate func subtractingClamped(_ other: Int64) -> Int64 {
    let (difference, overflow) = subtractingReportingOverflow(other)
    return overflow ? (other < 0 ? .max : .min) : difference
  }
}
