import SyncCore
import Testing

@testable import CaseFacts

@Suite struct `Instructions and reviews` {
  private static let today = CalendarDate("2026-04-21")

  private static func tell(
    _ book: inout CaseBook, _ name: String, about: String = "reporting-day", from: String,
    to: String? = nil, corrects: String? = nil
  ) {
    var fields: [String: Value] = [
      "about": .text(about), "text": .text(name), "effective-from": .text(from),
    ]
    if let to { fields["effective-to"] = .text(to) }
    if let corrects {
      fields["corrects"] = .text(CaseBook.id(corrects, "officer-instruction").description)
    }
    book.set(fields, of: name, type: "officer-instruction", role: .officer)
  }

  private static func inForce(_ book: CaseBook) throws -> [String: Bool] {
    let today = try #require(Self.today)
    let instructions = book.view.instructions(on: today).map { instruction in
      (book.view.text("text", of: instruction.record) ?? "", instruction.isAlone)
    }
    return Dictionary(uniqueKeysWithValues: instructions)
  }

  @Test func `the latest first day that has come governs, whoever wrote last`() throws {
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
      var book = CaseBook()
      let told = [("Mondays", "2026-01-05"), ("Tuesdays", "2026-04-01"), ("Fridays", "2026-05-01")]
      for index in order { Self.tell(&book, told[index].0, from: told[index].1) }
      #expect(try Self.inForce(book) == ["Tuesdays": true])
    }
  }

  @Test func `two of one day are both shown and marked`() throws {
    var book = CaseBook()
    Self.tell(&book, "Mondays", from: "2026-04-01")
    Self.tell(&book, "Tuesdays", from: "2026-04-01")
    #expect(try Self.inForce(book) == ["Mondays": false, "Tuesdays": false])
  }

  @Test func `what has ended or was corrected holds no longer, and brings nothing older back`()
    throws
  {
    var book = CaseBook()
    Self.tell(&book, "Mondays", from: "2026-01-05")
    Self.tell(&book, "Tuesdays", from: "2026-04-01", to: "2026-04-20")
    Self.tell(&book, "At the hostel", about: "reporting-place", from: "2026-04-01")
    Self.tell(
      &book, "At the office", about: "reporting-place", from: "2026-03-01",
      corrects: "At the hostel")
    #expect(try Self.inForce(book) == ["At the office": true])
  }

  @Test func `other things stand side by side`() throws {
    var book = CaseBook()
    Self.tell(&book, "No contact with him", about: "other", from: "2026-01-05")
    Self.tell(&book, "Bring the letter", about: "other", from: "2026-04-01")
    #expect(try Self.inForce(book).count == 2)
  }

  @Test func `the earliest day of review after the last one counts`() throws {
    var book = CaseBook()
    let flag = book.set(
      [
        "code": .text("RVAD"), "status": .text("active"), "next-review": .text("2026-05-01"),
      ], of: "F", type: "risk-flag")
    func next() throws -> String? {
      book.view.nextReview(of: try #require(book.view[flag]))?.description
    }
    #expect(try next() == "2026-05-01")
    for (name, on, due) in [("a", "2026-04-10", "2026-09-01"), ("b", "2026-04-12", "2026-07-01")] {
      book.set(
        ["flag": .text(flag.description), "on": .text(on), "next-due": .text(due)], of: name,
        type: "flag-review", by: 2)
    }
    #expect(try next() == "2026-05-01")
    book.set(
      ["flag": .text(flag.description), "on": .text("2026-05-02")], of: "c", type: "flag-review")
    #expect(try next() == "2026-07-01")
  }
}
