import ArgumentParser
import CaseFacts
import Foundation
import ProgramKit
import RecordCatalogue
import SyncCore
import SyncReplica

/// Which appointment an outcome is for.
struct AppointmentChoice {
  /// The one named, else the newest that has begun. One that lies ahead can be named for an outcome
  /// that comes before it.
  static func find(
    _ named: String?, in file: CaseFile, _ replica: Replica, outcome code: String? = nil
  ) throws -> CaseFile.Appointment {
    let now = World.now().milliseconds
    let moment = (Show.isoDay(now), Show.clockTime(now))
    let appointments = file.appointments
    let begun = appointments.filter { ($0.date, $0.start) <= moment }
    guard let named else {
      guard let last = begun.last else {
        throw Failure(
          .badData, code: "no-appointment",
          "\(file.crn) has no appointment that has begun. \(Self.ahead)")
      }
      return last
    }
    let record = try replica.findRecord(named, type: "appointment", caseID: file.id)
    let comesFirst = code.map { OutcomeMeaning.beforehand.contains($0.uppercased()) } ?? false
    let found = (comesFirst ? appointments : begun).first { $0.record.id == record.id }
    guard let found else { throw Failure(.badData, code: "no-appointment", Self.ahead) }
    return found
  }

  private static let ahead =
    "You cannot record an outcome until the appointment has passed, but for an absence that is accepted, and one that is arranged anew."
}

struct Outcome: LaptopCommand {
  static let configuration = CommandConfiguration(
    abstract: "Record the outcome of an appointment.",
    discussion:
      "Common codes: ATTC attended, complied · AFTC attended, failed to comply · UAAB unacceptable absence · AFTA failed to attend, evidence awaited · AAME medical. A code that does not exist lists them all."
  )

  @OptionGroup var laptop: LaptopOptions
  @Argument(help: "The CRN.") var crn: String
  @Argument(help: "The outcome's code.") var code: String
  @Option(
    name: .long,
    help:
      "Id of the appointment; one that lies ahead for an absence that is accepted. Default: the newest that has begun."
  )
  var appointment: String?
  @Flag(name: .long, help: "You were there yourself.") var present = false
  @Option(name: .long, help: "What shows it.") var evidence: String?
  @Flag(name: .long, help: "Change an outcome that is recorded already.") var replace = false
  @Option(name: .long, help: "Why it changes.") var reason = ""

  func perform() async throws {
    let replica = try laptop.writing()
    let file = try CaseFile(try replica.findCase(crn), in: replica)
    let appointment = try AppointmentChoice.find(
      appointment, in: file, replica, outcome: code)
    let edit = try Self.edit(
      code: code, present: present, evidence: evidence, replace: replace, reason: reason,
      appointment, file)
    try save([edit], replica, "Outcome for \(appointment.date) \(appointment.start)")
  }

  static func edit(
    code: String, present: Bool, evidence: String?, replace: Bool, reason: String,
    _ appointment: CaseFile.Appointment, _ file: CaseFile
  ) throws -> Edit {
    let code = code.uppercased()
    let claimField = file.catalogue["outcome-claim"]?.field("claim")
    let codes = claimField?.members.first { $0.name == "code" }?.codes ?? []
    guard codes.contains(where: { $0.code == code }) else {
      let list = codes.map { "\($0.code) \($0.label)" }.joined(separator: "\n  ")
      throw Failure(
        .badData, code: "bad-outcome", "“\(code)” is not an outcome. Choose one of:\n  \(list)")
    }
    var claim: [String: Value] = ["code": .text(code)]
    if present { claim["present"] = .flag(true) }
    if let evidence { claim["evidence"] = .text(evidence) }
    if let known = appointment.outcome {
      guard known.reading.status != .contested else {
        throw Failure(
          .badData, code: "disputed", "This outcome is disputed. Decide it: doorstep conflicts.")
      }
      guard replace else {
        let by = known.reading.standing.first?.by.author ?? "somebody"
        throw Failure(
          .badData, code: "recorded-already",
          "“\(known.label)” is recorded already, by \(by). To change it: --replace --reason WHY.")
      }
      guard !reason.isEmpty else {
        throw Failure(.badData, code: "no-reason", "Say why the outcome changes: --reason WHY.")
      }
    }
    let known = appointment.outcome?.record
    var fields: [String: Value] = ["claim": .composite(claim)]
    if known == nil { fields["appointment"] = .text(appointment.record.id.description) }
    return .set(
      fields, of: CaseFile.outcomeID(appointment.record.id), type: "outcome-claim", caseID: file.id,
      context: known?.version ?? VersionVector(), reason: reason)
  }
}

struct Visit: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Plan, begin and end a home visit, or record one in one act.",
    discussion: """
      At the door: doorstep visit start X123456, then doorstep visit end X123456 seen. Without a step, the whole visit is \
      recorded at once: doorstep visit X123456 --observations … --outcome ATTC
      """,
    subcommands: [
      VisitPlan.self, VisitStart.self, VisitSafe.self, VisitEnd.self, VisitWhole.self,
    ], defaultSubcommand: VisitWhole.self)
}

struct VisitWhole: LaptopCommand {
  static let configuration = CommandConfiguration(
    commandName: "whole",
    abstract: "Record a home visit: who was seen, what you saw, and its outcome, in one act.",
    discussion: "All parts are saved together and reach the office together.")

