import SyncCore
import Testing

struct IdentifierTests {
  @Test(arguments: Seeds.some)
  func `a name reads back from its text, with dashes or without, in either case of letters`(
    seed: UInt64
  ) {
    var chance = Seeded(seed)
    let id = RecordID(value: UInt128(chance.next()) << 64 | UInt128(chance.next()))
    let text = id.description
    #expect(RecordID(text) == id)
    #expect(RecordID(text.uppercased()) == id)
    #expect(RecordID(text.filter { $0 != "-" }) == id)
    #expect(RecordID(bytes: id.bytes) == id)
  }

  @Test func `a name is written as people know it from elsewhere`() {
    let id = CaseID(value: 0x0123_4567_89AB_CDEF_0011_2233_4455_6677)
    #expect(id.description == "01234567-89ab-cdef-0011-223344556677")
  }

  @Test(arguments: [
    "", "0", "0123456789abcdef001122334455667", "0123456789abcdef00112233445566777",
    "01234567-89ab-cdef-0011-22334455667", "0123456-789ab-cdef-0011-223344556677",
    "01234567-89ab-cdef-0011-2233-4455667", "--------------------------------",
    "01234567-89ab-cdef-0011-22334455667g", "01234567_89ab_cdef_0011_223344556677",
    "0123456789abcdef0011223344556677----", " 123456789abcdef0011223344556677",
    "０123456789abcdef00112233445566",
  ])
  func `anything that is not exactly a name is refused`(text: String) {
    #expect(RecordID(text) == nil)
  }

  @Test(arguments: [0, 1, 15, 17, 32])
  func `a name has sixteen bytes and no other number`(count: Int) {
    #expect(DeviceID(bytes: [UInt8](repeating: 1, count: count)) == nil)
  }

  @Test(arguments: Seeds.some)
  func `names made later sort later`(seed: UInt64) {
    var chance = Seeded(seed)
    let early = Int64(chance.next() >> 17)
    let late = early + 1 + Int64(chance.below(1_000_000))
    let first = made(at: early, &chance)
    let second = made(at: late, &chance)
    #expect(first < second)
    #expect(first.description < second.description)
  }

  @Test(arguments: [Int64.min, -1, 0, 1, 1 << 48 - 1, 1 << 48, .max])
  func `a wrong clock still makes a well-formed name`(milliseconds: Int64) {
    var chance = Seeded(7)
    let id = made(at: milliseconds, &chance)
    #expect(id.value >> 76 & 0xF == 7)
    #expect(id.value >> 62 & 0x3 == 2)
    let expected = min(max(milliseconds, 0), 1 << 48 - 1)
    #expect(id.value >> 80 == UInt128(expected))
  }

  // Computed apart: SHA-256 by Python's hashlib, then version 8 and variant 2 stamped by hand.
  @Test(arguments: [
    ("case", "X123456", "7a4fd900-8c41-856e-b6fc-445506e57b66"),
    ("person", "Siân", "aa58f3ff-0731-8be9-942a-1ff69dc7c6f2"),
    ("", "", "c7627379-d637-8a82-aea8-314a607b979e"),
  ])
  func `a natural key gives the same name everywhere and for ever`(
    kind: String, key: String, expected: String
  ) {
    #expect(RecordID.named(kind, key).description == expected)
  }

  @Test func `two spellings of a key that look alike are two names`() {
    #expect(CaseID.named("person", "e\u{301}") != CaseID.named("person", "\u{E9}"))
  }

  @Test(arguments: [
    (Int64.min, Int64.max, Int64.max), (.max, .min, .min), (5, 12, 7), (12, 5, -7), (0, .min, .min),
    (-1, .max, .max),
  ])
  func `the distance between two clocks never overflows`(
    from: Int64, to: Int64, distance: Int64
  ) {
    let start = Timestamp(milliseconds: from)
    #expect(start.milliseconds(until: Timestamp(milliseconds: to)) == distance)
  }

  private func made(at milliseconds: Int64, _ chance: inout Seeded) -> RecordID {
    .timeOrdered(
      at: Timestamp(milliseconds: milliseconds),
      random: UInt128(chance.next()) << 64 | UInt128(chance.next()))
  }
}
