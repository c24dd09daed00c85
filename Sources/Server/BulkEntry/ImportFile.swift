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
  /// How many rows the cases have that are not left out.
  package var rows: Int { cases.reduce(0) { $0 + $1.places.count } }
  /// How many cases are not left out.
  package var caseCount: Int { cases.count }

  let catalogue: Catalogue
  let today: CalendarDate
  let limits: ImportLimits
  let names: ColumnNames
  /// Whether a case with a problem is left out and the others enter. Otherwise nothing enters while
  /// one problem is left.
  let skipsBadCases: Bool
  /// What can enter, in the order of the cases' first rows.
  private(set) var cases: [CaseRows] = []
  /// What cannot, with what is wrong with its rows.
  private(set) var leftOut: [LeftOutCase] = []
  private let bytes: [UInt8]
  private let reader: RowReader
  private let checker: RowChecker

  /// Reads and checks a whole file.
  /// - Parameters:
  ///   - name: the file's name; its ending says in which form it is.
  ///   - bytes: UTF-8, with or without a byte order mark; lines end as on Unix or as on Windows.
  ///   - mapping: what its columns and values are called here.
  ///   - today: a date of birth, or of a contact, after it is refused.
  ///   - skipsBadCases: whether cases with a problem are left out, so that the others may enter.
  /// - Throws: everything that is wrong with the file itself; of cases that are left out, only that
  ///   there are too many. A row whose case cannot be told keeps everything out: nobody could say
  ///   which case would be halved. What the file says of cases that the office does not hold is
  ///   found by `plan` and `apply`.
  package static func read(
    kind: ImportKind, name: String, bytes: [UInt8], mapping: Mapping = .none,
    catalogue: Catalogue, today: CalendarDate, skipsBadCases: Bool = false,
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
    let names = ColumnNames(kind, mapping)
    guard let reader = RowReader(names, form, bytes, limits, &problems) else { throw problems.all }
    let checker = RowChecker(kind, names, catalogue, today: today)
    var file = ImportFile(
      kind: kind, catalogue: catalogue, today: today, limits: limits, names: names,
      skipsBadCases: skipsBadCases, bytes: bytes, reader: reader, checker: checker)
    var sorter = CaseSorter(names, limits, skipsBadCases: skipsBadCases)
    try sorter.sort(reader, checker, &problems)
    (file.cases, file.leftOut) = (sorter.sound, sorter.leftOut)
    return file
  }

  private init(
    kind: ImportKind, catalogue: Catalogue, today: CalendarDate, limits: ImportLimits,
    names: ColumnNames, skipsBadCases: Bool, bytes: [UInt8], reader: RowReader, checker: RowChecker
  ) {
    self.kind = kind
    self.catalogue = catalogue
    self.today = today
    self.limits = limits
    self.names = names
    self.skipsBadCases = skipsBadCases
    self.bytes = bytes
    self.reader = reader
    self.checker = checker
  }

  /// The entries of a case, in the order of their lines. What is not in order, though it was when
  /// the file was read, is added to `problems`.
  func entries(of rows: CaseRows, _ problems: inout ProblemList) -> [ImportEntry] {
    rows.places.compactMap { place in
      reader.row(at: place, &problems).flatMap { checker.entry(of: $0, &problems) }
    }
  }

  /// The rows of cases that are left out, under the file's own first line: a file of the same form,
  /// to be mended and imported again.
  package func rejects(_ leftOut: [LeftOutCase]) -> [UInt8] {
    var rejects = Array(bytes[..<reader.opening])
    let places = leftOut.flatMap(\.rows.places).sorted { $0.position < $1.position }
    for place in places { rejects += reader.bytes(at: place) }
    return rejects
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
