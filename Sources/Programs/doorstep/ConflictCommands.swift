import ArgumentParser
import CaseFacts
import Foundation
import ProgramKit
import RecordCatalogue
import SyncCore
import SyncReplica

struct Conflicts: LaptopCommand {
  static let configuration = CommandConfiguration(
    abstract: "List what two people recorded differently, side by side.")

  @OptionGroup var laptop: LaptopOptions

  func perform() async throws {
    let replica = try laptop.reading()
    let today = try Today.day()
    let disputes = try replica.disputes()
    var files: [CaseID: CaseFile] = [:]
    for id in Set(disputes.map(\.record.caseID)) {
      let headers = try replica.records(caseID: id, types: ["case-header"])
      files[id] = CaseFile(id, headers, [], replica.catalogue)
    }
    var inbox = Inbox(replica.catalogue, patience: Dispute.patience)
    for dispute in disputes {
      guard let file = files[dispute.record.caseID] else { continue }
      // By the clock of who said otherwise: a laptop knows no other.
      let since = dispute.began.by.recordedAt
      inbox.add(
        dispute,
        Inbox.Setting(
          crn: file.crn, name: file.name, owner: file.facts.responsibleOfficer, since: since,
          workingDays: CalendarDate(at: since)?.workingDays(until: today) ?? 0))
    }
    try inbox.show(output, decide: "doorstep resolve")
    if !inbox.rows.isEmpty { throw ExitCode(ExitStatus.needsYou.rawValue) }
  }
}

struct Resolve: LaptopCommand {
  static let configuration = CommandConfiguration(
    abstract: "Decide between values that people recorded differently.",
    discussion:
      "Your decision is an edit that has seen all of them: it settles everywhere. Nothing is erased; the others stay in the record's history."
  )

  @OptionGroup var laptop: LaptopOptions
  @Argument(help: "The record's id, or the end of it.") var record: String
  @Argument(help: "Your choice: the letter that doorstep conflicts shows.") var choice: String
  @Option(name: .long, help: "The field, where several are in dispute.") var field: String?
  @Option(name: .long, help: "Why.") var reason: String

  func perform() async throws {
    guard !reason.trimmingCharacters(in: .whitespaces).isEmpty else {
      throw Failure(.badData, code: "no-reason", "Say why: --reason WHY.")
    }
    let replica = try laptop.writing()
    let found = try replica.findRecord(record)
    let disputes = try replica.disputes().filter { $0.record.id == found.id }
    let (name, value) = try Inbox.chosen(
      choice, field: field, among: disputes, list: "doorstep conflicts")
    let edit = Edit.set(
      [name: value], of: found.id, type: found.type, caseID: found.caseID, context: found.version,
      reason: reason)
    try save([edit], replica, "Decision")
  }
}

struct History: LaptopCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show who set what in a record, and what this laptop's own edits came to.",
    discussion: """
      A laptop keeps what stands and its own edits. What was superseded, by whom and on what knowledge is asked at the \
      office: doorstepd history.
      """)

  @OptionGroup var laptop: LaptopOptions
  @Argument(help: "The record's id, or the end of it.") var record: String

  struct Standing: Encodable {
    let field, value, author, role: String
    let recordedAt: Int64
    let sequence: UInt64?
  }
  struct Own: Encodable {
    let counter: UInt64
    let text: String
    let recordedAt: Int64
    let state, reason: String
  }
  struct Answer: Encodable {
    let id, type: String
    let standing: [Standing]
    let ownChanges: [Own]
  }

  func perform() async throws {
    let replica = try laptop.reading()
    let found = try find(in: replica)
    let wording = Wording(catalogue: replica.catalogue)
    let standing = found.edits.map { edit in
      Standing(
        field: edit.field, value: wording.text(edit.value, type: found.type, field: edit.field),
        author: edit.by.author, role: edit.by.role.rawValue,
        recordedAt: edit.by.recordedAt.milliseconds,
        sequence: edit.place?.sequence)
    }
    let own = try replica.ownChanges(of: found.id).map { change in
      Own(
        counter: change.counter, text: Self.text(of: change, wording),
        recordedAt: change.recordedAt.milliseconds,
        state: Self.text(change.state),
        reason: change.change?.body.reason ?? "")
    }
    try output.answer(
      Answer(id: found.id.description, type: found.type, standing: standing, ownChanges: own))
    output.say("\(replica.catalogue[found.type]?.label ?? found.type)  \(found.id)")
    output.say("")
    output.table(
      ["Field", "Set by", "Role", "When, by their clock", "At the office", "Value"],
      standing.map {
        [
          $0.field, $0.author, $0.role, Show.time($0.recordedAt),
          $0.sequence.map { "no. \($0)" } ?? "not yet",
          String($0.value.prefix(80)),
        ]
      })
    guard !own.isEmpty else { return }
    output.say("")
    output.table(
      ["This laptop's edit", "Saved", "At the office", "Reason", "What"],
      own.map {
        ["\($0.counter)", Show.time($0.recordedAt), $0.state, $0.reason, $0.text]
      })
  }

  /// The record as it stands; one that stands nowhere because its only edits were refused is known
  /// by these.
  private func find(in replica: Replica) throws -> Record {
    do { return try replica.findRecord(record) } catch let missing as Failure {
      let wanted = record.lowercased().filter { $0 != "-" }
      let own = try replica.ownChanges().first { $0.record.compact.hasSuffix(wanted) }
      guard missing.code == "unknown-record", let own else { throw missing }
      return Record(id: own.record, type: own.type, caseID: own.caseID)
    }
  }

  private static func text(of own: Replica.OwnChange, _ wording: Wording) -> String {
    guard case .set(let members)? = own.change?.body.action else {
      return own.change == nil ? "(no longer on this laptop)" : "deleted"
    }
    return members.map { "\($0.name): \(wording.text($0.value, type: own.type, field: $0.name))" }
      .joined(separator: "; ")
  }

  static func text(_ state: Replica.OwnChange.State) -> String {
    switch state {
    case .waiting: "waiting to be sent"
    case .accepted(let verdict): verdict
    case .refused(let code): "refused (\(code))"
    }
  }
}
