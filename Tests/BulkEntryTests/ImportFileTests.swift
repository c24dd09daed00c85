import SyncCore
import Testing

@testable import BulkEntry

/// A file that is not in order, and what its sender is told.
struct BadFile: CustomTestStringConvertible {
  var kind: ImportKind
  var name = "feed.csv"
  var bytes: [UInt8]
  var line: Int?
  var column: String?
  /// Part of the problem.
  var problem: String
  /// Part of the remedy.
  var remedy: String

  init(
    _ kind: ImportKind, _ text: String, name: String = "feed.csv", at line: Int?,
    _ column: String? = nil, _ problem: String, _ remedy: String
  ) {
    self.init(kind, Array(text.utf8), name: name, at: line, column, problem, remedy)
  }

  init(
    _ kind: ImportKind, _ bytes: [UInt8], name: String = "feed.csv", at line: Int?,
    _ column: String? = nil, _ problem: String, _ remedy: String
  ) {
    self.kind = kind
    self.name = name
    self.bytes = bytes
    self.line = line
    self.column = column
    self.problem = problem
    self.remedy = remedy
  }

  var testDescription: String { "\(kind) \(name): \(problem)" }
}

@Suite struct ImportFileTests {
  static let head = "crn,forename,surname"
  static let contactHead = "crn,kind,date,text,author,reference"

  static let files: [BadFile] = [
    BadFile(.cases, "", at: nil, "the file is empty", "begin it with the line crn,forename"),
    BadFile(.cases, "x", name: "feed.xlsx", at: nil, "neither .csv nor .jsonl", "name it"),
    BadFile(.cases, [0xFF, 0xFE, 0x63, 0], at: nil, "UTF-16", "UTF-8"),
    BadFile(
      .cases, "X000001,Nia,Parry\n", at: 1, "does not name the columns", "begin the file with"),
    BadFile(.cases, "crn;forename;surname\n", at: 1, "not separated by commas", "with commas"),
    BadFile(
      .cases, "crn,forename,surname,date of brith\n", at: 1, "column 4 has a name that is not known",
      "the nearest is date_of_birth"),
    BadFile(
      .cases, "crn,forename,surname,zzzzzzzzzzzzzz\n", at: 1, "column 4", "name one of crn"),
    BadFile(.cases, "crn,forename\n", at: 1, "surname", "the column is missing", "add it"),
    BadFile(
      .cases, "crn,forename,surname,CRN\n", at: 1, "crn", "named twice", "leave one of the two out"),
    BadFile(
      .cases, "\(head)\n\nX000001,Nia\n", at: 3, "has 2 fields and the first line names 3",
      "quotation marks"),
    BadFile(
      .cases, "\(head)\nX000001,Nia,Parry\nX1,Nia,Parry\n", at: 3, "crn", "not in its form",
      "as in X123456"),
    BadFile(.cases, "\(head)\nX000001,,Parry\n", at: 2, "forename", "nothing stands", "fill it in"),
    BadFile(
      .cases, "\(head)\nX000001,Nia,Parry\nX000002,Siân,Rees\nx000001,Nia,Perry\n", at: 4, "crn",
      "line 2 is about the same", "leave one of the two out"),
    BadFile(.cases, "\(head),pnc\nX000001,Nia,Parry,1979/0163001C\n", at: 2, "pnc", "form", "fit"),
    BadFile(.cases, "\(head),noms\nX000001,Nia,Parry,1234\n", at: 2, "noms", "form", "A1234BC"),
    BadFile(.cases, "\(head),cro\nX000001,Nia,Parry,265416/21H\n", at: 2, "cro", "form", "fit"),
    BadFile(
      .cases, "\(head),date_of_birth\nX000001,Nia,Parry,31/2/1980\n", at: 2, "date_of_birth",
      "there is no such date", "17/5/2024"),
    BadFile(
      .cases, "\(head),date_of_birth\nX000001,Nia,Parry,17/5/62\n", at: 2, "date_of_birth",
      "after today", "four digits"),
    BadFile(
      .cases, "\(head),language\nX000001,Nia,Parry,fr\n", at: 2, "language", "no code",
      "write one of"),
    BadFile(
      .cases, "\(head),interpreter\nX000001,Nia,Parry,perhaps\n", at: 2, "interpreter",
      "neither yes nor no", "write yes or no"),
    BadFile(
      .cases, "\(head),sentence_start\nX000001,Nia,Parry,1/2/2025\n", at: 2, "sentence_type",
      "nothing stands", "fill it in"),
    BadFile(
      .cases, "\(head),tier\nX000001,Nia,Parry,far too long\n", at: 2, "tier", "longer than 8 bytes",
      "shorten it"),
    BadFile(
      .cases, "\(head),officer\nX000001,Nia,Parry,a khan\n", at: 2, "officer", "no user name",
      "without blanks"),
    BadFile(
      .cases, "\(head)\nX000001,N\u{0}ia,Parry\n", at: 2, "forename", "control character", "delete"),
    BadFile(
      .cases, "\(head)\nX000001,\"Nia,Parry\n", at: 2, "not closed", "the lines after it were not"),
    BadFile(
      .cases, "\(head)\nX000001,\"Nia\"x,Parry\n", at: 2, "after the closing quotation mark",
      "double each"),
    BadFile(.cases, "\(head)\nX000001,N\"ia,Parry\n", at: 2, "inside a field", "the whole field"),
    BadFile(.cases, "\(head)\nX000001,N\ria,Parry\n", at: 2, "carriage return", "line ends"),
    BadFile(
      .cases, Array("\(head)\r\n".utf8) + Array("X000001,Nia,".utf8) + [0xE9, 0x0A], at: 2,
      "not UTF-8", "save the file as UTF-8"),
    BadFile(
      .contacts,
      Array("\(contactHead)\nX000001,CTOA,1/2/25,\"one\ntwo\n".utf8) + [0xC3, 0x28]
        + Array("\",a.khan,1\n".utf8), at: 4, "not UTF-8", "save the file as UTF-8"),
    BadFile(
      .contacts, "\(contactHead)\nX000001,CTOA,11/3/2026,t,a.khan,1\n", at: 2, "date", "after today",
      "check the year"),
    BadFile(
      .contacts, "\(contactHead)\nX000001,phone,1/2/25,t,a.khan,1\n", at: 2, "kind", "no code",
      "CTOA"),
    BadFile(
      .contacts, "\(contactHead),time\nX000001,CTOA,1/2/25,t,a.khan,1,24:00\n", at: 2, "time",
      "no such time", "14:10"),
    BadFile(
      .contacts, "\(contactHead)\nX000001,CTOA,1/2/25,\"a\n\nb\",a.khan,1\nX1,CTOA,1/2/25,t,b,2\n",
      at: 5, "crn", "not in its form", "one letter"),
    BadFile(
      .contacts, "\(contactHead)\nX000001,CTOA,1/2/25,t,a,7\nX000002,CTOA,1/2/25,t,a,7\n", at: 3,
      "reference", "line 2 is about the same", "leave one"),
    BadFile(
      .grants, "crn,user\nX000001,A.Khan\nx000001,a.khan\n", at: 3, "user", "line 2", "leave one"),
  ]

