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
    in column: String? = nil, _ problem: String, _ remedy: String
  ) {
    self.init(kind, Array(text.utf8), name: name, at: line, in: column, problem, remedy)
  }

  init(
    _ kind: ImportKind, _ bytes: [UInt8], name: String = "feed.csv", at line: Int?,
    in column: String? = nil, _ problem: String, _ remedy: String
  ) {
    self.kind = kind
    self.name = name
    self.bytes = bytes
    self.line = line
    self.column = column
    self.problem = problem
    self.remedy = remedy
  }

  var testDescription: String { "\(kind.name) \(name): \(problem)" }
}

extension BadFile {
  private static let head = "crn,forename,surname"
  private static let contactHead = "crn,kind,date,text,author,reference"

  static let all = files + jsonFiles

  private static let files: [BadFile] = [
    BadFile(.cases, "", at: nil, "the file is empty", "begin it with the line crn,forename"),
    BadFile(.cases, "x", name: "feed.xlsx", at: nil, "neither .csv nor .jsonl", "name it"),
    BadFile(.cases, [0xFF, 0xFE, 0x63, 0], at: nil, "UTF-16", "UTF-8"),
    BadFile(
      .cases, "X000001,Nia,Parry\n", at: 1, "does not name the columns", "begin the file with"),
    BadFile(.cases, "crn;forename;surname\n", at: 1, "not separated by commas", "with commas"),
    BadFile(
      .cases, "crn,forename,surname,date of brith\n", at: 1, "column 4 has a name that is not",
      "the nearest is date_of_birth"),
    BadFile(
      .cases, "crn,forename,surname,zzzzzzzzzzzzzz\n", at: 1, "column 4", "name one of crn"),
    BadFile(.cases, "crn,forename\n", at: 1, in: "surname", "the column is missing", "add it"),
    BadFile(
      .cases, "crn,forename,surname,CRN\n", at: 1, in: "crn", "named twice", "leave one"),
    BadFile(
      .cases, "\(head)\n\nX000001,Nia\n", at: 3, "has 2 fields and the first line names 3",
      "quotation marks"),
    BadFile(
      .cases, "\(head)\nX000001,Nia,Parry\nX1,Nia,Parry\n", at: 3, in: "crn", "not in its form",
      "as in X123456"),
    BadFile(.cases, "\(head)\nX000001,,Parry\n", at: 2, in: "forename", "nothing", "fill it in"),
    BadFile(
      .cases, "\(head)\nX000001,Nia,Parry\nX000002,Siân,Rees\nx000001,Nia,Lee\n", at: 4, in: "crn",
      "line 2 is about the same", "leave one of the two out"),
    BadFile(
      .cases, "\(head),pnc\nX000001,Nia,Lee,1979/0163001C\n", at: 2, in: "pnc", "form",
      "fit"),
    BadFile(.cases, "\(head),noms\nX000001,Nia,Parry,1234\n", at: 2, in: "noms", "form", "A1234BC"),
    BadFile(.cases, "\(head),cro\nX000001,Nia,Parry,265416/21H\n", at: 2, in: "cro", "form", "fit"),
    BadFile(
      .cases, "\(head),date_of_birth\nX000001,Nia,Parry,31/2/1980\n", at: 2, in: "date_of_birth",
      "there is no such date", "17/5/2024"),
    BadFile(
      .cases, "\(head),date_of_birth\nX000001,Nia,Parry,17/5/62\n", at: 2, in: "date_of_birth",
      "after today", "four digits"),
    BadFile(
      .cases, "\(head),language\nX000001,Nia,Parry,fr\n", at: 2, in: "language", "no such code",
      "write one of"),
    BadFile(
      .cases, "\(head),interpreter\nX000001,Nia,Parry,perhaps\n", at: 2, in: "interpreter",
      "neither yes nor no", "write yes or no"),
    BadFile(
      .cases, "\(head),sentence_start\nX000001,Nia,Parry,1/2/2025\n", at: 2, in: "sentence_type",
      "nothing stands", "fill it in"),
    BadFile(
      .cases, "\(head),tier\nX000001,Nia,Parry,far too long\n", at: 2, in: "tier", "longer than 8",
      "shorten it"),
    BadFile(
      .cases, "\(head),officer\nX000001,Nia,Parry,a khan\n", at: 2, in: "officer", "no user name",
      "without blanks"),
    BadFile(
      .cases, "\(head)\nX000001,N\u{0}ia,Parry\n", at: 2, in: "forename", "control", "delete"),
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
      .contacts, "\(contactHead)\nX000001,CTOA,11/3/2026,t,a,1\n", at: 2, in: "date", "after today",
      "check the year"),
    BadFile(
      .contacts, "\(contactHead)\nX000001,phone,1/2/25,t,a.khan,1\n", at: 2, in: "kind",
      "no such code",
      "CTOA"),
    BadFile(
      .contacts, "\(contactHead),time\nX000001,CTOA,1/2/25,t,a.khan,1,24:00\n", at: 2, in: "time",
      "no such time", "14:10"),
    BadFile(
      .contacts, "\(contactHead)\nX000001,CTOA,1/2/25,\"a\n\nb\",a.khan,1\nX1,CTOA,1/2/25,t,b,2\n",
      at: 5, in: "crn", "not in its form", "one letter"),
    BadFile(
      .contacts, "\(contactHead)\nX000001,CTOA,1/2/25,t,a,7\nX000002,CTOA,1/2/25,t,a,7\n", at: 3,
      in: "reference", "line 2 is about the same", "leave one"),
    BadFile(
      .grants, "crn,user\nX000001,A.Khan\nx000001,a.khan\n", at: 3, in: "user", "line 2",
      "leave one"),
  ]

  private static let jsonFiles: [BadFile] = [
    json("[{}]", "does not begin with {", "one JSON object"),
    json(#"{"crn":"X000001","user":"a","crn":"X000002"}"#, "a key is given twice", "leave one"),
    json(#"{"crn":"X000001","user":"a","c\u0072n":"X000002"}"#, "a key is given twice", "leave"),
    json(#"{"crn":"X000001","user":"a","CRN":"X000002"}"#, "a key is given twice", "leave one"),
    json(#"{"crn":"X000001","usr":"a"}"#, "key 2 is not known", "the nearest is user"),
    json(#"{"crn":"X000001","user":"a","until":null}"#, "key 3 is not known", "name one of"),
    json(#"{"crn":"X000001","user":["a"]}"#, "an object or a list", "its own key"),
    json(#"{"crn":"X000001","user":1.5}"#, "not a whole one", "as text"),
    json(#"{"crn":"X000001","user":01}"#, "not a whole one", "as text"),
    json(#"{"crn":"X000001","user":nul}"#, "no text, number", "as JSON"),
    json(#"{"crn":"X000001","user":"\ud800"}"#, "half of a pair", "as JSON"),
    json(#"{"crn":"X000001","user":"\x"}"#, "backslash", "as JSON"),
    json(#"{"crn":"X000001","user":"\u00g0"}"#, "four hexadecimal digits", "as JSON"),
    json(#"{"crn":"X000001","user":"a"#, "not closed", "as JSON"),
    json(#"{"crn":"X000001" "user":"a"}"#, "not closed", "as JSON"),
    json(#"{"crn" "X000001"}"#, "no colon", "as JSON"),
    json(#"{"crn":"X000001","user":"a"} {}"#, "after the object", "as JSON"),
    json("{\"crn\":\"X000001\",\"user\":\"a\u{1}\"}", "control character", "as JSON"),
    json(#"{"crn":"X000001","user":"a",}"#, "does not begin with a quotation mark", "as JSON"),
  ]

  private static func json(_ line: String, _ problem: String, _ remedy: String) -> BadFile {
    BadFile(.grants, "\n{}\n" + line, name: "feed.jsonl", at: 3, problem, remedy)
  }
}
