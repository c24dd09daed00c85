import Testing

@testable import RecordCatalogue

/// A file with a fault, and what the error must say of it.
struct BadFile: Sendable, CustomTestStringConvertible {
  /// The sample with these lines changed.
  let edits: [Int: String?]
  let line: Int
  let problem: String
  let remedy: String

  init(_ edits: [Int: String?], at line: Int, _ problem: String, remedy: String) {
    self.edits = edits
    self.line = line
    self.problem = problem
    self.remedy = remedy
  }

  var testDescription: String { "line \(line): \(problem)" }
}

@Suite struct `A file of the catalogue` {
  @Test func `is read if nothing is wrong with it`() throws {
    let note = try #require(try catalogue(of: sample())["note"])
    #expect(note.fields.count == 11)
    #expect(note.fields.first?.name == "text")
    #expect(note.policy.fields["level"]?.deciders == [.senior])
    #expect(note.policy.fields["alone"]?.writers == [.officer])
    #expect(note.fields.last?.why == "Notes are kept.")
    #expect(note.naturalKey == ["text"])
  }

  @Test(arguments: BadFile.keys + BadFile.values + BadFile.kinds + BadFile.rules + BadFile.sets)
  func `is refused with its line and a remedy`(bad: BadFile) throws {
    let error = try #require(refusal(of: sample(bad.edits)))
    #expect(error.file == "note.yaml")
    #expect(error.line == bad.line)
    #expect(error.problem.contains(bad.problem))
    #expect(error.remedy.contains(bad.remedy))
    let start = "note.yaml:\(bad.line): \(error.problem). To mend it: "
    #expect(error.description == "\(start)\(error.remedy).")
  }

  @Test(arguments: [2, 3, 4, 5, 6, 7, 10, 11, 12, 13, 16, 17, 21, 22, 25, 40, 41, 46, 56, 67, 78])
  func `is refused if a line that must be there is missing`(line: Int) throws {
    let error = try #require(refusal(of: sample([line: nil])))
    let key = sampleLines[line - 1].split(separator: ":")[0].drop { $0 == " " }
    #expect(error.problem.contains("has no “\(key)”"))
    #expect(error.remedy.contains("`\(key): …`"))
    #expect(error.line != nil)
  }

  @Test(arguments: [
    "Note.yaml", "1note.yaml", "a_b.yaml", ".yaml", "é.yaml", "a b.yaml",
    String(repeating: "a", count: 65) + ".yaml",
  ])
  func `is refused if its name cannot name a type`(file: String) {
    #expect(
      refusal(of: sample(), file: file)?.problem.contains("cannot name a record type") == true)
  }

  @Test func `never sends control characters of a damaged file to a terminal`() throws {
    let error = try #require(
      refusal(of: sample([4: "priority: \"\\e[31m\\a\(String(repeating: "9", count: 90))\""])))
    #expect(error.line == 4)
    #expect(error.description.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F })
    #expect(error.description.count < 300)
  }
}

extension BadFile {
  static let keys = [
    BadFile([3: "wy: Notes are kept."], at: 1, "has no “why”", remedy: "`why: …`"),
    BadFile(
      [96: "always-acepted: no"], at: 96, "“always-acepted” means nothing", remedy: "keys here"),
    BadFile([14: "    requird: yes"], at: 14, "“requird” means nothing", remedy: "required"),
    BadFile(
      [13: "    rule: union\n    order: [a]"], at: 14, "“order” means nothing", remedy: "delete"),
    BadFile(
      [12: "    bytes: 100\n    codes:\n      a: A"], at: 13, "“codes” means nothing",
      remedy: "delete"),
    BadFile([4: "priority: 3\nlabel: Again"], at: 1, "“label” stands twice", remedy: "keep one"),
    BadFile([15: "  text:"], at: 9, "“text” stands twice", remedy: "keep one"),
    BadFile([20: "      low: Lower"], at: 19, "“low” stands twice", remedy: "keep one"),
    BadFile([33: "      town:"], at: 28, "“town” stands twice", remedy: "keep one"),
    BadFile([15: "  !x text:"], at: 15, "“text” stands twice", remedy: "line 9"),
    BadFile(
      [15: "  Level:"], at: 15, "the field cannot be called “Level”", remedy: "lower-case"),
    BadFile([15: "  my level:"], at: 15, "cannot be called “my level”", remedy: "dashes"),
    BadFile([15: "  4th:"], at: 15, "cannot be called “4th”", remedy: "a letter first"),
    BadFile(
      [15: "  \(String(repeating: "a", count: 65)):"], at: 15, "cannot be called",
      remedy: "at most 64"),
    BadFile([28: "      Town:"], at: 28, "the member cannot be called “Town”", remedy: "lower"),
    BadFile([15: "  [level]:"], at: 15, "a key is a list", remedy: "plain word"),
    BadFile([15: "  ? level"], at: 16, "this is not YAML", remedy: "indent"),
  ]

