import Testing

@testable import SyncCore

private typealias Path = Check.Path

/// Credit for work: from start to finish, less the minutes taken off.
private let credit = Check(
  name: "credit", says: "The minutes credited are those worked.",
  demand: .compare(
    Path("claim", "credit"), .equalTo,
    [
      .init(.path(Path("claim", "end"))), .init(.path(Path("claim", "start")), isSubtracted: true),
      .init(.path(Path("claim", "penalty"), orNought: true), isSubtracted: true),
    ]))
private let begun = Check(
  name: "begun", says: "It has begun.",
  demand: .compare(Path("date", of: "session"), .atMost, [.init(.today)]))
private let explained = Check(
  name: "explained", says: "Say why.", condition: .init(Path("reason"), in: ["other"]),
  demand: .present(Path("details")))
private let fits = Check(
  name: "fits", says: "It fits.", condition: .init(Path("kind", of: "session"), in: ["paid"]),
  demand: .among(.init(Path("code"), in: ["yes", "A"])))

@Suite struct `A check` {
  private static func isMet(
    _ check: Check, _ fields: [String: Value], today: String? = "2026-05-04"
  ) -> Bool {
    check.isMet(today: today.flatMap { CalendarDate($0) }) { path in
      let name = path.references.map { "\($0)>" }.joined() + path.field
      guard let value = fields[name] else { return .nothing }
      guard let member = path.member else { return .value(value) }
      return value[member: member].map { .value($0) } ?? .nothing
    }
  }

  private static func claim(_ parts: [String: Value]) -> [String: Value] {
    ["claim": .composite(parts)]
  }

  @Test func `adds up times and numbers`() {
    var parts: [String: Value] = [
      "start": .text("09:00"), "end": .text("16:00"), "penalty": .integer(30),
      "credit": .integer(390),
    ]
    #expect(Self.isMet(credit, Self.claim(parts)))
    parts["credit"] = .integer(391)
    #expect(!Self.isMet(credit, Self.claim(parts)))
    parts["penalty"] = nil
    #expect(!Self.isMet(credit, Self.claim(parts)))
    parts["credit"] = .integer(420)
    #expect(Self.isMet(credit, Self.claim(parts)))
  }

  @Test(arguments: ["start", "end", "credit"])
  func `compares nothing where something is not there`(missing: String) {
    var parts: [String: Value] = [
      "start": .text("09:00"), "end": .text("16:00"), "credit": .integer(1),
    ]
    #expect(!Self.isMet(credit, Self.claim(parts)))
    parts[missing] = nil
    #expect(Self.isMet(credit, Self.claim(parts)))
  }

  @Test(arguments: [Int64.max, .min])
  func `fails on a number that is too large to add, and does not trap`(number: Int64) {
    let parts: [String: Value] = [
      "start": .integer(number), "end": .integer(number == .max ? -2 : 1),
      "penalty": .integer(number), "credit": .integer(1),
    ]
    #expect(!Self.isMet(credit, Self.claim(parts)))
  }

  @Test(arguments: [("2026-05-04", true), ("2026-05-05", false), ("1999-12-31", true)])
  func `compares a day with today, and asks no clock where there is none`(day: String, met: Bool) {
    let fields: [String: Value] = ["session>date": .text(day)]
    #expect(Self.isMet(begun, fields) == met)
    #expect(Self.isMet(begun, fields, today: nil))
  }

  @Test func `applies only where its condition does`() {
    #expect(!Self.isMet(explained, ["reason": .text("other")]))
    #expect(Self.isMet(explained, ["reason": .text("other"), "details": .text("a")]))
    #expect(Self.isMet(explained, ["reason": .text("travel")]))
    #expect(Self.isMet(explained, [:]))
    #expect(!Self.isMet(fits, ["session>kind": .text("paid"), "code": .text("B")]))
    #expect(Self.isMet(fits, ["session>kind": .text("paid"), "code": .text("A")]))
    #expect(Self.isMet(fits, ["session>kind": .text("paid"), "code": .flag(true)]))
    #expect(Self.isMet(fits, ["session>kind": .text("free"), "code": .text("B")]))
  }

  @Test func `counts days as the calendar does`() throws {
    var last: Int64?
    for year in [1, 4, 100, 400, 1899, 1900, 1970, 1999, 2000, 2023, 2024, 9999] {
      for month in 1...12 {
        for day in 1...31 {
          guard let date = CalendarDate(year: year, month: month, day: day) else { continue }
          if month == 1, day == 1 { last = nil }
          if let last { #expect(date.dayNumber == last + 1) }
          last = date.dayNumber
        }
      }
    }
    #expect(CalendarDate(year: 1970, month: 1, day: 1)?.dayNumber == 0)
    #expect(CalendarDate(year: 2000, month: 3, day: 1)?.dayNumber == 11_017)
    #expect(CalendarDate(year: 2026, month: 11, day: 22)?.dayNumber == 20_779)
  }

  // MARK: Who judges what

  private static let policy = TypePolicy(
    name: "attendance",
    fields: [
      "claim": FieldPolicy(
        kind: .composite(members: [:], required: []), rule: .claims(holding: "disputed"),
        writers: [.officer]),
      "reason": FieldPolicy(
        kind: .text(maxBytes: 9), rule: .fieldMerge(.first), writers: [.officer]),
      "details": FieldPolicy(
        kind: .text(maxBytes: 9), rule: .fieldMerge(.first), writers: [.officer]),
      "session": FieldPolicy(kind: .reference, rule: .union, writers: [.officer]),
    ], checks: [credit, begun, explained])

  private static func change(
    _ fields: [String: Value], seen: VersionVector = VersionVector()
  ) -> Change {
    Change(
      Change.Body(
        dot: Dot(ReplicaID(value: 1), seen.isEmpty ? 1 : 2), previous: .zero,
        record: RecordID(value: 1), type: "attendance", caseID: CaseID(value: 1), context: seen,
        action: .set(
          fields.map { Value.Member($0.key, $0.value) }.sorted { $0.name < $1.name }),
        author: "sam", role: .officer, recordedAt: Timestamp(milliseconds: 0)))
  }

  private static func refusal(_ change: Change, to record: Record? = nil) -> Refusal? {
    Record.refusal(of: change, to: record, policy: policy, origin: .device)
  }

  @Test func `that a change fails by its own words is refused on both sides`() {
    let parts: [String: Value] = [
      "start": .text("09:00"), "end": .text("10:00"), "credit": .integer(61),
    ]
    #expect(Self.refusal(Self.change(Self.claim(parts))) == .checkFailed(check: "credit"))
    let alone = Self.change(["reason": .text("other")])
    #expect(Self.refusal(alone) == .checkFailed(check: "explained"))
    #expect(Self.refusal(Self.change(["reason": .text("other"), "details": .text("a")])) == nil)
  }

  @Test func `is not held against a change for what stands elsewhere`() {
    var record = Record(
      id: RecordID(value: 1), type: "attendance", caseID: CaseID(value: 1))
    record.apply(Self.change(["reason": .text("travel")]), at: nil)
    let later = Self.change(["reason": .text("other")], seen: record.version)
    #expect(Self.refusal(later, to: record) == nil)
    record.apply(later, at: nil)
    // Who enters it is asked.
    #expect(
      Self.policy.failedCheck(
        setting: ["reason"], in: record, today: nil, referred: { _ in nil }, policy: { _ in nil }
      )?.name == "explained")
    #expect(
      Self.policy.failedCheck(
        setting: ["session"], in: record, today: nil, referred: { _ in nil }, policy: { _ in nil })
        == nil)
  }
}
