/// Finds the columns that a file names among those of its kind.
struct ColumnNames {
  private let kind: ImportKind

  init(_ kind: ImportKind) { self.kind = kind }

  /// The kind's column at each place of a row; `nil` when the first line is not in order.
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
    let found = given.map { place(of: $0) }
    guard found.contains(where: { $0 != nil }) else {
      let isSplit =
        given.count == 1
        && given[0].utf8.contains {
          $0 == UInt8(ascii: ";") || $0 == UInt8(ascii: "\t")
        }
      problems.add(
        Fault(
          isSplit
            ? "the fields are not separated by commas"
            : "the first line does not name the columns",
          isSplit ? "save the file as CSV with commas" : "begin the file with the line \(example)"),
        line: row.line)
      return nil
    }
    var isSound = true
    func report(_ fault: @autoclosure () -> Fault, _ column: String? = nil) {
      problems.add(fault(), line: row.line, column: column)
      isSound = false
    }
    for (index, place) in found.enumerated() {
      if let place {
        guard found[..<index].contains(place) else { continue }
        report(Fault("the column is named twice", "leave one of the two out"), name(place))
      } else {
        report(Fault("column \(index + 1) has a name that is not known", advice(given[index])))
      }
    }
    for (place, column) in kind.columns.enumerated() where column.isRequired {
      guard !found.contains(place) else { continue }
      report(Fault("the column is missing", "add it to the first line and every row"), column.name)
    }
    return isSound ? found : nil
  }

  /// The kind's columns of a row's keys.
  /// - Throws: the first fault: a key that is not known, or two that mean one column.
  func places(of keys: [String]) throws(Fault) -> [Int] {
    var places: [Int] = []
    for (index, key) in keys.enumerated() {
      guard let place = place(of: key) else {
        throw Fault("key \(index + 1) is not known", advice(key))
      }
      guard !places.contains(place) else {
        throw Fault("a key is given twice", "leave one of the two out")
      }
      places.append(place)
    }
    return places
  }

  private var example: String { kind.columnNames.joined(separator: ",") }

  private func name(_ place: Int) -> String { kind.columns[place].name }

  private func place(of given: String) -> Int? {
    let name = Self.plain(given)
    return kind.columns.firstIndex { $0.name == name }
  }

  /// `Date of birth` and `date-of-birth` are `date_of_birth`. Cut by bytes: a single character may
  /// be as long as the file.
  private static func plain(_ name: String) -> String {
    let start = String(decoding: name.utf8.prefix(64), as: UTF8.self)
    let words = start.lowercased().split { $0 == " " || $0 == "-" || $0 == "_" }
    return words.joined(separator: "_")
  }

  /// The name that was given is not repeated: a file without column names begins with a person's.
  private func advice(_ given: String) -> String {
    let name = Array(Self.plain(given))
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
