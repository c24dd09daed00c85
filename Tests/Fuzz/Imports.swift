import BulkEntry
import RecordCatalogue
import SyncCore

/// A file from another system. The first byte chooses what its rows are.
enum Imports {
  private static let kinds = ImportKind.named + Catalogue.standard.types.map { ImportKind($0) }

  static func check(_ bytes: [UInt8], name: String) {
    guard let choice = bytes.first, let today = CalendarDate("2026-03-10") else { return }
    let kind = kinds[Int(choice) % kinds.count]
    let content = Array(bytes.dropFirst())
    let lines = content.count { $0 == UInt8(ascii: "\n") } + 1
    var limits = ImportLimits()
    limits.problems = 10
    limits.lineBytes = 1_024
    do throws(ImportProblems) {
      let file = try ImportFile.read(
        kind: kind, name: name, bytes: content, catalogue: .standard, today: today, limits: limits)
      promise("a row needs a line", file.rows < lines + 1)
    } catch {
      let found = error.problems
      promise("some problem is listed, and not too many", (1...10).contains(found.count))
      promise("problems say what to do", found.allSatisfy { !$0.remedy.isEmpty })
      let places = found.map { $0.line ?? 0 }
      promise("problems stand in the file", places.allSatisfy { (0...lines).contains($0) })
      promise("problems are in order of line", places == places.sorted())
    }
  }
}
