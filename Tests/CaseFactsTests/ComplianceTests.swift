import RecordCatalogue
import SyncCore
import Testing

@testable import CaseFacts

@Suite struct `What follows from appointments` {
  private static func event(_ book: CaseBook) -> Value {
    .text(CaseBook.id("1", "event").description)
  }

  @Test func `counts failures of a sentence, and none that is in dispute`() {
    var book = CaseBook()
    book.set(["number": .integer(1)], of: "1", type: "event")
    let event = ["event": Self.event(book)]
    let outcomes = [
      ("a", "2026-04-20", "UAAB"), ("b", "2026-04-21", "AFTC"), ("c", "2026-04-22", "ATTC"),
      ("d", "2026-04-23", "AFTA"), ("e", "2026-04-24", "UAAB"),
    ]
    for (name, day, code) in outcomes {
      book.appointment(name, on: day, event)
      book.outcome(code, of: name)
    }
    book.appointment("of another", on: "2026-04-25")
    book.outcome("UAAB", of: "of another")
    #expect(book.derived("failures", of: "1", "event") == .integer(3))
    book.outcome("ATTC", of: "e", by: 2, unseen: true)
    #expect(book.derived("failures", of: "1", "event") == .integer(2))
    book.set(["breach-ended-on": .text("2026-04-21")], of: "1", type: "event")
    #expect(book.derived("failures", of: "1", "event") == .integer(1))
    book.set(["breach-ended-on": .text("2026-04-25")], of: "1", type: "event")
    #expect(book.derived("failures", of: "1", "event") == .integer(0))
  }

  @Test func `counts failures at unpaid work and programmes, and a day once`() {
    var book = CaseBook()
    book.set(["number": .integer(1)], of: "1", type: "event")
    let event = Self.event(book)
    let imposed = Value.composite(["type": .text("Community order"), "date": .text("2026-04-01")])
    book.set(["disposal": imposed], of: "1", type: "event")
    book.set(["number": .text("7"), "event": event], of: "7", type: "requirement")
    let requirement = ["requirement": Value.text(CaseBook.id("7", "requirement").description)]
    book.set(requirement.merging(["number": .text("7")]) { $1 }, of: "7", type: "upw-requirement")
    func failures() -> Value? { book.derived("failures", of: "1", "event") }

    book.session("early", on: "2026-03-31", of: "7")
    book.attendance("early", ["code": .text("UAAB")])
    #expect(failures() == .integer(0))
    book.session("s", of: "7")
    book.attendance("s", ["code": .text("UAAB")])
    #expect(failures() == .integer(1))
    // The same day missed in the diary as well.
    book.appointment("a", ["event": event])
    book.outcome("UAAB", of: "a")
    #expect(failures() == .integer(1))

    book.set(requirement, of: "p", type: "programme-referral")
    let session: [String: Value] = [
      "referral": .text(CaseBook.id("p", "programme-referral").description),
      "on": .text("2026-05-04"), "outcome": .text("UAAB"),
    ]
    book.set(session, of: "1", type: "programme-session", by: 1, role: .officer)
    #expect(failures() == .integer(2))
    book.set(
      session.merging(["outcome": .text("ATTC")]) { $1 }, of: "1", type: "programme-session", by: 2,
      role: .officer, unseen: true)
    #expect(failures() == .integer(1))
    book.attendance("s", ["code": .text("ATTC")], by: 2, unseen: true)
    book.outcome("ATTC", of: "a", by: 1)
    #expect(failures() == .integer(0))
  }

  @Test func `counts days of activity of a requirement over all its versions`() {
    var book = CaseBook()
    for version in Int64(1)...2 {
      book.set(
        ["number": .text("7"), "version": .integer(version)], of: "7 \(version)",
        type: "requirement")
      book.appointment(
        "a\(version)", on: "2026-04-0\(version)",
        [
          "requirement": .text(CaseBook.id("7 \(version)", "requirement").description),
          "rar-activity": .flag(true),
        ])
      book.outcome("ATTC", of: "a\(version)")
    }
    #expect(book.derived("rar-days-completed", of: "7 1", "requirement") == .integer(2))
    #expect(book.derived("rar-days-completed", of: "7 2", "requirement") == .integer(2))
  }

