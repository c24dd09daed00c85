import CaseFacts
import RecordCatalogue
import SyncCore

/// Figures that a manager asks of the office, computed from the records as they stand. Numbers and
/// user names, no names of people on probation.
package struct OfficeReport: Sendable {
  package enum Name: String, CaseIterable, Sendable {
    case caseload, visits, outcomes, enforcement
    case unpaidWork = "unpaid-work"
    case disputes, conflicts

    /// What it tells, in a sentence.
    package var about: String {
      switch self {
      case .caseload: "Cases of each officer by risk of serious harm."
      case .visits: "Home visits of each officer that are overdue, by risk, or due within a week."
      case .outcomes:
        "Past appointments of each officer without an outcome, and outcomes in dispute."
      case .enforcement: "Responses that each officer awaits, and those past their day."
      case .unpaidWork: "Minutes of unpaid work required, completed and on hold, by officer."
      case .disputes:
        "What waits to be decided in the cases of each officer, how many working days at most, and more than five."
      case .conflicts: "Fields in dispute by type, and by thousand changes."
      }
    }
  }

  package enum Cell: Hashable, Sendable {
    case text(String)
    case number(Int64)

    package var text: String {
      switch self {
      case .text(let text): text
      case .number(let number): String(number)
      }
    }
  }

  package let columns: [String]
  package private(set) var rows: [[Cell]] = []

  /// - Parameter today: in the United Kingdom.
  package init(
    _ name: Name, from store: any ServerReading, _ catalogue: Catalogue, today: CalendarDate
  ) throws {
    if name == .conflicts {
      columns = ["type", "field", "in_dispute", "per_thousand_changes"]
      rows = try Self.conflicts(store, catalogue)
      return
    }
    let figures = Self.figures(of: name)
    columns = ["officer"] + figures
    var sums: [String: [Int64]] = [:]
    try Self.forEachCase(of: store, catalogue, types: Self.types(of: name)) { records in
      let officer = records.responsibleOfficer ?? "(nobody)"
      var sum = sums[officer] ?? Array(repeating: 0, count: figures.count)
      for (place, number) in try Self.numbers(name, records, today, store).enumerated() {
        sum[place] =
          figures[place].hasPrefix("oldest")
          ? max(sum[place], number) : Self.sum(sum[place], number)
      }
      sums[officer] = sum
    }
    rows = sums.sorted { $0.key < $1.key }.map { officer, numbers in
      [.text(officer)] + numbers.map(Cell.number)
    }
  }

  private static func sum(_ one: Int64, _ other: Int64) -> Int64 {
    let (sum, overflow) = one.addingReportingOverflow(other)
    return overflow ? .max : sum
  }

  private static func figures(of name: Name) -> [String] {
    switch name {
    case .caseload: ["cases", "very_high", "high", "medium", "low", "no_assessment"]
    case .visits:
      [
        "overdue", "overdue_high", "overdue_medium", "overdue_low", "overdue_no_assessment",
        "due_in_7_days",
      ]
    case .outcomes: ["without_outcome", "older_than_5_days", "in_dispute"]
    case .enforcement: ["awaited", "past_their_day"]
    case .unpaidWork: ["requirements", "required_minutes", "completed_minutes", "on_hold_minutes"]
    case .disputes: ["in_dispute", "oldest_working_days", "for_the_senior"]
    case .conflicts: []
    }
  }

  /// `nil` for all.
  private static func types(of name: Name) -> Set<String>? {
    switch name {
    case .caseload: ["case-header", "rosh-summary"]
    case .visits: ["case-header", "rosh-summary", "visit-record", "appointment", "outcome-claim"]
    case .outcomes: ["case-header", "appointment", "outcome-claim"]
    case .enforcement: ["case-header", "enforcement-act", "outcome-claim"]
    case .unpaidWork: ["case-header", "upw-requirement"]
    case .disputes: nil
    case .conflicts: []
    }
  }

  private static func numbers(
    _ name: Name, _ records: CaseRecords, _ today: CalendarDate, _ store: any ServerReading
  ) throws -> [Int64] {
    switch name {
    case .caseload:
      let level = records.risk?.level
      return [1] + [.veryHigh, .high, .medium, .low, nil].map { level == $0 ? 1 : 0 }
    case .visits:
      let due = records.visitDue(today: today) { CalendarDate(at: $0) }
      let late: Int64 = due.isOverdue ? 1 : 0
      let isHigh = due.risk.map { $0 >= .high } ?? false
      return [
        late, isHigh ? late : 0, due.risk == .medium ? late : 0, due.risk == .low ? late : 0,
        due.risk == nil ? late : 0, due.isSoon && !due.isOverdue ? 1 : 0,
      ]
    case .outcomes:
      let past = records.all("appointment").compactMap { appointment -> Int64? in
        guard !records.hasClaim(appointment),
          let day = records.day("when", "date", of: appointment), day < today
        else { return nil }
        return today.dayNumber - day.dayNumber
      }
      let disputed = records.all("outcome-claim").count {
        records.read("claim", of: $0)?.status == .contested
      }
      return [Int64(past.count), Int64(past.count { $0 > 5 }), Int64(disputed)]
    case .enforcement:
      let awaited = records.all("enforcement-act").filter {
        Compliance.isOutstanding($0, records)
      }
      let late = awaited.count { act in
        records.day("respond-by", of: act).map { $0 < today } ?? false
      }
      return [Int64(awaited.count), Int64(late)]
    case .unpaidWork:
      let works = records.all("upw-requirement")
      return [Int64(works.count)]
        + ["required-minutes", "completed-minutes", "held-minutes"].map { field in
          works.reduce(0) { $0 + (records.number(field, of: $1) ?? 0) }
        }
    case .disputes:
      // By the office's own clock: what a laptop says of the time is evidence only.
      let waits = try records.disputes.map { dispute in
        let received = try store.change(dispute.began.dot)?.receivedAt
        return received.flatMap { CalendarDate(at: $0) }?.workingDays(until: today) ?? 0
      }
      return [
        Int64(waits.count), waits.max() ?? 0, Int64(waits.count { $0 > Dispute.patience }),
      ]
    case .conflicts:
      return []
    }
  }

  private static func forEachCase(
    of store: any ServerReading, _ catalogue: Catalogue, types: Set<String>?,
    _ body: (CaseRecords) throws -> Void
  ) throws {
    var last: CaseID?
    while true {
      let heads = try store.caseHeads(after: last, limit: 100)
      guard !heads.isEmpty else { return }
      for head in heads {
        var records: [Record] = []
        if let types {
          records = try store.records(of: head.caseID, types: types)
            .map { try Record(reading: $0.bytes) }
        } else {
          try CasePages.forEach(of: head.caseID, in: store) { records.append($0) }
        }
        // What the office keeps of a case for itself is no case.
        guard records.contains(where: { $0.type == "case-header" && !$0.isDeleted }) else {
          continue
        }
        try body(CaseRecords(records, catalogue))
      }
      last = heads.last?.caseID
    }
  }

  private static func conflicts(
    _ store: any ServerReading, _ catalogue: Catalogue
  ) throws -> [[Cell]] {
    var counts: [String: [String: Int64]] = [:]
    var last: CaseID?
    while true {
      let heads = try store.caseHeads(after: last, limit: 100)
      guard !heads.isEmpty else { break }
      for head in heads {
        try CasePages.forEach(of: head.caseID, in: store) { record in
          guard record.hasConcurrentValues else { return }
          for field in record.fields {
            let rule = catalogue.policy(of: record.type)?.rule(of: field) ?? .fieldMerge(.first)
            if record.read(field, by: rule)?.status == .contested {
              counts[record.type, default: [:]][field, default: 0] += 1
            }
          }
        }
      }
      last = heads.last?.caseID
    }
    let changes = Double(max(1, try store.counts().changes))
    return counts.sorted { $0.key < $1.key }.flatMap { type, fields in
      fields.sorted { $0.key < $1.key }.map { field, count in
        let share = (Double(count) * 1000 / changes * 100).rounded() / 100
        return [.text(type), .text(field), .number(count), .text(String(share))]
      }
    }
  }
}
