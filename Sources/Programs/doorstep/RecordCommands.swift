import ArgumentParser
import Foundation
import ProgramKit
import RecordCatalogue
import SyncCore
import SyncReplica

struct Forms: LaptopCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show every kind of record, or what one of them takes.")

  @OptionGroup var laptop: LaptopOptions
  @Argument(help: "A record type, for instance personal-contact.") var type: String?

  struct Row: Encodable {
    let name, label, why: String
    let naturalKey: [String]
    let fields: [FieldRow]
    /// What several fields together must be.
    let checks: [String]
  }
  struct FieldRow: Encodable {
    let name, label, hint, kind: String
    let isRequired, isSet: Bool
    let writers: [String]
    /// By code.
    let codes: [String: String]
    let unit, refersTo: String?
    let parts: [FieldRow]
  }

  func perform() async throws {
    let catalogue = laptop.catalogue
    guard let name = type else {
      try output.answer(catalogue.types.map(Self.row))
      output.table(
        ["Type", "What it is", "Written by"],
        catalogue.types.map { [$0.name, $0.label, Self.writers(of: $0).joined(separator: ", ")] })
      return
    }
    let found = try EnteredRecord(name, in: catalogue).type
    try output.answer(Self.row(found))
    output.say("\(found.label) (\(found.name)). \(found.why)")
    output.say("")
    for field in found.fields {
      output.say("\(field.name)\(field.policy.isRequired ? " *" : "")  \(field.label)")
      output.say("    \(field.takes)")
    }
    output.say("")
    for check in found.policy.checks { output.say("- \(check.says)") }
    output.say("* must be there from the beginning.")
  }

  private static func row(_ type: RecordType) -> Row {
    Row(
      name: type.name, label: type.label, why: type.why, naturalKey: type.naturalKey,
      fields: type.fields.map { field in
        FieldRow(
          name: field.name, label: field.label, hint: field.hint, kind: field.policy.kind.word,
          isRequired: field.policy.isRequired, isSet: field.policy.isSet,
          writers: field.policy.writers.map(\.rawValue).sorted(), codes: words(field.codes),
          unit: field.unit?.rawValue, refersTo: field.target,
          parts: field.members.map { part in
            FieldRow(
              name: part.name, label: part.label, hint: part.hint, kind: part.kind.word,
              isRequired: part.isRequired, isSet: false, writers: [], codes: words(part.codes),
              unit: part.unit?.rawValue, refersTo: part.target, parts: [])
          })
      }, checks: type.policy.checks.map(\.says))
  }

  private static func words(_ codes: [Code]) -> [String: String] {
    Dictionary(codes.map { ($0.code, $0.label) }) { first, _ in first }
  }

  private static func writers(of type: RecordType) -> [String] {
    type.fields.reduce(into: Set<Role>()) { $0.formUnion($1.policy.writers) }
      .map(\.rawValue).sorted()
  }
}

struct Add: LaptopCommand {
  static let configuration = CommandConfiguration(
    abstract: "Add a record of any kind to a case.",
    discussion: """
      Fields are given as NAME=VALUE, parts of a field as NAME.PART=VALUE; a set takes one NAME=VALUE an element. \
      `doorstep forms TYPE` shows what a type takes. For instance:
        doorstep add personal-contact X123456 name="Ann Hill" relationship=Mother
      """)

  @OptionGroup var laptop: LaptopOptions
  @Argument(help: "The record type.") var type: String
  @Argument(help: "The CRN.") var crn: String
  @Argument(help: "NAME=VALUE …") var fields: [String] = []
  @Option(name: .long, help: "Why, where it needs a reason.") var reason = ""

  func perform() async throws { try await add(type, to: crn, fields, reason: reason) }
}

struct Change: LaptopCommand {
  static let configuration = CommandConfiguration(
    abstract: "Change fields of a record of any kind.",
    discussion:
      "Fields are given as for `doorstep add`. Parts of a field that are not given stay as they are."
  )

  @OptionGroup var laptop: LaptopOptions
  @Argument(help: "The record's id, or the end of it.") var record: String
  @Argument(help: "NAME=VALUE …") var fields: [String]
  @Option(name: .long, help: "Why, where it needs a reason.") var reason = ""

  func perform() async throws {
    try await enter { replica in
      let record = try replica.findRecord(record)
      let form = try EnteredRecord(record.type, in: replica.catalogue)
      return try form.edit(fields, of: record, reason, in: replica)
    }
  }
}

