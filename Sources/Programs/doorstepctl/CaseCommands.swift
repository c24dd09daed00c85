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
  @Option(name: .long, help: "Why.") var reason = ""

  func work(_ office: OfficeCall) async throws {
    let answer: PBGrantResponse = try await office.post(
      "/v1/operator/grant",
      PBGrantRequest.with {
        $0.user = user
        $0.crns = crns
        $0.end = end
        $0.reason = reason
      })
    struct Answer: Encodable { let changed: UInt32 }
    try output.answer(Answer(changed: answer.changed))
    let cases = Show.count(Int(answer.changed), "case")
    output.say(end ? "\(cases) no longer with \(user)." : "\(cases) given to \(user).")
    let same = crns.count - Int(answer.changed)
    if same > 0 { output.say("\(Show.count(same, "case")) already so; left as it was.") }
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