  static let values = [
    BadFile([1: "label:"], at: 1, "“label” should be a word", remedy: "plain text"),
    BadFile([1: "label: [Note]"], at: 1, "“label” should be a word", remedy: "plain text"),
    BadFile(
      [1: "label: \(String(repeating: "x", count: 101))"], at: 1, "longer than 100 bytes",
      remedy: "shorten"),
    BadFile([3: "why: |-\n  Two\n  lines."], at: 3, "a line break", remedy: ">-"),
    BadFile([3: "why: \"a\\u0085b\""], at: 3, "a control character", remedy: "one line"),
    BadFile([4: "priority: 6"], at: 4, "a whole number, not “6”", remedy: "0 to 5"),
    BadFile([4: "priority: -1"], at: 4, "a whole number", remedy: "0 to 5"),
    BadFile([4: "priority: high"], at: 4, "not “high”", remedy: "0 to 5"),
    BadFile([4: "priority: 99999999999999999999"], at: 4, "a whole number", remedy: "0 to 5"),
    BadFile([5: "window: for ever"], at: 5, "“for ever” is no window", remedy: "while-held"),
    BadFile([5: "window: 0 days after day"], at: 5, "“0 days after day” is", remedy: "365 days"),
    BadFile([5: "window: 365 days"], at: 5, "“365 days” is no window", remedy: "after a day"),
    BadFile([5: "window: 9 days after text"], at: 5, "no window", remedy: "after a day"),
    BadFile([5: "window: 9 days after place.town"], at: 5, "no window", remedy: "after a day"),
    BadFile([5: "window: 9 days after day.a.b"], at: 5, "no window", remedy: "after a day"),
    BadFile([5: "window: latest 101 by day"], at: 5, "no window", remedy: "latest 4"),
    BadFile([5: "window: latest 4 by level"], at: 5, "no window", remedy: "a day or a number"),
    BadFile([5: "window: with level"], at: 5, "no window", remedy: "reference field"),
    BadFile([5: "window: with nothing"], at: 5, "no window", remedy: "reference field"),
    BadFile([6: "writers: officer"], at: 6, "“writers” should be a list", remedy: "[one, two]"),
    BadFile([6: "writers: [constable]"], at: 6, "there is no role “constable”", remedy: "senior"),
    BadFile(
      [6: "writers: [officer, officer]"], at: 6, "“officer” stands twice", remedy: "keep one"),
    BadFile([6: "writers: [[officer]]"], at: 6, "an item of “writers”", remedy: "plain text"),
    BadFile([7: "deleters: {officer: yes}"], at: 7, "should be a list", remedy: "[one, two]"),
    BadFile([14: "    required: maybe"], at: 14, "“required” is “maybe”", remedy: "yes or no"),
    BadFile([96: "always-accepted: true"], at: 96, "is “true”", remedy: "yes or no"),
    BadFile(
      [97: "natural-key: [nothing]"], at: 97, "“nothing”, which is no field", remedy: "fields"),
    BadFile([97: "natural-key: [level]"], at: 97, "“level”, which may be", remedy: "required"),
    BadFile([97: "natural-key: [place]"], at: 97, "“place”, which may be", remedy: "union"),
  ]

