import SyncCore
import Testing

@testable import CaseFacts

@Suite struct `Unpaid work` {
  private static func total(_ book: CaseBook, _ field: String = "completed-minutes") -> Int64? {
    book.derived(field, of: "R", "upw-requirement")?.integer
  }

  @Test func `counts each session once`() {
    var book = CaseBook()
    book.work("R", minutes: 6_000)
    for name in ["a", "b"] {
      book.session(name, of: "R")
      book.attendance(name, CaseBook.worked(390), by: 1)
      book.attendance(name, CaseBook.worked(390), by: 2, unseen: true)
    }
    #expect(Self.total(book) == 780)
    #expect(book.derived("credit-state", of: "a", "upw-attendance") == .text("final"))
  }

  @Test func `counts a dispute by its lower claim until somebody decides`() {
    var book = CaseBook()
    book.work("R", minutes: 400)
    book.session("a", of: "R")
    let supervisor: [String: Value] = [
      "code": .text("ATTC"), "start": .text("09:00"), "end": .text("16:00"),
      "penalty-minutes": .integer(30),
    ]
    book.attendance("a", supervisor, by: 1)
    book.attendance("a", CaseBook.worked(420), by: 2, unseen: true)
    #expect(Self.total(book) == 390)
    #expect(book.derived("credit", of: "a", "upw-attendance") == .integer(390))
    #expect(book.derived("credit-state", of: "a", "upw-attendance") == .text("provisional"))
    // Of 400 that were left, 420 are too many: they are held, not cut.
    book.attendance("a", CaseBook.worked(420), by: 2)
    #expect(Self.total(book) == 0)
    #expect(Self.total(book, "held-minutes") == 420)
    #expect(book.derived("credit-state", of: "a", "upw-attendance") == .text("held"))
    #expect(book.derived("credit", of: "a", "upw-attendance") == .integer(0))
  }

  @Test func `credits nothing to who was not there, whatever is claimed`() {
    var book = CaseBook()
    book.work("R", minutes: 400)
    book.session("a", of: "R")
    book.attendance("a", CaseBook.worked(60, code: "UAAB"))
    #expect(Self.total(book) == 0)
    book.attendance("a", CaseBook.worked(60, code: "AFTC"))
    #expect(Self.total(book) == 60)
  }

  @Test func `counts concurrent hours to two requirements and other hours to one`() {
    var book = CaseBook()
    book.work("R", minutes: 400)
    book.work("S", minutes: 400)
    let second = Value.text(CaseBook.id("S", "upw-requirement").description)
    for (name, code) in [("a", "ATCH"), ("b", "ATTC")] {
      book.session(name, of: "R")
      book.attendance(
        name, CaseBook.worked(60, code: code).merging(["second-requirement": second]) { $1 })
    }
    #expect(Self.total(book) == 120)
    #expect(book.derived("completed-minutes", of: "S", "upw-requirement") == .integer(60))
  }

  @Test func `counts once to a requirement that is named as its own second`() {
    var book = CaseBook()
    book.work("R", minutes: 100)
    book.session("a", of: "R")
    let second = Value.text(CaseBook.id("R", "upw-requirement").description)
    book.attendance(
      "a", CaseBook.worked(60, code: "ATCH").merging(["second-requirement": second]) { $1 })
    #expect(Self.total(book) == 60)
  }

  @Test(arguments: [Int64.min, .max], [Int64.min, .max])
  func `is not trapped by numbers that no court orders`(required: Int64, adjusted: Int64) {
    var book = CaseBook()
    book.work("R", minutes: required)
    book.session("a", of: "R")
    book.attendance("a", CaseBook.worked(60))
    for name in ["one", "other"] {
      book.set(
        [
          "requirement": .text(CaseBook.id("R", "upw-requirement").description),
          "minutes": .integer(adjusted),
        ], of: name, type: "upw-adjustment")
    }
    let counted = (Self.total(book) ?? 0) + (Self.total(book, "held-minutes") ?? 0)
    #expect(counted == 60, "what was worked is counted or held, never lost")
  }

  @Test func `adds adjustments to what is asked for`() {
    var book = CaseBook()
    book.work("R", minutes: 100)
    book.session("a", of: "R")
    book.attendance("a", CaseBook.worked(130))
    #expect(Self.total(book, "held-minutes") == 130)
    for (name, minutes) in [("more", Int64(50)), ("less", -20)] {
      book.set(
        [
          "requirement": .text(CaseBook.id("R", "upw-requirement").description),
          "minutes": .integer(minutes),
        ], of: name, type: "upw-adjustment")
    }
    #expect(Self.total(book) == 130)
    #expect(Self.total(book, "positive-adjustments") == 50)
    #expect(Self.total(book, "negative-adjustments") == 20)
  }

  @Test func `fills up in the order of the sessions, whoever reports first`() {
    for order in [["a", "b"], ["b", "a"]] {
      var book = CaseBook()
      book.work("R", minutes: 100)
      book.session("a", on: "2026-04-01", of: "R")
      book.session("b", on: "2026-04-02", of: "R")
      for name in order { book.attendance(name, CaseBook.worked(70)) }
      #expect(book.derived("credit-state", of: "a", "upw-attendance") == .text("final"))
      #expect(book.derived("credit-state", of: "b", "upw-attendance") == .text("held"))
    }
  }

  @Test(arguments: [Int64.min, -1, 1_441, .max])
  func `is not trapped by a number that no session has`(minutes: Int64) {
    let claim = Value.composite([
      "code": .text("ATTC"), "start": .text("09:00"), "end": .text("10:00"),
      "penalty-minutes": .integer(minutes),
    ])
    #expect((0...1_440).contains(UnpaidWork.minutes(of: claim)))
    let said = Value.composite(CaseBook.worked(minutes))
    #expect((0...1_440).contains(UnpaidWork.minutes(of: said)))
  }

  /// The worked example of the service's own calculation: 36 of 100 hours earn 5 hours 30 minutes.
  @Test func `in the incentive scheme earns half of what is worked beyond a quarter`() {
    var book = CaseBook()
    book.work("R", minutes: 6_000)
    for (index, minutes) in [480, 480, 480, 480, 240].enumerated() {
      book.session("s\(index)", on: "2026-04-2\(index)", of: "R")
      book.attendance("s\(index)", CaseBook.worked(Int64(minutes)))
    }
    #expect(Self.total(book, "discount-minutes") == 0, "nobody said that they take part")
    book.set(["in-incentive-scheme": .flag(true)], of: "R", type: "upw-requirement")
    #expect(Self.total(book, "discount-minutes") == 330)
    book.session("gone", on: "2026-04-25", of: "R")
    book.attendance("gone", CaseBook.worked(0, code: "UAAB"))
    book.session("after", on: "2026-04-26", of: "R")
    book.attendance("after", CaseBook.worked(480))
    #expect(Self.total(book, "discount-minutes") == 330, "what was earned stays, and no more comes")
    #expect(Self.total(book) == 2_640)
  }

  @Test func `earns no more than a quarter, and nothing by what is in dispute`() {
    var book = CaseBook()
    book.work("R", minutes: 1_200)
    book.set(["in-incentive-scheme": .flag(true)], of: "R", type: "upw-requirement")
    for index in 0..<3 {
      book.session("s\(index)", on: "2026-04-2\(index)", of: "R")
      book.attendance("s\(index)", CaseBook.worked(400))
    }
    #expect(Self.total(book, "discount-minutes") == 300)
    book.attendance("s2", CaseBook.worked(200), by: 2, unseen: true)
    #expect(Self.total(book, "discount-minutes") == 250)
  }
}
