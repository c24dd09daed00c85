import RecordCatalogue
import SyncCore
import Testing

@testable import CaseFacts

@Suite struct `What is derived` {
  /// Calculated by the service, which sends what it came to.
  private static let calculatedElsewhere: Set<String> = ["tier"]

  @Test func `is written to just the types that the catalogue says`() {
    let derived = Catalogue.standard.types.filter { type in
      type.fields.contains { $0.policy.rule == .derived }
    }.map(\.name)
    #expect(Set(derived) == Derivation.outputs.union(Self.calculatedElsewhere))
    #expect(Derivation.outputs.isDisjoint(with: Self.calculatedElsewhere))
  }

  @Test func `looks at types that there are`() {
    let known = Set(Catalogue.standard.types.map(\.name))
    #expect(Derivation.inputs.isSubset(of: known))
    #expect(Derivation.outputs.isSubset(of: Derivation.inputs))
  }

  @Test func `shows the newest tier in the header, and leaves one alone that no tier explains`() {
    var book = CaseBook()
    book.set(["crn": .text("X000001"), "tier": .text("B2")], of: "one", type: "case-header")
    #expect(book.derived("tier", of: "one", "case-header") == nil)
    book.set(["tier": .text("C"), "calculated-on": .text("2026-02-01")], of: "1", type: "tier")
    book.set(["tier": .text("D"), "calculated-on": .text("2025-12-31")], of: "2", type: "tier")
    #expect(book.derived("tier", of: "one", "case-header") == .text("C"))
  }

  @Test func `counts the days of a stay as reported, and as expected while that is disputed`() {
    var book = CaseBook()
    let day = { (text: String) in Value.composite(["date": .text(text)]) }
    let booking = book.set(
      ["expected-arrival": day("2026-04-20"), "expected-departure": day("2026-06-01")],
      of: "bed", type: "premises-booking")
    let derived = { (book: CaseBook, field: String) in
      book.derived(field, of: "bed", "premises-booking")
    }
    #expect(derived(book, "canonical-arrival") == .text("2026-04-20"))
    #expect(derived(book, "canonical-departure") == .text("2026-06-01"))
    // 22 April 2026, 00:30 in the United Kingdom.
    book.set(
      [
        "booking": .text(booking.description), "arrival": .text("arrived"),
        "arrival-occurred": .integer(1_776_814_200_000),
      ], of: "report", type: "premises-arrival", by: 2)
    #expect(derived(book, "canonical-arrival") == .text("2026-04-22"))
    book.set(
      ["arrival": .text("not-arrived")], of: "report", type: "premises-arrival", by: 3,
      unseen: true)
    #expect(derived(book, "canonical-arrival") == .text("2026-04-20"))
  }

  @Test func `marks what another replaces, and what was arranged under an amended referral`() {
    var book = CaseBook()
    let referral = book.set(["reference": .text("R1")], of: "first", type: "service-referral")
    let old = book.set(
      ["referral": .text(referral.description)], of: "old", type: "service-appointment")
    for field in ["superseded", "stale"] {
      #expect(book.derived(field, of: "old", "service-appointment") == .flag(false))
    }
    book.set(["supersedes": .text(old.description)], of: "new", type: "service-appointment")
    #expect(book.derived("superseded", of: "old", "service-appointment") == .flag(true))
    #expect(book.derived("superseded", of: "new", "service-appointment") == .flag(false))
    book.set(["supersedes": .text(referral.description)], of: "second", type: "service-referral")
    #expect(book.derived("stale", of: "old", "service-appointment") == .flag(true))
    #expect(book.derived("stale", of: "new", "service-appointment") == .flag(false))
  }
}
