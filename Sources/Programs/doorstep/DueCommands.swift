import ArgumentParser
import CaseFacts
import Foundation
import ProgramKit
import RecordCatalogue
import SyncCore
import SyncReplica

/// Every case of the laptop with what has to be done in it.
struct Caseload {
  let files: [CaseFile]

  /// What these pages are about: all but the contact log and what belongs to it.
  private static let types = CaseRecords.visitTypes.union([
    "address", "breach", "enforcement-act", "recall", "risk-concern", "risk-flag", "visit-plan",
    "visit-risk-assessment",
  ])

  /// - Parameter more: types to read beside them.
  init(in replica: Replica, and more: Set<String> = []) throws {
    let records = Dictionary(
      grouping: try replica.records(caseID: nil, types: Self.types.union(more)), by: \.caseID)
    files = try replica.cases().map { CaseFile($0, records[$0] ?? [], [], replica.catalogue) }
  }
}

extension CaseFile {
  /// Past appointments without an outcome, the oldest first.
  func withoutOutcome(_ today: CalendarDate) -> [Appointment] {
    appointments { !facts.hasClaim($0) }
      .filter { !$0.date.isEmpty && $0.date < today.description }
  }

  /// Acts that still await a response, with its day.
  var awaited: [(act: Record, label: String, day: CalendarDate)] {
    records("enforcement-act").compactMap { act in
      guard Compliance.isOutstanding(act, facts), let day = facts.day("respond-by", of: act) else {
        return nil
      }
      return (act, label("enforcement-act", "action", text(act, "action")), day)
    }.sorted { $0.day < $1.day }
  }
}

struct Due: LaptopCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "What is due: visits, outcomes to record, and evidence awaited; the most urgent first.",
    discussion: """
      Visits are due 15 days after the last one, or after the start of the sentence, for high risk; 6 weeks for medium; 12 \
      weeks for low. Without a completed assessment they are due as for high risk.
      """)

  @OptionGroup var laptop: LaptopOptions
  @Option(name: .long, help: "Show what is due within so many days, 0 to 366.") var within: Int64 =
    14

  struct Row: Encodable {
    let crn, name, what: String
    let risk: String?
    /// Negative once it is overdue; `nil` for as soon as possible.
    let daysLeft: Int64?
    let id: String?
  }

  func validate() throws {
    guard (0...366).contains(within) else {
      throw ValidationError("--within must be 0 to 366 days.")
    }
  }

  func perform() async throws {
    let today = try Today.day()
    var rows: [(row: Row, rank: Int)] = []
    for file in try Caseload(in: try laptop.reading()).files {
      let visit = file.facts.visitDue(today: today)
      let rank = visit?.risk.map { VisitDue.Risk.allCases.firstIndex(of: $0) ?? 0 } ?? 4
      func add(_ what: String, _ left: Int64?, _ id: RecordID? = nil) {
        guard left.map({ $0 <= within }) ?? true else { return }
        rows.append(
          (
            Row(
              crn: file.crn, name: file.name, what: what, risk: file.risk?.label, daysLeft: left,
              id: id?.description), rank
          ))
      }
      if let visit {
        add(
          visit.lastVisit.map { "Home visit, last on \($0)" } ?? "First home visit",
          visit.daysLeft)
      }
      for missing in file.withoutOutcome(today) {
        let day = CalendarDate(missing.date) ?? today
        add(
          "Outcome of \(missing.date) \(missing.start) (\(missing.type))",
          day.dayNumber - today.dayNumber, missing.record.id)
      }
      for (act, label, day) in file.awaited {
        add("Response to: \(label)", day.dayNumber - today.dayNumber, act.id)
      }
    }
    rows.sort { left, right in
      let (a, b) = (left.row.daysLeft ?? .min, right.row.daysLeft ?? .min)
      if a != b { return a < b }
      return left.rank == right.rank ? left.row.crn < right.row.crn : left.rank > right.rank
    }
    try output.answer(rows.map(\.row))
    output.table(
      ["When", "CRN", "Name", "Risk of serious harm", "What", "Id"],
      rows.map(\.row).map {
        [
          Self.when($0.daysLeft), $0.crn, $0.name, $0.risk ?? "NO ASSESSMENT", $0.what,
          $0.id.flatMap { RecordID($0)?.short } ?? "",
        ]
      })
    if rows.isEmpty { output.say("Nothing is due within \(Show.count(Int(within), "day")).") }
  }

  static func when(_ left: Int64?) -> String {
    switch left {
    case nil: "NOW"
    case 0?: "today"
    case let left? where left < 0: "\(Show.count(Int(-left), "day")) OVERDUE"
    case let left?: "in \(Show.count(Int(left), "day"))"
    }
  }
}

