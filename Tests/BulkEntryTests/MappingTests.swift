import RecordCatalogue
import SyncCore
import Testing

@testable import BulkEntry

@Suite struct MappingTests {
  static let text = """
    columns:
      OFFENDER_CRN: crn
      FIRST_NAME: forename
      LAST_NAME: surname
      LANG: language
      DECEASED_FLAG: deceased
    ignore: [EXTRACT_DATE, Row No]
    constants:
      interpreter: no
    values:
      language: {WEL: cy, ENG: en, UNKNOWN: }
      deceased:
        Y: yes
        N: no

    """
  static let head = "OFFENDER_CRN,FIRST_NAME,LAST_NAME,LANG,DECEASED_FLAG,EXTRACT_DATE,row_no,pnc"

  private func read(
    _ text: String, name: String = "feed.csv", mapping: String = Self.text
  ) throws -> [ImportEntry] {
    let mapping = try Samples.mapping(.cases, mapping)
    let file = try Samples.read(.cases, text, name: name, mapping: mapping)
    var problems = ProblemList(limit: 10)
    return file.cases.flatMap { file.entries(of: $0, &problems) }
  }

  private func problems(_ text: String, mapping: String = Self.text) throws -> [ImportProblem] {
    try Samples.problems(
      .cases, Array(text.utf8), mapping: try Samples.mapping(.cases, mapping))
  }

  @Test func `the extract's names and values become ours`() throws {
    let rows = """
      \(Self.head)
      X000001,Nia,Parry, WEL ,N,2026-03-01,1,1979/0163001B
      X000002,Owen,Rees,UNKNOWN,Y,2026-03-01,2,
      X000003,Ann,Lee,English,,2026-03-01,3,

      """
    let entries = try read(rows)
    #expect(
      entries.map(\.texts["LANG"]) == ["cy", nil, "en"],
      "what has no word of its own is read as ever, and an empty word says nothing")
    #expect(entries.map(\.texts["DECEASED_FLAG"]) == ["no", "yes", nil])
    #expect(entries[0].texts["pnc"] == "1979/0163001B", "a name of ours needs no mapping")
    for entry in entries {
      guard case .record(_, _, let parts) = entry.content else { continue }
      #expect(parts.first { $0.field == "interpreter" }?.value == .flag(false))
    }
  }

  @Test func `JSON Lines are mapped alike`() throws {
    let line = #"{"OFFENDER_CRN":"x000001","first name":"Nia","LAST_NAME":"Parry","LANG":"WEL","#
    let entry = try #require(try read(line + #""EXTRACT_DATE":1}"#, name: "feed.jsonl").first)
    #expect(entry.crn == "X000001")
    #expect(entry.texts["LANG"] == "cy")
  }

  @Test func `each element of a set is translated`() throws {
    let plans = try #require(ImportKind("visit-plan", in: .standard))
    let set = try #require(
      plans.columns.first { if case .elements = $0.form { true } else { false } })
    let column = try #require(plans.columns.firstIndex { $0.name == set.name })
    var mapping = Mapping.none
    mapping.values = [column: ["a": "b", "c": "d"]]
    #expect(ColumnNames(plans, mapping).ours("a; c ;e", in: column) == "b;d;e")
  }

  @Test func `without a mapping nothing is translated`() throws {
    let names = ColumnNames(.cases, .none)
    for place in ImportKind.cases.columns.indices { #expect(names.ours(" Y ", in: place) == " Y ") }
  }

  @Test(arguments: BadMapping.all)
  func `what is wrong with a mapping is said with its line and a remedy`(bad: BadMapping) throws {
    let error = try #require(throws: CatalogueError.self) {
      _ = try Samples.mapping(.cases, bad.text)
    }
    #expect(error.line == bad.line, "\(error)")
    #expect(error.problem.contains(bad.problem), "\(error)")
    #expect(error.remedy.contains(bad.remedy), "\(error)")
  }

  @Test func `a column that is neither mapped, ours nor ignored is named by its place`() throws {
    let found = try problems("\(Self.head),SHOE_SIZE\n")
    let problem = try #require(found.first)
    #expect(problem.line == 1 && problem.problem.contains("column 9"))
    #expect(problem.remedy.contains("under columns or ignore"))
  }

  @Test(arguments: [
    ("\(head),crn\n", "OFFENDER_CRN", "named twice"),
    ("\(head),interpreter\n", "interpreter", "a constant"),
    ("OFFENDER_CRN,FIRST_NAME,LAST_NAME\n", "LANG", "the file does not have it"),
    ("\(head)\nX1,Nia,Parry,,,,,\n", "OFFENDER_CRN", "not in its form"),
    ("\(head)\nX000001,Nia,,,,,,\n", "LAST_NAME", "nothing stands"),
  ])
  func `a problem names the column as the file does`(
    text: String, column: String, problem: String
  ) throws {
    let found = try problems(text)
    #expect(found.contains { $0.column == column && $0.problem.contains(problem) }, "\(found)")
  }

  @Test func `a name or a value may be no longer than a line of a mapping`() throws {
    let long = String(repeating: "x", count: Mapping.wordBytes + 1)
    #expect(throws: CatalogueError.self) {
      _ = try Samples.mapping(.cases, "columns:\n  ? >-\n    \(long)\n  : crn\n")
    }
    let names = ColumnNames(.cases, try Samples.mapping(.cases, Self.text))
    #expect(throws: Fault.self) { _ = try names.columns(of: [long]) }
  }
}