  @Test func `counts a day of activity once, and takes it back with its outcome`() {
    var book = CaseBook()
    book.set(["number": .text("7")], of: "7", type: "requirement")
    let activity: [String: Value] = [
      "requirement": .text(CaseBook.id("7", "requirement").description),
      "rar-activity": .flag(true),
    ]
    for (name, day) in [("a", "2026-04-01"), ("b", "2026-04-01"), ("c", "2026-04-08")] {
      book.appointment(name, on: day, activity)
      book.outcome("ATTC", of: name)
    }
    book.appointment("d", on: "2026-05-01", activity)
    #expect(book.derived("rar-days-completed", of: "7", "requirement") == .integer(2))
    #expect(book.derived("rar-days-scheduled", of: "7", "requirement") == .integer(1))
    book.outcome("UAAB", of: "c", by: 1)
    #expect(book.derived("rar-days-completed", of: "7", "requirement") == .integer(1))
  }

  @Test func `derived once more, nothing differs`() {
    var book = CaseBook()
    book.set(["number": .integer(1)], of: "1", type: "event")
    book.appointment("a", ["event": Self.event(book)])
    book.outcome("UAAB", of: "a")
    let facts = Derivation.facts(of: book.view)
    #expect(facts.count == 1)
    book.set(facts[0].fields, of: "1", type: "event")
    #expect(Derivation.facts(of: book.view) == [])
  }

  @Test func `an alert is open until each addressee or a senior has cleared it`() {
    var book = CaseBook()
    book.set(
      [
        "kind": .text("other"), "addressees/a.khan": .flag(true), "addressees/b.jones": .flag(true),
      ], of: "A", type: "alert")
    let alert = Value.text(CaseBook.id("A", "alert").description)
    #expect(book.derived("open", of: "A", "alert") == .flag(true))
    book.set(
      ["alert": alert, "user": .text("A.Khan")], of: "1", type: "alert-clearing", role: .officer)
    #expect(book.derived("open", of: "A", "alert") == .flag(true))
    var both = book
    both.set(
      ["alert": alert, "user": .text("b.jones")], of: "2", type: "alert-clearing", role: .officer)
    #expect(both.derived("open", of: "A", "alert") == .flag(false))
    book.set(
      ["alert": alert, "user": .text("c.senior")], of: "2", type: "alert-clearing", role: .senior)
    #expect(book.derived("open", of: "A", "alert") == .flag(false))
  }

  @Test func `of two acts the higher stage counts, of equal ones the earlier`() {
    var book = CaseBook()
    book.appointment("a")
    book.outcome("UAAB", of: "a")
    func act(_ name: String, _ action: String, _ day: String, _ more: [String: Value] = [:]) {
      book.set(
        [
          "outcome": .text(CaseBook.id("a", "outcome-claim").description), "action": .text(action),
          "on": .composite(["date": .text(day)]), "respond-by": .text("2026-05-01"),
        ].merging(more) { $1 }, of: name, type: "enforcement-act")
    }
    act("nothing", "NFA", "2026-04-21")
    act("breach", "IBR", "2026-04-23")
    act("again", "IMB", "2026-04-22")
    func latest(_ name: String) -> Value? { book.derived("latest", of: name, "enforcement-act") }
    #expect(latest("nothing") == .flag(false))
    #expect(latest("breach") == .flag(false))
    #expect(latest("again") == .flag(true))
    #expect(book.derived("outstanding", of: "again", "enforcement-act") == .flag(true))
    book.set(
      ["withdrawn-by": .text(CaseBook.id("nothing", "enforcement-act").description)], of: "again",
      type: "enforcement-act")
    #expect(latest("breach") == .flag(true))
    #expect(book.derived("outstanding", of: "again", "enforcement-act") == .flag(false))
  }
}

@Suite struct `The next visit` {
  private static let today = CalendarDate("2026-06-01")!

