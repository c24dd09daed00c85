import CaseFacts
import Foundation
import ProgramKit
import RecordCatalogue
import SyncCore
import SyncReplica

/// One case as it is shown: its records by type, read by their rules.
struct CaseFile {
  let id: CaseID
  let catalogue: Catalogue
  /// Its records, read by their rules; this laptop's unsent work included.
  let facts: CaseRecords
  /// Whether the office has records of it that are too old for a laptop.
  let hasOlder: Bool
  private let waiting: Set<RecordID>

  init(_ id: CaseID, in replica: Replica) throws {
    self.init(
      id, try replica.records(caseID: id), try replica.ownChanges(), replica.catalogue,
      hasOlder: try replica.hasOlder(id))
  }

  init(
    _ id: CaseID, _ records: [Record], _ own: [Replica.OwnChange], _ catalogue: Catalogue,
    hasOlder: Bool = false
  ) {
    self.id = id
    self.catalogue = catalogue
    self.hasOlder = hasOlder
    facts = CaseRecords(records, catalogue)
    waiting = Set(own.filter { $0.state == .waiting }.map(\.record))
  }

  func records(_ type: String) -> [Record] { facts.all(type) }

  func read(_ record: Record, _ field: String) -> Reading? { facts.read(field, of: record) }

  func text(_ record: Record, _ field: String) -> String? { read(record, field)?.value.text }

  /// The label of a code, with the code where it has none.
  func label(_ type: String, _ field: String, _ code: String?, member: String? = nil) -> String {
    guard let code else { return "" }
    let known = catalogue[type]?.field(field)
    let codes =
      member.flatMap { name in known?.members.first { $0.name == name }?.codes } ?? known?.codes
      ?? []
    return codes.first { $0.code == code }?.label ?? code
  }

  // MARK: Parts of a case

  var header: Record? { records("case-header").first }

  var crn: String { header.flatMap { text($0, "crn") } ?? id.description }

  var name: String {
    guard let header, let name = read(header, "name")?.value else { return "(no name)" }
    let first = name[member: "preferred"]?.text ?? name[member: "forename"]?.text
    return [first, name[member: "surname"]?.text].compactMap { $0 }.joined(separator: " ")
  }

  /// The level of risk of serious harm; `nil` when there is no completed assessment, which is never
  /// low.
  var risk: (code: String, label: String, assessedOn: String?)? {
    guard let (level, summary) = facts.risk else { return nil }
    let code = text(summary, "overall") ?? level.rawValue
    return (code, label("rosh-summary", "overall", code), text(summary, "assessed-on"))
  }

  var isDeceased: Bool { facts.isDeceased }

  /// Active flags by their labels.
  var flags: [String] {
    records("risk-flag").filter { text($0, "status") == "active" }
      .map { label("risk-flag", "code", text($0, "code")) }.sorted()
  }

  struct Appointment {
    let record: Record
    let date: String
    let start: String
    let type: String
    let outcome: Outcome?
  }

  struct Outcome {
    let record: Record
    let reading: Reading
    let label: String
  }

  /// By date, earliest first.
  var appointments: [Appointment] { appointments { _ in true } }

  /// Those that meet a condition, by date, earliest first.
  func appointments(where isWanted: (Record) -> Bool) -> [Appointment] {
    records("appointment").filter(isWanted).map { record in
      let when = read(record, "when")?.value
      return Appointment(
        record: record, date: when?[member: "date"]?.text ?? "",
        start: when?[member: "start"]?.text ?? "",
        type: label("appointment", "type", text(record, "type")),
        outcome: facts[Self.outcomeID(record.id)].flatMap(outcome))
    }.sorted { ($0.date, $0.start) < ($1.date, $1.start) }
  }

  private func outcome(_ record: Record) -> Outcome? {
    guard let reading = read(record, "claim") else { return nil }
    return Outcome(record: record, reading: reading, label: claim(reading.value))
  }

  /// A claim in words.
  func claim(_ value: Value) -> String {
    if let holding = value.text { return holding }
    return label("outcome-claim", "claim", value[member: "code"]?.text, member: "code")
  }

  /// An outcome belongs to its appointment by name, so that two laptops offline mean the same
  /// record.
  static func outcomeID(_ appointment: RecordID) -> RecordID {
    .named("outcome-claim", appointment.description)
  }

  struct Contact {
    let record: Record
    let date: String
    let time: String
    let kind: String
    let text: String
    let author: String
    let isSensitive: Bool
    let isWaiting: Bool
    /// The entry that this one corrects; both are shown.
    let corrects: RecordID?
    /// Written down more than a day after it happened, by the author's clock.
    let isRecordedLater: Bool
  }

