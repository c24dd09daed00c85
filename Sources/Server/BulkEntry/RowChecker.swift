import RecordCatalogue
import SyncCore

/// Turns rows into entries, and finds what is wrong with them.
struct RowChecker: Sendable {
  private let kind: ImportKind
  private let names: ColumnNames
  private let columns: [Column]
  private let readers: [CellReader]
  /// For each composite field, the columns of the parts that it cannot do without.
  private let neededTogether: [String: Set<String>]

  init(_ kind: ImportKind, _ names: ColumnNames, _ catalogue: Catalogue, today: CalendarDate) {
    self.kind = kind
    self.names = names
    columns = kind.columns
    let fields = kind.type.flatMap { catalogue[$0] }?.policy.fields ?? [:]
    readers = CellReader.all(of: kind, catalogue, today: today)
    var needed: [String: Set<String>] = [:]
    for column in columns {
      if let field = column.field, let member = column.member,
        case .composite(_, let required) = fields[field]?.kind, required.contains(member)
      {
        needed[field, default: []].insert(column.name)
      }
    }
    neededTogether = needed
  }

  /// The number of the case that a row is about; `nil` where it cannot be told.
  func crn(of row: Row) -> CRN? {
    row.cells[kind.caseColumn].flatMap { CellReader.crn($0.text) }
  }

  /// - Returns: `nil` when something is wrong with the row; all of it is added to `problems`.
  func entry(of row: Row, _ problems: inout ProblemList) -> ImportEntry? {
    var values: [String: Value] = [:]
    var parts: [ImportEntry.Part] = []
    var isSound = true
    let caseID = crn(of: row).map { CaseID.named("case", $0.description) }
    for (place, column) in columns.enumerated() {
      guard let cell = row.cells[place] else { continue }
      do {
        guard let value = try readers[place].value(of: cell.text, in: caseID) else { continue }
        values[column.name] = value
        guard let field = column.field else { continue }
        guard case .list(let elements) = value else {
          parts.append(
            ImportEntry.Part(
              column: names.shown(place), field: field, member: column.member, value: value))
          continue
        }
        for element in elements {
          parts.append(
            ImportEntry.Part(
              column: names.shown(place), field: "\(field)/\(element.text ?? "")", member: nil,
              value: .flag(true)))
        }
      } catch {
        problems.add(error, line: cell.line, column: names.shown(place))
        values[column.name] = Value.none
        isSound = false
      }
    }
    for place in missing(in: values, parts) {
      problems.add(
        Fault("nothing stands in the column", "fill it in"), line: row.place.line,
        column: names.shown(place))
      isSound = false
    }
    return isSound ? entry(at: row.place.line, values, parts) : nil
  }

  private func entry(
    at line: Int, _ values: [String: Value], _ parts: [ImportEntry.Part]
  ) -> ImportEntry? {
    guard let crn = values["crn"]?.text else { return nil }
    let id: RecordID
    switch kind.identity {
    case .crn: id = .named("case-header", crn)
    case .reference(let name):
      guard let reference = values["reference"]?.text else { return nil }
      id = .named(name, reference)
    case .naturalKey(let type):
      let fields = parts.map { ($0.field, $0.value) }
      let named = type.naturalID(
        of: Dictionary(fields) { first, _ in first }, in: .named("case", crn))
      guard let named else { return nil }
      id = named
    case .grant:
      guard let user = values["user"]?.text else { return nil }
      return ImportEntry(
        line: line, crn: crn,
        content: .grant(user: user.lowercased(), reason: values["reason"]?.text ?? "imported"),
        author: nil)
    }
    guard let type = kind.type else { return nil }
    let content = ImportEntry.Content.record(id, type: type, parts: parts)
    // A field of the record may be called so too: who wrote a court report did not write the row.
    let hasAuthor = columns.contains { $0.name == "author" && $0.field == nil }
    return ImportEntry(
      line: line, crn: crn, content: content, author: hasAuthor ? values["author"]?.text : nil)
  }

  /// Required columns without a value, and those that another part of the same field asks for.
  private func missing(in values: [String: Value], _ parts: [ImportEntry.Part]) -> [Int] {
    let touched = Set(parts.map(\.field))
    return columns.indices.filter { place in
      let column = columns[place]
      guard values[column.name] == nil else { return false }
      if column.isRequired { return true }
      guard let field = column.field, touched.contains(field) else { return false }
      return neededTogether[field]?.contains(column.name) ?? false
    }
  }
}