  private static func due(_ book: CaseBook) throws -> VisitDue {
    try #require(book.view.visitDue(today: today))
  }

  private static func book(risk: String?, start: String = "2026-05-20") -> CaseBook {
    var book = CaseBook()
    book.set(
      [
        "crn": .text("X000001"),
        "sentence": .composite(["type": .text("community"), "start": .text(start)]),
      ], of: "X000001", type: "case-header")
    if let risk {
      book.set(
        ["overall": .text(risk), "assessed-on": .text("2026-05-01")], of: "r", type: "rosh-summary")
    }
    return book
  }

  @Test(
    arguments: [
      ("low", 72), ("medium", 30), ("high", 3), ("very-high", 3), (nil, 3),
    ] as [(String?, Int64)])
  func `is due by the level of risk, and soon without an assessment`(
    risk: String?, left: Int64
  ) throws {
    let due = try Self.due(Self.book(risk: risk))
    #expect(due.daysLeft == left)
    #expect(due.risk?.rawValue == risk)
    #expect(!due.isOverdue)
  }

  @Test func `is overdue by a higher level that came since`() throws {
    var book = Self.book(risk: "medium", start: "2026-05-01")
    #expect(try Self.due(book).daysLeft == 11)
    book.set(
      ["overall": .text("high"), "assessed-on": .text("2026-05-31")], of: "s", type: "rosh-summary")
    #expect(try Self.due(book).daysLeft == -16)
    #expect(try Self.due(book).isOverdue)
  }

  @Test func `is due as for high risk to who must register for a sexual offence`() throws {
    var book = Self.book(risk: "low")
    book.set(["category": .text("M2"), "level": .text("M1")], of: "m", type: "mappa-summary")
    #expect(try Self.due(book).daysLeft == 72)
    book.set(["category": .text("M1")], of: "m", type: "mappa-summary")
    #expect(try Self.due(book).daysLeft == 3)
    #expect(try Self.due(book).risk == .low)
  }

  @Test func `counts from the last visit that saw somebody`() throws {
    var book = Self.book(risk: "high", start: "2026-01-01")
    book.appointment("a", on: "2026-05-01", type: "CHVS")
    book.outcome("ATTC", of: "a")
    book.appointment("b", on: "2026-05-30", type: "CHVS")
    book.outcome("UAAB", of: "b")
    #expect(try Self.due(book).lastVisit == CalendarDate("2026-05-01"))
    // 30 May 2026, ten minutes before midnight in London, which is 22:50 UTC.
    let left = Value.integer(1_780_181_400_000)
    book.set(["seen": .text("not-in"), "left": left], of: "v", type: "visit-record")
    #expect(try Self.due(book).lastVisit == CalendarDate("2026-05-01"))
    book.set(["seen": .text("seen"), "left": left], of: "w", type: "visit-record")
    #expect(try Self.due(book).lastVisit == CalendarDate("2026-05-30"))
    #expect(try Self.due(book).daysLeft == 13)
  }

  @Test func `is due now where there is nothing to count from`() throws {
    let due = try Self.due(CaseBook())
    #expect(due.daysLeft == nil && due.isOverdue && due.isSoon)
  }

  @Test func `is never due to somebody who has died`() {
    var book = Self.book(risk: "high", start: "2026-01-01")
    book.set(["deceased": .text("yes")], of: "X000001", type: "case-header")
    #expect(book.view.visitDue(today: Self.today) == nil)
  }
}

@Suite struct `A dispute` {
  @Test func `waits for who may decide, from the edit that said otherwise`() throws {
    var book = CaseBook()
    book.appointment("a")
    book.outcome("ATTC", of: "a", by: 1)
    #expect(book.view.disputes.isEmpty)
    book.outcome("UAAB", of: "a", by: 2, unseen: true)
    let dispute = try #require(book.view.disputes.first)
    #expect(book.view.disputes.count == 1)
    #expect(dispute.field == "claim" && dispute.deciders == [.officer, .senior])
    #expect(dispute.began.by.author == "writer-2")
  }
}
