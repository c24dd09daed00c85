import ArgumentParser
import ProgramKit
import RecordCatalogue
import ServerStorage
import SyncCore

struct History: ServerCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show who set what in a record, when, and on what knowledge.",
    discussion: """
      Every change that the office ever took or refused, in the order in which it arrived. It shows what is in cases: for \
      those who may read them. Works beside the running server and changes nothing.

      --as-of shows the record as the laptop showed it on which a change was made, when its form was opened: whoever \
      asks why somebody wrote something sees what they saw.
      """)

  @OptionGroup var data: DataOptions
  @OptionGroup var output: Output
  @Argument(help: "The record's id, or the end of it; or a CRN, for the records of a case.")
  var record: String
  @Option(name: .long, help: "Of a case, only records of this type.") var type: String?
  @Option(name: .long, help: "The record as the author of this change saw it: its number or dot.")
  var asOf: String?
  @Option(name: .long, help: "The record as the office had it at this number.") var at: UInt64?

  func validate() throws {
    guard asOf == nil || at == nil else { throw ValidationError("Give --as-of or --at, not both.") }
    guard type == nil || (asOf == nil && at == nil) else {
      throw ValidationError("--type is for a case. Leave it out, or give a CRN alone.")
    }
  }

  func work() async throws {
    let catalogue = try data.loadCatalogue()
    let store = try data.folder.readStore()
    let found: Found
    do { found = try store.read { try find($0, catalogue) } } catch let error as MalformedBytes {
      throw Failure(
        .disk, code: "damaged", "A record in the office's store cannot be read: \(error).")
    }
    switch found {
    case .rows(let history): try list(history, catalogue)
    case .record(let history):
      let told = HistoryTelling(history, Wording(catalogue: catalogue))
      if let asOf {
        let entry = try entry(asOf, of: history)
        let shown = history.shown(to: entry)
        try told.show(
          shown.record, .asOf(entry.logged.sequence, uncertain: shown.uncertain), output)
      } else if let at {
        try told.show(history.record(at: at), .at(at), output)
      } else {
        try told.tell(output)
      }
    }
  }

  private enum Found {
    case rows(CaseHistory)
    case record(RecordHistory)
  }

  private func find(_ store: any ServerReading, _ catalogue: Catalogue) throws -> Found {
    if let crn = CRN(record) {
      let history = try CaseHistory(of: .named("case", crn.description), in: store)
      if !history.rows.isEmpty {
        guard asOf == nil, at == nil else {
          throw Failure(
            .usage, code: "usage",
            "--as-of and --at are for one record. Its id is in: doorstepd history \(record)")
        }
        return .rows(history)
      }
    }
    guard type == nil else {
      throw Failure(
        .usage, code: "usage", "--type is for a case, and “\(record)” is no CRN that is known.")
    }
    guard let history = try RecordHistory(of: RecordName(record).id(in: store), in: store)
    else { throw RecordName(record).unknown }
    return .record(history)
  }

  private func entry(_ name: String, of history: RecordHistory) throws -> RecordHistory.Entry {
    let parts = name.lowercased().split(separator: "#", omittingEmptySubsequences: false)
    let found = history.entries.filter { entry in
      guard parts.count == 2 else { return UInt64(name) == entry.logged.sequence }
      return entry.logged.dot.replica.description.hasSuffix(parts[0])
        && UInt64(parts[1]) == entry.logged.dot.counter
    }
    guard let entry = found.first, found.count == 1 else {
      throw Failure(
        .badData, code: "unknown-change",
        "“\(name)” names no single change of this record. Its changes and their numbers: doorstepd history \(record)"
      )
    }
    return entry
  }

  private struct Row: Encodable {
    let id, type: String
    let changes, refused, last: UInt64
  }

  private func list(_ history: CaseHistory, _ catalogue: Catalogue) throws {
    let rows = history.rows.filter { type == nil || $0.type == type }.map {
      Row(
        id: $0.record.description, type: $0.type, changes: $0.changes, refused: $0.refused,
        last: $0.last)
    }
    try output.answer(rows)
    if rows.isEmpty { return output.say("The case has no record of that type.") }
    output.table(
      ["Record", "Type", "Changes", "Refused", "Newest"],
      rows.map { [$0.id, $0.type, String($0.changes), String($0.refused), "no. \($0.last)"] })
  }
}
