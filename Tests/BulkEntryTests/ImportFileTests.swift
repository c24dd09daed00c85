import SyncCore
import Testing

@testable import BulkEntry

@Suite struct ImportFileTests {
  static let head = "crn,forename,surname"
  static let contactHead = "crn,kind,date,text,author,reference"

  @Test(arguments: BadFile.all)
  func `what is wrong with a file is said with its line and a remedy`(file: BadFile) throws {
    let problems = try Samples.problems(file.kind, file.bytes, name: file.name)
    let found = problems.first { $0.line == file.line && $0.problem.contains(file.problem) }
    let problem = try #require(found, "\(problems.map(\.description))")
    #expect(problem.remedy.contains(file.remedy), "\(problem)")
    if let column = file.column { #expect(problem.column == column) }
  }

  @Test func `every problem of a file is told at once, in the order of its lines`() throws {
    let text = "\(Self.head),pnc\nX1,Nia,Parry,7\nX000002,,Rees,\nX000003,Ann,Lee,\n,,,x\n"
    let problems = try Samples.problems(.cases, Array(text.utf8))
    #expect(problems.map(\.line) == [2, 2, 3, 5, 5, 5, 5])
  }

  @Test func `a long list of problems is cut and the rest counted`() throws {
    let text = Self.head + "\n" + String(repeating: "X1,Nia,Parry\n", count: 250)
    do {
      _ = try Samples.read(.cases, text)
      Issue.record("the file was taken")
    } catch let problems as ImportProblems {
      #expect(problems.problems.count == 100)
      #expect(problems.more == 150)
    }
  }

  @Test func `a problem that is only counted is not put into words`() {
    var problems = ProblemList(limit: 1)
    var words = 0
    func fault() -> Fault {
      words += 1
      return Fault("a problem", "mend it")
    }
    for _ in 0..<3 { problems.add(fault()) }
    #expect(problems.all.more == 2)
    #expect(words == 1)
  }

  @Test func `of a row beyond the limit no more is kept than the limit`() {
    var reader = CSVReader(
      [UInt8](repeating: 0x2C, count: 1_000), from: RowPlace(position: 0, line: 1), lineBytes: 10)
    let row = reader.next()
    #expect(row?.fault != nil)
    #expect((row?.fields.count ?? 0) <= 11)
    #expect(reader.next()?.place == nil)
  }

  @Test(
    .timeLimit(.minutes(1)),
    arguments: [
      ("feed.csv", "crn,forename,surname,%\n"), ("feed.csv", "%\n"),
      ("feed.csv", "crn,forename,surname,language\nX000001,Nia,Parry,%\n"),
      ("feed.csv", "crn,forename,surname,sentence_start\nX000001,Nia,Parry,%\n"),
      ("feed.csv", "crn,forename,surname,interpreter\nX000001,Nia,Parry,%\n"),
      ("feed.jsonl", #"{"%":"x"}"#),
    ])
  func `a letter as long as a line takes no longer than other letters`(
    name: String, text: String
  ) throws {
    let letter = "e" + String(repeating: "\u{301}\u{323}", count: 200_000)
    let bytes = Array(text.replacing("%", with: letter).utf8)
    #expect(try !Samples.problems(.cases, bytes, name: name).isEmpty)
  }

  @Test(
    .timeLimit(.minutes(1)),
    arguments: ["accompanying", "expected_finish", "when.date", "when.start", "appointment"])
  func `nor does one in a column of any other record`(column: String) throws {
    let plans = try #require(ImportKind("visit-plan", in: .standard))
    let letter = "e" + String(repeating: "\u{301}\u{323}", count: 200_000)
    let text = "crn,reference,when.date,when.start\nX000001,p-1,17/5/2024,9:05\n"
    let lines = text.split(separator: "\n").map(String.init)
    let isNamed = lines[0].contains(column)
    let bytes =
      isNamed
      ? Array("\(lines[0])\nX000001,p-1,\(letter),\(letter)\n".utf8)
      : Array("\(lines[0]),\(column)\n\(lines[1]),\(letter)\n".utf8)
    #expect(try !Samples.problems(plans, bytes).isEmpty)
  }

  @Test func `no problem repeats what stands in the file`() throws {
    for file in BadFile.all {
      for problem in try Samples.problems(file.kind, file.bytes, name: file.name) {
        #expect(!problem.description.contains("Parry") && !problem.description.contains("khan"))
      }
    }
  }

  @Test func `a file, a line and a row may not be larger than their limits`() throws {
    var limits = ImportLimits()
    limits.lineBytes = 60
    let long = String(repeating: "x", count: 61)
    let text = Self.head + "\nX000001,\(long),Parry\nX000002,Nia,Parry\n"
    let problems = try Samples.problems(.cases, Array(text.utf8), limits: limits)
    #expect(problems.map(\.line) == [2])
    let line = "\n{\"crn\":\"X000001\",\"user\":\"\(long)\"}"
    let json = try Samples.problems(
      .grants, Array(line.utf8), name: "a.jsonl", limits: limits)
    #expect(json.first?.line == 2)
    limits.fileBytes = 20
    let whole = try Samples.problems(.cases, Array(text.utf8), limits: limits)
    #expect(whole.first?.problem.contains("larger than 20 bytes") ?? false)
  }

  @Test(arguments: [
    "crn,forename,surname\nX000001,Nia,Parry\n", "crn,forename,surname\r\nX000001,Nia,Parry\r\n",
    "\u{FEFF}crn,forename,surname\nX000001,Nia,Parry",
    "\"CRN\", Forename ,surname\nx000001,Nia,Parry",
    "surname,crn,forename\n\n\nParry,\" X000001 \",\"Nia\"\n\n",
  ])
  func `the same row may be written in many ways`(text: String) throws {
    let entry = try #require(try entries(.cases, text).first)
    #expect(entry.crn == "X000001")
    #expect(entry.texts == ["crn": "X000001", "forename": "Nia", "surname": "Parry"])
  }

  @Test func `quoted fields keep commas, marks, line ends and formulas as they are`() throws {
    let text =
      "\(Self.contactHead)\nX000001,ctoa,17 5 24,\"He said \"\"no\"\",\r\n=1+1\n\",a.khan,=cmd\n"
    let entry = try #require(try entries(.contacts, text).first)
    #expect(entry.texts["text"] == "He said \"no\",\n=1+1")
    #expect(entry.texts["kind"] == "CTOA")
    #expect(entry.key == .named("contact", "=cmd"))
    #expect(entry.author == "a.khan")
  }

  @Test(arguments: ["2024-05-17", "17/5/2024", "17 5 24", "17.5.2024", "17-05-2024"])
  func `a date may be written as people write it`(date: String) throws {
    let text = "\(Self.contactHead)\nX000001,CTOA,\(date),t,a.khan,1\n"
    #expect(try entries(.contacts, text).first?.texts["date"] == "2024-05-17")
  }

  @Test func `JSON Lines say the same as CSV`() throws {
    let line =
      #"{"crn":"x000001","kind":"CTOA","date":"17/5/2024","time":"9:05","author":"a.khan","#
      + #""reference":12,"sensitive":true,"text":"Zo\u00eb \ud83d\ude00\t\"no\"\\\/\n"}"#
    let entry = try #require(try entries(.contacts, line + "\r\n\r\n", name: "a.ndjson").first)
    #expect(entry.texts["text"] == "Zoë 😀\t\"no\"\\/")
    #expect(entry.texts["sensitive"] == "yes")
    #expect(entry.texts["time"] == "09:05")
    #expect(entry.key == .named("contact", "12"))
  }

  private func entries(
    _ kind: ImportKind, _ text: String, name: String = "feed.csv"
  ) throws -> [ImportEntry] {
    let file = try Samples.read(kind, text, name: name)
    var entries: [ImportEntry] = []
    var problems = ProblemList(limit: 10)
    for rows in file.cases { entries += file.entries(of: rows, &problems) }
    #expect(problems.isEmpty)
    #expect(entries.count == file.rows)
    return entries
  }
}

extension ImportEntry {
  /// What stands in each column that is a field.
  var texts: [String: String] {
    guard case .record(_, _, let parts) = content else { return [:] }
    return Dictionary(parts.map { ($0.column, $0.value.text ?? "") }) { $1 }
  }
}
