/// Finds the columns that a file names among those of its kind.
struct ColumnNames: Sendable {
  private enum Meaning: Hashable {
    /// By its place in the kind.
    case column(Int)
    case ignored
  }

  let kind: ImportKind
  private let mapping: Mapping
  /// By plain name.
  private let meanings: [String: Meaning]
  /// Each column as whoever mends the file knows it.
  private let shownNames: [String]

  init(_ kind: ImportKind, _ mapping: Mapping) {
    self.kind = kind
    self.mapping = mapping
    var meanings: [String: Meaning] = [:]
    var shownNames = kind.columns.map(\.name)
    for (place, name) in shownNames.enumerated() { meanings[name] = .column(place) }
    for name in mapping.ignored { meanings[name] = .ignored }
    for source in mapping.sources {
      meanings[Self.plain(source.name)] = .column(source.column)
      shownNames[source.column] = source.name
    }
    self.meanings = meanings
    self.shownNames = shownNames
  }

  /// The kind's column at each place of a row, `nil` for one that is ignored; `nil` when the first
  /// line is not in order.
  func header(_ row: RawRow?, _ problems: inout ProblemList) -> [Int?]? {
    guard let row else {
      problems.add(Fault("the file is empty", "begin it with the line \(example)"))
      return nil
    }
    if let (fault, line) = row.fault {
      problems.add(fault, line: line)
      return nil
    }
    let given = row.fields.map { String(decoding: $0.bytes, as: UTF8.self) }
    let found = given.map { meanings[Self.plain($0)] }
    guard found.contains(where: { $0 != nil }) else {
      problems.add(noNames(given), line: row.place.line)
      return nil
    }
    var isSound = true
    func report(_ fault: @autoclosure () -> Fault, _ column: Int? = nil) {
      problems.add(fault(), line: row.place.line, column: column.map(shown))
      isSound = false
    }
    var seen: Set<Int> = []
    for (index, meaning) in found.enumerated() {
      switch meaning {
      case .column(let column):
        if let fault = fault(in: column, seen.insert(column).inserted) { report(fault, column) }
      case .ignored: continue
      case nil:
        report(Fault("column \(index + 1) has a name that is not known", remedy(given[index])))
      }
    }
    for source in mapping.sources where !seen.contains(source.column) {
      report(
        Fault(
          "the mapping names this column, and the file does not have it",
          "correct its name in the mapping, or delete it there"), source.column)
      seen.insert(source.column)
    }
    for (place, column) in kind.columns.enumerated() where column.isRequired {
      guard !seen.contains(place), mapping.constants[place] == nil else { continue }
      report(Fault("the column is missing", "add it to the first line and every row"), place)
    }
    guard isSound else { return nil }
    return found.map { if case .column(let place) = $0 { place } else { nil } }
  }

  /// The kind's columns of a row's keys; `nil` for one that is ignored.
  /// - Throws: the first fault: a key that is not known, or two that mean one column.
  func columns(of keys: [String]) throws(Fault) -> [Int?] {
    var columns: [Int?] = []
    var seen: Set<Int> = []
    for (index, key) in keys.enumerated() {
      switch meanings[Self.plain(key)] {
      case .column(let column):
        guard seen.insert(column).inserted else {
          throw Fault("a key is given twice", "leave one of the two out")
        }
        if let fault = fault(in: column, true) { throw fault }
        columns.append(column)
      case .ignored: columns.append(nil)
      case nil: throw Fault("key \(index + 1) is not known", remedy(key))
      }
    }
    return columns
  }

  /// Our column of this name, by its place.
  func column(_ name: String) -> Int? {
    let name = Self.plain(name)
    return kind.columns.firstIndex { $0.name == name }
  }

  /// What stands in every row before it is read.
  func constants(at line: Int) -> [Row.Cell?] {
    var cells = [Row.Cell?](repeating: nil, count: kind.columns.count)
    for (column, text) in mapping.constants { cells[column] = Row.Cell(text: text, line: line) }
    return cells
  }

