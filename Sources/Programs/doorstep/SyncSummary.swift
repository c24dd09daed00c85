import ArgumentParser
import ProgramKit
import SyncClient
import SyncCore
import SyncReplica

/// Says what a sync came to.
struct SyncSummary {
  let report: SyncEngine.Report
  let replica: SharedReplica
  /// The CRNs of the cases that were here before.
  let numbers: [CaseID: String]
  let output: Output

  func show() throws {
    let (status, conflicts, alerts, own) = try replica.use { (replica) throws(ReplicaError) in
      (
        try replica.status(), try replica.disputes().count,
        try replica.openAlerts().count(where: \.isForYou), try replica.ownChanges(limit: 500)
      )
    }
    try output.answer(
      Sync.Answer(
        synced: report.isSynced, sent: report.receipts.map(Self.row), records: report.records,
        exchanges: report.exchanges, conflicts: conflicts, alerts: alerts,
        dropped: report.dropped.map(\.description),
        moved: Dictionary(report.moved.map { (numbers[$0] ?? $0.description, $1) }) { $1 },
        decided: report.decided.map(\.decision),
        forks: report.forks, handedBack: report.handedBack,
        resynced: report.didResync, clockOffset: status.clockOffset,
        officeTime: report.serverTime.milliseconds))
    if !report.receipts.isEmpty {
      output.say("Sent \(Show.count(report.receipts.count, "change")): \(tally).")
    }
    showRefusals(among: own)
    if report.forks > 0 {
      output.say(
        "This laptop's store is a copy, or was put back from a backup. What the office did not have was sent again; nothing was lost. Tell your office if there is a second laptop with it."
      )
    }
    if report.handedBack > 0 {
      output.say(
        "The office's records were put back from a backup. This laptop brought back what they may lack."
      )
    }
    if report.didResync { output.say("Everything was fetched anew and agrees with the office.") }
    output.say(
      "Received \(Show.count(report.records, "record")). \(Show.count(status.cases, "case")) on this laptop."
    )
    sayWhatLeft(status.restricted)
    sayWhatWasDecided()
    if status.clockOffset.magnitude >= 120_000 {
      output.say(
        "This laptop's clock is \(Show.length(milliseconds: status.clockOffset)) \(status.clockOffset > 0 ? "ahead" : "behind"). Your work is not affected; please have it set."
      )
    }
    if report.isSynced {
      output.say(
        "Sent and received by the office at \(Show.clockTime(report.serverTime.milliseconds)).")
    } else {
      output.say("\(Show.count(status.unsent, "change")) still waiting: doorstep sync")
    }
    if alerts > 0 {
      output.say("\(Show.count(alerts, "alert is", "alerts are")) for you: doorstep alerts")
    }
    if conflicts > 0 {
      output.say("\(Show.count(conflicts, "record needs", "records need")) you: doorstep conflicts")
    }
    if conflicts > 0 || isRefused { throw ExitCode(ExitStatus.needsYou.rawValue) }
  }

  /// Says what was refused, and which cases left.
  func sayWhatWasLost() throws {
    let (status, own) = try replica.use { (replica) throws(ReplicaError) in
      (try replica.status(), try replica.ownChanges(limit: 500))
    }
    showRefusals(among: own)
    sayWhatLeft(status.restricted)
  }

  /// Says what became of what was sent, and nothing else.
  func showWhatBecame() throws {
    try sayWhatWasLost()
    guard !isRefused else { throw ExitCode(ExitStatus.needsYou.rawValue) }
    output.say(
      "Sent and received by the office at \(Show.clockTime(report.serverTime.milliseconds)).")
  }

  private var isRefused: Bool {
    report.receipts.contains { if case .refused = $0.verdict { true } else { false } }
  }

  private func sayWhatLeft(_ restricted: [CaseID: String]) {
    let left = report.dropped.filter { restricted[$0] == nil }
    let moved = Dictionary(grouping: left.filter { report.moved[$0] != nil }) {
      report.moved[$0] ?? ""
    }
    for (user, cases) in moved.sorted(by: { $0.key < $1.key }) {
      output.say(
        "\(named(cases)) with \(user) now.\(sent(of: cases)) The records have been removed from this laptop."
      )
    }
    let gone = left.filter { report.moved[$0] == nil }
    if !gone.isEmpty {
      output.say("\(named(gone)) no longer yours: the records have been removed from this laptop.")
    }
    for caseID in report.dropped {
      guard let message = restricted[caseID] else { continue }
      let more = message.isEmpty ? "" : " The office says: \(message)"
      output.say(
        "You are restricted from viewing \(numbers[caseID] ?? "a case"). Its records have been removed from this laptop.\(more)"
      )
    }
  }