  static let jsonFiles: [BadFile] = [
    ("[{}]", "does not begin with {", "one JSON object"),
    (#"{"crn":"X000001","user":"a","crn":"X000002"}"#, "a key is given twice", "leave one"),
    (#"{"crn":"X000001","user":"a","c\u0072n":"X000002"}"#, "a key is given twice", "leave one"),
    (#"{"crn":"X000001","user":"a","CRN":"X000002"}"#, "a key is given twice", "leave one"),
    (#"{"crn":"X000001","usr":"a"}"#, "key 2 is not known", "the nearest is user"),
    (#"{"crn":"X000001","user":["a"]}"#, "an object or a list", "its own key"),
    (#"{"crn":"X000001","user":1.5}"#, "not a whole one", "as text"),
    (#"{"crn":"X000001","user":01}"#, "not a whole one", "as text"),
    (#"{"crn":"X000001","user":nul}"#, "no text, number", "as JSON"),
    (#"{"crn":"X000001","user":"\ud800"}"#, "half of a pair", "as JSON"),
    (#"{"crn":"X000001","user":"\x"}"#, "backslash", "as JSON"),
    (#"{"crn":"X000001","user":"\u00g0"}"#, "four hexadecimal digits", "as JSON"),
    (#"{"crn":"X000001","user":"a"#, "not closed", "as JSON"),
    (#"{"crn":"X000001" "user":"a"}"#, "not closed", "as JSON"),
    (#"{"crn" "X000001"}"#, "no colon", "as JSON"),
    (#"{"crn":"X000001","user":"a"} {}"#, "after the object", "as JSON"),
    ("{\"crn\":\"X000001\",\"user\":\"a\u{1}\"}", "control character", "as JSON"),
    (#"{"crn":"X000001","user":"a",}"#, "does not begin with a quotation mark", "as JSON"),
  ].map { BadFile(.grants, "\n{}\n" + $0.0, name: "feed.jsonl", at: 3, $0.1, $0.2) }

  @Test(arguments: files + jsonFiles)
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

  @Test func `no problem repeats what stands in the file`() throws {
    for file in Self.files + Self.jsonFiles {
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
    "\u{FEFF}crn,forename,surname\nX000001,Nia,Parry", "\"CRN\", Forename ,surname\nx000001,Nia,Parry",
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
    let text = #"""
      {"crn":"x000001","kind":"CTOA","date":"17/5/2024","time":"9:05","author":"a.khan","reference":12,
      """#
      + #""sensitive":true,"text":"Zo\u00eb \ud83d\ude00\t\"no\"\\\/\n","extra":null}"#
    let line = text.replacing("\n", with: "").replacing(",\"extra\":null", with: "")
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
    file.forEachEntry(&problems) { entry, _ in entries.append(entry) }
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
