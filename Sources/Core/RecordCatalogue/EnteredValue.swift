import SyncCore

/// Reads what people type into values: one reader for every form, so that a date or a code is
/// entered alike everywhere.
public struct EntryReader {
  /// Why a text is not a value, and what to enter.
  public struct Problem: Error, Hashable, Sendable {
    /// A clause that says what is wrong, for instance “there is no such date”.
    public let problem: String
    /// What to do, for instance “write it like 17/5/2024”.
    public let remedy: String

    public init(_ problem: String, _ remedy: String) {
      self.problem = problem
      self.remedy = remedy
    }
  }

  private let record: (String, _ type: String?) throws(Problem) -> RecordID

  /// - Parameter record: the one record that somebody means by a text.
  public init(record: @escaping (String, _ type: String?) throws(Problem) -> RecordID) {
    self.record = record
  }

  /// The value that somebody means by a text.
  /// - Parameters:
  ///   - codes: what people call the codes of a kind that has them.
  ///   - target: the record type of a reference.
  public func value(
    of text: String, as kind: FieldKind, codes: [Code] = [], target: String? = nil
  ) throws(Problem) -> Value {
    switch kind {
    case .text(let maxBytes, let maxCharacters):
      guard kind.accepts(.text(text)) else {
        let limit =
          maxCharacters == .max ? "\(maxBytes) bytes" : "\(maxCharacters) characters"
        throw Problem("the text is longer than \(limit)", "shorten it")
      }
      return .text(text)
    case .code: return .text(try code(text, codes))
    case .flag: return .flag(try flag(text))
    case .integer(let range):
      guard let number = Int64(text), range.contains(number) else {
        throw Problem(
          "that is no whole number of its range",
          "write a number from \(range.lowerBound) to \(range.upperBound)")
      }
      return .integer(number)
    case .date: return .text(try date(text).description)
    case .time: return .text(try time(text).description)
    case .instant: return .integer(try instant(text).milliseconds)
    case .reference: return .text(try record(text, target).description)
    case .composite:
      throw Problem("it has several parts", "give each, as NAME.PART=VALUE")
    }
  }

  /// The element of a set that somebody means by a text. It becomes part of a field's name, so it
  /// is one word of printable ASCII.
  public func element(
    of text: String, as kind: FieldKind, codes: [Code] = [], target: String? = nil
  ) throws(Problem) -> String {
    let element = try value(of: text, as: kind, codes: codes, target: target).text ?? text
    guard element.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      throw Problem(
        "it is not one word of plain letters, digits and signs",
        "put - between words and leave accents out, as in personal-alarm")
    }
    return element
  }

  private func code(_ text: String, _ codes: [Code]) throws(Problem) -> String {
    if let exact = codes.first(where: { $0.code.utf8.elementsEqual(text.utf8) }) {
      return exact.code
    }
    // No code and no label is longer, and to compare texts by letters is slow.
    let wanted = text.utf8.count <= TypeReader.labelBytes ? text.lowercased() : ""
    let meant = codes.first {
      $0.code.lowercased() == wanted || $0.label.lowercased() == wanted
    }
    guard let meant else {
      let list = codes.prefix(30).map { "\($0.code) (\($0.label))" }.joined(separator: ", ")
      let more = codes.count > 30 ? " and \(codes.count - 30) more" : ""
      throw Problem("there is no such code", "write one of \(list)\(more)")
    }
    return meant.code
  }

  func flag(_ text: String) throws(Problem) -> Bool {
    switch text.utf8.count <= 5 ? text.lowercased() : "" {
    case "yes", "y", "true", "1": return true
    case "no", "n", "false", "0": return false
    default: throw Problem("that is neither yes nor no", "write yes or no")
    }
  }

  /// A day as `CalendarDate(entered:)` takes it.
  private func date(_ text: String) throws(Problem) -> CalendarDate {
    guard let date = CalendarDate(entered: text) else {
      throw Problem("there is no such date", "write the day, the month and the year: 17/5/2024")
    }
    return date
  }

  /// A time as `LocalTime(entered:)` takes it.
  private func time(_ text: String) throws(Problem) -> LocalTime {
    guard let time = LocalTime(entered: text) else {
      throw Problem("there is no such time", "write hours and minutes of 24 hours: 14:10")
    }
    return time
  }

  private func instant(_ text: String) throws(Problem) -> Timestamp {
    // A single letter may be as long as a file.
    let parts = text.utf8.count <= 40 ? text.split(separator: " ") : []
    guard parts.count >= 2, let last = parts.last else {
      throw Problem("it needs a day and a time", "write both: 17/5/2024 14:10")
    }
    let day = try date(parts.dropLast().joined(separator: " "))
    guard let moment = Timestamp(on: day, at: try time(String(last))) else {
      throw Problem(
        "the clocks go forward then, and never show it", "write the time before or after")
    }
    return moment
  }
}
