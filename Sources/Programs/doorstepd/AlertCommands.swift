import ArgumentParser
import ProgramKit
import RecordCatalogue
import ServerStorage
import SyncCore

struct Alerts: ServerCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the alerts that are open in any case, the oldest first.",
    discussion:
      "Works beside the running server. An alert is open until each person it is for has cleared it, or a senior has. The status is 1 while any is listed."
  )

  @OptionGroup var data: DataOptions
  @OptionGroup var output: Output
  @Option(name: .customLong("for"), help: "Only those that wait for this user name.")
  var user: String?

  struct Row: Encodable {
    let id, crn, kind, label, text: String
    let waitingFor: [String]
    let since, workingDays: Int64
  }

  func work() async throws {
    let catalogue = try data.loadCatalogue()
    guard let today = CalendarDate(at: World.now()) else {
      throw Failure(.internalError, code: "clock", "The clock of this machine cannot be read.")
    }
    let office: OfficeAlerts
    do {
      office = try data.folder.readStore().read {
        try OfficeAlerts(in: $0, catalogue, today: today)
      }
    } catch let error as MalformedBytes {
      throw Failure(
        .disk, code: "damaged", "A record in the office's store cannot be read: \(error).")
    }
    let wording = Wording(catalogue: catalogue)
    let wanted = user?.lowercased()
    let rows = office.entries
      .filter { entry in wanted.map(entry.waitingFor.contains) ?? true }
      .map { entry in
        Row(
          id: entry.alert.description, crn: entry.crn, kind: entry.kind,
          label: wording.text(.text(entry.kind), type: "alert", field: "kind"), text: entry.text,
          waitingFor: entry.waitingFor, since: entry.since.milliseconds,
          workingDays: entry.workingDays)
      }
    try output.answer(rows)
    for row in rows {
      let short = String(row.id.filter { $0 != "-" }.suffix(8))
      let waits =
        row.waitingFor.isEmpty
        ? "anybody who holds the case" : row.waitingFor.joined(separator: ", ")
      output.say("\(row.label)  \(row.crn)  \(short)")
      output.say("  \(row.text)")
      output.say(
        "  for \(waits), since \(Show.time(row.since)) (\(Show.count(Int(row.workingDays), "working day")))"
      )
      output.say("  Done: doorstepd clear \(short) --author USER --role senior --note “…”")
      output.say("")
    }
    let whose = user.map { " for \($0)" } ?? ""
    guard rows.isEmpty else {
      output.say("\(Show.count(rows.count, "alert is", "alerts are")) open\(whose).")
      throw ExitCode(ExitStatus.needsYou.rawValue)
    }
    output.say("No alert is open\(whose).")
  }
}

struct Clear: ServerCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say that somebody has seen to an alert.",
    discussion:
      "For whoever holds no case on a laptop. A senior clears it for everybody, others for themselves. The server must not be running."
  )

  @OptionGroup var data: DataOptions
  @OptionGroup var output: Output
  @Argument(help: "The alert's id, or the end of it.") var alert: String
  @Option(name: .long, help: "User name of who has seen to it.") var author: String
  @Option(name: .long, help: "In what part: officer, senior or administrator.") var role = "senior"
  @Option(name: .long, help: "What was done.") var note: String?

  struct Answer: Encodable {
    let alert: String
    let isOpen: Bool
  }

  func validate() throws {
    guard (1...64).contains(author.utf8.count), author.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
    else { throw ValidationError("--author must be 1 to 64 printable characters without spaces.") }
    guard ["officer", "senior", "administrator"].contains(role) else {
      throw ValidationError("--role must be officer, senior or administrator.")
    }
  }

  func work() async throws {
    let catalogue = try data.loadCatalogue()
    let store = try await data.folder.openStore(telling: output)
    let answer: Answer
    do {
      answer = try await store.transaction { [self] in try clear(in: $0, catalogue) }
      try store.close()
    } catch {
      try store.close()
      throw error
    }
    try output.answer(answer)
    output.say(
      answer.isOpen ? "Cleared. It stays open for whom else it is for." : "Cleared for everybody.")
  }

  private func clear(
    in transaction: any ServerTransaction, _ catalogue: Catalogue
  ) throws -> Answer {
    let id = try RecordName(alert).id(in: transaction)
    guard let stored = try transaction.record(id) else { throw RecordName(alert).unknown }
    let found = try Record(reading: stored.bytes)
    guard found.type == "alert", !found.isDeleted else {
      throw Failure(
        .badData, code: "no-alert", "That record is no alert. See: doorstepd alerts.")
    }
    var fields: [String: Value] = [
      "alert": .text(id.description), "user": .text(author),
      "at": .integer(World.now().milliseconds),
    ]
    if let note { fields["note"] = .text(note) }
    guard let type = catalogue["alert-clearing"],
      let clearing = type.naturalID(of: fields, in: found.caseID)
    else {
      throw Failure(
        .badData, code: "unknown-type", "This office's catalogue knows no cleared alerts.")
    }
    guard try transaction.record(clearing) == nil else {
      throw Failure(.badData, code: "cleared-already", "\(author) has cleared this alert already.")
    }
    var writer = try OfficeWriter(transaction, catalogue: catalogue, now: World.now())
    do {
      try writer.set(
        fields, of: clearing, type: type.name, caseID: found.caseID, author: author,
        role: Role(rawValue: role))
    } catch let refused as OfficeWriter.Refused {
      throw Failure(
        .badData, code: refused.refusal.code,
        "It cannot be cleared so (\(refused.refusal.code), \(refused.refusal.field)).")
    }
    try writer.derive(found.caseID)
    let after = try transaction.record(id).map { try Record(reading: $0.bytes) }
    return Answer(
      alert: id.description, isOpen: after?.read("open", by: .derived)?.value.flag == true)
  }
}
