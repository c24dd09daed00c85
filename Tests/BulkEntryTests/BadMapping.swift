import Testing

@testable import BulkEntry

/// A mapping that is not in order, and what its writer is told.
struct BadMapping: CustomTestStringConvertible {
  let text: String
  let line: Int
  let problem: String
  let remedy: String

  init(_ text: String, at line: Int, _ problem: String, _ remedy: String) {
    self.text = text
    self.line = line
    self.problem = problem
    self.remedy = remedy
  }

  var testDescription: String { problem }

  static let all = [
    BadMapping(
      "colums:\n  OFFENDER_CRN: crn\n", at: 1, "“colums” means nothing", "columns, ignore"),
    BadMapping(
      "columns:\n  OFFENDER_CRN: crn\n  NAME_1: forname\n", at: 3, "no column “forname”",
      "the nearest is forename"),
    BadMapping(
      "columns:\n  OFFENDER_CRN: crn\n  CRN_2: crn\n", at: 3, "“crn” is fed twice",
      "the first stands on line 2"),
    BadMapping(
      "columns:\n  LANG: language\nconstants:\n  language: cy\n", at: 4, "“language” is fed twice",
      "the first stands on line 2"),
    BadMapping(
      "columns:\n  OFFENDER_CRN: crn\n  OFFENDER_CRN: noms\n", at: 2, "stands twice", "keep one"),
    BadMapping(
      "columns:\n  OFFENDER_CRN: crn\n  offender crn: noms\n", at: 3, "stands twice",
      "the first stands on line 2"),
    BadMapping(
      "columns:\n  LANG: language\nignore:\n  - lang\n", at: 4, "under columns and under ignore",
      "keep one"),
    BadMapping("columns:\n  LANG: [language]\n", at: 2, "should be a word", "plain text"),
    BadMapping("columns:\n  - LANG\n", at: 2, "should hold keys with values", "key: value"),
    BadMapping("ignore:\n  LANG: yes\n", at: 2, "should be a list", "ignore: [one, two]"),
    BadMapping(
      "constants:\n  language: klingon\n", at: 2, "“klingon” cannot stand in language",
      "write one of"),
    BadMapping("constants:\n  deceased.on: yes\n", at: 2, "no column", "deceased"),
    BadMapping(
      "values:\n  language:\n    WEL: cymraeg\n", at: 3, "“cymraeg” cannot stand in language",
      "write one of"),
    BadMapping(
      "values:\n  language: cy\n", at: 2, "should hold keys with values", "key: value"),
    BadMapping(
      "values:\n  language: {W: cy}\n  Language: {E: en}\n", at: 3, "“language” stands twice",
      "under one of them"),
    BadMapping(
      "values:\n  language:\n    WEL: [cy, en]\n", at: 3, "no one value of ours", "one word or text"
    ),
    BadMapping(
      "ignore: [A, B]\ncolumns:\n  *x: crn\n", at: 3, "character *", "without *"),
    BadMapping("# Nothing but a remark.\n", at: 1, "nothing in it", "delete the file"),
  ]
}
