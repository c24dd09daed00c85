/// One row of a file: what stands in each column of its kind, in the order of those.
struct Row {
  struct Cell {
    let text: String
    /// The line on which it begins.
    let line: Int
  }

  let place: RowPlace
  /// `nil` where nothing stands.
  let cells: [Cell?]
}

/// Reads a file row by row, whichever its form.
struct RowReader: Sendable {
  private enum Source {
    /// CSV, with the kind's column at each place of a row.
    case csv(CSVReader, columns: [Int?])
    case json(RowPlace)
  }

  /// Bytes before the first row: a byte order mark and, in CSV, the line of column names.
  let opening: Int
  private let names: ColumnNames
  private let bytes: [UInt8]
  private let limits: ImportLimits
  private var source: Source

  /// Reads the names of the columns.
  /// - Returns: `nil` when these are in order for no row: the problems say why.
  init?(
    _ names: ColumnNames, _ form: ImportForm, _ bytes: [UInt8], _ limits: ImportLimits,
    _ problems: inout ProblemList
  ) {
    self.names = names
    self.bytes = bytes
    self.limits = limits
    let start = RowPlace(position: bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0, line: 1)
    switch form {
    case .json:
      opening = start.position
      source = .json(start)
    case .csv:
      var reader = CSVReader(bytes, from: start, lineBytes: limits.lineBytes)
      guard let columns = names.header(reader.next(), &problems) else { return nil }
      opening = reader.position
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
    case .json(var place):
      defer { source = .json(place) }
      while place.position < bytes.count {
        let (text, start) = (line(at: place), place)
        place = RowPlace(position: min(text.endIndex + 1, bytes.count), line: place.line + 1)
        guard !text.allSatisfy({ $0 == 0x20 || $0 == 9 || $0 == 13 }) else { continue }
        if let row = row(text, start, &problems) { return row }
      }
      return nil
    }
  }

  /// A row that `next` gave before.
  func row(at place: RowPlace, _ problems: inout ProblemList) -> Row? {
    var other = self
    switch source {
    case .csv(_, let columns):
      let reader = CSVReader(bytes, from: place, lineBytes: limits.lineBytes)
      other.source = .csv(reader, columns: columns)
    case .json: other.source = .json(place)
    }
    return other.next(&problems)
  }

  /// The bytes of a row that `next` gave before, with its line end where it has one.
  func bytes(at place: RowPlace) -> ArraySlice<UInt8> {
    switch source {
    case .csv:
      var reader = CSVReader(bytes, from: place, lineBytes: limits.lineBytes)
      _ = reader.next()
      return bytes[place.position..<reader.position]
    case .json:
      let end = line(at: place).endIndex
      return bytes[place.position..<min(end + 1, bytes.count)]
    }
  }

  /// Without its line feed.
  private func line(at place: RowPlace) -> ArraySlice<UInt8> {
    let end = bytes[place.position...].firstIndex(of: 10) ?? bytes.count
    return bytes[place.position..<end]
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
          "put a field that holds a comma in quotation marks"), line: raw.place.line)
      return nil
    }
    var cells = names.constants(at: raw.place.line)
    var isSound = true
    for (field, column) in zip(raw.fields, columns) {
      guard let text = String(validating: field.bytes, as: UTF8.self) else {
        problems.add(Self.notUTF8, line: field.line + Self.linesBeforeFault(field.bytes))
        isSound = false
        continue
      }
      if let column, !text.isEmpty {
        cells[column] = Row.Cell(text: names.ours(text, in: column), line: field.line)
      }
    }
    return isSound ? Row(place: raw.place, cells: cells) : nil
  }

  private func row(
    _ text: ArraySlice<UInt8>, _ place: RowPlace, _ problems: inout ProblemList
  ) -> Row? {
    guard text.count <= limits.lineBytes else {
      problems.add(CSVReader.tooLong(limits.lineBytes), line: place.line)
      return nil
    }
    guard String(validating: text, as: UTF8.self) != nil else {
      problems.add(Self.notUTF8, line: place.line)
      return nil
    }
    do {
      let pairs = try JSONObjectReader.pairs(in: text)
      let columns = try names.columns(of: pairs.map(\.key))
      var cells = names.constants(at: place.line)
      for (column, pair) in zip(columns, pairs) {
        if let column, let text = pair.value {
          cells[column] = Row.Cell(text: names.ours(text, in: column), line: place.line)
        }
      }
      return Row(place: place, cells: cells)
    } catch {
      problems.add(error, line: place.line)
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
