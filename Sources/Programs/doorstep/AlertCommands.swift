import ArgumentParser
import CaseFacts
import Foundation
import ProgramKit
import RecordCatalogue
import SyncCore
import SyncReplica

/// An alert as it is shown to one officer.
struct OpenAlert {
  /// The types of records that alerts are told from.
  static let types: Set<String> = ["alert", "alert-clearing"]

  let record: Record
  let file: CaseFile
  /// User names whom it is for; none where it is for anybody who holds the case.
  let addressees: [String]
  /// It waits for this laptop's user: named, or in place of those who are, and not cleared yet.
  let isForYou: Bool

  var kindCode: String { file.text(record, "kind") ?? "" }
  var kind: String { file.label("alert", "kind", kindCode) }
  var text: String { file.text(record, "text") ?? "" }
  var raisedAt: Timestamp? { record.standing("text").first?.by.recordedAt }

  fileprivate static func precedes(_ left: Self, _ right: Self) -> Bool {
    if left.isForYou != right.isForYou { return left.isForYou }
    if let a = left.raisedAt, let b = right.raisedAt, a != b { return a > b }
    return left.record.id < right.record.id
  }
}

extension Replica {
  /// Open alerts of all cases, those for this laptop's user first, the newest first.
  func openAlerts() throws(ReplicaError) -> [OpenAlert] {
    let alerts = try records(caseID: nil, types: OpenAlert.types)
    var found: [OpenAlert] = []
    for (caseID, alerts) in Dictionary(grouping: alerts, by: \.caseID) {
      let header = try records(caseID: caseID, types: ["case-header"])
      found += CaseFile(caseID, alerts + header, [], catalogue).openAlerts(for: identity.user)
    }
    return found.sorted(by: OpenAlert.precedes)
  }
}

extension CaseFile {
  func openAlerts(for user: String) -> [OpenAlert] {
    let user = user.lowercased()
    let cleared = records("alert-clearing").filter { text($0, "user")?.lowercased() == user }
      .compactMap { facts.target("alert", of: $0) }
    let isOfficer = facts.responsibleOfficer?.lowercased() == user
    let senior = facts.senior?.lowercased()
    return records("alert").filter { Compliance.isOpen($0, facts) }.map { alert in
      let users = alert.elements(of: "addressees", by: .union).map(\.element)
      // Who answers for the case by now stands in for the officers before them, and not for the
      // senior.
      let officers = users.filter { $0.lowercased() != senior }
      let isMeant =
        users.isEmpty || isOfficer && !officers.isEmpty
        || users.contains { $0.lowercased() == user }
      return OpenAlert(
        record: alert, file: self, addressees: users,
        isForYou: isMeant && !cleared.contains(alert.id))
    }
  }
}

struct Alerts: LaptopCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show what needs you because of what others did, or say that you have seen to it.",
    discussion:
      "An alert stays open until each person it is for has cleared it, or a senior has. Nobody clears it for the others."
  )

  @OptionGroup var laptop: LaptopOptions
  @Argument(help: "The CRN. Default: all your cases.") var crn: String?
  @Option(name: .long, help: "Id of an alert that you have seen to.") var clear: String?
  @Option(name: .long, help: "What you did about it, when you clear it.") var note: String?
  @Flag(name: .long, help: "Also those that are for others.") var all = false

  struct Row: Encodable {
    let id, crn, name, kind, label, text: String
    let isForYou: Bool
    let addressees: [String]
    /// The record that it is about, and its type.
    let record, type: String?
    let raisedAt: Int64?
  }

  func validate() throws {
    guard note == nil || clear != nil else {
      throw ValidationError("--note goes with --clear ID.")
    }
    guard clear == nil || (crn == nil && !all) else {
      throw ValidationError("--clear names the alert; give no CRN and no --all with it.")
    }
  }

  func perform() async throws {
    if let clear { return try self.clear(clear) }
    let replica = try laptop.reading()
    let wanted = try crn.map { try replica.findCase($0) }
    let alerts = try replica.openAlerts().filter { alert in
      (all || alert.isForYou) && (wanted == nil || alert.file.id == wanted)
    }
    let rows = alerts.map { alert in
      Row(
        id: alert.record.id.description, crn: alert.file.crn, name: alert.file.name,
        kind: alert.kindCode, label: alert.kind, text: alert.text, isForYou: alert.isForYou,
        addressees: alert.addressees,
        record: alert.file.text(alert.record, "record"),
        type: alert.file.text(alert.record, "record-type"),
        raisedAt: alert.raisedAt?.milliseconds)
    }
    try output.answer(rows)
    for row in rows {
      let forWhom = row.isForYou ? "" : " (for \(row.addressees.joined(separator: ", ")))"
      output.say("\(row.label)\(forWhom)  \(row.name) \(row.crn)")
      output.say("  \(row.text)")
      if let record = row.record.flatMap({ RecordID($0) }) {
        output.say("  Look: doorstep history \(record.short)")
      }
      output.say("  Done: doorstep alerts --clear \(RecordID(row.id)?.short ?? row.id)")
      output.say("")
    }
    let forWhom = all ? "open" : "for you"
    output.say(
      rows.isEmpty
        ? "No alert is \(forWhom)."
        : "\(Show.count(rows.count, "alert is", "alerts are")) \(forWhom).")
  }

  private func clear(_ id: String) throws {
    let replica = try laptop.writing()
    let alert = try replica.findRecord(id, type: "alert")
    let user = replica.identity.user
    var fields: [String: Value] = [
      "alert": .text(alert.id.description), "user": .text(user),
      "at": .integer(World.now().milliseconds),
    ]
    if let note { fields["note"] = .text(note) }
    let type = try EnteredRecord("alert-clearing", in: replica.catalogue).type
    let clearing = type.naturalID(of: fields, in: alert.caseID) ?? newRecord()
    guard try replica.record(clearing) == nil else {
      throw Failure(.badData, code: "cleared-already", "You have cleared this alert already.")
    }
    try save(
      [.set(fields, of: clearing, type: "alert-clearing", caseID: alert.caseID)], replica,
      "Clearing")
    if isOpen(alert.id, in: replica) {
      output.say("The alert stays open for whom else it is for.")
    }
  }

  /// What was saved is saved, also when the store cannot be read a moment later.
  private func isOpen(_ alert: RecordID, in replica: Replica) -> Bool {
    do { return try replica.openAlerts().contains { $0.record.id == alert } } catch { return false }
  }
}
