import RecordCatalogue
import SyncCore
import Testing

@testable import CaseFacts

@Suite struct `The window of a case` {
  private static func day(_ text: String) throws -> CalendarDate {
    try #require(CalendarDate(text))
  }

  @Test func `ends so many days after the day that a record tells of`() throws {
    var book = CaseBook()
    book.appointment("old", on: "2025-04-20")
    book.appointment("new", on: "2025-05-20")
    let before = book.window(today: try Self.day("2026-04-20"))
    #expect(before.departed == [])
    #expect(before.due == (try Self.day("2026-04-21")).dayNumber)
    let after = book.window(today: try Self.day("2026-04-21"))
    #expect(after.departed == [CaseBook.id("old", "appointment")])
    #expect(after.due == (try Self.day("2026-05-21")).dayNumber)
  }

  @Test func `takes what belongs to a record with it, and a record that names none stays`() throws {
    var book = CaseBook()
    book.appointment("old", on: "2024-04-20")
    let claim = book.set(
      [
        "appointment": .text(CaseBook.id("old", "appointment").description),
        "claim": .composite(["code": .text("ATTC")]),
      ], of: "old", type: "outcome-claim")
    let note = book.set(
      ["kind": .text("CHVS"), "text": .text("Undated")], of: "n", type: "contact-entry")
    let window = book.window(today: try Self.day("2026-04-21"))
    #expect(window.departed == [CaseBook.id("old", "appointment"), claim])
    #expect(!window.departed.contains(note))
    #expect(window.due == nil)
  }

  @Test func `keeps the newest of a kind, and every address that has not ended`() throws {
    var book = CaseBook()
    for month in 1...5 {
      book.set(
        ["tier": .text("A"), "calculated-on": .text("2026-0\(month)-01")], of: "tier-\(month)",
        type: "tier")
      book.set(
        ["address": .composite(["kind": .text("previous"), "to": .text("2026-0\(month)-01")])],
        of: "ended-\(month)", type: "address")
      book.set(
        ["address": .composite(["kind": .text("main"), "from": .text("201\(month)-01-01")])],
        of: "open-\(month)", type: "address")
    }
    let window = book.window(today: try Self.day("2026-06-01"))
    #expect(
      window.departed
        == Set(
          (1...3).map { CaseBook.id("tier-\($0)", "tier") }
            + (1...2).map { CaseBook.id("ended-\($0)", "address") }))
  }

  @Test func `lets nothing go about which people disagree`() throws {
    var book = CaseBook()
    book.appointment("old", on: "2024-04-20")
    let id = CaseBook.id("old", "appointment")
    book.set(["place": .text("Here")], of: "old", type: "appointment", by: 2, unseen: true)
    book.set(["place": .text("There")], of: "old", type: "appointment", by: 3, unseen: true)
    let today = try Self.day("2026-04-21")
    #expect(book.window(today: today).departed == [])
    book.set(["place": .text("There")], of: "old", type: "appointment")
    #expect(book.window(today: today).departed == [id])
  }

  @Test func `is not led astray by references in a circle`() throws {
    var book = CaseBook()
    for (one, other) in [("a", "b"), ("b", "a")] {
      book.set(
        ["goal": .text(CaseBook.id(other, "plan-step").description)], of: one, type: "plan-step")
    }
    #expect(book.window(today: try Self.day("2036-04-21")).departed == [])
  }
}
