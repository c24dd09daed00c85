import ArgumentParser
import Foundation

/// How a command answers: for people by default, for programs with `--json`.
package struct Output: ParsableArguments, Sendable {
  @Flag(name: .long, help: "Answer with JSON, for programs.")
  package var json = false

  package init() {}

  /// Whether standard output is a terminal that may be drawn on.
  package static var isTerminal: Bool { isatty(1) == 1 }

  /// A line for people. Control characters of data are shown as a dot, so that text from elsewhere
  /// cannot drive the terminal.
  package func say(_ line: String = "") {
    guard !json else { return }
    print(Self.plain(line))
  }

  /// A line about something that needs a person, on standard error.
  package func warn(_ line: String) {
    FileHandle.standardError.write(Data((Self.plain(line) + "\n").utf8))
  }

  /// The answer for programs; nothing without `--json`.
  package func answer(_ value: some Encodable) throws {
    guard json else { return }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    print(String(decoding: try encoder.encode(value), as: UTF8.self))
  }

  package func show(_ failure: Failure) {
    struct Problem: Encodable { let error, message: String }
    do { try answer(Problem(error: failure.code, message: failure.message)) } catch {
      FileHandle.standardError.write(
        Data("The answer could not be written as JSON: \(error)\n".utf8))
    }
    warn(failure.message)
  }

  /// Columns as wide as their widest cell, two spaces apart; the last one is not padded.
  package func table(_ header: [String], _ rows: [[String]]) {
    guard !json else { return }
    var widths = header.map(\.count)
    for row in rows {
      for (index, cell) in row.enumerated() where index < widths.count {
        widths[index] = max(widths[index], cell.count)
      }
    }
    func line(_ cells: [String]) -> String {
      var text = ""
      for (index, cell) in cells.enumerated() {
        let isLast = index == cells.count - 1
        text += isLast ? cell : cell + String(repeating: " ", count: widths[index] - cell.count + 2)
      }
      while text.last == " " { text.removeLast() }
      return text
    }
    say(line(header))
    say(widths.map { String(repeating: "-", count: $0) }.joined(separator: "  "))
    for row in rows { say(line(row)) }
  }

  static func plain(_ text: String) -> String {
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      let isControl =
        scalar.properties.generalCategory == .control && scalar != "\n" && scalar != "\t"
      // U+202A to U+202E and U+2066 to U+2069 turn the direction of what follows.
      let turns =
        (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
      scalars.append(isControl || turns ? "·" : scalar)
    }
    return String(scalars)
  }
}

/// Says how far something long has come: one line that is rewritten on a terminal, a plain line now
/// and then elsewhere.
package final class Progress: @unchecked Sendable {
  // `@unchecked Sendable`: all state is touched only under `lock`.
  private let lock = NSLock()
  private let isShown: Bool
  private let isTerminal = isatty(2) == 1
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant
  private var last: ContinuousClock.Instant
  private var hasDrawn = false

  package init(_ output: Output) {
    isShown = !output.json
    start = clock.now
    last = clock.now
  }

  /// Shown only once a second has passed, and then at most every tenth of a second, or every five
  /// where nobody rewrites lines.
  package func show(_ text: @autoclosure () -> String) {
    lock.withLock {
      let now = clock.now
      guard isShown, now - start > .seconds(1) else { return }
      guard !hasDrawn || now - last > (isTerminal ? .milliseconds(100) : .seconds(5)) else {
        return
      }
      last = now
      hasDrawn = true
      let line = isTerminal ? "\r\u{1B}[K\(text())" : text() + "\n"
      FileHandle.standardError.write(Data(line.utf8))
    }
  }

  package func end() {
    lock.withLock {
      if hasDrawn, isTerminal { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
    }
  }
}

/// Times as people here read them.
package enum Show {
  private static func formatter(_ format: String) -> DateFormatter {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_GB_POSIX")
    formatter.timeZone = TimeZone(identifier: "Europe/London") ?? .gmt
    formatter.dateFormat = format
    return formatter
  }

  private static let dayAndTime = formatter("d MMM yyyy HH:mm")
  private static let day = formatter("yyyy-MM-dd")
  private static let clock = formatter("HH:mm")

  private static func date(_ milliseconds: Int64) -> Date {
    Date(timeIntervalSince1970: Double(milliseconds) / 1000)
  }

  package static func time(_ milliseconds: Int64) -> String {
    dayAndTime.string(from: date(milliseconds))
  }
  package static func isoDay(_ milliseconds: Int64) -> String {
    day.string(from: date(milliseconds))
  }
  package static func clockTime(_ milliseconds: Int64) -> String {
    clock.string(from: date(milliseconds))
  }

  /// Bytes, for people.
  package static func size(_ bytes: Int) -> String {
    if bytes < 1 << 10 { return count(bytes, "byte") }
    if bytes < 1 << 20 { return "\(bytes >> 10) KiB" }
    return "\(bytes >> 20).\((bytes & ((1 << 20) - 1)) * 10 >> 20) MiB"
  }

  package static func count(_ number: Int, _ one: String, _ many: String? = nil) -> String {
    "\(number) \(number == 1 ? one : many ?? one + "s")"
  }

  /// A rough length of time, for instance `3 years 2 days`.
  package static func length(milliseconds: Int64) -> String {
    let seconds = milliseconds.magnitude / 1000
    let units: [(UInt64, String)] = [
      (31_536_000, "year"), (86_400, "day"), (3_600, "hour"), (60, "minute"),
    ]
    for (index, (size, name)) in units.enumerated() where seconds >= size {
      let whole = seconds / size
      var text = count(Int(whole), name)
      if index + 1 < units.count {
        let rest = seconds % size / units[index + 1].0
        if rest > 0 { text += " " + count(Int(rest), units[index + 1].1) }
      }
      return text
    }
    return count(Int(seconds), "second")
  }
}
