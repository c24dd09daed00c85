import SyncCore
import Testing

@testable import CaseFacts

@Suite struct `How soon a failure is answered` {
  private static let today = CalendarDate("2026-05-04")!

  @Test func `is the working days until the first act about it`() {
    var book = CaseBook()
    for (name, day, code) in [
      ("quick", "2026-04-20", "UAAB"), ("late", "2026-04-20", "UAAB"),
      ("never", "2026-04-20", "AFTC"), ("came", "2026-04-20", "ATTC"),
      ("old", "2025-05-03", "UAAB"),
    ] {
      book.appointment(name, on: day)
      book.outcome(code, of: name)
    }
    for (name, of, day) in [
      ("1", "quick", "2026-04-27"), ("2", "quick", "2026-04-21"), ("3", "late", "2026-04-28"),
    ] {
      book.set(
        [
          "outcome": .text(CaseBook.id(of, "outcome-claim").description), "action": .text("EA02"),
          "on": .composite(["date": .text(day)]),
        ], of: name, type: "enforcement-act")
    }
    let answers = Enforcement.answers(book.view, today: Self.today)
    #expect(answers.count == 3)
    #expect(Set(answers) == [1, 6, nil])
  }
}

@Suite struct `The pace of unpaid work` {
  @Test(
    arguments: [
      ("2026-05-04", 0, .onTime), ("2025-11-04", 2_000, .behind), ("2025-11-04", 3_000, .onTime),
      ("2025-05-04", 5_999, .behind), ("2025-05-03", 5_999, .pastItsYear),
      ("2025-05-03", 6_000, .onTime), (nil, 0, nil),
    ] as [(String?, Int64, WorkPace?)])
  func `is steady to the end of 12 months`(start: String?, done: Int64, pace: WorkPace?) throws {
    var book = CaseBook()
    var requirement: [String: Value] = ["number": .text("7")]
    if let start { requirement["start"] = .text(start) }
    book.set(requirement, of: "7", type: "requirement")
    book.set(
      [
        "number": .text("7"), "requirement": .text(CaseBook.id("7", "requirement").description),
        "required-minutes": .integer(6_600), "negative-adjustments": .integer(600),
        "completed-minutes": .integer(done),
      ], of: "7", type: "upw-requirement")
    let work = try #require(book.view.all("upw-requirement").first)
    let today = try #require(CalendarDate("2026-05-04"))
    #expect(book.view.workPace(of: work, today: today) == pace)
  }
}
