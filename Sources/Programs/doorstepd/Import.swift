import ArgumentParser
import BulkEntry
import Foundation
import ProgramKit
import RecordCatalogue
import ServerStorage
import SyncCore

/// Reads in what another system holds.
struct Import: ServerCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Import cases, contacts, grants or records of any type from a CSV or JSON Lines file.",
    discussion: """
      The whole file is checked first, and every problem is listed with its line. Nothing is entered \
      while one is left; with --skip-bad-cases, nothing of the cases that have one. The same file twice \
      changes nothing, and an import that was interrupted is simply begun again. The server must not be \
      running.

      Where a system of record names things its own way, --mapping takes a YAML file of four parts, each \
      if needed: `columns` (their name: ours), `ignore` (a list of their names), `constants` (our column: \
      what stands in every row) and `values` (our column, and under it their value: ours).

      What is protective (a risk, a death, a mark of a sensitive entry) is never eased by a file, unless --reason says \
      why.

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
  @Option(name: .long, help: "What the file's columns and values are called here, in YAML.")
  var mapping: String?
  @Flag(
    name: .long,
    help:
      "Leave out each case that has a problem, whole, and enter the others. The status is then 1.")
  var skipBadCases = false
  @Option(name: .long, help: "Where to write the rows left out, to be mended and imported again.")
  var rejects: String?
  @Option(name: .long, help: "User name of who imports.") var author = "office"
  @Option(
    name: .long,
    help:
      "Why what is protective may be eased: without a reason it stays as it stands. Kept in the history."
  )
  var reason = ""

  func validate() throws {
    guard columns || file != nil else { throw ValidationError("Name the file to import.") }
    guard (1...64).contains(author.utf8.count), author.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
    else { throw ValidationError("--author must be 1 to 64 printable characters without spaces.") }
    guard reason.utf8.count <= 400 else {
      throw ValidationError("--reason must be at most 400 bytes.")
    }
    guard rejects == nil || skipBadCases && !dryRun else {
      throw ValidationError("--rejects needs --skip-bad-cases, and an import without --dry-run.")
    }
  }

  private static func columns(_ kind: ImportKind) -> String {
    let needed = Set(kind.requiredColumnNames)
    let names = kind.columnNames.map { needed.contains($0) ? $0.uppercased() : $0 }
    return "  \(kind.name): \(names.joined(separator: ", "))"
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
    let bytes = try InputFile.bytes(file, most: ImportLimits().fileBytes)
    let today = try Today.now
    let mapping = try loadMapping(for: kind, catalogue, today)
    let store = try await data.folder.openStore(telling: output)
    do {
      let checked = try ImportFile.read(
        kind: kind, name: file, bytes: bytes, mapping: mapping, catalogue: catalogue, today: today,
        skipsBadCases: skipBadCases)
      let outcome = try await enter(checked, into: store)
      try store.close()
      try report(outcome, file)
    } catch let problems as ImportProblems {
      try store.close()
      try refuse(problems, file)
    }
  }

  private func enter(_ file: ImportFile, into store: some ServerStore) async throws -> ImportOutcome
  {
    let now = World.now()
    let progress = Progress(output)
    defer { progress.end() }
    let total = file.caseCount
    let plan = try await file.plan(in: store, author: author, reason: reason, now: now) { done in
      progress.show("\(done) of \(total) cases checked…")
    }
    if dryRun { return plan.outcome }
    try writeRejects(plan.outcome, of: file)
    let outcome = try await file.apply(
      plan, to: store, author: author, reason: reason, now: now
    ) { done in
      progress.show("\(done) of \(plan.casesToEnter) cases entered…")
    }
    if outcome.leftOut != plan.outcome.leftOut { try writeRejects(outcome, of: file, again: true) }
    return outcome
  }

  private func loadMapping(
    for kind: ImportKind, _ catalogue: Catalogue, _ today: CalendarDate
  ) throws -> Mapping {
    guard let mapping else { return .none }
    do {
      let text = try YAMLText(contentsOf: mapping, called: mapping)
      return try Mapping(text, for: kind, catalogue: catalogue, today: today)
    } catch let error as CatalogueError {
      throw Failure(.badData, code: "bad-mapping", error.description)
    }
  }

  /// - Parameter again: whether a file that we wrote just now is there.
  private func writeRejects(
    _ outcome: ImportOutcome, of file: ImportFile, again: Bool = false
  ) throws {
    guard let rejects, !outcome.leftOut.isEmpty else { return }
    let bytes = file.rejects(outcome.leftOut)
    if !again, FileManager.default.fileExists(atPath: rejects) {
      // An import that was killed has written it before.
      if FileManager.default.contents(atPath: rejects) == Data(bytes) { return }
      throw Failure(
        .cannotCreate, code: "already-there",
        "\(rejects) is there already, and somebody may be mending it. Nothing was imported. Name another file, or move that one away."
      )
    }
    do { try DurableFile.write(bytes, to: rejects) } catch {
      throw Failure(
        error.isLackOfRoom ? .disk : .cannotCreate, code: "rejects",
        "\(rejects) cannot be written. \(again ? "The other cases are in." : "Nothing was imported.") Check its folder and the room on the disk, and import again."
      )
    }
  }
}
