/// One row of a file: what stands in each column of its kind, in the order of those.
struct Row {
  struct Cell {
    let text: String
    /// The line on which it begins.
    let line: Int
  }

  let line: Int
  /// `nil` where nothing stands.
  let cells: [Cell?]
}

/// Reads a file row by row, whichever its form.
struct RowReader {
  private enum Source {
    /// CSV, with the kind's column at each place of a row.
    case csv(CSVReader, columns: [Int?])
    case json(position: Int, line: Int)
  }

  private let kind: ImportKind
  private let bytes: [UInt8]
  private let limits: ImportLimits
  private var source: Source

  /// Reads the names of the columns.
  /// - Returns: `nil` when these are in order for no row: the problems say why.
  init?(
    _ kind: ImportKind, _ form: ImportForm, _ bytes: [UInt8], _ limits: ImportLimits,
    _ problems: inout ProblemList
  ) {
    self.kind = kind
    self.bytes = bytes
    self.limits = limits
    let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    switch form {
    case .json: source = .json(position: start, line: 1)
    case .csv:
      var reader = CSVReader(bytes, from: start, lineBytes: limits.lineBytes)
      guard let columns = ColumnNames(kind).header(reader.next(), &problems) else { return nil }
      source = .csv(reader, columns: columns)
    }
  }

  /// The next row that can be read; `nil` at the end. What cannot be read is added to `problems`.
  mutating func next(_ problems: inout ProblemList) -> Row? {
    switch source {
    case .csv(var reader, let columns):
      defer { source = .csv(reader, columns: columns) }
      while let raw = reader.next() {
        if let row = row(raw, columns, &problems) { return row }
      }
      return nil
    case .json(var position, var line):
      defer { source = .json(position: position, line: line) }
      while position < bytes.count {
        let end = bytes[position...].firstIndex(of: 10) ?? bytes.count
        let (text, number) = (bytes[position..<end], line)
        position = min(end + 1, bytes.count)
        line += 1
        guard !text.allSatisfy({ $0 == 0x20 || $0 == 9 || $0 == 13 }) else { continue }
        if let row = row(text, number, &problems) { return row }
      }
      return nil
    }
  }

  private func row(_ raw: RawRow, _ columns: [Int?], _ problems: inout ProblemList) -> Row? {
    if let (fault, line) = raw.fault {
      problems.add(fault, line: line)
      return nil
    }
    guard raw.fields.count == columns.count else {
      problems.add(
        Fault(
          "the row has \(raw.fields.count) fields and the first line names \(columns.count)",
          "put a field that holds a comma in quotation marks"), line: raw.line)
      return nil
    }
    var cells = [Row.Cell?](repeating: nil, count: kind.columns.count)
    var isSound = true
    for (field, column) in zip(raw.fields, columns) {
      guard let text = String(validating: field.bytes, as: UTF8.self) else {
        problems.add(Self.notUTF8, line: field.line + Self.linesBeforeFault(field.bytes))
        isSound = false
        continue
      }
      if let column, !text.isEmpty { cells[column] = Row.Cell(text: text, line: field.line) }
    }
    return isSound ? Row(line: raw.line, cells: cells) : nil
  }

  private func row(_ text: ArraySlice<UInt8>, _ line: Int, _ problems: inout ProblemList) -> Row? {
    guard text.count <= limits.lineBytes else {
      problems.add(CSVReader.tooLong(limits.lineBytes), line: line)
      return nil
    }
    guard String(validating: text, as: UTF8.self) != nil else {
      problems.add(Self.notUTF8, line: line)
      return nil
    }
    do {
      let pairs = try JSONObjectReader.pairs(in: text)
      let places = try ColumnNames(kind).places(of: pairs.map(\.key))
      var cells = [Row.Cell?](repeating: nil, count: kind.columns.count)
      for (place, pair) in zip(places, pairs) {
        if let text = pair.value { cells[place] = Row.Cell(text: text, line: line) }
      }
      return Row(line: line, cells: cells)
    } catch {
      problems.add(error, line: line)
      return nil
    }
  }

  private static let notUTF8 = Fault("a character is not UTF-8", "save the file as UTF-8")

  private static func linesBeforeFault(_ bytes: [UInt8]) -> Int {
    var decoder = UTF8()
    var iterator = bytes.makeIterator()
    var lines = 0
    while case .scalarValue(let scalar) = decoder.decode(&iterator) {
      if scalar == "\n" { lines += 1 }
    }
    return lines
  }
}
