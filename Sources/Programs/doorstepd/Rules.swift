import ArgumentParser
import ProgramKit
import RecordCatalogue
import ServerStorage
import SyncCore

struct Rules: ServerCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what another catalogue would read differently, before anybody adopts it.",
    discussion: """
      Every record's standing edits are read by the rules in force and by those of the folder given, and so is every \
      state in which concurrent changes ever left a record. The records themselves stay as they are whatever is adopted: \
      rules read and never merge. Works beside the running server.
      """)

  @OptionGroup var data: DataOptions
  @OptionGroup var output: Output
  @Argument(help: "Folder of the other catalogue's files.") var folder: String

  struct Row: Encodable {
    let record, type, field, before, after: String
  }
  struct Answer: Encodable {
    let version: UInt32
    let fields, concurrent: Int
    /// Types, fields and codes that it no longer has. Laptops refuse it while there are any.
    let lacks: [String]
    /// How many, by type and field.
    let differences: [String: Int]
    /// Fields that concurrent changes left with unequal values in states that are past, and how
    /// many of these would have read differently, by type and field.
    let pastConcurrent: Int
    let pastDifferences: [String: Int]
    /// The first 1,000 of the differences.
    let examples: [Row]
  }

  /// Lines that fit on a screen; the JSON answer has more.
  private static let shown = 20

  func work() async throws {
    let old = try data.loadCatalogue()
    let new: Catalogue
    do { new = try Catalogue(directory: folder) } catch {
      throw Failure(.badData, code: "bad-catalogue", error.description)
    }
    let change: RuleChange
    do {
      change = try data.folder.readStore().read { try RuleChange(from: old, to: new, in: $0) }
    } catch { throw Failure(error) }
    let examples = change.differences.map {
      Row(
        record: $0.record.description, type: $0.type, field: $0.field, before: $0.before.rawValue,
        after: $0.after.rawValue)
    }
    try output.answer(
      Answer(
        version: new.version, fields: change.fields, concurrent: change.concurrent,
        lacks: new.lacks(of: old), differences: change.counts,
        pastConcurrent: change.pastConcurrent, pastDifferences: change.pastCounts,
        examples: examples))
    let total = change.counts.values.reduce(0, +)
    output.say(
      "\(Show.count(change.fields, "field")) read, \(change.concurrent) with concurrent values. "
        + "\(Show.count(total, "field")) would read differently.")
    if !change.counts.isEmpty {
      output.table(
        ["Type and field", "Fields"],
        change.counts.sorted { $0.key < $1.key }.map { [$0.key, String($0.value)] })
    }
    for row in examples.prefix(Self.shown) {
      output.say("\(row.type) \(row.record) \(row.field): \(row.before), then \(row.after)")
    }
    if total > Self.shown {
      output.say("… and \(total - Self.shown) more. --json names the first 1,000.")
    }
    let past = change.pastCounts.values.reduce(0, +)
    output.say(
      "Of \(Show.count(change.pastConcurrent, "field")) that stood in dispute or were settled by a rule in the past, \(past) would have read differently."
    )
    if past > 0 {
      output.table(
        ["Type and field", "In the past"],
        change.pastCounts.sorted { $0.key < $1.key }.map { [$0.key, String($0.value)] })
    }
    let lacks = new.lacks(of: old)
    if !lacks.isEmpty {
      output.say(
        "It no longer has \(lacks.joined(separator: ", ")). Records were made under these: leave them in, or no laptop takes it."
      )
    }
    if new.version <= old.version {
      output.say(
        "Its version, \(new.version), is not above \(old.version): raise it before it is adopted.")
    }
  }
}