  /// Cases by their numbers, or how many, with “is” or “are”.
  private func named(_ cases: [CaseID]) -> String {
    let names = cases.compactMap { numbers[$0] }.sorted()
    guard names.count == cases.count, names.count <= Self.namedCases else {
      return Show.count(cases.count, "case is", "cases are")
    }
    return names.joined(separator: ", ") + (names.count == 1 ? " is" : " are")
  }

  /// More are counted.
  private static let namedCases = 12

  /// What of this sync was taken for cases that have moved on.
  private func sent(of cases: [CaseID]) -> String {
    let late = Set(report.receipts.filter { $0.verdict == .late }.map(\.counter))
    let own: [Replica.OwnChange]
    do {
      own = try replica.use { (replica) throws(ReplicaError) in
        try replica.ownChanges(limit: report.receipts.count)
      }
    } catch { return "" }
    let count = own.count { cases.contains($0.caseID) && late.contains($0.counter) }
    return count == 0 ? "" : " \(Show.count(count, "change")) of yours went with it."
  }

  /// What became of work that the office had refused.
  private func sayWhatWasDecided() {
    for decided in report.decided {
      let label = replica.catalogue[decided.type]?.label ?? decided.type
      let what = "\(label) of \(Show.time(decided.recordedAt.milliseconds))"
      let became =
        switch decided.decision {
        case "released": "was refused before and has now been taken."
        case "redirected": "was refused before and has now been taken in another case."
        default: "was refused, and the office leaves it with you: doorstep history."
        }
      let message = decided.message.isEmpty ? "" : " The office says: \(decided.message)"
      output.say("\(what) \(became)\(message)")
    }
  }

  private static func row(_ receipt: Receipt) -> Sync.Receipts {
    var refusal = ""
    if case .refused(let code, _) = receipt.verdict { refusal = code }
    return Sync.Receipts(
      counter: receipt.counter, verdict: name(receipt.verdict), refusal: refusal,
      again: receipt.isAgain)
  }

  private static func name(_ verdict: Verdict) -> String {
    switch verdict {
    case .applied: "applied"
    case .merged: "merged"
    case .contested: "contested"
    case .late: "late"
    case .refused: "refused"
    case .retry: "retry"
    }
  }

  private var tally: String {
    var counts: [String: Int] = [:]
    for receipt in report.receipts { counts[Self.name(receipt.verdict), default: 0] += 1 }
    let words = [
      "applied": "received", "merged": "merged with other work",
      "contested": "in dispute with other work",
      "late": "taken late, for the case's new officer", "refused": "refused",
      "retry": "to be sent again",
    ]
    return ["applied", "merged", "contested", "late", "refused", "retry"].compactMap { verdict in
      counts[verdict].map { "\($0) \(words[verdict] ?? verdict)" }
    }.joined(separator: ", ")
  }

  private func showRefusals(among own: [Replica.OwnChange]) {
    for change in own {
      guard
        case .refused(let code, let field)? = report.receipts.first(where: {
          $0.counter == change.counter
        })?.verdict
      else { continue }
      let type = replica.catalogue[change.type]
      let text =
        change.change == nil
        ? "The office keeps your text beside the case; this laptop no longer has it."
        : "Your text is kept: doorstep history \(change.record.short)"
      let says = type?.policy.checks.first { code == "check-failed" && $0.name == field }?.says
      output.say(
        "Refused by the office: \(type?.label ?? change.type) of \(Show.time(change.recordedAt.milliseconds)) (\(code)). \(says.map { "\($0) " } ?? "")\(text)"
      )
    }
  }
}

extension Replica {
  /// The CRN of each case that is here whole.
  func numbers() throws(ReplicaError) -> [CaseID: String] {
    let headers = try records(caseID: nil, types: ["case-header"])
    let numbers = headers.compactMap { header in
      header.read("crn", by: .serverOwned)?.value.text.map { (header.caseID, $0) }
    }
    return Dictionary(numbers) { first, _ in first }
  }
}
