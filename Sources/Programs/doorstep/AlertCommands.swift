import ArgumentParser
import CaseFacts
import Foundation
import ProgramKit
import RecordCatalogue
import SyncCore
import SyncReplica

/// An alert as it is shown to one officer.
struct OpenAlert {
  let record: Record
  let file: CaseFile
  let isForYou: Bool

  var kind: String { file.label("alert", "kind", file.text(record, "kind")) }
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
    let records = Dictionary(
      grouping: try records(caseID: nil, types: ["alert", "alert-clearing", "case-header"]),
      by: \.caseID)
    return records.flatMap { caseID, records in
      CaseFile(caseID, records, [], catalogue).openAlerts(for: identity.user)
    }.sorted(by: OpenAlert.precedes)
  }
}

extension CaseFile {
  /// One that names nobody is for anybody.
  fileprivate func openAlerts(for user: String) -> [OpenAlert] {
    records("alert").filter { Compliance.isOpen($0, facts) }.map { alert in
      let users = alert.elements(of: "addressees", by: .union).map { $0.element.lowercased() }
      return OpenAlert(
        record: alert, file: self, isForYou: users.isEmpty || users.contains(user.lowercased()))
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
    let id, crn, name, kind, text: String
    let isForYou: Bool
    /// The record that it is about, and its type.
    let record, type: String?
    let raisedAt: Int64?
  }

  func validate() throws {
    guard note == nil || clear != nil else {
      throw ValidationError("--note goes with --clear ID.")
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
        kind: alert.kind, text: alert.text, isForYou: alert.isForYou,
        record: alert.file.text(alert.record, "record"),
        type: alert.file.text(alert.record, "record-type"),
        raisedAt: alert.raisedAt?.milliseconds)
    }
    try output.answer(rows)
    for row in rows {
      let forWhom = row.isForYou ? "" : " (for somebody else)"
      output.say("\(row.kind)\(forWhom)  \(row.name) \(row.crn)")
      output.say("  \(row.text)")
      if let record = row.record.flatMap({ RecordID($0) }) {
        output.say("  Look: doorstep history \(record.short)")
      }
      output.say("  Done: doorstep alerts --clear \(RecordID(row.id)?.short ?? row.id)")
      output.say("")
    }
    output.say(
      rows.isEmpty
        ? "No alert is open." : "\(Show.count(rows.count, "alert is", "alerts are")) open.")
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
  }
}
