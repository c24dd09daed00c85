import ArgumentParser
import CaseFacts
import Foundation
import ProgramKit
import RecordCatalogue
import SyncCore
import SyncReplica

/// The steps of a visit. Each is one short command, works without a network, and shows what whoever
/// goes there must know.
struct VisitPlan: LaptopCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "Plan a home visit.",
    discussion: "doorstep visit plan X123456 24/11/2026 14:10 --with b.jones")

  @OptionGroup var laptop: LaptopOptions
  @Argument(help: "The CRN.") var crn: String
  @Argument(help: "The day, for instance 24/11/2026.") var date: String
  @Argument(help: "The time, HH:MM.") var start: String
  @Option(name: .long, help: "When it should end, HH:MM.") var end: String?
  @Option(name: .long, help: "Id of the address. Default: the main one.") var address: String?
  @Option(
    name: .long, help: "What it is for: supervision, address-check, safeguarding, compliance.")
  var purpose = "supervision"
  @Option(name: .customLong("with"), help: "User name of who comes along. May be repeated.")
  var company: [String] = []
  @Option(name: .long, help: "Whom you ring when you are out again.") var safeCall: String?

  func perform() async throws {
    let replica = try laptop.writing()
    let file = try CaseFile(try replica.findCase(crn), in: replica)
    let place =
      try address.map {
        try replica.findRecord($0, type: "address", caseID: file.id)
      } ?? file.addresses.first { $0.kind == "main" || $0.kind == CaseFile.mainDisputed }?.record
    let assessment = file.assessment(at: place?.id)
    try refuse(assessment?.decision)
    let form = try EnteredRecord("visit-plan", in: replica.catalogue)
    var entries = ["when.date=\(date)", "when.start=\(start)", "purpose=\(purpose)"]
    if let end { entries.append("when.end=\(end)") }
    entries += company.map { "accompanying=\($0)" }
    if let safeCall { entries.append("safe-call=\(safeCall)") }
    var fields = try form.fields(entries, on: nil, in: replica)
    if let place { fields["address"] = .text(place.id.description) }
    if let assessment { fields["risk-assessment"] = .text(assessment.record.id.description) }
    let when = fields["when"]
    let booked = file.appointments.filter {
      $0.date == when?[member: "date"]?.text && $0.outcome == nil
        && AppointmentMeaning.isHomeVisit(file.text($0.record, "type"))
    }
    let appointment = booked.first { $0.start == when?[member: "start"]?.text } ?? booked.first
    if let appointment { fields["appointment"] = .text(appointment.record.id.description) }
    let plan = Edit.set(fields, of: newRecord(), type: "visit-plan", caseID: file.id)
    var warnings: [String] = []
    if let appointment, let start = when?[member: "start"]?.text, start != appointment.start {
      warnings.append("The appointment that day is at \(appointment.start), not \(start).")
    }
    warnings += try Booking(when)?.warnings(in: replica, except: appointment?.record.id) ?? []
    if assessment == nil { warnings.append("This address has no valid visit risk assessment.") }
    try save([plan], replica, "Plan", and: warnings)
  }

  /// Nobody is sent alone to a door that somebody has found dangerous.
  private func refuse(_ decision: String?) throws {
    switch decision {
    case "do-not-visit", "not-at-home":
      throw Failure(
        .badData, code: "do-not-visit",
        "The visit risk assessment of this address says not to visit there. Meet elsewhere, or have it assessed again."
      )
    case "doubled-up" where company.isEmpty:
      throw Failure(
        .badData, code: "not-alone",
        "The visit risk assessment of this address says to go in twos. Say who comes along: --with USER."
      )
    default: return
    }
  }
}

extension CaseFile {
  /// Visits that have begun and not ended, the newest last.
  var openVisits: [Record] {
    records("visit-record").filter { facts.value("left", of: $0) == nil }
      .sorted { (facts.number("arrived", of: $0) ?? 0) < (facts.number("arrived", of: $1) ?? 0) }
  }

  /// The plan of a visit today; `nil` also where the day is not known, which holds up nobody at a
  /// door.
  var planToday: Record? {
    guard let today = Today.known else { return nil }
    return records("visit-plan").last { facts.day("when", "date", of: $0) == today }
  }

  /// What the officer was shown of the risk, kept with what the officer then did.
  var riskSeen: Value {
    var parts: [String: Value] = ["level": .text(risk?.code ?? "none")]
    if let day = risk?.assessedOn { parts["assessed-on"] = .text(day) }
    return .composite(parts)
  }
}

struct VisitStart: LaptopCommand {
  static let configuration = CommandConfiguration(
    commandName: "start", abstract: "You are at the door.")

  @OptionGroup var laptop: LaptopOptions
  @Argument(help: "The CRN.") var crn: String

  func perform() async throws {
    let replica = try laptop.writing()
    let file = try CaseFile(try replica.findCase(crn), in: replica)
    if let open = file.openVisits.last {
      throw Failure(
        .badData, code: "visit-open",
        "A visit has begun already (\(open.id.short)). End it first: doorstep visit end \(file.crn) seen"
      )
    }
    var fields: [String: Value] = [
      "arrived": .integer(World.now().milliseconds), "risk-seen": file.riskSeen,
    ]
    if let plan = file.planToday {
      fields["plan"] = .text(plan.id.description)
      for field in ["appointment", "address"] {
        if let target = file.facts.text(field, of: plan) { fields[field] = .text(target) }
      }
    }
    try save(
      [.set(fields, of: newRecord(), type: "visit-record", caseID: file.id)], replica,
      "Start of the visit")
    output.say(
      "When you are out: doorstep visit end \(file.crn) seen|not-in|access-refused|unsafe-left")
  }
}

