import RecordCatalogue
import SyncCore

/// Reads the text of one column's cells.
struct CellReader {
  private let form: Column.Form
  private let kind: FieldKind
  private let today: CalendarDate

  /// - Parameter kind: the catalogue's kind of the column's field; `nil` for one that it does not
  ///   know, which is taken as text.
  init(_ column: Column, _ kind: FieldKind?, today: CalendarDate) {
    form = column.form
    self.today = today
    let text = FieldKind.text(maxBytes: Limits.standard.textBytes)
    if let member = column.member, case .composite(let members, _) = kind {
      self.kind = members[member] ?? text
    } else {
      self.kind = kind ?? text
    }
  }

  /// - Returns: `nil` for blanks alone.
  func value(of text: String) throws(Fault) -> Value? {
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
    case .date: return .text(try date(text).description)
    case .pastDate:
      let date = try date(text)
      guard date <= today else {
        throw Fault("the date is after today", "check the year, and write it with four digits")
      }
      return .text(date.description)
    case .time: return .text(try time(text).description)
    case .user: return try user(text)
    case .shortText:
      guard text.utf8.count <= 200, !text.utf8.contains(10) else {
        throw Fault("the text is longer than 200 bytes or than one line", "shorten it")
      }
      return .text(text)
    case .catalogued: return try catalogued(text)
    }
  }

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

  private func date(_ text: String) throws(Fault) -> CalendarDate {
    guard let date = CalendarDate(entered: text) else {
      throw Fault("there is no such date", "write the day, the month and the year: 17/5/2024")
    }
    return date
  }

  private func time(_ text: String) throws(Fault) -> LocalTime {
    guard let time = LocalTime(entered: text) else {
      throw Fault("there is no such time", "write hours and minutes of 24 hours: 14:10")
    }
    return time
  }

  private func user(_ text: String) throws(Fault) -> Value {
    guard text.utf8.count <= Limits.standard.nameBytes, !text.contains(where: \.isWhitespace) else {
      throw Fault(
        "that is no user name",
        "write it without blanks, in at most \(Limits.standard.nameBytes) bytes")
    }
    return .text(text)
  }

  private func catalogued(_ text: String) throws(Fault) -> Value {
    switch kind {
    case .text(let maxBytes, let maxCharacters):
      guard text.utf8.count <= maxBytes else {
        throw Fault("the text is longer than \(maxBytes) bytes", "shorten it")
      }
      guard kind.accepts(.text(text)) else {
        throw Fault("the text is longer than \(maxCharacters) characters", "shorten it")
      }
      return .text(text)
    case .code(let codes):
      // No code and no word is longer, and to compare texts by letters is slow.
      let text = text.utf8.count <= 64 ? text : ""
      let same = codes.first { $0 == text } ?? codes.first { $0.lowercased() == text.lowercased() }
      guard let code = same else {
        throw Fault("that is no code of this column", "write one of \(Self.listed(codes))")
      }
      return .text(code)
    case .flag:
      switch text.utf8.count <= 64 ? text.lowercased() : "" {
      case "yes", "y", "true", "1": return .flag(true)
      case "no", "n", "false", "0": return .flag(false)
      default: throw Fault("that is neither yes nor no", "write yes or no")
      }
    case .date: return .text(try date(text).description)
    case .time: return .text(try time(text).description)
    case .integer, .instant, .reference, .composite:
      throw Fault("the catalogue has no text here", "leave the column out")
    }
  }

  private static func listed(_ codes: [String]) -> String {
    let shown = codes.prefix(30).joined(separator: ", ")
    return codes.count > 30 ? shown + " and \(codes.count - 30) more" : shown
  }
}