struct TodayCommand: LaptopCommand {
  static let configuration = CommandConfiguration(
    commandName: "today", abstract: "Your day: appointments, visits, and what waits for you.")

  @OptionGroup var laptop: LaptopOptions

  struct Row: Encodable {
    let id, crn, name, start, what: String
    let warnings: [String]
  }
  struct Answer: Encodable {
    let day: String
    let appointments: [Row]
    let openVisits, alerts, outcomesToRecord, visitsOverdue, conflicts, unsent: Int
  }

  func perform() async throws {
    let replica = try laptop.reading()
    let today = try Today.day()
    let files = try Caseload(in: replica, and: OpenAlert.types).files
    let alerts = files.flatMap { $0.openAlerts(for: replica.identity.user) }
    let rows = files.flatMap { self.rows(of: $0, today) }.sorted {
      ($0.start, $0.crn, $0.id) < ($1.start, $1.crn, $1.id)
    }
    let answer = Answer(
      day: today.description, appointments: rows,
      openVisits: files.reduce(0) { $0 + $1.openVisits.count },
      alerts: alerts.count(where: \.isForYou),
      outcomesToRecord: files.reduce(0) { $0 + $1.withoutOutcome(today).count },
      visitsOverdue: files.count { $0.facts.visitDue(today: today)?.isOverdue ?? false },
      conflicts: try replica.disputes().count, unsent: try replica.status().unsent)
    try output.answer(answer)
    guard !output.json else { return }
    if let stale = try replica.staleness() { output.say("! \(stale)") }
    for row in rows {
      output.say("\(row.start)  \(row.name) \(row.crn)  \(row.what)")
      for warning in row.warnings { output.say("       ! \(warning)") }
    }
    if rows.isEmpty { output.say("Nothing is arranged for today.") }
    output.say("")
    let lines = [
      (
        answer.openVisits, "visit has begun and not ended", "visits have begun and not ended",
        "doorstep visit end"
      ),
      (answer.alerts, "alert for you", "alerts for you", "doorstep alerts"),
      (answer.outcomesToRecord, "outcome to record", "outcomes to record", "doorstep due"),
      (answer.visitsOverdue, "home visit overdue", "home visits overdue", "doorstep due"),
      (answer.conflicts, "record needs you", "records need you", "doorstep conflicts"),
      (answer.unsent, "change waits to be sent", "changes wait to be sent", "doorstep sync"),
    ]
    for (count, one, many, command) in lines where count > 0 {
      output.say("\(Show.count(count, one, many)): \(command)")
    }
  }

  private func rows(of file: CaseFile, _ today: CalendarDate) -> [Row] {
    let day = today.description
    let appointments = file.appointments { file.facts.text("when", "date", of: $0) == day }
    let plans = Dictionary(
      grouping: file.records("visit-plan").filter { file.facts.text("when", "date", of: $0) == day }
    ) { file.facts.target("appointment", of: $0) }
    let booked = appointments.map { appointment in
      let plan = plans[appointment.record.id]?.last
      var what = appointment.outcome.map { "\(appointment.type): \($0.label)" } ?? appointment.type
      if let start = plan.flatMap({ file.facts.text("when", "start", of: $0) }),
        start != appointment.start
      {
        what += ", planned for \(start)"
      }
      return Row(
        id: appointment.record.id.description, crn: file.crn, name: file.name,
        start: appointment.start, what: what,
        warnings: file.warnings(at: plan.flatMap { file.facts.target("address", of: $0) }))
    }
    let arranged = Set(appointments.map(\.record.id))
    let planned = plans.flatMap { appointment, plans in
      appointment.map(arranged.contains) ?? false ? [] : plans
    }.map { plan in
      Row(
        id: plan.id.description, crn: file.crn, name: file.name,
        start: file.facts.text("when", "start", of: plan) ?? "", what: "Home visit planned",
        warnings: file.warnings(at: file.facts.target("address", of: plan)))
    }
    return booked + planned
  }
}
