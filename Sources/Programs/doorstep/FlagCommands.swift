import ArgumentParser
import CaseFacts
import Foundation
import ProgramKit
import RecordCatalogue
import SyncCore
import SyncReplica

struct RiskFlag: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "flag", abstract: "See, raise, review or remove the risk flags of a case.",
    discussion: """
      A flag that one person removes while another reviews or raises it stays active: missing one can kill, and a review \
      costs minutes. Only a senior removes one.
      """,
    subcommands: [FlagList.self, FlagRaise.self, FlagReview.self, FlagRemove.self],
    defaultSubcommand: FlagList.self)
}

/// A risk flag as it reads now.
struct ShownFlag {
  let record: Record
  let code: String
  let label: String
  let isActive: Bool
  let level: String?
  /// The earliest day that its flag or an unanswered review names.
  let nextReview: CalendarDate?
}

extension CaseFile {
  /// Active flags first, by their labels.
  var shownFlags: [ShownFlag] {
    records("risk-flag").map { flag in
      let code = text(flag, "code") ?? ""
      return ShownFlag(
        record: flag, code: code, label: label("risk-flag", "code", code),
        isActive: text(flag, "status") == "active", level: text(flag, "level"),
        nextReview: facts.nextReview(of: flag))
    }.sorted { left, right in
      left.isActive == right.isActive ? left.label < right.label : left.isActive
    }
  }
}

struct FlagList: LaptopCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Show the risk flags of a case.")

  @OptionGroup var laptop: LaptopOptions
  @Argument(help: "The CRN.") var crn: String

  struct Row: Encodable {
    let id, code, label: String
    let isActive: Bool
    let level, nextReview: String?
  }

  func perform() async throws {
    let replica = try laptop.reading()
    let file = try CaseFile(try replica.findCase(crn), in: replica)
    let rows = file.shownFlags.map { flag in
      Row(
        id: flag.record.id.description, code: flag.code, label: flag.label,
        isActive: flag.isActive,
        level: flag.level.map { file.label("risk-flag", "level", $0) },
        nextReview: flag.nextReview?.description)
    }
    try output.answer(rows)
    guard !rows.isEmpty else { return output.say("\(file.crn) has no risk flags.") }
    output.table(
      ["Flag", "Code", "State", "Level", "Next review", "Id"],
      rows.map {
        [
          $0.label, $0.code, $0.isActive ? "ACTIVE" : "removed", $0.level ?? "",
          $0.nextReview ?? "", RecordID($0.id)?.short ?? "",
        ]
      })
  }
}

struct FlagRaise: LaptopCommand {
  static let configuration = CommandConfiguration(
    commandName: "raise", abstract: "Raise a risk flag, or raise one again that was removed.",
    discussion: "doorstep flag raise X123456 RCCO --level high \"Two children stay at weekends.\"")

  @OptionGroup var laptop: LaptopOptions
  @Argument(help: "The CRN.") var crn: String
  @Argument(help: "The flag's code. A code that does not exist lists them all.") var code: String
  @Argument(help: "Why.") var notes: [String] = []
  @Option(name: .long, help: "information-only, low, medium or high.") var level: String?

  func perform() async throws {
    let replica = try laptop.writing()
    let file = try CaseFile(try replica.findCase(crn), in: replica)
    let known = file.shownFlags.first { $0.code.lowercased() == code.lowercased() }
    if let known, known.isActive {
      throw Failure(
        .badData, code: "raised-already",
        "“\(known.label)” is active already (\(known.record.id.short)). To review it: doorstep flag review \(file.crn) \(known.record.id.short)"
      )
    }
    var entries = ["status=active"]
    if let level { entries.append("level=\(level)") }
    if known == nil {
      entries += ["code=\(code)", "registered-on=\(try Today.day())"]
      entries.append("registered-by=\(replica.identity.user)")
      if !notes.isEmpty { entries.append("notes=\(notes.joined(separator: " "))") }
    }
    let form = try EnteredRecord("risk-flag", in: replica.catalogue)
    let fields = try form.fields(entries, on: known?.record, in: replica)
    let edit = Edit.set(
      fields, of: known?.record.id ?? newRecord(), type: "risk-flag", caseID: file.id,
      context: known?.record.version ?? VersionVector(), reason: notes.joined(separator: " "))
    try save([edit], replica, "Risk flag")
    output.say("Send it as soon as you have a network: doorstep sync")
  }
}

struct FlagReview: LaptopCommand {
  static let configuration = CommandConfiguration(
    commandName: "review", abstract: "Record that you reviewed a risk flag, and that it stands.",
    discussion:
      "doorstep flag review X123456 4f2a \"Children seen at the address.\" --next 17/5/2027")

  @OptionGroup var laptop: LaptopOptions
  @Argument(help: "The CRN.") var crn: String
  @Argument(help: "The flag's id, or the end of it.") var flag: String
  @Argument(help: "What you looked at.") var notes: [String] = []
  @Option(name: .long, help: "When it is to be reviewed next.") var next: String?

  func perform() async throws {
    let replica = try laptop.writing()
    let file = try CaseFile(try replica.findCase(crn), in: replica)
    let flag = try replica.findRecord(flag, type: "risk-flag", caseID: file.id)
    guard file.text(flag, "status") == "active" else {
      throw Failure(
        .badData, code: "flag-removed",
        "This flag was removed. To raise it again: doorstep flag raise \(file.crn) \(file.text(flag, "code") ?? "CODE")"
      )
    }
    let form = try EnteredRecord("flag-review", in: replica.catalogue)
    var entries = ["on=\(try Today.day())", "completed=yes"]
    if let due = file.facts.nextReview(of: flag) { entries.append("due=\(due)") }
    if let next { entries.append("next-due=\(next)") }
    if !notes.isEmpty { entries.append("notes=\(notes.joined(separator: " "))") }
    var fields = try form.fields(entries, on: nil, in: replica)
    fields["flag"] = .text(flag.id.description)
    // Said again with the review, so that it stands beside a removal that happens meanwhile.
    let edits = [
      Edit.set(fields, of: newRecord(), type: "flag-review", caseID: file.id),
      .set(
        ["status": .text("active")], of: flag.id, type: "risk-flag", caseID: file.id,
        context: flag.version, reason: "Reviewed."),
    ]
    try save(edits, replica, "Review")
  }
}

struct FlagRemove: LaptopCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Remove a risk flag. Only a senior does.")

  @OptionGroup var laptop: LaptopOptions
  @Argument(help: "The CRN.") var crn: String
  @Argument(help: "The flag's id, or the end of it.") var flag: String
  @Option(name: .long, help: "Why it is no longer needed.") var reason: String

  func perform() async throws {
    let replica = try laptop.writing()
    let file = try CaseFile(try replica.findCase(crn), in: replica)
    let flag = try replica.findRecord(flag, type: "risk-flag", caseID: file.id)
    guard file.text(flag, "status") == "active" else {
      throw Failure(.badData, code: "flag-removed", "This flag was removed already.")
    }
    let form = try EnteredRecord("flag-removal", in: replica.catalogue)
    var fields = try form.fields(
      ["decision=removed", "on=\(try Today.day())", "notes=\(reason)"], on: nil, in: replica)
    fields["flag"] = .text(flag.id.description)
    let edits = [
      Edit.set(fields, of: newRecord(), type: "flag-removal", caseID: file.id, reason: reason),
      .set(
        ["status": .text("removed")], of: flag.id, type: "risk-flag", caseID: file.id,
        context: flag.version, reason: reason),
    ]
    try save(edits, replica, "Removal")
  }
}
