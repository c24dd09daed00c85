import ArgumentParser
import CaseFacts
import Foundation
import ProgramKit
import RecordCatalogue
import SyncCore
import SyncReplica

struct Cases: LaptopCommand {
  static let configuration = CommandConfiguration(abstract: "List your cases.")

  @OptionGroup var laptop: LaptopOptions

  struct Row: Encodable {
    let crn, name: String
    let risk: String?
    let deceased: Bool
    let flags: [String]
    let nextAppointment: String?
    let unsent: Int
  }

  func perform() async throws {
    let replica = try laptop.reading()
    let today = Show.isoDay(World.now().milliseconds)
    let own = try replica.ownChanges()
    let rows = try Caseload(in: replica).files.map { file -> Row in
      let next = file.appointments.first { $0.date >= today }
      return Row(
        crn: file.crn, name: file.name, risk: file.risk?.label, deceased: file.isDeceased,
        flags: file.flags,
        nextAppointment: next.map { "\($0.date) \($0.start)" },
        unsent: own.count { $0.caseID == file.id && $0.state == .waiting })
    }.sorted { $0.name.split(separator: " ").last ?? "" < $1.name.split(separator: " ").last ?? "" }
    try output.answer(rows)
    output.table(
      ["CRN", "Name", "Risk of serious harm", "Next appointment", "Unsent", "Flags"],
      rows.map {
        [
          $0.crn, $0.name, $0.risk ?? "NO ASSESSMENT", $0.nextAppointment ?? "none",
          $0.unsent == 0 ? "" : String($0.unsent), $0.flags.joined(separator: "; "),
        ]
      })
    let status = try replica.status()
    if rows.isEmpty, status.lastSync == nil {
      output.say("Nothing here yet. Fetch your cases: doorstep sync")
    }
    if status.casesNotWhole > 0 {
      output.say("\(Show.count(status.casesNotWhole, "more case")) still arriving: doorstep sync")
    }
  }
}

struct Case: LaptopCommand {
  static let configuration = CommandConfiguration(abstract: "Show one case.")

  @OptionGroup var laptop: LaptopOptions
  @Argument(help: "The CRN, for instance X123456.") var crn: String
  @Option(name: .long, help: "How many of the newest contacts to show, 0 to 10000.") var contacts =
    5

  struct ContactRow: Encodable {
    let id, date, time, kind, author, text: String
    let sensitive, unsent, recordedLater: Bool
    let corrects: String?
  }
  struct AppointmentRow: Encodable {
    let id, date, start, type: String
    let outcome: String?
    let contested: Bool
  }
  struct AddressRow: Encodable { let id, address, verified, kind: String }
  struct Answer: Encodable {
    let crn, name: String
    let risk: String?
    let deceased: Bool
    let flags: [String]
    /// What the person has been told to do, as it holds today.
    let instructions: [String]
    /// What the office works out, in words.
    let totals: [String]
    /// Whether the office has records that are too old for a laptop.
    let older: Bool
    let addresses: [AddressRow]
    let appointments: [AppointmentRow]
    let contacts: [ContactRow]
    let attachments: [AttachmentRow]
  }
  struct AttachmentRow: Encodable {
    let id, name: String
    let about: String?
  }

  func validate() throws {
    guard (0...10_000).contains(contacts) else {
      throw ValidationError("--contacts must be 0 to 10000.")
    }
  }

  func perform() async throws {
    let replica = try laptop.reading()
    let file = try CaseFile(try replica.findCase(crn), in: replica)
    let shown = Array(file.contacts.prefix(contacts))
    let appointments = file.appointments
    try output.answer(
      Answer(
        crn: file.crn, name: file.name, risk: file.risk?.label, deceased: file.isDeceased,
        flags: file.flags, instructions: file.instructions,
        totals: file.totals, older: file.hasOlder,
        addresses: file.addresses.map {
          AddressRow(
            id: $0.record.id.description, address: $0.line, verified: $0.verified, kind: $0.kind)
        },
        appointments: appointments.map {
          AppointmentRow(
            id: $0.record.id.description, date: $0.date, start: $0.start, type: $0.type,
            outcome: $0.outcome?.label, contested: $0.outcome?.reading.status == .contested)
        },
        contacts: shown.map {
          ContactRow(
            id: $0.record.id.description, date: $0.date, time: $0.time, kind: $0.kind,
            author: $0.author,
            text: $0.text, sensitive: $0.isSensitive, unsent: $0.isWaiting,
            recordedLater: $0.isRecordedLater, corrects: $0.corrects?.description)
        },
        attachments: file.attachments.map {
          AttachmentRow(
            id: $0.record.description, name: $0.name, about: $0.about?.description)
        }))
    guard !output.json else { return }
    show(file)
    show(appointments)
    output.say("")
    output.say("Contacts (\(shown.count) of \(file.contacts.count), newest first)")
    let attached = Dictionary(grouping: file.attachments, by: \.about)
    for contact in shown {
      show(contact)
      for one in attached[contact.record.id] ?? [] { output.say("    \(Self.line(one))") }
    }
    for one in attached[nil] ?? [] { output.say(Self.line(one)) }
    if file.hasOlder { output.say("Records that are too old for a laptop are at the office.") }
  }

