import ArgumentParser
import BulkEntry
import Foundation
import ProgramKit
import RecordCatalogue
import SyncCore

/// Reads in what another system holds.
struct Import: ServerCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Import cases, contacts, grants or records of any type from a CSV or JSON Lines file.",
    discussion: """
      The whole file is checked first, and every problem is listed with its line. Nothing is entered \
      while one is left. The same file twice changes nothing. The server must not be running.

      Columns (those in capitals are needed):
      \(ImportKind.named.map(Self.columns).joined(separator: "\n"))

      Records of another type are imported by its name, for instance licence-condition; `--columns` shows what it takes. \
      A field is a column, a part of a field is named FIELD.PART, and elements of a set have semicolons between them. \
      A record of another type is named by its id, its key (the number of a sentence) or its reference.
      """)

  @OptionGroup var data: DataOptions
  @OptionGroup var output: Output

  @Argument(help: "What the file holds: cases, contacts, grants, or a record type.") var kind:
    String
  @Argument(help: "The file, ending in .csv or .jsonl.") var file: String?
  @Flag(name: .long, help: "Show the columns, and do nothing.") var columns = false
  @Flag(name: .long, help: "Say what would be done, and do nothing.") var dryRun = false
  @Option(name: .long, help: "User name of who imports.") var author = "office"

  func validate() throws {
    guard columns || file != nil else { throw ValidationError("Name the file to import.") }
    guard (1...64).contains(author.utf8.count), author.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
    else { throw ValidationError("--author must be 1 to 64 printable characters without spaces.") }
  }

  private static func columns(_ kind: ImportKind) -> String {
    let needed = Set(kind.requiredColumnNames)
    let names = kind.columnNames.map { needed.contains($0) ? $0.uppercased() : $0 }
    return "  \(kind.name): \(names.joined(separator: ", "))"
  }

  struct Problem: Encodable {
    let line: Int?
    let column: String?
    let problem, remedy: String
  }

  struct Answer: Encodable {
    let imported: Bool
    let rows, new, changed, unchanged, leftDeleted: Int
    let problems: [Problem]
  }

  private func findKind(in catalogue: Catalogue) throws -> ImportKind {
    guard let found = ImportKind(kind.lowercased(), in: catalogue) else {
      throw Failure(
        .usage, code: "unknown-kind",
        "There is nothing called “\(kind)” to import. Write cases, contacts, grants, or a record type: \(catalogue.types.map(\.name).joined(separator: ", "))."
      )
    }
    return found
  }

  func work() async throws {
    let catalogue = try data.loadCatalogue()
    let kind = try findKind(in: catalogue)
    if columns {
      try output.answer(["columns": kind.columnNames, "needed": kind.requiredColumnNames])
      output.say(Self.columns(kind).trimmingCharacters(in: .whitespaces))
      return
    }
    guard let file else { return }
    let size = try? FileManager.default.attributesOfItem(atPath: file)[.size] as? Int
    guard size ?? 0 <= ImportLimits().fileBytes else {
      throw Failure(
        .badData, code: "too-large",
        "\(file) is larger than \(ImportLimits().fileBytes >> 20) MiB. Divide it into several.")
    }
    guard let bytes = FileManager.default.contents(atPath: file) else {
      throw Failure(
        .badData, code: "no-file", "\(file) cannot be read. Check its name and its permissions.")
    }
    let store = try data.folder.openStore()
    do {
      let checked = try ImportFile.read(
        kind: kind, name: file, bytes: [UInt8](bytes), catalogue: catalogue, today: try Today.now)
      let counts =
        dryRun
        ? try await checked.plan(in: store)
        : try await checked.apply(
          to: store, author: author, now: World.now())
      try store.close()
      try output.answer(
        Answer(
          imported: !dryRun, rows: checked.rows, new: counts.new, changed: counts.changed,
          unchanged: counts.unchanged, leftDeleted: counts.leftDeleted, problems: []))
      let rows = Show.count(checked.rows, "row")
      output.say(
        "\(rows): \(counts.new) new, \(counts.changed) changed, \(counts.unchanged) as they stand.")
      if counts.leftDeleted > 0 {
        output.say("\(Show.count(counts.leftDeleted, "row")) of records deleted here; left so.")
      }
      if dryRun { output.say("Nothing was changed. Without --dry-run it will be.") }
    } catch let problems as ImportProblems {
      try store.close()
      try refuse(problems, file)
    }
  }

  private func refuse(_ found: ImportProblems, _ file: String) throws {
    let problems = found.problems.map {
      Problem(line: $0.line, column: $0.column, problem: $0.problem, remedy: $0.remedy)
    }
    if output.json {
      try output.answer(
        Answer(
          imported: false, rows: 0, new: 0, changed: 0, unchanged: 0, leftDeleted: 0,
          problems: problems))
      throw ExitCode(ExitStatus.badData.rawValue)
    } else {
      for problem in found.problems {
        FileHandle.standardError.write(Data("\(file): \(problem)\n".utf8))
      }
    }
    let count = Show.count(found.problems.count + found.more, "problem")
    throw Failure(.badData, code: "bad-file", "\(count). Nothing was imported.")
  }
}
