import ArgumentParser
import Foundation
import ProgramKit
import SyncClient
import SyncCore
import SyncWire

struct Quarantine: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Work that the office refused, kept until somebody decides.",
    discussion: """
      A note written for a case after it had moved on waits here with its text, which this tool never \
      shows: whoever may read the office's folder reads it with doorstepd history. Release takes it as \
      its author wrote it; what the rules of its type do not allow stays refused. Redirect takes it in \
      another case. Return leaves it with its author. Either way the author's laptop says so.
      """,
    subcommands: [List.self, Show.self, Release.self, Redirect.self, Return.self],
    defaultSubcommand: List.self)

  /// One refused change, as it is listed.
  struct Row: Encodable {
    let id, author, role, type, record, crn, code, field, decision, decidedBy, reason: String
    let recordedAt, receivedAt: Int64
    let decidedAt: Int64?
    let bytes: UInt64

    init(_ item: PBQuarantine.Item) {
      id = Quarantine.name(ReplicaID(bytes: item.replica), item.counter)
      author = item.author
      role = item.role
      type = item.type
      record = RecordID(bytes: item.record)?.description ?? ""
      crn = item.crn
      code = item.code
      field = item.field
      decision = item.decision
      decidedBy = item.decidedBy
      decidedAt = item.decidedAt == 0 ? nil : item.decidedAt
      reason = item.reason
      recordedAt = item.recordedAt
      receivedAt = item.receivedAt
      bytes = item.bytes
    }
  }

  /// A change's name, as it is shown and typed back.
  static func name(_ replica: ReplicaID?, _ counter: UInt64) -> String {
    "\(replica?.description ?? "")/\(counter)"
  }

  static func items(_ office: OfficeCall, all: Bool) async throws -> [Row] {
    var rows: [Row] = []
    var after: UInt64 = 0
    repeat {
      let page: PBQuarantine = try await office.get(
        "/v1/operator/quarantine?after=\(after)&all=\(all)")
      rows += page.items.map(Row.init)
      // Each answer goes on behind the one before it, so that this ends.
      guard page.next == 0 || page.next > after else { break }
      after = page.next
    } while after != 0
    return rows
  }

  static func decide(
    _ office: OfficeCall, _ id: String, _ decision: String, crn: String = "", reason: String,
    _ output: Output, saying done: String
  ) async throws {
    let parts = id.split(separator: "/")
    guard parts.count == 2, let replica = ReplicaID(String(parts[0])),
      let counter = UInt64(parts[1])
    else {
      throw Failure(
        .badData, code: "bad-id", "“\(id)” is not a change's id. See: doorstepctl quarantine list.")
    }
    let answer: PBDecideResponse = try await office.post(
      "/v1/operator/decide",
      PBDecideRequest.with {
        $0.replica = Data(replica.bytes)
        $0.counter = counter
        $0.decision = decision
        $0.crn = crn
        $0.reason = reason
      })
    struct Answer: Encodable {
      let done: Bool
      let refusal, field: String
    }
    let isDone = answer.refusal.isEmpty
    try output.answer(Answer(done: isDone, refusal: answer.refusal, field: answer.field))
    guard isDone else {
      let field = answer.field.isEmpty ? "" : ", \(answer.field)"
      output.say(
        "Not taken: its type does not allow it (\(answer.refusal)\(field)). It waits as before: return it to its author, or have somebody enter what is right."
      )
      throw ExitCode(ExitStatus.needsYou.rawValue)
    }
    output.say(done)
  }

  struct List: OfficeCommand {
    static let configuration = CommandConfiguration(abstract: "What waits, the oldest first.")

    @OptionGroup var home: HomeOptions
    @OptionGroup var output: Output
    @Flag(name: .long, help: "Also what somebody decided on.") var all = false

    func work(_ office: OfficeCall) async throws {
      let rows = try await Quarantine.items(office, all: all)
      try output.answer(rows)
      guard !rows.isEmpty else { return output.say("Nothing waits.") }
      output.table(
        ["Change", "Case", "Author", "Type", "Written", "Why refused", "Decided"],
        rows.map { row in
          [
            row.id, row.crn, row.author, row.type, ProgramKit.Show.time(row.recordedAt),
            row.field.isEmpty ? row.code : "\(row.code) (\(row.field))",
            row.decision.isEmpty ? "" : "\(row.decision) by \(row.decidedBy)",
          ]
        })
    }
  }

  struct Show: OfficeCommand {
    static let configuration = CommandConfiguration(
      abstract: "One change: who, when, what of, how large. Never its text.")

    @OptionGroup var home: HomeOptions
    @OptionGroup var output: Output
    @Argument(help: "The change, as list shows it.") var id: String

    func work(_ office: OfficeCall) async throws {
      guard let row = try await Quarantine.items(office, all: true).first(where: { $0.id == id })
      else {
        throw Failure(
          .badData, code: "unknown-change",
          "Nothing in quarantine is called “\(id)”. See: doorstepctl quarantine list --all.")
      }
      try output.answer(row)
      output.table(
        ["What", ""],
        [
          ["case", row.crn], ["author", "\(row.author), \(row.role)"],
          ["record", "\(row.type) \(row.record)"], ["bytes", String(row.bytes)],
          ["written", ProgramKit.Show.time(row.recordedAt)],
          ["received", ProgramKit.Show.time(row.receivedAt)],
          ["refused for", row.field.isEmpty ? row.code : "\(row.code) (\(row.field))"],
          ["decided", row.decision.isEmpty ? "not yet" : "\(row.decision) by \(row.decidedBy)"],
          ["reason", row.reason],
        ])
      output.say("Its text, for who may read the office's folder: doorstepd history \(row.record)")
    }
  }

  struct Release: OfficeCommand {
    static let configuration = CommandConfiguration(
      abstract: "Take a change where it was meant for, as its author wrote it.")

    @OptionGroup var home: HomeOptions
    @OptionGroup var output: Output
    @Argument(help: "The change, as list shows it.") var id: String
    @Option(name: .long, help: "Why; its author is told.") var reason = ""

    func work(_ office: OfficeCall) async throws {
      try await Quarantine.decide(
        office, id, "release", reason: reason, output,
        saying: "Released. It stands in its case now.")
    }
  }

  struct Redirect: OfficeCommand {
    static let configuration = CommandConfiguration(
      abstract: "Take a change in another case than the one it was written for.")

    @OptionGroup var home: HomeOptions
    @OptionGroup var output: Output
    @Argument(help: "The change, as list shows it.") var id: String
    @Argument(help: "The CRN of the case that it goes to.") var crn: String
    @Option(name: .long, help: "Why; its author is told.") var reason = ""

    func work(_ office: OfficeCall) async throws {
      try await Quarantine.decide(
        office, id, "redirect", crn: crn, reason: reason, output, saying: "Taken in \(crn).")
    }
  }

  struct Return: OfficeCommand {
    static let configuration = CommandConfiguration(
      abstract: "Leave a change with its author, and tell them why.")

    @OptionGroup var home: HomeOptions
    @OptionGroup var output: Output
    @Argument(help: "The change, as list shows it.") var id: String
    @Option(name: .long, help: "Why; its author is told.") var reason: String

    func work(_ office: OfficeCall) async throws {
      try await Quarantine.decide(
        office, id, "return", reason: reason, output,
        saying: "Returned. Its author is told at the next sync.")
    }
  }
}
