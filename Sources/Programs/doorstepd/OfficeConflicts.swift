import ArgumentParser
import ProgramKit
import RecordCatalogue
import ServerStorage
import SyncCore

struct Conflicts: ServerCommand {
  static let configuration = CommandConfiguration(
    abstract: "List what people recorded differently in any case, side by side, the oldest first.",
    discussion:
      "Works beside the running server. It shows what is in cases, to whoever may read this folder. The status is 1 while anything is in dispute."
  )

  @OptionGroup var data: DataOptions
  @OptionGroup var output: Output
  @Option(name: .long, help: "Only cases of this officer.") var officer: String?

  func work() async throws {
    let catalogue = try data.loadCatalogue()
    guard let today = CalendarDate(at: World.now()) else {
      throw Failure(.internalError, code: "clock", "The clock of this machine cannot be read.")
    }
    let office: OfficeInbox
    do {
      office = try data.folder.readStore().read {
        try OfficeInbox(in: $0, catalogue, today: today)
      }
    } catch let error as MalformedBytes {
      throw Failure(
        .disk, code: "damaged", "A record in the office's store cannot be read: \(error).")
    }
    var inbox = Inbox(catalogue, patience: OfficeInbox.patience)
    for entry in office.entries {
      guard officer.map({ $0.lowercased() == entry.owner?.lowercased() }) ?? true else { continue }
      inbox.add(
        entry.dispute,
        Inbox.Setting(
          crn: entry.crn, name: entry.name, owner: entry.owner, since: entry.since,
          workingDays: entry.workingDays))
    }
    try inbox.show(output, decide: "doorstepd resolve")
    if !inbox.rows.isEmpty { throw ExitCode(ExitStatus.needsYou.rawValue) }
  }
}

struct Resolve: ServerCommand {
  static let configuration = CommandConfiguration(
    abstract: "Decide between values that people recorded differently.",
    discussion: """
      For whoever decides and holds no case on a laptop. The decision is an edit that has seen all of them, in the name \
      and role given; nothing is erased. The server must not be running.
      """)

  @OptionGroup var data: DataOptions
  @OptionGroup var output: Output
  @Argument(help: "The record's id, or the end of it.") var record: String
  @Argument(help: "The choice: the letter that doorstepd conflicts shows.") var choice: String
  @Option(name: .long, help: "The field, where several are in dispute.") var field: String?
  @Option(name: .long, help: "Why.") var reason: String
  @Option(name: .long, help: "User name of who decides.") var author: String
  @Option(name: .long, help: "In what part: one of those for whom it waits.") var role = "senior"

  struct Answer: Encodable { let record, field: String }

  func validate() throws {
    guard !reason.allSatisfy(\.isWhitespace), reason.utf8.count <= 400 else {
      throw ValidationError("Say why, in at most 400 bytes: --reason WHY.")
    }
    guard (1...64).contains(author.utf8.count), author.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
    else { throw ValidationError("--author must be 1 to 64 printable characters without spaces.") }
  }

  func work() async throws {
    let catalogue = try data.loadCatalogue()
    let store = try await data.folder.openStore(telling: output)
    let decided: (id: RecordID, field: String)
    do {
      decided = try await store.transaction { [self] in try decide(in: $0, catalogue) }
      try store.close()
    } catch {
      try store.close()
      throw error
    }
    try output.answer(Answer(record: decided.id.description, field: decided.field))
    output.say("Decided. It reaches the laptops with their next syncs.")
  }

  private func decide(
    in transaction: any ServerTransaction, _ catalogue: Catalogue
  ) throws -> (RecordID, String) {
    let id = try RecordName(record).id(in: transaction)
    guard let stored = try transaction.record(id) else { throw RecordName(record).unknown }
    let found = try Record(reading: stored.bytes)
    let disputes = found.disputes(by: catalogue.policy(of: found.type))
    let (name, value) = try Inbox.chosen(
      choice, field: field, among: disputes, list: "doorstepd conflicts")
    let deciders = disputes.first { $0.field == name }?.deciders ?? []
    guard deciders.isEmpty || deciders.contains(Role(rawValue: role)) else {
      let names = deciders.map(\.rawValue).sorted().joined(separator: " or ")
      throw Failure(
        .badData, code: "role-may-not-decide", "This is for \(names) to decide: --role.")
    }
    var writer = try OfficeWriter(transaction, catalogue: catalogue, now: World.now())
    do {
      try writer.set(
        [name: value], of: id, type: found.type, caseID: found.caseID, author: author,
        role: Role(rawValue: role), reason: reason)
    } catch let refused as OfficeWriter.Refused {
      throw Failure(
        .badData, code: refused.refusal.code,
        "It cannot be decided so (\(refused.refusal.code)). See what the record says: doorstepd history \(record)"
      )
    }
    try writer.derive(found.caseID)
    return (id, name)
  }
}
