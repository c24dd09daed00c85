import RecordCatalogue
import SyncCore

/// How a file is written.
enum ImportForm: Sendable {
  case csv, json

  /// By the ending of its name: `.csv`, or `.jsonl`, `.ndjson` or `.json` for JSON Lines.
  init?(name: String) {
    let name = name.lowercased()
    if name.hasSuffix(".csv") {
      self = .csv
    } else if [".jsonl", ".ndjson", ".json"].contains(where: { name.hasSuffix($0) }) {
      self = .json
    } else {
      return nil
    }
  }
}

/// A file of cases, contacts or grants that was checked from its first line to its last.
///
/// Only its bytes are kept, and rows are made again when they are needed: the rows of the largest
/// file would take many times its size.
package struct ImportFile: Sendable {
  package let kind: ImportKind
  /// How many rows it has.
  package let rows: Int

  let catalogue: Catalogue
  private let form: ImportForm
  private let bytes: [UInt8]
  let today: CalendarDate
  let limits: ImportLimits

  /// Reads and checks a whole file.
  /// - Parameters:
  ///   - name: the file's name; its ending says in which form it is.
  ///   - bytes: UTF-8, with or without a byte order mark; lines end as on Unix or as on Windows.
  ///   - today: a date of birth, or of a contact, after it is refused.
  /// - Throws: everything that is wrong with the file itself. What it says of cases that the office
  ///   does not hold is found by `plan` and `apply`.
  package static func read(
    kind: ImportKind, name: String, bytes: [UInt8], catalogue: Catalogue, today: CalendarDate,
    limits: ImportLimits = ImportLimits()
  ) throws(ImportProblems) -> ImportFile {
    var problems = ProblemList(limit: limits.problems)
    guard let form = ImportForm(name: name) else {
      problems.add(
        Fault("the file's name ends in neither .csv nor .jsonl", "name it by what is in it"))
      throw problems.all
    }
    guard bytes.count <= limits.fileBytes else {
      problems.add(
        Fault("the file is larger than \(limits.fileBytes) bytes", "divide it into several"))
      throw problems.all
    }
    guard !bytes.starts(with: [0xFE, 0xFF]), !bytes.starts(with: [0xFF, 0xFE]) else {
      problems.add(Fault("the file is UTF-16", "save it as UTF-8, as “CSV UTF-8” for instance"))
      throw problems.all
    }
    let unread = ImportFile(
      kind: kind, rows: 0, catalogue: catalogue, form: form, bytes: bytes, today: today,
      limits: limits)
    var lines: [RecordID: Int] = [:]
    unread.forEachEntry(&problems) { entry, problems in
      if let earlier = lines.updateValue(entry.line, forKey: entry.key) {
        problems.add(
          Fault("line \(earlier) is about the same", "leave one of the two out"), line: entry.line,
          column: kind.keyColumn)
      }
    }
    guard problems.isEmpty else { throw problems.all }
    return ImportFile(
      kind: kind, rows: lines.count, catalogue: catalogue, form: form, bytes: bytes, today: today,
      limits: limits)
  }

  /// Makes the file's entries one after the other, in the order of its lines. Rows that are not in
  /// order are added to `problems` and passed over.
  func forEachEntry<Failure: Error>(
    _ problems: inout ProblemList,
    _ body: (ImportEntry, inout ProblemList) throws(Failure) -> Void
  ) throws(Failure) {
    guard var reader = RowReader(kind, form, bytes, limits, &problems) else { return }
    let checker = RowChecker(kind, catalogue, today: today)
    while let row = reader.next(&problems) {
      if let entry = checker.entry(of: row, &problems) { try body(entry, &problems) }
    }
  }
}

/// What one row asks for.
struct ImportEntry {
  enum Content {
    case record(RecordID, type: String, parts: [Part])
    case grant(user: String, reason: String)
  }

  /// A value for a field, or for one member of it.
  struct Part {
    let column: String
    let field: String
    let member: String?
    let value: Value
  }

  let line: Int
  /// In its canonical form.
  let crn: String
  let content: Content
  /// Who wrote it, where the file says so.
  let author: String?

  var caseID: CaseID { .named("case", crn) }

  /// What it is about: two rows with one key contradict each other, or one is too many.
  var key: RecordID {
    switch content {
    case .record(let id, _, _): id
    case .grant(let user, _): .named("grant", "\(crn) \(user)")
    }
  }
}
