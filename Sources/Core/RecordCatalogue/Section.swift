import SyncCore

/// One mapping of a YAML file, read key by key. What nobody asked for is an unknown key, so no
/// list of allowed keys has to be kept beside the readers.
package struct Section {
  let file: String
  var line: Int
  package let title: Title
  package let entries: [Part.Entry]
  private var asked: [String] = []

  /// What errors call it, for instance `the field “notes”`; put together only when there is one.
  package struct Title: CustomStringConvertible {
    let kind: String
    let name: String

    package init(kind: String, name: String = "") {
      self.kind = kind
      self.name = name
    }

    package var description: String { name.isEmpty ? kind : "\(kind) \(quoted(name))" }
  }

  package init(_ part: Part, file: String, title: Title) throws(CatalogueError) {
    guard case .mapping(let entries) = part.content, !entries.isEmpty else {
      throw CatalogueError(
        file, part.line, "\(title) should hold keys with values",
        remedy: "write `key: value` lines, indented alike")
    }
    var lines: [String: Int] = [:]
    for entry in entries {
      if let first = lines[entry.key.text] {
        throw CatalogueError(
          file, entry.key.line, "the key \(quoted(entry.key.text)) stands twice in \(title)",
          remedy: "keep one of them; the first stands on line \(first)")
      }
      lines[entry.key.text] = entry.key.line
    }
    self.file = file
    self.line = part.line
    self.title = title
    self.entries = entries
  }

  /// An error on this section, or on the line of one of its parts.
  package func wrong(
    _ problem: String, at line: Int? = nil, remedy: String
  ) -> CatalogueError {
    CatalogueError(file, line ?? self.line, problem, remedy: remedy)
  }

  /// The part under a key; `nil` if it is not there.
  package mutating func part(_ key: String) -> Part? {
    asked.append(key)
    return entries.first { $0.key.text == key }?.value
  }

  /// Refuses what nobody asked for.
  package func finish() throws(CatalogueError) {
    guard let extra = entries.first(where: { !asked.contains($0.key.text) }) else { return }
    throw wrong(
      "the key \(quoted(extra.key.text)) means nothing in \(title)", at: extra.key.line,
      remedy: "delete it; the keys here are \(listed(asked))")
  }

  mutating func optionalWord(_ key: String) throws(CatalogueError) -> Word? {
    guard let part = part(key) else { return nil }
    return try word(part, called: quoted(key))
  }

  mutating func word(_ key: String) throws(CatalogueError) -> Word {
    guard let word = try optionalWord(key) else { throw missing(key) }
    return word
  }

  /// Words in square brackets or on lines of their own; `nil` if the key is not there.
  package mutating func optionalWords(_ key: String) throws(CatalogueError) -> [Word]? {
    guard let part = part(key) else { return nil }
    guard case .list(let parts) = part.content else {
      throw wrong(
        "\(quoted(key)) should be a list", at: part.line, remedy: "write \(key): [one, two]")
    }
    var words: [Word] = []
    for part in parts {
      let word = try word(part, called: "an item of \(quoted(key))")
      if words.contains(where: { $0.text == word.text }) {
        throw wrong(
          "\(quoted(word.text)) stands twice in \(quoted(key))", at: word.line,
          remedy: "keep one of them")
      }
      words.append(word)
    }
    return words
  }

  mutating func words(_ key: String) throws(CatalogueError) -> [Word] {
    guard let words = try optionalWords(key) else { throw missing(key) }
    return words
  }

  /// A text that people read.
  /// - Parameter bytes: the most that it may take.
  mutating func optionalSentence(_ key: String, bytes: Int) throws(CatalogueError) -> String? {
    guard let word = try optionalWord(key) else { return nil }
    return try sentence(word, called: quoted(key), bytes: bytes)
  }

  mutating func sentence(_ key: String, bytes: Int) throws(CatalogueError) -> String {
    guard let sentence = try optionalSentence(key, bytes: bytes) else { throw missing(key) }
    return sentence
  }

  package func sentence(
    _ word: Word, called name: @autoclosure () -> String, bytes: Int
  ) throws(CatalogueError) -> String {
    let text = word.text
    guard text.utf8.count <= bytes else {
      throw wrong("\(name()) is longer than \(bytes) bytes", at: word.line, remedy: "shorten it")
    }
    let isPlain = text.unicodeScalars.allSatisfy {
      $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value)
    }
    guard isPlain else {
      throw wrong(
        "\(name()) holds a line break or a control character", at: word.line,
        remedy: "write it as one line, or folded with >-")
    }
    return text
  }

  /// A whole number.
  mutating func number(_ key: String, in range: ClosedRange<Int64>) throws(CatalogueError) -> Int64
  {
    guard let number = try optionalNumber(key, in: range) else { throw missing(key) }
    return number
  }

  mutating func optionalNumber(
    _ key: String, in range: ClosedRange<Int64>
  ) throws(CatalogueError) -> Int64? {
    guard let word = try optionalWord(key) else { return nil }
    guard let number = Int64(word.text), range.contains(number) else {
      throw wrong(
        "\(quoted(key)) should be a whole number, not \(quoted(word.text))", at: word.line,
        remedy: "write a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// `yes` or `no`; `no` if the key is not there.
  mutating func claim(_ key: String) throws(CatalogueError) -> Bool {
    guard let word = try optionalWord(key) else { return false }
    switch word.text {
    case "yes": return true
    case "no": return false
    default:
      throw wrong(
        "\(quoted(key)) is \(quoted(word.text))", at: word.line, remedy: "write yes or no")
    }
  }

  /// One of the names of an enumeration.
  mutating func choice<Choice>(_ key: String, of type: Choice.Type) throws(CatalogueError) -> Choice
  where Choice: CaseIterable & RawRepresentable, Choice.RawValue == String {
    guard let choice = try optionalChoice(key, of: type) else { throw missing(key) }
    return choice
  }

  mutating func optionalChoice<Choice>(
    _ key: String, of type: Choice.Type
  ) throws(CatalogueError) -> Choice?
  where Choice: CaseIterable & RawRepresentable, Choice.RawValue == String {
    guard let word = try optionalWord(key) else { return nil }
    guard let choice = Choice(rawValue: word.text) else {
      throw wrong(
        "there is no \(key) \(quoted(word.text))", at: word.line,
        remedy: "write one of \(listed(Choice.allCases.map(\.rawValue)))")
    }
    return choice
  }

  mutating func optionalRoles(_ key: String) throws(CatalogueError) -> Set<Role>? {
    guard let words = try optionalWords(key) else { return nil }
    var roles: Set<Role> = []
    for word in words {
      let role = Role(rawValue: word.text)
      guard Role.known.contains(role) else {
        throw wrong(
          "there is no role \(quoted(word.text))", at: word.line,
          remedy: "write some of \(listed(Role.known.map(\.rawValue)))")
      }
      roles.insert(role)
    }
    return roles
  }

  mutating func roles(_ key: String) throws(CatalogueError) -> Set<Role> {
    guard let roles = try optionalRoles(key) else { throw missing(key) }
    return roles
  }

  mutating func section(_ key: String, title: Title) throws(CatalogueError) -> Section {
    guard let part = part(key) else { throw missing(key) }
    return try Section(part, file: file, title: title)
  }

  package func word(
    _ part: Part, called name: @autoclosure () -> String
  ) throws(CatalogueError) -> Word {
    guard case .word(let text) = part.content, !text.isEmpty else {
      throw wrong(
        "\(name()) should be a word or a text", at: part.line, remedy: "write plain text there")
    }
    return Word(text: text, line: part.line)
  }

  private func missing(_ key: String) -> CatalogueError {
    wrong("\(title) has no \(quoted(key))", remedy: "add a line `\(key): …`")
  }
}

/// Whether a text can name a type, a field or a member: lower-case letters, digits and dashes, a
/// letter first.
func isName(_ text: String) -> Bool {
  guard let first = text.utf8.first, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first) else {
    return false
  }
  return text.utf8.count <= Limits.standard.nameBytes
    && text.utf8.allSatisfy { byte in
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
    }
}

/// What an error on a bad name advises.
let nameRemedy =
  "use lower-case letters, digits and dashes, a letter first, at most \(Limits.standard.nameBytes)"

/// Whether a text can be a code: as a name, and upper-case letters too, because nDelius writes its
/// codes so.
func isCode(_ text: String) -> Bool {
  guard (1...Limits.standard.nameBytes).contains(text.utf8.count) else { return false }
  return text.utf8.allSatisfy { byte in
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
      || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
      || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
  }
}
