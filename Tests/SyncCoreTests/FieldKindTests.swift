import SyncCore
import Testing

struct FieldKindTests {
  private static let day = "2026-02-28"
  private static let id = "01234567-89ab-cdef-0011-223344556677"
  private static let address = FieldKind.composite(
    members: ["town": .text(maxBytes: 4), "since": .date], required: ["town"])

  @Test(arguments: [
    (FieldKind.text(maxBytes: 4), Value.text("Siâ")), (.text(maxBytes: 0), .text("")),
    (.code(["a", "b"]), .text("b")), (.flag, .flag(false)), (.integer(-1...1), .integer(-1)),
    (.integer(-1...1), .integer(1)), (.date, .text(day)), (.instant, .integer(.min)),
    (.reference, .text(id)), (address, .composite(["town": .text("Hull")])),
    (address, .composite(["town": .text("Hull"), "since": .text(day), "new": .flag(true)])),
  ])
  func `a value of the right kind and within its bounds is accepted`(
    kind: FieldKind, value: Value
  ) {
    #expect(kind.accepts(value))
  }

  @Test(arguments: [
    (FieldKind.text(maxBytes: 4), Value.text("Siân")), (.code(["a"]), .text("A")),
    (.code(["K"]), .text("\u{212A}")), (.code([]), .text("")), (.integer(-1...1), .integer(2)),
    (.date, .text("2026-02-29")), (.reference, .text("not a name")),
    (address, .composite(["since": .text(day)])), (address, .composite(["town": .text("Leeds")])),
    (address, .composite([.init("town", .none)])),
    (address, .composite(["town": .text("Hull"), "since": .text("today")])),
  ])
  func `a value beyond its bounds is not accepted`(kind: FieldKind, value: Value) {
    #expect(!kind.accepts(value))
  }

  @Test(arguments: [
    FieldKind.text(maxBytes: 99), .code(["a"]), .flag, .integer(0...9), .date, .instant, .reference,
    address,
  ])
  func `no kind accepts lists, bytes, histories or kinds from the future`(kind: FieldKind) {
    let others: [Value] = [.list([]), .bytes([]), .seen(.init()), .unknown(9, [0x48, 1]), .none]
    #expect(!others.contains(where: kind.accepts))
  }
}

struct CalendarDateTests {
  @Test(arguments: [
    "0001-01-01", "1900-02-28", "2000-02-29", "2024-02-29", "2026-04-30", "2026-12-31",
    "9999-12-31",
  ])
  func `a day that exists is read and written alike`(text: String) {
    #expect(CalendarDate(text)?.description == text)
  }

  @Test(arguments: [
    "", "2026", "2026-02", "0000-01-01", "1900-02-29", "2023-02-29", "2026-04-31", "2026-13-01",
    "2026-00-01", "2026-01-00", "2026-1-1", "26-01-01", "2026-01-01 ", "2026-01-01T00:00",
    "+026-01-01", "-2026-01-01", "２０２６-01-01", "2026/01/01", "2026-01-1\u{0}", "99999-01-01",
    "2026-01-01-01", "2026-01-32", "2026--1-01",
  ])
  func `a day that does not exist, or is written otherwise, is refused`(text: String) {
    #expect(CalendarDate(text) == nil)
  }

  @Test(arguments: Seeds.some)
  func `days sort as their texts do`(seed: UInt64) {
    var chance = Seeded(seed)
    let days = (0..<2).compactMap { _ in
      CalendarDate(
        year: 1 + chance.below(9_999), month: 1 + chance.below(12), day: 1 + chance.below(28))
    }
    #expect(days.count == 2)
    #expect((days[0] < days[1]) == (days[0].description < days[1].description))
  }

  @Test(arguments: [(2026, 2, 29), (0, 1, 1), (10_000, 1, 1), (.max, .max, .max), (.min, 1, 1)])
  func `numbers that are no day are refused`(year: Int, month: Int, day: Int) {
    #expect(CalendarDate(year: year, month: month, day: day) == nil)
  }
}
