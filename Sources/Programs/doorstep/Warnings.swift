import CaseFacts
import ProgramKit
import RecordCatalogue
import SyncCore
import SyncReplica

/// What whoever goes to a door must know, shown at every step of a visit.
extension CaseFile {
  /// Saving one of these is such a step.
  private static let steps: Set<String> = [
    "appointment", "safety-check-in", "visit-plan", "visit-record", "visit-risk-assessment",
  ]

  /// All that `warnings` looks at.
  private static let warned: Set<String> = [
    "breach", "case-header", "recall", "risk-concern", "risk-flag", "rosh-summary",
    "visit-risk-assessment",
  ]

  /// The warnings of an act that takes somebody to a door, or tells of one; none of any other.
  static func warnings(of edits: [Edit], in replica: Replica) throws -> [String] {
    guard let step = edits.first(where: { steps.contains($0.type) }) else { return [] }
    let records = try replica.records(caseID: step.caseID, types: warned)
    let file = CaseFile(step.caseID, records, [], replica.catalogue)
    let set = if case .set(let fields) = step.action { fields } else { [Value.Member]() }
    let standing = try replica.record(step.record).flatMap { file.text($0, "address") }
    let address = set.first { $0.name == "address" }?.value.text ?? standing
    return file.warnings(at: address.flatMap { RecordID($0) })
      + [try replica.staleness()].compactMap(\.self)
  }

  func warnings(at address: RecordID? = nil) -> [String] {
    var warnings: [String] = []
    if isDeceased { warnings.append("\(name) HAS DIED.") }
    if let now = header.flatMap({ text($0, "merged-into") }) {
      warnings.append("\(crn) is a former number. This person is \(now) now: use that one.")
    }
    if let risk {
      if ["high", "very-high"].contains(risk.code) {
        warnings.append("\(risk.label.uppercased()) RISK OF SERIOUS HARM")
      }
    } else {
      warnings.append("NO COMPLETED RISK ASSESSMENT. Do not take this for low risk.")
    }
    for code in staffFlags {
      let whom = code == "risk-to-staff" ? "staff" : "probation staff"
      warnings.append("\(name) is a risk to \(whom).")
    }
    let concerns = records("risk-concern").count
    if concerns > 0 {
      warnings.append("\(Show.count(concerns, "risk concern")) raised by officers.")
    }
    if let assessment = assessment(at: address), assessment.decision != "proceed" {
      warnings.append("The visit risk assessment says: \(assessment.label.uppercased()).")
    }
    if facts.all("breach").contains(where: { isLive($0) && text($0, "decision") == "IBR" }) {
      warnings.append("There is a live breach for this sentence.")
    }
    if facts.all("recall").contains(where: isLive) { warnings.append("There is a live recall.") }
    return warnings
  }

  private var staffFlags: [String] {
    records("risk-flag").filter { text($0, "status") == "active" }
      .compactMap { text($0, "code") }
      .filter { ["risk-to-staff", "risk-to-probation-staff"].contains($0) }.sorted()
  }

  private func isLive(_ proceeding: Record) -> Bool {
    ["ended-on", "withdrawal"].allSatisfy { facts.value($0, of: proceeding) == nil }
      && !["rejected", "withdrawn"].contains(text(proceeding, "decision"))
  }

  /// The most restrictive of the assessments that are valid; of one address, or of any.
  func assessment(at address: RecordID?) -> (decision: String, label: String, record: Record)? {
    let order = ["proceed", "doubled-up", "not-at-home", "do-not-visit"]
    return records("visit-risk-assessment").filter { assessment in
      let isThere = address == nil || facts.target("address", of: assessment) == address
      // Where the day is not known, none has run out.
      let hasRunOut = facts.day("valid-until", of: assessment).map { until in
        Today.known.map { until < $0 } ?? false
      }
      return isThere && !(hasRunOut ?? false)
    }.compactMap { assessment in
      text(assessment, "decision").map { code in
        (code, label("visit-risk-assessment", "decision", code), assessment)
      }
    }.max {
      (order.firstIndex(of: $0.0) ?? order.count) < (order.firstIndex(of: $1.0) ?? order.count)
    }
  }
}

extension Replica {
  /// A sentence once the office was not heard for a day: what was learnt there since is not here.
  func staleness() throws -> String? {
    let day: Int64 = 86_400_000
    guard let last = try read({ try $0.state().lastSync }) else {
      return "This laptop has never synced: the office may know of risks that are not shown here."
    }
    let ago = last.milliseconds(until: World.now())
    guard ago > day else { return nil }
    return
      "Last synced \(Show.count(Int(ago / day), "day")) ago: the office may know of risks that are not shown here."
  }
}

/// The day on the laptop's clock in the United Kingdom.
enum Today {
  /// `nil` on a machine that lacks the rules of the UK's clocks.
  static let known = CalendarDate(at: World.now())

  static func day() throws -> CalendarDate {
    guard let known else {
      throw Failure(
        .internalError, code: "clock",
        "This laptop's clock or its zone table cannot be read. Install tzdata, set the clock, and try again."
      )
    }
    return known
  }
}
