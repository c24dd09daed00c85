import SyncCore
import Testing

@testable import RecordCatalogue

/// What people type, and what becomes of it.
@Suite struct EntryTests {
  private static let record = RecordID(value: 0xABC)
  private let reader = EntryReader { text, _ throws(EntryReader.Problem) in
    guard text == "abcd" else { throw .init("nothing ends so", "look again") }
    return Self.record
  }

  private func fields(
    _ type: String, _ entries: [String], on current: Record? = nil
  ) throws -> [String: Value] {
    let type = try #require(Catalogue.standard[type])
    return try EnteredForm(type, reader, on: current).fields(entries)
  }

  @Test(arguments: [
    ("9:05", "09:05"), ("09.05", "09:05"), ("23:59", "23:59"), ("0:00", "00:00"),
  ])
  func `a time is taken as people write it`(entered: String, written: String) {
    #expect(LocalTime(entered: entered)?.description == written)
    #expect(LocalTime(written)?.description == written)
  }

  @Test(arguments: [
    "24:00", "9:60", "9:5", "905", "9:05:00", ":05", "٩:٠٥", "", "9 05", "-1:05",
  ])
  func `a time that no clock shows is none`(entered: String) {
    #expect(LocalTime(entered: entered) == nil)
    #expect(LocalTime(entered) == nil)
  }

  @Test func `characters are counted as the service counts them`() {
    #expect("a\r\nb".serviceCharacters == 3)
    #expect("a\nb\r\r\n".serviceCharacters == 5)
    #expect("é".serviceCharacters == 1 && "👩".serviceCharacters == 2)
    let notes = FieldKind.text(maxBytes: 48_000, maxCharacters: 12_000)
    #expect(notes.accepts(.text(String(repeating: "\r\n", count: 12_000))))
    #expect(!notes.accepts(.text(String(repeating: "a", count: 12_001))))
  }

  @Test func `every kind is read`() throws {
    let fields = try fields(
      "visit-plan",
      [
        "when.date=17/5/2024", "when.start=9:05", "expected-finish=17.5.2024 10.15",
        "purpose=Safeguarding", "accompanying=pat", "accompanying/sam=no", "appointment=abcd",
      ])
    #expect(
      fields["when"] == .composite(["date": .text("2024-05-17"), "start": .text("09:05")]))
    #expect(fields["expected-finish"] == .integer(1_715_937_300_000))
    #expect(fields["purpose"] == .text("safeguarding"))
    #expect(fields["accompanying/pat"] == .flag(true))
    #expect(fields["accompanying/sam"] == .flag(false))
    #expect(fields["appointment"] == .text(Self.record.description))
  }

  @Test(arguments: [
    ("nonsense=1", "nonsense"), ("when.date=31/2/2024", "when.date"),
    ("when.start=25:00", "when.start"), ("when.nothing=1", "when.nothing"),
    ("purpose=x", "purpose"),
    ("place", "place"), ("=x", "=x"), ("purpose.part=x", "purpose.part"), ("when=now", "when"),
    ("appointment=beef", "appointment"), ("expected-finish=17/5/2024", "expected-finish"),
    ("expected-finish=31/3/2024 1:30", "expected-finish"),
    ("accompanying/sam=perhaps", "accompanying/sam"),
    ("when.start=9:00", "when.date"),
  ])
  func `what cannot be meant is named, with what to write`(entry: String, field: String) throws {
    let type = try #require(Catalogue.standard["visit-plan"])
    #expect {
      try EnteredForm(type, reader, on: nil).fields([entry])
    } throws: { error in
      guard let fault = error as? EnteredForm.Fault else { return false }
      return fault.field == field && !fault.problem.problem.isEmpty && !fault.problem.remedy.isEmpty
    }
  }

  @Test func `parts that are not given stay as they are`() throws {
    let record = RecordID(value: 5)
    let when = Value.composite(["date": .text("2024-05-17"), "start": .text("09:05")])
    var shown = Record(id: record, type: "visit-plan", caseID: CaseID(value: 1))
    shown.apply(
      Change(
        Change.Body(
          dot: Dot(ReplicaID(value: 1), 1), previous: .zero, record: record, type: "visit-plan",
          caseID: CaseID(value: 1), context: VersionVector(),
          action: .set([Value.Member("when", when)]), author: "sam", role: .officer,
          recordedAt: Timestamp(milliseconds: 1))), at: nil)
    let fields = try fields("visit-plan", ["when.start=10:00"], on: shown)
    #expect(
      fields["when"] == .composite(["date": .text("2024-05-17"), "start": .text("10:00")]))
  }

  @Test func `a natural key names a record within its case, or among all`() throws {
    let (one, two) = (CaseID(value: 1), CaseID(value: 2))
    let details = try #require(Catalogue.standard["contact-details"])
    let mobile: [String: Value] = ["kind": .text("mobile")]
    #expect(details.naturalID(of: mobile, in: one) != details.naturalID(of: mobile, in: two))
    #expect(details.naturalID(of: mobile, in: one) == .named("contact-details", "\(one) mobile"))
    let claim = try #require(Catalogue.standard["outcome-claim"])
    let about: [String: Value] = ["appointment": .text(Self.record.description)]
    #expect(claim.naturalID(of: about, in: one) == .named("outcome-claim", "\(Self.record)"))
    #expect(claim.naturalID(of: [:], in: one) == nil)
    #expect(Catalogue.standard["contact-entry"]?.naturalID(of: about, in: one) == nil)
  }
}
