import ArgumentParser
import Foundation
import ProgramKit
import RecordCatalogue
import SyncCore
import SyncReplica

/// When something happened: today and now unless said otherwise.
struct OccasionOptions: ParsableArguments, Sendable {
  @Option(name: .long, help: "Day it happened, for instance 17/5/2024. Default: today.") var date:
    String?
  @Option(name: .long, help: "Time it happened, HH:MM.") var time: String?

  func value() throws -> Value {
    let now = World.now().milliseconds
    var members: [String: Value] = ["date": .text(Show.isoDay(now))]
    if let date {
      guard let day = CalendarDate(entered: date) else {
        throw Failure(
          .badData, code: "bad-date", "“\(date)” is not a date. Enter it like 17/5/2024.")
      }
      members["date"] = .text(day.description)
    }
    if let time {
      guard let entered = LocalTime(entered: time) else {
        throw Failure(.badData, code: "bad-time", "“\(time)” is not a time. Enter it like 14:10.")
      }
      members["time"] = .text(entered.description)
    } else if date == nil {
      members["time"] = .text(Show.clockTime(now))
    }
    return .composite(members)
  }
}

struct Note: LaptopCommand {
  static let configuration = CommandConfiguration(
    abstract: "Add a note to a case.",
    discussion:
      "A note never changes once saved. To correct one, add another with --corrects. Without text, it is read from standard input, and kept as a draft line by line: --draft goes on with one."
  )

  @OptionGroup var laptop: LaptopOptions
  @OptionGroup var occasion: OccasionOptions
  @Argument(help: "The CRN.") var crn: String
  @Argument(help: "The text.") var text: [String] = []
  @Option(name: .long, help: "Kind of contact, by its code.") var kind = "CHVS"
  @Flag(
    name: .long,
    help: "Must not be shown to the person on probation. This cannot be taken back on a laptop.")
  var sensitive = false
  @Flag(name: .long, help: "Tell the responsible officer at the next sync.") var alert = false
  @Option(name: .long, help: "Id of the note that this one corrects.") var corrects: String?
  @Option(name: .long, help: "Id of the draft to go on with: doorstep drafts.") var draft: String?

  func perform() async throws {
    let record = newRecord()
    var fields: [String: Value] = [:]
    let caseID = try prepare(&fields)
    // Asked for last: who has typed it is not then told that an option is wrong.
    var typing = try Typing(
      laptop, record, "contact-entry", caseID, what: "the note", from: draft)
    fields["text"] = .text(try typing.read(text))
    try typing.finish(.set(fields, of: record, type: "contact-entry", caseID: caseID)) {
      try save([$0], $1, "Note")
    }
  }

  /// All but the text.
  private func prepare(_ fields: inout [String: Value]) throws -> CaseID {
    let replica = try laptop.recording()
    let caseID = try replica.findCase(crn, isRecording: true)
    let known = try replica.records(caseID: caseID, types: ["rosh-summary"])
    fields = [
      "kind": .text(kind), "on": try occasion.value(), "sensitive": .text(sensitive ? "yes" : "no"),
      "risk-seen": CaseFile(caseID, known, [], replica.catalogue).riskSeen,
    ]
    if alert { fields["alert"] = .flag(true) }
    if let corrects {
      let earlier = try replica.findRecord(corrects, type: "contact-entry", caseID: caseID)
      fields["corrects"] = .text(earlier.id.description)
    }
    return caseID
  }
}

struct Concern: LaptopCommand {
  static let configuration = CommandConfiguration(
    abstract: "Raise a risk concern.",
    discussion:
      "It is always accepted by the office, also for a case that has moved on. Sync as soon as you can."
  )

  @OptionGroup var laptop: LaptopOptions
  @OptionGroup var occasion: OccasionOptions
  @Argument(help: "The CRN.") var crn: String
  @Argument(help: "What you saw or heard.") var text: [String] = []
  @Option(
    name: .long,
    help: "Who is at risk: children, known-adult, public, staff, self, prisoners, unclear.")
  var about = "unclear"
  @Option(name: .long, help: "How serious you think it is: low, medium, high, very-high.")
  var level: String?
  @Option(name: .long, help: "Id of the draft to go on with: doorstep drafts.") var draft: String?

  func perform() async throws {
    let record = newRecord()
    let caseID = try laptop.recording().findCase(crn, isRecording: true)
    var fields: [String: Value] = ["about": .text(about), "at": try occasion.value()]
    if let level { fields["level"] = .text(level) }
    var typing = try Typing(
      laptop, record, "risk-concern", caseID, what: "the concern", from: draft)
    fields["text"] = .text(try typing.read(text))
    try typing.finish(.set(fields, of: record, type: "risk-concern", caseID: caseID)) {
      try save([$0], $1, "Risk concern")
    }
    output.say("Send it as soon as you have a network: doorstep sync")
  }
}

struct Sensitive: LaptopCommand {
  static let configuration = CommandConfiguration(
    abstract: "Mark a note as sensitive: not to be shown to the person on probation.",
    discussion: "The mark only ever goes up: it cannot be taken back on a laptop.")

  @OptionGroup var laptop: LaptopOptions
  @Argument(help: "The note's id, or the end of it.") var note: String

  func perform() async throws {
    let replica = try laptop.writing()
    let record = try replica.findRecord(note, type: "contact-entry")
    if record.read("sensitive", by: .ratchet(order: ["no", "yes"]))?.value.text == "yes" {
      output.say("You already told us that this contact includes sensitive information.")
      try output.answer(
        Saved(record: record.id.description, changes: [], unsent: unsent(in: replica)))
      return
    }
    try save(
      [
        .set(
          ["sensitive": .text("yes")], of: record.id, type: record.type, caseID: record.caseID,
          context: record.version)
      ], replica, "Sensitive mark")
  }
}

struct Drafts: LaptopCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show texts that were kept but not saved, or discard one.")

  @OptionGroup var laptop: LaptopOptions
  @Option(name: .long, help: "Id of a draft to throw away.") var discard: String?

  struct Row: Encodable {
    let id, caseID, type, text: String
    let savedAt: Int64
  }

  func perform() async throws {
    if let discard {
      let replica = try laptop.writing()
      let draft = try replica.findDraft(discard)
      try replica.discardDraft(draft.id)
      try output.answer(["discarded": draft.id.description])
      output.say("Discarded.")
      return
    }
    let replica = try laptop.reading()
    let drafts = try replica.drafts().filter { !replica.closedCases.contains($0.caseID) }
    try output.answer(
      drafts.map {
        Row(
          id: $0.id.description, caseID: $0.caseID.description, type: $0.type, text: $0.text,
          savedAt: $0.savedAt.milliseconds)
      })
    for draft in drafts {
      output.say("\(draft.id.short)  \(Show.time(draft.savedAt.milliseconds))")
      output.say("  \(draft.text)")
    }
    if drafts.isEmpty { output.say("No drafts.") }
  }
}