  /// Our word for what stands in a cell. Elements of a set are translated one by one.
  func ours(_ text: String, in column: Int) -> String {
    guard let table = mapping.values[column] else { return text }
    guard case .elements = kind.columns[column].form else { return Self.word(text, table) }
    return text.utf8.split(separator: UInt8(ascii: ";"))
      .map { Self.word(String(Substring($0)), table) }.joined(separator: ";")
  }

  private static func word(_ text: String, _ table: [String: String]) -> String {
    // To compare texts by letters is slow, and no word of a mapping is longer, but for blanks.
    guard text.utf8.count <= 2 * Mapping.wordBytes else { return text }
    let isBlank = { (byte: UInt8) in byte == 0x20 || (9...13).contains(byte) }
    let inner = text.utf8.drop(while: isBlank).reversed().drop(while: isBlank).reversed()
    return table[String(decoding: Array(inner), as: UTF8.self)] ?? text
  }

  /// A column as whoever mends the file knows it.
  func shown(_ column: Int) -> String { shownNames[column] }

  private var example: String {
    let order = kind.columnNames.compactMap { column($0) }.filter { mapping.constants[$0] == nil }
    return order.map(shown).joined(separator: ",")
  }

  private func noNames(_ given: [String]) -> Fault {
    let isSplit =
      given.count == 1
      && given[0].utf8.contains { $0 == UInt8(ascii: ";") || $0 == UInt8(ascii: "\t") }
    return isSplit
      ? Fault("the fields are not separated by commas", "save the file as CSV with commas")
      : Fault("the first line does not name the columns", "begin the file with the line \(example)")
  }

  private func fault(in column: Int, _ isFirst: Bool) -> Fault? {
    if !isFirst {
      let more = mapping.isEmpty ? "" : ", or put it under ignore in the mapping"
      return Fault("the column is named twice", "leave one of the two out\(more)")
    }
    guard mapping.constants[column] != nil else { return nil }
    return Fault(
      "the file has this column, and the mapping gives it a constant",
      "delete the constant, or put the column under ignore")
  }

  /// `Date of birth` and `date-of-birth` are `date_of_birth`. Cut by bytes, beyond any name of ours
  /// or of a mapping: a single character may be as long as the file.
  static func plain(_ name: String) -> String {
    let start = String(decoding: name.utf8.prefix(Mapping.wordBytes + 56), as: UTF8.self)
    let words = start.lowercased().split { $0 == " " || $0 == "-" || $0 == "_" }
    return words.joined(separator: "_")
  }

  private func remedy(_ given: String) -> String {
    mapping.isEmpty
      ? advice(given)
      : "name it under columns or ignore in the mapping; or \(advice(given))"
  }

  /// The name that was given is not repeated: a file without column names begins with a person's.
  func advice(_ given: String) -> String {
    let name = Array(Self.plain(given).prefix(64))
    let nearest = kind.columns.map { ($0.name, Self.distance(name, Array($0.name))) }
      .min { $0.1 < $1.1 }
    guard let (near, steps) = nearest, steps <= max(2, near.count / 2) else {
      return "delete it, or name one of \(kind.columnNames.joined(separator: ", "))"
    }
    return "delete it, or rename it; the nearest is \(near)"
  }

  /// Letters to add, take away or change between two words (Levenshtein).
  private static func distance(_ one: [Character], _ other: [Character]) -> Int {
    var row = Array(0...other.count)
    for (index, letter) in one.enumerated() {
      var corner = row[0]
      row[0] = index + 1
      for place in other.indices {
        let change = corner + (other[place] == letter ? 0 : 1)
        corner = row[place + 1]
        row[place + 1] = min(change, corner + 1, row[place] + 1)
      }
    }
    return row[other.count]
  }
}