struct Delete: LaptopCommand {
  static let configuration = CommandConfiguration(
    abstract: "Delete a record that should not be there.",
    discussion:
      "It is shown no longer, and the office keeps it. Where somebody writes in it meanwhile, it stays until one of you decides."
  )

  @OptionGroup var laptop: LaptopOptions
  @Argument(help: "The record's id, or the end of it.") var record: String
  @Option(name: .long, help: "Why.") var reason: String

  func perform() async throws {
    let replica = try laptop.writing()
    let record = try replica.findRecord(record)
    let edit = Edit(
      record: record.id, type: record.type, caseID: record.caseID, context: record.version,
      action: .delete, reason: reason)
    try save([edit], replica, "Deletion")
  }
}

struct Records: LaptopCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show the records of a case, all or of one kind.")

  @OptionGroup var laptop: LaptopOptions
  @Argument(help: "The CRN.") var crn: String
  @Argument(help: "A record type, for instance personal-contact.") var type: String?

  struct Row: Encodable {
    let id, type: String
    let fields: [FieldRow]
  }
  struct FieldRow: Encodable {
    let name, value: String
    let isContested: Bool
  }

  func perform() async throws { try list(type, of: crn) }
}

extension LaptopCommand {
  /// Shows the records of a case.
  /// - Parameter type: `nil` for all.
  func list(_ type: String?, of crn: String) throws {
    let replica = try laptop.reading()
    let catalogue = replica.catalogue
    let wanted = try type.map { try EnteredRecord($0, in: catalogue).type.name }
    let wording = Wording(catalogue: catalogue)
    let records = try replica.records(caseID: try replica.findCase(crn), type: wanted)
      .sorted { ($0.type, $0.id) < ($1.type, $1.id) }
    let rows = records.map { record in
      Records.Row(
        id: record.id.description, type: record.type,
        fields: record.fields.compactMap { field in
          let rule = catalogue.policy(of: record.type)?.rule(of: field) ?? .fieldMerge(.first)
          return record.read(field, by: rule).map { reading in
            Records.FieldRow(
              name: field, value: wording.text(reading.value, type: record.type, field: field),
              isContested: reading.status == .contested)
          }
        })
    }
    try output.answer(rows)
    for (record, row) in zip(records, rows) {
      output.say("\(catalogue[record.type]?.label ?? record.type)  \(record.id.short)")
      for field in row.fields {
        let mark = field.isContested ? "  (in dispute: doorstep conflicts)" : ""
        output.say("  \(field.name): \(field.value)\(mark)")
      }
    }
    if rows.isEmpty {
      let plural = wanted.flatMap { catalogue[$0]?.plural.lowercased() } ?? "records"
      let hint = wanted.map { " What one takes: doorstep forms \($0)" } ?? ""
      output.say("\(crn.uppercased()) has no \(plural) on this laptop.\(hint)")
    }
  }
}

extension Field {
  /// What it takes, for who fills it in.
  fileprivate var takes: String {
    let text =
      members.isEmpty
      ? Self.takes(policy.kind, codes, unit, target)
      : members.map { part in
        "\(name).\(part.name)\(part.isRequired ? " *" : ""): "
          + Self.takes(part.kind, part.codes, part.unit, part.target)
      }.joined(separator: "\n    ")
    return (policy.isSet ? "any number of: " : "") + text + (hint.isEmpty ? "" : "\n    \(hint)")
  }

  private static func takes(
    _ kind: FieldKind, _ codes: [Code], _ unit: RecordCatalogue.Unit?, _ target: String?
  ) -> String {
    switch kind {
    case .text(let maxBytes, let maxCharacters):
      maxCharacters == .max
        ? "text, at most \(maxBytes) bytes" : "text, at most \(maxCharacters) characters"
    case .code: codes.map { "\($0.code) (\($0.label))" }.joined(separator: ", ")
    case .flag: "yes or no"
    case .integer(let range):
      "\(range.lowerBound) to \(range.upperBound)" + (unit.map { " \($0.rawValue)" } ?? "")
    case .date: "a date, for instance 17/5/2024"
    case .time: "a time, for instance 14:10"
    case .instant: "a date and a time, for instance 17/5/2024 14:10"
    case .reference: "the id of a \(target ?? "record"), or the end of it"
    case .composite: "parts"
    }
  }
}

extension FieldKind {
  /// As the catalogue's files call it.
  fileprivate var word: String {
    switch self {
    case .text: "text"
    case .code: "code"
    case .flag: "flag"
    case .integer: "integer"
    case .date: "date"
    case .time: "time"
    case .instant: "instant"
    case .reference: "reference"
    case .composite: "composite"
    }
  }
}
