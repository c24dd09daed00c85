/// The embedded form of one catalogue file: what YAML says, one key a line, as
/// `Scripts/embed-catalogue` writes it.
///
/// Reading twelve YAML files at each start of a command cost more than the command itself. A line
/// is as many spaces as it is deep, a key, and `=` with a text, `{` with keys below it, or `[` with
/// items below it; an item is a line without a key.
struct Outline {
  private let bytes: [UInt8]
  private var position = 0
  private var line = 0

  private static let deepest = 16

  init(_ text: String) { bytes = Array(text.utf8) }

  /// The whole of it. What is not in this form is passed over: the catalogue's own checks then
  /// find something missing.
  mutating func part() -> Part { children(of: UInt8(ascii: "{"), depth: 0) }

  private mutating func children(of kind: UInt8, depth: Int) -> Part {
    let first = line + 1
    var entries: [Part.Entry] = []
    // No honest file is nested so deep; what is deeper is passed over.
    while depth <= Self.deepest, position < bytes.count, indent == depth {
      let start = position + depth
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      let mark = bytes[start..<end].firstIndex(where: Self.isMark) ?? end
      line += 1
      position = min(end + 1, bytes.count)
      guard mark < end else { continue }
      let key = Word(text: text(start..<mark), line: line)
      let value =
        bytes[mark] == UInt8(ascii: "=")
        ? Part(line: line, content: .word(text(mark + 1..<end)))
        : children(of: bytes[mark], depth: depth + 1)
      entries.append(Part.Entry(key: key, value: value))
    }
    let isList = kind == UInt8(ascii: "[")
    return Part(line: first, content: isList ? .list(entries.map(\.value)) : .mapping(entries))
  }

  private var indent: Int { bytes[position...].prefix { $0 == UInt8(ascii: " ") }.count }

  private func text(_ range: Range<Int>) -> String {
    String(decoding: bytes[range], as: UTF8.self)
  }

  private static func isMark(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "=") || byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[")
  }
}

/// One file of a catalogue in this form.
struct OutlineFile: Hashable, Sendable {
  let name: String
  let outline: String
}

extension Part {
  /// Written in this form. A text over several lines comes out as one.
  var outline: String {
    var text = ""
    write(to: &text, depth: 0)
    return text
  }

  private func write(to text: inout String, depth: Int) {
    switch content {
    case .word: break
    case .list(let parts):
      for part in parts { part.write(to: &text, depth: depth, key: "") }
    case .mapping(let entries):
      for entry in entries { entry.value.write(to: &text, depth: depth, key: entry.key.text) }
    }
  }

  private func write(to text: inout String, depth: Int, key: String) {
    text += String(repeating: " ", count: depth) + key
    switch content {
    case .word(let word):
      text += "=" + word.split(whereSeparator: \.isNewline).joined(separator: " ") + "\n"
    case .list: text += "[\n"
    case .mapping: text += "{\n"
    }
    write(to: &text, depth: depth + 1)
  }
}
