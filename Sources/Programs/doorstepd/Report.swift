import ArgumentParser
import BulkEntry
import Foundation
import ProgramKit
import RecordCatalogue
import ServerStorage
import SyncCore

struct Report: ServerCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Figures for managers, by officer or team: visits overdue, outcomes missing, and more.",
    discussion: """
      Works beside the running server. It names staff and nobody else. --by team, office or region needs --staff, a CSV \
      file with a column “user” and some of team, office, region and capacity, which is in cases.

      \(OfficeReport.Name.allCases.map { "\($0.rawValue): \($0.about)" }.joined(separator: "\n"))
      """)

  @OptionGroup var data: DataOptions
  @OptionGroup var output: Output
  @Argument(help: "Which report.") var name: String
  @Option(name: .long, help: "What a line stands for: officer, senior, team, office or region.")
  var by = OfficeStaff.Level.officer.rawValue
  @Option(name: .long, help: "The service's list of staff: a CSV file.") var staff: String?
  @Flag(name: .long, help: "Answer with CSV.") var csv = false

  func validate() throws {
    guard !(csv && output.json) else { throw ValidationError("Give --csv or --json, not both.") }
    let name = try known()
    let level = try knownLevel()
    guard level == .officer || name.isByOfficer else {
      throw ValidationError("The report “\(self.name)” is not by officer: leave out --by.")
    }
    guard [.officer, .senior].contains(level) || staff != nil else {
      throw ValidationError(
        "The office's records do not say who works where. Give the list of staff: --staff FILE.")
    }
  }

  private func knownLevel() throws -> OfficeStaff.Level {
    guard let level = OfficeStaff.Level(rawValue: by) else {
      let names = OfficeStaff.Level.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("--by is one of \(names).")
    }
    return level
  }

  private func loadStaff() throws -> OfficeStaff {
    guard let staff else { return .none }
    do {
      return try StaffFile.read(try InputFile.bytes(staff, most: StaffFile.mostBytes))
    } catch let problems as ImportProblems {
      let more = problems.more > 0 ? ["and \(problems.more) more"] : []
      let lines = problems.problems.map(\.description) + more
      throw Failure(
        .badData, code: "bad-staff", "\(staff): \(lines.joined(separator: "\n"))")
    }
  }

  private func known() throws -> OfficeReport.Name {
    guard let found = OfficeReport.Name(rawValue: name) else {
      let names = OfficeReport.Name.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("There is no report “\(name)”. Name one of \(names).")
    }
    return found
  }

  func work() async throws {
    let (name, catalogue) = (try known(), try data.loadCatalogue())
    let (level, staff, now) = (try knownLevel(), try loadStaff(), World.now())
    guard CalendarDate(at: now) != nil else {
      throw Failure(.internalError, code: "clock", "The clock of this machine cannot be read.")
    }
    let report: OfficeReport
    do {
      report = try data.folder.readStore().read {
        try OfficeReport(name, from: $0, catalogue, by: level, staff: staff, now: now)
      }
    } catch { throw Failure(error) }
    if csv {
      let lines = [report.columns] + report.rows.map { $0.map(\.text) }
      print(lines.map { $0.map(Self.quoted).joined(separator: ",") }.joined(separator: "\r\n"))
      return
    }
    try output.answer(
      report.rows.map { row in
        Dictionary(zip(report.columns, row.map(Figure.init))) { first, _ in first }
      })
    if report.rows.isEmpty { return output.say("Nothing to report.") }
    output.table(report.columns, report.rows.map { $0.map(\.text) })
  }

  /// As RFC 4180 has it. A spreadsheet takes what begins like a formula for one.
  private static func quoted(_ text: String) -> String {
    let isFormula = text.first.map { "=+-@".contains($0) } ?? false && Int64(text) == nil
    let plain = isFormula ? "'" + text : text
    guard plain.utf8.contains(where: { $0 == 0x22 || $0 == 0x2C || $0 == 10 || $0 == 13 }) else {
      return plain
    }
    return "\"" + plain.replacingOccurrences(of: "\"", with: "\"\"") + "\""
  }

  private struct Figure: Encodable {
    let cell: OfficeReport.Cell

    init(_ cell: OfficeReport.Cell) { self.cell = cell }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch cell {
      case .text(let text): try container.encode(text)
      case .number(let number): try container.encode(number)
      }
    }
  }
}
