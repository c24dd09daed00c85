/// One row of a file as bytes, with the line on which each field begins.
struct RawRow {
  struct Field {
    var bytes: [UInt8]
    let line: Int
  }

  /// Where it begins.
  let place: RowPlace
  var fields: [Field] = []
  /// What is wrong with it, and on which line.
  var fault: (fault: Fault, line: Int)?
}

/// Reads CSV as RFC 4180 has it, with either kind of line end, and keeps count of lines: a quoted
/// field may hold several.
struct CSVReader {
  private let bytes: [UInt8]
  private let lineBytes: Int
  private(set) var position: Int
  private var line: Int

  private static let quote = UInt8(ascii: "\"")
  private static let comma = UInt8(ascii: ",")
  private static let lineFeed: UInt8 = 10
  private static let carriageReturn: UInt8 = 13

  /// - Parameter start: where to begin: after a byte order mark, or at a row that was read before.
  init(_ bytes: [UInt8], from start: RowPlace, lineBytes: Int) {
    self.bytes = bytes
    self.lineBytes = lineBytes
    position = start.position
    line = start.line
  }

  /// The next row that is not blank; `nil` at the end. After a quote that is never closed there is
  /// no telling where rows begin, so that one is the last.
  mutating func next() -> RawRow? {
    while position < bytes.count {
      if skipLineEnd() { continue }
      return row()
    }
    return nil
  }

  private mutating func row() -> RawRow {
    let start = position
    var row = RawRow(place: RowPlace(position: position, line: line))
    while true {
      let opened = line
      let field = position < bytes.count && bytes[position] == Self.quote ? quoted() : plain()
      switch field {
      case .failure(let fault):
        row.fault = (fault, opened)
        skipLine()
        return row
      case .success(let bytes):
        // A row that is too long is read to its end and not kept: it may be the whole file.
        if position - start <= lineBytes {
          row.fields.append(RawRow.Field(bytes: bytes, line: opened))
        }
      }
      guard position < bytes.count, bytes[position] == Self.comma else { break }
      position += 1
    }
    if position - start > lineBytes { row.fault = (Self.tooLong(lineBytes), row.place.line) }
    _ = skipLineEnd()
    return row
  }

  private mutating func plain() -> Result<[UInt8], Fault> {
    let start = position
    while position < bytes.count {
      switch bytes[position] {
      case Self.comma, Self.lineFeed:
        return .success(Array(bytes[start..<position]))
      case Self.carriageReturn:
        if isLineEnd { return .success(Array(bytes[start..<position])) }
        return .failure(
          Fault("a carriage return stands alone", "save the file with ordinary line ends"))
      case Self.quote:
        return .failure(
          Fault(
            "a quotation mark stands inside a field that does not begin with one",
            "put the whole field in quotation marks, and double each mark inside it"))
      default:
        position += 1
      }
    }
    return .success(Array(bytes[start...]))
  }

  private mutating func quoted() -> Result<[UInt8], Fault> {
    position += 1
    var field: [UInt8] = []
    var start = position
    let opened = position
    while position < bytes.count, position - opened <= lineBytes {
      if bytes[position] == Self.lineFeed { line += 1 }
      guard bytes[position] == Self.quote else {
        position += 1
        continue
      }
      field += bytes[start..<position]
      position += 1
      guard position < bytes.count, bytes[position] == Self.quote else {
        let isEnd =
          position == bytes.count || bytes[position] == Self.comma || isLineEnd
        return isEnd
          ? .success(field)
          : .failure(
            Fault(
              "something stands after the closing quotation mark of a field",
              "double each quotation mark inside the field, or delete what stands after it"))
      }
      start = position
      position += 1
    }
    // Where the next row begins cannot be known.
    position = bytes.count
    return .failure(
      Fault(
        "a quotation mark is opened here and not closed within \(lineBytes) bytes",
        "close it; the lines after it were not checked"))
  }

  static func tooLong(_ bytes: Int) -> Fault {
    Fault("the row is longer than \(bytes) bytes", "shorten its longest field")
  }

  private var isLineEnd: Bool {
    bytes[position] == Self.lineFeed
      || bytes[position] == Self.carriageReturn && position + 1 < bytes.count
        && bytes[position + 1] == Self.lineFeed
  }

  /// - Returns: whether there was one.
  private mutating func skipLineEnd() -> Bool {
    guard position < bytes.count, isLineEnd else { return false }
    position += bytes[position] == Self.lineFeed ? 1 : 2
    line += 1
    return true
  }

  private mutating func skipLine() {
    position = bytes[position...].firstIndex(of: Self.lineFeed) ?? bytes.count
    _ = skipLineEnd()
  }
}
