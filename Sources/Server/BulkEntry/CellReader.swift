import RecordCatalogue
import SyncCore

/// Reads the text of one column's cells.
struct CellReader: Sendable {
  private let form: Column.Form
  private let kind: FieldKind
  private let codes: [Code]
  /// The type of records that a reference names.
  private let target: RecordType?
  private let today: CalendarDate

  /// - Parameter field: the column's field; `nil` for one that the catalogue does not know, which
  ///   is taken as text.
  init(_ column: Column, _ field: Field?, _ catalogue: Catalogue, today: CalendarDate) {
    form = column.form
    self.today = today
    let part = column.member.flatMap { name in field?.members.first { $0.name == name } }
    let text = FieldKind.text(maxBytes: Limits.standard.textBytes)
    kind = part?.kind ?? (column.member == nil ? field?.policy.kind : nil) ?? text
    codes = part?.codes ?? field?.codes ?? []
    target = (part?.target ?? field?.target).flatMap { catalogue[$0] }
  }

  /// One for each column of a kind, in their order.
  static func all(
    of kind: ImportKind, _ catalogue: Catalogue, today: CalendarDate
  ) -> [CellReader] {
    let type = kind.type.flatMap { catalogue[$0] }
    return kind.columns.map { column in
      let field = column.field.flatMap { name in type?.fields.first { $0.name == name } }
      return CellReader(column, field, catalogue, today: today)
    }
  }

  /// - Parameter caseID: the row's case; `nil` where its number is wrong.
  /// - Returns: `nil` for blanks alone; a list for the elements of a set.
  func value(of text: String, in caseID: CaseID?) throws(Fault) -> Value? {
    let text = try Self.tidied(text)
    guard !text.isEmpty else { return nil }
    switch form {
    case .crn:
      return try identifier(CRN(text)?.description, "one letter and six digits, as in X123456")
    case .noms:
      return try identifier(NOMSNumber(text)?.description, "as in A1234BC")
    case .pnc:
      return try identifier(
        PNCIdentifier(text, currentYear: today.year)?.description,
        "as in 1979/0163001B; its last letter must fit its digits")
    case .cro:
      return try identifier(
        CRONumber(text)?.description, "as in 265416/21G; its last letter must fit its digits")
    case .date: return try entered(text, as: .date, in: caseID)
    case .pastDate:
      guard let date = try entered(text, as: .date, in: caseID).text.flatMap({ CalendarDate($0) })
      else { return nil }
      guard date <= today else {
        throw Fault("the date is after today", "check the year, and write it with four digits")
      }
      return .text(date.description)
    case .time: return try entered(text, as: .time, in: caseID)
    case .user: return try user(text)
    case .shortText:
      guard text.utf8.count <= 200, !text.utf8.contains(10) else {
        throw Fault("the text is longer than 200 bytes or than one line", "shorten it")
      }
      return .text(text)
    case .catalogued: return try entered(text, as: kind, in: caseID)
    case .elements:
      var elements: [Value] = []
      for element in text.utf8.split(separator: UInt8(ascii: ";")) {
        let element = try Self.tidied(String(Substring(element)))
        guard !element.isEmpty else { continue }
        elements.append(
          try entering(in: caseID) { reader throws(EntryReader.Problem) in
            .text(try reader.element(of: element, as: kind, codes: codes, target: target?.name))
          })
      }
      return .list(elements)
    }
  }

  /// The number of a case as a cell holds it; `nil` where it is none.
  static func crn(_ text: String) -> CRN? { (try? tidied(text)).flatMap { CRN($0) } }

  /// Without blanks around it, with line feeds as the only line ends.
  private static func tidied(_ text: String) throws(Fault) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    var previous: UInt8 = 0
    for byte in text.utf8 {
      if previous == 13, byte != 10 { bytes.append(10) }
      defer { previous = byte }
      guard byte != 13 else { continue }
      guard byte >= 0x20 && byte != 0x7F || byte == 9 || byte == 10 else {
        throw Fault("a control character stands in the text", "delete it")
      }
      bytes.append(byte)
    }
    let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 9 || byte == 10 }
    let inner = bytes.drop(while: isBlank).reversed().drop(while: isBlank).reversed()
    return String(decoding: Array(inner), as: UTF8.self)
  }

  private func identifier(_ canonical: String?, _ form: String) throws(Fault) -> Value {
    guard let canonical else {
      throw Fault("the number is not in its form", "write it \(form)")
    }
    return .text(canonical)
  }

  private func user(_ text: String) throws(Fault) -> Value {
    guard text.utf8.count <= Limits.standard.nameBytes,
      text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
    else {
      throw Fault(
        "that is no user name",
        "write it without blanks and accents, in at most \(Limits.standard.nameBytes) bytes")
    }
    return .text(text)
  }

  private func entered(
    _ text: String, as kind: FieldKind, in caseID: CaseID?
  ) throws(Fault) -> Value {
    try entering(in: caseID) { reader throws(EntryReader.Problem) in
      try reader.value(of: text, as: kind, codes: codes, target: target?.name)
    }
  }

  private func entering(
    in caseID: CaseID?, _ read: (EntryReader) throws(EntryReader.Problem) -> Value
  ) throws(Fault) -> Value {
    let reader = EntryReader { text, _ throws(EntryReader.Problem) in
      try record(text, in: caseID)
    }
    do throws(EntryReader.Problem) { return try read(reader) } catch {
      throw Fault(error.problem, error.remedy)
    }
  }

  /// A record by its id; by its natural key; or by the name that another system has for it.
  private func record(
    _ text: String, in caseID: CaseID?
  ) throws(EntryReader.Problem) -> RecordID {
    if let id = RecordID(text) { return id }
    guard let target, let caseID, text.utf8.count <= 200 else {
      throw .init("it names no record", "write its id, its key or its reference")
    }
    return target.naturalKey.isEmpty
      ? .named(ImportKind.referenceKind(of: target.name), text)
      : target.naturalID(text, in: caseID)
  }
}