  /// By date, newest first.
  var contacts: [Contact] {
    records("contact-entry").map { record in
      let on = read(record, "on")?.value
      let written = record.standing("text").first?.by
      let happened = on?[member: "date"]?.text.flatMap { CalendarDate($0) }
      let noted = (written?.recordedAt).flatMap { CalendarDate(at: $0) }
      let delay = happened.flatMap { day in noted.map { $0.dayNumber - day.dayNumber } }
      return Contact(
        record: record, date: on?[member: "date"]?.text ?? "",
        time: on?[member: "time"]?.text ?? "",
        kind: label("contact-entry", "kind", text(record, "kind")),
        text: text(record, "text") ?? "",
        author: written?.author ?? "",
        isSensitive: text(record, "sensitive") == "yes", isWaiting: waiting.contains(record.id),
        corrects: facts.target("corrects", of: record),
        isRecordedLater: written?.role != .office && (delay ?? 0) > 1)
    }.sorted { ($0.date, $0.time, $0.record.id) > ($1.date, $1.time, $1.record.id) }
  }

  /// In the order in which they were made.
  var attachments: [Attachment] {
    records(Attachment.type).compactMap { Attachment($0) }.sorted { $0.record < $1.record }
  }

  /// Each address in one line, the main one first. Where two are said to be the main one, both are
  /// marked so, the better verified and then the newer first.
  var addresses: [(record: Record, line: String, verified: String, kind: String)] {
    let known = records("address").compactMap { record in
      read(record, "address").map { (record: record, value: $0.value, edit: $0.standing.last) }
    }
    let areDisputed = known.count { $0.value[member: "kind"]?.text == "main" } > 1
    func rank(_ value: Value) -> (Int, Int) {
      let certainty = ["door", "document"].firstIndex(of: value[member: "verified"]?.text)
      return (Self.rank(value[member: "kind"]?.text ?? "other"), certainty ?? 2)
    }
    let sorted = known.sorted { left, right in
      let (a, b) = (rank(left.value), rank(right.value))
      guard a == b else { return a < b }
      let newer = { (edit: StandingEdit?) in edit?.by.recordedAt ?? Timestamp(milliseconds: 0) }
      return newer(left.edit) > newer(right.edit)
    }
    return sorted.map { record, value, _ in
      let parts = ["line-1", "line-2", "town", "county", "postcode"].compactMap {
        value[member: $0]?.text
      }
      return (
        record, parts.joined(separator: ", "),
        label("address", "address", value[member: "verified"]?.text, member: "verified"),
        Self.shown(value[member: "kind"]?.text ?? "other", areDisputed)
      )
    }
  }

  private static func shown(_ kind: String, _ areDisputed: Bool) -> String {
    kind == "main" && areDisputed ? mainDisputed : kind
  }

  /// Of each of several addresses that are said to be the main one.
  static let mainDisputed = "main-disputed"

  private static func rank(_ kind: String) -> Int {
    ["main", "other", "previous"].firstIndex(of: kind) ?? 3
  }

  func isWaiting(_ record: Record) -> Bool { waiting.contains(record.id) }

  /// What the person has been told to do, as it holds today, one line each.
  var instructions: [String] {
    guard let today = Today.known else { return [] }
    return facts.instructions(on: today).map { instruction in
      let about = label("officer-instruction", "about", instruction.about)
      let overlap = instruction.isAlone ? "" : " (another of the same day says otherwise)"
      let text = facts.text("text", of: instruction.record) ?? ""
      return "\(about), from \(instruction.from): \(text)\(overlap)"
    }
  }

  /// Totals that the office works out, one line each. With unsent work of this laptop they are
  /// worked out here, and say so; not where older records, which count too, are at the office
  /// alone.
  var totals: [String] {
    let isWaiting = Derivation.inputs.contains { type in
      records(type).contains { waiting.contains($0.id) }
    }
    let isProvisional = isWaiting && !hasOlder
    let derived = isProvisional ? Derivation.facts(of: facts) : []
    func number(_ field: String, _ record: Record) -> Int64 {
      let fact = derived.first { $0.record == record.id }?.fields[field]?.integer
      return fact ?? facts.number(field, of: record) ?? 0
    }
    var lines: [String] = []
    for work in records("upw-requirement") {
      let required = number("required-minutes", work)
      let held = number("held-minutes", work)
      lines.append(
        "Unpaid work: \(number("completed-minutes", work)) of \(required) minutes"
          + (held > 0 ? ", \(held) on hold" : ""))
    }
    for requirement in records("requirement") {
      guard let days = facts.number("rar-days", of: requirement) else { continue }
      lines.append(
        "RAR days: \(number("rar-days-completed", requirement)) of \(days), "
          + "\(number("rar-days-scheduled", requirement)) more arranged")
    }
    for event in records("event") {
      let limit = facts.number("disposal", "failures-allowed", of: event)
      let failures = number("failures", event)
      guard failures > 0 || limit != nil else { continue }
      let allowed = limit.map { ", \($0) allowed" } ?? ""
      lines.append("Failures to comply: \(failures)\(allowed)")
    }
    guard isWaiting else { return lines }
    let remark = isProvisional ? "provisional: with" : "without"
    return lines.map { "\($0) (\(remark) what is not sent yet)" }
  }
}
