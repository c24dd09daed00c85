import ArgumentParser
import Foundation
import ProgramKit
import SyncClient
import SyncCore
import SyncWire

struct Grant: OfficeCommand {
  static let configuration = CommandConfiguration(
    abstract: "Give a user cases, or end that.",
    discussion:
      "The laptop receives or drops them at its next sync. Work from before it heard of an end is accepted as late."
  )

  @OptionGroup var home: HomeOptions
  @OptionGroup var output: Output
  @Argument(help: "The user's name.") var user: String
  @Argument(help: "CRNs, for instance X123456.") var crns: [String]
  @Flag(name: .long, help: "End the grant instead.") var end = false
  @Option(name: .long, help: "officer, cover, team or visit.") var kind = "officer"
  @Option(name: .long, help: "The day from which it runs, for instance 17/5/2027. Default: now.")
  var from: String?
  @Option(name: .long, help: "The first day on which it runs no longer.") var until: String?
  @Option(name: .long, help: "Why.") var reason = ""

  func validate() throws {
    guard !end || (from == nil && until == nil) else {
      throw ValidationError("--end takes neither --from nor --until: it ends the grant now.")
    }
  }

  func work(_ office: OfficeCall) async throws {
    let days = try [from, until].map { try $0.map(Limit.day) ?? "" }
    let answer: PBGrantResponse = try await office.post(
      "/v1/operator/grant",
      PBGrantRequest.with {
        $0.user = user
        $0.crns = crns
        $0.end = end
        $0.reason = reason
        $0.kind = end ? "" : kind
        $0.from = days[0]
        $0.until = days[1]
      })
    struct Answer: Encodable { let changed: UInt32 }
    try output.answer(Answer(changed: answer.changed))
    let cases = Show.count(Int(answer.changed), "case")
    output.say(end ? "\(cases) no longer with \(user)." : "\(cases) given to \(user).")
    let same = crns.count - Int(answer.changed)
    if same > 0 { output.say("\(Show.count(same, "case")) already so; left as it was.") }
  }
}

struct Limit: OfficeCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say who may not see a case, or who alone may; or end that.",
    discussion: """
      An exclusion names users who may not see the case. While there is a restriction, only users \
      whom one names may. Either beats every grant, at once: at its next contact a laptop loses the \
      case, and what its user had not sent is kept at the office beside the case. A grant that is \
      held up so runs again when the limit ends.
      """)

  @OptionGroup var home: HomeOptions
  @OptionGroup var output: Output
  @Argument(help: "The CRN, for instance X123456.") var crn: String
  @Option(name: .long, parsing: .upToNextOption, help: "Users who may not see the case.")
  var exclude: [String] = []
  @Option(name: .long, parsing: .upToNextOption, help: "Users who alone may see the case.")
  var restrictTo: [String] = []
  @Flag(name: .long, help: "End these users' limits instead.") var end = false
  @Option(name: .long, help: "The day from which it holds no longer, for instance 17/5/2027.")
  var until: String?
  @Option(name: .long, help: "What to tell who is kept out.") var message = ""

  func validate() throws {
    guard exclude.isEmpty != restrictTo.isEmpty else {
      throw ValidationError("Write either --exclude USER or --restrict-to USER.")
    }
    guard !end || (until == nil && message.isEmpty) else {
      throw ValidationError("--end takes neither --until nor --message.")
    }
  }

  func work(_ office: OfficeCall) async throws {
    let until = try until.map(Self.day)
    let answer: PBLimitResponse = try await office.post(
      "/v1/operator/limit",
      PBLimitRequest.with {
        $0.crn = crn
        $0.kind = exclude.isEmpty ? "restriction" : "exclusion"
        $0.users = exclude + restrictTo
        $0.end = end
        $0.until = until ?? ""
        $0.message = message
      })
    struct Answer: Encodable {
      let changed: UInt32
      let keptOut: [String]
    }
    try output.answer(Answer(changed: answer.changed, keptOut: answer.keptOut))
    let limits = Show.count(Int(answer.changed), "limit")
    output.say(
      answer.changed == 0
        ? "Already so; nothing was changed." : "\(limits) \(end ? "ended" : "set").")
    output.say(
      answer.keptOut.isEmpty
        ? "It keeps nobody out who was given the case."
        : "Kept out, though given the case: \(answer.keptOut.joined(separator: ", ")).")
  }

  static func day(_ text: String) throws -> String {
    guard let day = CalendarDate(entered: text) else {
      throw Failure(.badData, code: "bad-date", "“\(text)” is not a day. Write it as 17/5/2027.")
    }
    return day.description
  }
}

struct Verify: OfficeCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Check the office's store: every case's digest against its records, and every replica's chain."
  )

  @OptionGroup var home: HomeOptions
  @OptionGroup var output: Output

  func work(_ office: OfficeCall) async throws {
    let answer: PBVerifyResponse = try await office.get("/v1/operator/verify")
    struct Problem: Encodable { let caseID, problem: String }
    struct Answer: Encodable {
      let cases, records, changes: UInt64
      let problems: [Problem]
      let digests: [String: String]
    }
    let problems = answer.differences.map {
      Problem(caseID: CaseID(bytes: $0.caseID)?.description ?? "", problem: $0.problem)
    }
    var digests: [String: String] = [:]
    for digest in answer.digests {
      digests[CaseID(bytes: digest.caseID)?.description ?? ""] = hexText(digest.sum)
    }
    try output.answer(
      Answer(
        cases: answer.cases, records: answer.records, changes: answer.changes, problems: problems,
        digests: digests))
    output.say(
      "Checked \(answer.cases) cases, \(answer.records) records and \(answer.changes) changes.")
    for problem in problems { output.say("Wrong: \(problem.problem) (case \(problem.caseID))") }
    guard problems.isEmpty else { throw ExitCode(ExitStatus.needsYou.rawValue) }
    output.say("Everything is what it says.")
  }
}

struct Report: OfficeCommand {
  static let configuration = CommandConfiguration(abstract: "The office in numbers.")

  @OptionGroup var home: HomeOptions
  @OptionGroup var output: Output

  func work(_ office: OfficeCall) async throws {
    let report: PBOfficeReport = try await office.get("/v1/operator/report")
    struct Answer: Encodable {
      let epoch, sequence, cases, records, changes, refused, contested, devices, grants: UInt64
      let types: [String: UInt64]
    }
    let types = Dictionary(report.types.map { ($0.name, $0.count) }) { first, _ in first }
    try output.answer(
      Answer(
        epoch: report.epoch, sequence: report.sequence, cases: report.cases,
        records: report.records,
        changes: report.changes, refused: report.refused, contested: report.contestedRecords,
        devices: report.devices, grants: report.grants, types: types))
    output.table(
      ["What", "Number"],
      [
        ["cases", String(report.cases)], ["records", String(report.records)],
        ["changes", String(report.changes)], ["of these refused", String(report.refused)],
        ["records in dispute", String(report.contestedRecords)],
        ["devices", String(report.devices)],
        ["grants", String(report.grants)],
      ] + report.types.map { ["records of type \($0.name)", String($0.count)] })
  }
}
