import SyncCore
import Testing

@testable import RecordCatalogue

@Suite struct `Checks of a catalogue file` {
  private static func text(_ lines: String...) -> String {
    sample() + "checks:\n  town-fits:\n"
      + lines.map { "    \($0)\n" }.joined()
  }

  @Test func `are read in the vocabulary of the catalogue`() throws {
    let text = Self.text(
      "says: The town fits.", "when: level", "is: [low, high]", "field: place.town",
      "equal-to: answers>place.town - 3 + size? + today")
    let note = try #require(try catalogue(of: text)["note"])
    #expect(
      note.policy.checks == [
        Check(
          name: "town-fits", says: "The town fits.",
          condition: .init(Check.Path("level"), in: ["low", "high"]),
          demand: .compare(
            Check.Path("place", "town"), .equalTo,
            [
              .init(.path(Check.Path("place", "town", of: "answers"))),
              .init(.number(3), isSubtracted: true),
              .init(.path(Check.Path("size"), orNought: true)), .init(.today),
            ]))
      ])
    for path in note.policy.checks[0].paths { #expect(!path.description.isEmpty) }
  }

  @Test(arguments: [
    (["field: text", "present: yes"], "has no “says”"),
    (["says: It fits.", "present: yes"], "has no “field”"),
    (["says: It fits.", "field: text"], "asks for 0 things"),
    (["says: It fits.", "field: text", "present: yes", "at-most: 3"], "asks for 2 things"),
    (["says: It fits.", "closed: [text]"], "does not say when"),
    (["says: It fits.", "when: level", "closed: []"], "does not say when, or which"),
    (["says: It fits.", "when: level", "closed: [nothing]"], "no field of one value"),
    (["says: It fits.", "on-newest: []"], "does not say which fields"),
    (["says: It fits.", "on-newest: [nothing]"], "no field of one value"),
    (["says: It fits.", "written-by: [senior]"], "who takes a step"),
    (["says: It fits.", "when: level", "is: [low]", "written-by: []"], "who takes a step"),
    (["says: It fits.", "when: level", "is: [low]", "written-by: [judge]"], "no role “judge”"),
    (["says: It fits.", "when: answers>level", "written-by: [senior]"], "who takes a step"),
    (["says: It fits.", "field: level", "by-another: [low]"], "who takes a step"),
    (["says: It fits.", "when: level", "field: level", "by-another: [no]"], "names “no”"),
    (["says: It fits.", "is: [low]", "field: text", "present: yes"], "“is” means nothing"),
    (["says: It fits.", "field: nothing", "present: yes"], "no single value"),
    (["says: It fits.", "field: place", "present: yes"], "no single value"),
    (["says: It fits.", "field: place.county", "present: yes"], "no single value"),
    (["says: It fits.", "field: level>text", "present: yes"], "no single value"),
    (["says: It fits.", "field: answers>nothing", "present: yes"], "no single value"),
    (["says: It fits.", "field: a>b>c>d", "present: yes"], "is no path"),
    (["says: It fits.", "field: a.b.c", "present: yes"], "is no path"),
    (["says: It fits.", "field: text", "at-most: 3 3"], "is no sum"),
    (["says: It fits.", "field: text", "at-most: 3 -"], "is no sum"),
    (["says: It fits.", "field: text", "at-most: 3 by 3"], "is no sum"),
    (["says: It fits.", "field: level", "among: [low, medium]"], "names “medium”"),
    (["says: It fits.", "field: text", "among: [low]"], "names “low”"),
    (["says: It fits.", "when: level", "is: [no]", "field: text", "present: yes"], "names “no”"),
  ])
  func `are refused with their line where they could not be meant`(
    lines: [String], problem: String
  ) throws {
    let text = sample() + "checks:\n  fits:\n" + lines.map { "    \($0)\n" }.joined()
    let error = try #require(refusal(of: text))
    #expect(error.problem.contains(problem), "\(error)")
    #expect((error.line ?? 0) > sampleLines.count)
    #expect(!error.remedy.isEmpty)
  }
}