  static let kinds = [
    BadFile([11: "    kind: txt"], at: 11, "there is no kind “txt”", remedy: "text, code"),
    BadFile([12: "    bytes: 0"], at: 12, "a whole number, not “0”", remedy: "1 to 65536"),
    BadFile([12: "    bytes: 65537"], at: 12, "a whole number", remedy: "1 to 65536"),
    BadFile([12: "    bytes: 1.5"], at: 12, "a whole number", remedy: "1 to 65536"),
    BadFile([68: "    to: -1"], at: 68, "not “-1”", remedy: "from 0"),
    BadFile([67: "    from: none"], at: 67, "not “none”", remedy: "write a number"),
    BadFile([19: "      low it is: Low"], at: 19, "“low it is” cannot be a code", remedy: "ASCII"),
    BadFile([19: "      löw: Low"], at: 19, "cannot be a code", remedy: "ASCII"),
    BadFile([19: "      low:"], at: 19, "the label of “low”", remedy: "plain text"),
    BadFile(
      [18: "    codes: [low, high]", 19: nil, 20: nil], at: 18, "the codes of “level”",
      remedy: "key: value"),
    BadFile(
      [18: "    codes: {}", 19: nil, 20: nil], at: 18, "the codes of “level”", remedy: "value"),
    BadFile([30: "        kind: composite"], at: 28, "a composite inside", remedy: "one level"),
    BadFile([31: "        bytes: many"], at: 31, "not “many”", remedy: "1 to 65536"),
    BadFile(
      [32: "        rule: union"], at: 32, "“rule” means nothing in the member", remedy: "delete"),
    BadFile(
      [46: "    to: appointment"], at: 46, "“appointment”, which has no file", remedy: "note"),
    BadFile(
      [9: "  text: Text", 10: nil, 11: nil, 12: nil, 13: nil, 14: nil], at: 9,
      "the field “text” should", remedy: "key: value"),
    BadFile([8: "fields: {}\nold:"], at: 8, "the list of fields should", remedy: "key: value"),
  ]

  static let rules = [
    BadFile([13: "    rule: merge"], at: 13, "there is no rule “merge”", remedy: "field-merge"),
    BadFile([13: "    rule: ratchet"], at: 9, "ratchet but is no code", remedy: "kind code"),
    BadFile(
      [22: "    order: [low, high, x]"], at: 22, "“x”, which is no code", remedy: "low, high"),
    BadFile([22: "    order: [low]"], at: 22, "leaves out the code “high”", remedy: "lowest first"),
    BadFile([22: "    order: []"], at: 15, "leaves out the code “low”", remedy: "lowest first"),
    BadFile([22: "    order: [low, high, low]"], at: 22, "“low” stands twice", remedy: "keep one"),
    BadFile([40: "    prefer: best"], at: 40, "there is no prefer “best”", remedy: "ranked"),
    BadFile([41: "    by: surely"], at: 41, "no member “surely”", remedy: "name a member"),
    BadFile([41: "    by: town"], at: 41, "“town” is no code", remedy: "kind is code"),
    BadFile(
      [42: "    order: [no, yes, perhaps]"], at: 42, "“perhaps”, which is no code",
      remedy: "no, yes"),
    BadFile([40: "    prefer: first"], at: 41, "“by” means nothing", remedy: "prefer"),
    BadFile([55: "    rule: claims", 57: nil], at: 49, "nobody may decide", remedy: "deciders"),
    BadFile([56: "    holding: present"], at: 56, "somebody could claim", remedy: "disputed"),
    BadFile([56: "    holding: Not sure"], at: 56, "cannot be a holding value", remedy: "disputed"),
    BadFile([14: "    deciders: [senior]"], at: 9, "leaves nothing to decide", remedy: "delete"),
    BadFile([70: nil], at: 64, "written by the office alone", remedy: "[office]"),
    BadFile([84: "    writers: [office, senior]"], at: 79, "the office alone", remedy: "[office]"),
    BadFile([78: "    stages: [signed]"], at: 78, "leaves out the code “draft”", remedy: "lowest"),
    BadFile([13: "    rule: signed"], at: 9, "signed but no stages", remedy: "kind code"),
  ]

  static let sets = [
    BadFile(
      [61: "    bytes: 54"], at: 58, "may take 54 bytes, and its name leaves 53", remedy: "lower"),
    BadFile(
      [63: "    rule: union\n    required: yes"], at: 58, "a set and required", remedy: "delete"),
    BadFile(
      [63: "    rule: field-merge\n    prefer: last"], at: 58, "other than union", remedy: "union"),
    BadFile(
      [60: "    kind: flag", 61: nil], at: 58, "something other than texts", remedy: "text, code"),
  ]
}