  @OptionGroup var laptop: LaptopOptions
  @Argument(help: "The CRN.") var crn: String
  @Option(name: .long, help: "seen, not-in, access-refused or unsafe-left.") var seen = "seen"
  @Option(name: .long, help: "What you saw.") var observations: String?
  @Option(name: .long, help: "Who was there.") var whoPresent: String?
  @Option(name: .long, help: "Outcome of the appointment, by its code.") var outcome: String?
  @Option(name: .long, help: "Id of the appointment. Default: the newest that has begun.")
  var appointment: String?
  @Option(name: .long, help: "A note for the contact log.") var note: String?
  @Flag(name: .long, help: "The note must not be shown to the person on probation.") var sensitive =
    false
  @Option(name: .long, help: "Minutes that the visit took, 1 to 1440.") var minutes = 30

  func validate() throws {
    guard (1...1_440).contains(minutes) else {
      throw ValidationError("--minutes must be 1 to 1440.")
    }
  }

  func perform() async throws {
    let replica = try laptop.writing()
    let file = try CaseFile(try replica.findCase(crn), in: replica)
    let now = World.now()
    let (visit, note) = (newRecord(), newRecord())
    var fields: [String: Value] = [
      "arrived": .integer(now.milliseconds - Int64(minutes) * 60_000),
      "left": .integer(now.milliseconds),
      "seen": .text(seen), "risk-seen": file.riskSeen,
    ]
    if let observations { fields["observations"] = .text(observations) }
    if let whoPresent { fields["who-present"] = .text(whoPresent) }
    try replica.keeping(drafts(visit, note, file.id)) {
      var more: [Edit] = []
      if outcome != nil || appointment != nil {
        let chosen = try AppointmentChoice.find(appointment, in: file, replica)
        fields["appointment"] = .text(chosen.record.id.description)
        if let outcome {
          more.append(
            try Outcome.edit(
              code: outcome, present: true, evidence: nil, replace: false, reason: "", chosen, file)
          )
        }
      }
      if let text = self.note { more.append(entry(text, note, at: now, file)) }
      let edits = [.set(fields, of: visit, type: "visit-record", caseID: file.id)] + more
      try save(edits, replica, "Visit")
    }
  }

  private func entry(
    _ text: String, _ id: RecordID, at now: Timestamp, _ file: CaseFile
  ) -> Edit {
    let on = Value.composite([
      "date": .text(Show.isoDay(now.milliseconds)),
      "time": .text(Show.clockTime(now.milliseconds)),
    ])
    return .set(
      [
        "kind": .text("CHVS"), "on": on, "text": .text(text),
        "sensitive": .text(sensitive ? "yes" : "no"), "risk-seen": file.riskSeen,
      ], of: id, type: "contact-entry", caseID: file.id)
  }

  /// What was written at length.
  private func drafts(_ visit: RecordID, _ note: RecordID, _ caseID: CaseID) -> [Draft] {
    let texts = [(visit, "visit-record", observations), (note, "contact-entry", self.note)]
    return texts.compactMap { id, type, text in
      text.map { Draft(id: id, caseID: caseID, type: type, savedAt: World.now(), text: $0) }
    }
  }
}

struct Address: LaptopCommand {
  static let configuration = CommandConfiguration(
    abstract: "Verify an address at the door, or add a new one.",
    discussion:
      "doorstep address X123456 --verify ID, or doorstep address X123456 --line-1 … --town … --postcode …"
  )

  @OptionGroup var laptop: LaptopOptions
  @Argument(help: "The CRN.") var crn: String
  @Option(name: .long, help: "Id of the address that you verified.") var verify: String?
  @Option(name: .customLong("line-1"), help: "House and street.") var line1: String?
  @Option(name: .customLong("line-2"), help: "More of it.") var line2: String?
  @Option(name: .long, help: "Town.") var town: String?
  @Option(name: .long, help: "County.") var county: String?
  @Option(name: .long, help: "Postcode.") var postcode: String?
  @Option(name: .long, help: "main, other or previous.") var kind = "main"
  @Option(name: .long, help: "How it is known: unverified, document or door.") var by = "door"

  func validate() throws {
    if verify == nil, line1 == nil || town == nil || postcode == nil {
      throw ValidationError(
        "Give --verify ID, or a new address with --line-1, --town and --postcode.")
    }
  }

  func perform() async throws {
    let replica = try laptop.writing()
    let caseID = try replica.findCase(crn)
    let today = Value.text(Show.isoDay(World.now().milliseconds))
    if let verify {
      let record = try replica.findRecord(verify, type: "address", caseID: caseID)
      let rule = replica.catalogue.policy(of: "address")?.rule(of: "address") ?? .fieldMerge(.first)
      guard case .composite(let members)? = record.read("address", by: rule)?.value else {
        throw ReplicaError.unknownRecord
      }
      var parts = Dictionary(members.map { ($0.name, $0.value) }) { first, _ in first }
      parts["verified"] = .text(by)
      parts["verified-on"] = today
      let edit = Edit.set(
        ["address": .composite(parts)], of: record.id, type: "address", caseID: caseID,
        context: record.version)
      return try save([edit], replica, "Address")
    }
    let given = [
      "line-1": line1, "line-2": line2, "town": town, "county": county, "postcode": postcode,
    ]
    var parts = given.compactMapValues { $0.map(Value.text) }
    parts["kind"] = .text(kind)
    parts["verified"] = .text(by)
    if by != "unverified" { parts["verified-on"] = today }
    let known = try replica.records(caseID: caseID, types: ["address"])
    let mains = CaseFile(caseID, known, [], replica.catalogue).addresses.filter {
      ["main", CaseFile.mainDisputed].contains($0.kind)
    }
    try save(
      [.set(["address": .composite(parts)], of: newRecord(), type: "address", caseID: caseID)],
      replica, "Address",
      and: kind != "main"
        ? []
        : mains.map { main in
          "\(main.line) is the main address too. If they have left it: doorstep change \(main.record.id.short) address.kind=previous"
        })
  }
}
