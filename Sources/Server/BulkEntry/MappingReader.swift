import RecordCatalogue
import SyncCore

/// Reads a mapping file, key by key.
struct MappingReader {
  private let file: String
  private let kind: ImportKind
  private let names: ColumnNames
  private let readers: [CellReader]
  /// The line that feeds one of our columns, by its place.
  private var fed: [Int: Int] = [:]
  private var mapping = Mapping.none

  init(_ file: String, _ kind: ImportKind, _ catalogue: Catalogue, today: CalendarDate) {
    self.file = file
    self.kind = kind
    names = ColumnNames(kind, .none)
    readers = CellReader.all(of: kind, catalogue, today: today)
  }

  mutating func mapping(in part: Part) throws(CatalogueError) -> Mapping {
    var section = try Section(part, file: file, title: .init(kind: "the mapping"))
    let columns = section.part("columns")
    let ignored = try section.optionalWords("ignore")
    let constants = section.part("constants")
    let values = section.part("values")
    try section.finish()
    if let columns { try readColumns(columns) }
    if let ignored { try readIgnored(ignored) }
    if let constants { try readConstants(constants) }
    if let values { try readValues(values) }
    return mapping
  }

  private mutating func readColumns(_ part: Part) throws(CatalogueError) {
    let section = try self.section(part, "columns")
    var lines: [String: Int] = [:]
    for entry in section.entries {
      let source = try name(entry.key, section)
      if let first = lines.updateValue(entry.key.line, forKey: source) {
        throw twice(entry.key, first, section)
      }
      let ours = try section.word(entry.value, called: quoted(entry.key.text))
      let column = try column(ours, section)
      try feed(column, at: ours.line, section)
      mapping.sources.append(Mapping.Source(name: entry.key.text, column: column))
    }
  }

  private mutating func readIgnored(_ words: [Word]) throws(CatalogueError) {
    for word in words {
      let plain = ColumnNames.plain(word.text)
      if mapping.sources.contains(where: { ColumnNames.plain($0.name) == plain }) {
        throw CatalogueError(
          file, word.line, "\(quoted(word.text)) stands under columns and under ignore",
          remedy: "keep one of the two")
      }
      mapping.ignored.insert(plain)
    }
  }

  private mutating func readConstants(_ part: Part) throws(CatalogueError) {
    let section = try self.section(part, "constants")
    for entry in section.entries {
      let column = try column(entry.key, section)
      try feed(column, at: entry.key.line, section)
      let word = try section.word(entry.value, called: quoted(entry.key.text))
      try check(word, in: column, section)
      mapping.constants[column] = word.text
    }
  }

  private mutating func readValues(_ part: Part) throws(CatalogueError) {
    let section = try self.section(part, "values")
    for entry in section.entries {
      let column = try column(entry.key, section)
      guard mapping.values[column] == nil else {
        throw section.wrong(
          "\(quoted(kind.columns[column].name)) stands twice in values", at: entry.key.line,
          remedy: "write all of its values under one of them")
      }
      let words = try self.section(entry.value, quoted(entry.key.text))
      var table: [String: String] = [:]
      for entry in words.entries {
        let theirs = try bounded(entry.key, words)
        guard case .word(let text) = entry.value.content else {
          throw words.wrong(
            "\(quoted(theirs)) has no one value of ours", at: entry.value.line,
            remedy: "write one word or text after it, or nothing for what says nothing")
        }
        let ours = Word(text: text, line: entry.value.line)
        if !text.isEmpty { try check(ours, in: column, words) }
        table[theirs] = text
      }
      mapping.values[column] = table
    }
  }

  /// Whether a value of ours could stand in a row.
  private func check(_ word: Word, in column: Int, _ section: Section) throws(CatalogueError) {
    do {
      // Any case: a reference is a name within one, whichever it is.
      _ = try readers[column].value(of: word.text, in: .named("case", ""))
    } catch {
      throw section.wrong(
        "\(quoted(word.text)) cannot stand in \(kind.columns[column].name): \(error.problem)",
        at: word.line, remedy: error.remedy)
    }
  }

  private mutating func feed(
    _ column: Int, at line: Int, _ section: Section
  ) throws(CatalogueError) {
    guard let first = fed.updateValue(line, forKey: column) else { return }
    throw section.wrong(
      "\(quoted(kind.columns[column].name)) is fed twice", at: line,
      remedy: "keep one of the two; the first stands on line \(first)")
  }

  private func column(_ word: Word, _ section: Section) throws(CatalogueError) -> Int {
    if let column = names.column(word.text) { return column }
    throw section.wrong(
      "\(kind.name) have no column \(quoted(word.text))", at: word.line,
      remedy: names.advice(word.text))
  }

  /// The plain name of a column of the extract.
  private func name(_ word: Word, _ section: Section) throws(CatalogueError) -> String {
    ColumnNames.plain(try bounded(word, section))
  }

  /// A name or a value of the extract, which errors may show.
  private func bounded(_ word: Word, _ section: Section) throws(CatalogueError) -> String {
    guard !word.text.isEmpty else {
      throw section.wrong(
        "a name in \(section.title) is empty", at: word.line,
        remedy: "write the extract's own name or value before the colon")
    }
    return try section.sentence(word, called: quoted(word.text), bytes: Mapping.wordBytes)
  }

  private func twice(_ word: Word, _ first: Int, _ section: Section) -> CatalogueError {
    section.wrong(
      "the column \(quoted(word.text)) stands twice in \(section.title)", at: word.line,
      remedy: "keep one of them; the first stands on line \(first)")
  }

  private func section(_ part: Part, _ title: String) throws(CatalogueError) -> Section {
    try Section(part, file: file, title: .init(kind: title))
  }
}