struct VisitSafe: LaptopCommand {
  static let configuration = CommandConfiguration(
    commandName: "safe", abstract: "Say that you are safe, or that you need help.",
    discussion: "It goes first at the next sync. Without a network, ring somebody as well.")

  @OptionGroup var laptop: LaptopOptions
  @Argument(help: "The CRN.") var crn: String
  @Flag(name: .long, help: "You need help.") var distress = false
  @Argument(help: "What to tell who reads it.") var message: [String] = []

  func perform() async throws {
    // The most urgent thing that an officer writes: also on a laptop that has locked itself.
    let replica = try laptop.recording()
    let caseID = try replica.findCase(crn, isRecording: true)
    let known = try replica.records(caseID: caseID, types: ["visit-plan"])
    let file = CaseFile(caseID, known, [], replica.catalogue)
    var fields: [String: Value] = [
      "state": .text(distress ? "distress" : "ok"), "at": .integer(World.now().milliseconds),
    ]
    if !message.isEmpty { fields["message"] = .text(message.joined(separator: " ")) }
    if let plan = file.planToday { fields["plan"] = .text(plan.id.description) }
    try save(
      [.set(fields, of: newRecord(), type: "safety-check-in", caseID: file.id)], replica,
      distress ? "Call for help" : "Check-in")
    if distress {
      output.say("RING 999 IF YOU ARE IN DANGER. This leaves with the next sync: doorstep sync")
    }
  }
}

struct VisitEnd: LaptopCommand {
  static let configuration = CommandConfiguration(
    commandName: "end", abstract: "You are out again: who was seen, and what came of it.",
    discussion:
      "doorstep visit end X123456 seen --outcome ATTC. Notes can follow later: doorstep note X123456"
  )

  @OptionGroup var laptop: LaptopOptions
  @Argument(help: "The CRN.") var crn: String
  @Argument(help: "seen, not-in, access-refused or unsafe-left.") var seen: String
  @Argument(help: "What you saw.") var observations: [String] = []
  @Option(name: .long, help: "Who was there.") var whoPresent: String?
  @Flag(name: .long, help: "A child was there.") var child = false
  @Flag(name: .long, help: "An adult was there whom you did not know of.") var newAdult = false
  @Option(name: .long, help: "A concern about somebody's safety, in a sentence.") var concern:
    String?
  @Option(name: .long, help: "Outcome of the appointment, by its code.") var outcome: String?

  func perform() async throws {
    let replica = try laptop.writing()
    let file = try CaseFile(try replica.findCase(crn), in: replica)
    guard let visit = file.openVisits.last else {
      throw Failure(
        .badData, code: "no-visit",
        "No visit has begun. Begin one: doorstep visit start \(file.crn). Or record it whole: doorstep visit \(file.crn) --seen \(seen)"
      )
    }
    let now = World.now()
    var fields: [String: Value] = ["left": .integer(now.milliseconds), "seen": .text(seen)]
    let text = observations.joined(separator: " ")
    if !text.isEmpty { fields["observations"] = .text(text) }
    if let whoPresent { fields["who-present"] = .text(whoPresent) }
    if child { fields["children-present"] = .flag(true) }
    if newAdult { fields["new-adult"] = .flag(true) }
    let drafts =
      text.isEmpty
      ? [] : [Draft(id: visit.id, caseID: file.id, type: visit.type, savedAt: now, text: text)]
    try replica.keeping(drafts) {
      if let concern {
        let id = try raise(concern, at: now, file, replica)
        fields["concerns/\(id.description)"] = .flag(true)
      }
      do {
        var edits = [
          Edit.set(fields, of: visit.id, type: visit.type, caseID: file.id, context: visit.version)
        ]
        if let outcome {
          let named = file.facts.text("appointment", of: visit)
          let chosen = try AppointmentChoice.find(named, in: file, replica)
          edits.append(
            try Outcome.edit(
              code: outcome, present: true, evidence: nil, replace: false, reason: "", chosen, file)
          )
        }
        try save(edits, replica, "Visit")
      } catch {
        if concern != nil {
          output.warn("The concern is saved. Leave --concern out when you try again.")
        }
        throw error
      }
    }
  }

  /// Saves the concern by itself and before the visit: whatever becomes of that, here or at the
  /// office, a concern is taken.
  private func raise(
    _ concern: String, at now: Timestamp, _ file: CaseFile, _ replica: Replica
  ) throws -> RecordID {
    let at = Value.composite([
      "date": .text(Show.isoDay(now.milliseconds)),
      "time": .text(Show.clockTime(now.milliseconds)),
    ])
    let edit = Edit.set(
      ["about": .text("unclear"), "at": at, "text": .text(concern)], of: newRecord(),
      type: "risk-concern", caseID: file.id)
    do { _ = try replica.edit([edit], at: now) } catch {
      throw Remedy.of(error, [edit], replica.catalogue) ?? error
    }
    return edit.record
  }
}