  private func show(_ file: CaseFile) {
    output.say("\(file.name)  \(file.crn)")
    if let header = file.header {
      let born = file.text(header, "date-of-birth").map { "born \($0)" }
      let language = file.text(header, "language") == "cy" ? "speaks Welsh" : nil
      let interpreter =
        file.read(header, "interpreter")?.value.flag == true ? "NEEDS AN INTERPRETER" : nil
      output.say([born, language, interpreter].compactMap { $0 }.joined(separator: " · "))
    }
    output.say("")
    for warning in file.warnings() { output.say("*** \(warning) ***") }
    if let risk = file.risk {
      let day = risk.assessedOn.map { ", assessed \($0)" } ?? ""
      output.say("Risk of serious harm: \(risk.label.uppercased())\(day)")
    }
    for flag in file.flags { output.say("! \(flag)") }
    for total in file.totals { output.say(total) }
    for instruction in file.instructions { output.say(instruction) }
    output.say("")
    for address in file.addresses {
      output.say(
        "\(Self.heading(address.kind)): \(address.line) (\(address.verified.lowercased()))  \(address.record.id.short)"
      )
    }
  }

  private static func heading(_ kind: String) -> String {
    kind == CaseFile.mainDisputed
      ? "! One of several main addresses; ask which holds" : "\(kind.capitalized) address"
  }

  private func show(_ appointments: [CaseFile.Appointment]) {
    output.say("")
    output.say("Appointments")
    let today = Show.isoDay(World.now().milliseconds)
    let past = appointments.filter { $0.date < today }.suffix(3)
    let coming = appointments.filter { $0.date >= today }.prefix(3)
    for appointment in past + coming {
      let outcome: String
      switch appointment.outcome {
      case let known? where known.reading.status == .contested:
        outcome = "OUTCOME DISPUTED: doorstep conflicts"
      case let known?: outcome = known.label
      case nil: outcome = appointment.date < today ? "no outcome yet" : ""
      }
      output.say(
        "  \(appointment.date) \(appointment.start)  \(appointment.type)  \(outcome)  \(appointment.record.id.short)"
      )
    }
  }

  private static func line(_ one: Attachment) -> String {
    "Attached: \(one.name) (\(Show.size(Int(clamping: one.size))))  \(one.record.short)"
  }

  private func show(_ contact: CaseFile.Contact) {
    let marks = [
      contact.isSensitive ? "SENSITIVE" : nil, contact.isWaiting ? "on this laptop only" : nil,
      contact.isRecordedLater ? "recorded later" : nil,
      contact.corrects.map { "corrects \($0.short)" },
    ]
    .compactMap { $0 }.map { "  [\($0)]" }.joined()
    output.say(
      "  \(contact.date) \(contact.time)  \(contact.kind)  by \(contact.author)  \(contact.record.id.short)\(marks)"
    )
    output.say("    \(contact.text)")
  }
}

struct Search: LaptopCommand {
  static let configuration = CommandConfiguration(
    abstract: "Find words in everything on this laptop.",
    discussion: "All words must occur, in any order; capitals and accents do not matter.")

  @OptionGroup var laptop: LaptopOptions
  @Argument(help: "The words.") var words: [String]

  struct Hit: Encodable { let id, crn, name, type, excerpt: String }

  func perform() async throws {
    let replica = try laptop.reading()
    let found = try replica.search(words.joined(separator: " "))
    var files: [CaseID: CaseFile] = [:]
    let hits = try found.map { record -> Hit in
      let file = try files[record.caseID] ?? CaseFile(record.caseID, in: replica)
      files[record.caseID] = file
      let text =
        ["text", "observations", "notes"].lazy.compactMap { file.text(record, $0) }.first ?? ""
      return Hit(
        id: record.id.description, crn: file.crn, name: file.name,
        type: replica.catalogue[record.type]?.label ?? record.type, excerpt: String(text.prefix(60))
      )
    }
    try output.answer(hits)
    output.table(
      ["CRN", "Name", "What", "Id", "Text"],
      hits.prefix(50).map { [$0.crn, $0.name, $0.type, RecordID($0.id)?.short ?? "", $0.excerpt] })
    if hits.count > 50 {
      output.say("… and \(hits.count - 50) more. Add a word to narrow it down.")
    }
    if hits.isEmpty { output.say("Nothing found.") }
  }
}
