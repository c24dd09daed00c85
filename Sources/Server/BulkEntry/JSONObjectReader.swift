/// Reads one flat JSON object strictly, as RFC 8259 has it.
///
/// Foundation's readers keep the last of two equal keys without a word, and a feed that says two
/// things of one person must be sent back. Values are texts, whole numbers, `true`, `false` and
/// `null`; nothing here needs more.
struct JSONObjectReader {
  private let bytes: ArraySlice<UInt8>
  private var position: Int

  private init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
  }

  /// Keys and values in the order of the line. `true` and `false` are `yes` and `no`, a number is
  /// its digits, `null` is `nil`.
  /// - Throws: a fault for anything else, two equal keys included.
  static func pairs(in line: ArraySlice<UInt8>) throws(Fault) -> [(key: String, value: String?)] {
    var reader = JSONObjectReader(line)
    return try reader.object()
  }

  private mutating func object() throws(Fault) -> [(key: String, value: String?)] {
    skipBlanks()
    guard take("{") else {
      throw Fault(
        "the line does not begin with {", "write one JSON object on each line, without an array")
    }
    var pairs: [(key: String, value: String?)] = []
    var keys: Set<[UInt8]> = []
    skipBlanks()
    if !take("}") {
      repeat {
        skipBlanks()
        let key = try text(what: "a key")
        guard keys.insert(Array(key.utf8)).inserted else {
          throw Fault("a key is given twice", "leave one of the two out")
        }
        skipBlanks()
        guard take(":") else { throw Self.notJSON("a key has no colon after it") }
        skipBlanks()
        pairs.append((key, try value()))
        skipBlanks()
      } while take(",")
      guard take("}") else { throw Self.notJSON("the object is not closed where it should be") }
    }
    skipBlanks()
    guard position == bytes.endIndex else {
      throw Self.notJSON("something stands after the object")
    }
    return pairs
  }

  private mutating func value() throws(Fault) -> String? {
    switch peek {
    case UInt8(ascii: "\""): return try text(what: "a value")
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      throw Fault("a value is an object or a list", "give each column its own key and one text")
    default:
      if isDigit || peek == UInt8(ascii: "-") { return try number() }
      if take("true") { return "yes" }
      if take("false") { return "no" }
      if take("null") { return nil }
      throw Self.notJSON("a value is no text, number, true, false or null")
    }
  }

  private mutating func number() throws(Fault) -> String {
    let start = position
    _ = take("-")
    let digits = position
    while isDigit { position += 1 }
    let isWhole = position > digits && (bytes[digits] != 0x30 || position == digits + 1)
    if !isWhole || peek == UInt8(ascii: ".") || (peek ?? 0) | 0x20 == UInt8(ascii: "e") {
      throw Fault("a number is not a whole one", "write it as text, in quotation marks")
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private var isDigit: Bool { peek.map { (0x30...0x39).contains($0) } ?? false }

  private mutating func text(what: String) throws(Fault) -> String {
    guard take("\"") else { throw Self.notJSON("\(what) does not begin with a quotation mark") }
    var text: [UInt8] = []
    while let byte = peek {
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: text, as: UTF8.self) else {
          throw Fault("a character is not UTF-8", "save the file as UTF-8")
        }
        return text
      case UInt8(ascii: "\\"): try appendEscape(to: &text)
      case 0..<0x20: throw Self.notJSON("\(what) holds a control character")
      default: text.append(byte)
      }
    }
    throw Self.notJSON("\(what) is not closed by a quotation mark")
  }

  private mutating func appendEscape(to text: inout [UInt8]) throws(Fault) {
    guard let byte = peek else { throw Self.notJSON("a backslash stands at the end") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "b"): text.append(8)
    case UInt8(ascii: "f"): text.append(12)
    case UInt8(ascii: "n"): text.append(10)
    case UInt8(ascii: "r"): text.append(13)
    case UInt8(ascii: "t"): text.append(9)
    case UInt8(ascii: "u"): text += Array(String(Character(try escapedScalar())).utf8)
    default: throw Self.notJSON("a backslash stands before a letter that it cannot escape")
    }
  }

  /// After `\u`: four hexadecimal digits, or two such groups where the first is half a pair.
  private mutating func escapedScalar() throws(Fault) -> Unicode.Scalar {
    let unit = try fourDigits()
    if let scalar = Unicode.Scalar(unit) { return scalar }
    guard (0xD800...0xDBFF).contains(unit), take("\\u") else {
      throw Self.notJSON("half of a pair of \\u escapes stands alone")
    }
    let low = try fourDigits()
    guard (0xDC00...0xDFFF).contains(low),
      let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
    else { throw Self.notJSON("half of a pair of \\u escapes stands alone") }
    return scalar
  }

  private mutating func fourDigits() throws(Fault) -> UInt32 {
    var number: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80
      else { throw Self.notJSON("\\u is not followed by four hexadecimal digits") }
      number = number << 4 | UInt32(digit)
      position += 1
    }
    return number
  }

  private var peek: UInt8? { position < bytes.endIndex ? bytes[position] : nil }

  private mutating func take(_ word: StaticString) -> Bool {
    let length = word.utf8CodeUnitCount
    let isThere = bytes[position...].prefix(length).elementsEqual(
      UnsafeBufferPointer(start: word.utf8Start, count: length))
    if isThere { position += length }
    return isThere
  }

  private mutating func skipBlanks() {
    while let byte = peek, byte == 0x20 || byte == 9 || byte == 10 || byte == 13 { position += 1 }
  }

  private static func notJSON(_ problem: String) -> Fault {
    Fault(problem, "write the line as JSON, one object on it")
  }
}
