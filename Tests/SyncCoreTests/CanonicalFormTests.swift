import SyncCore
import Testing

struct CanonicalFormTests {
  @Test(arguments: Seeds.many)
  func `a change reads back as it was written`(seed: UInt64) throws {
    var chance = Seeded(seed)
    let change = chance.change()
    let read = try Change(reading: change.bytes)
    #expect(read == change)
    #expect(read.hash == Hash(of: change.bytes))
  }

  @Test(arguments: Seeds.some)
  func `equal changes have equal bytes, unequal ones do not`(seed: UInt64) {
    var (first, again) = (Seeded(seed), Seeded(seed))
    var other = Seeded(seed + 1_000_000)
    let change = first.change()
    #expect(change.bytes == again.change().bytes)
    #expect(change.hash != other.change().hash)
  }

  @Test(arguments: Seeds.many)
  func `any record that applying and merging can make reads back as it was written`(
    seed: UInt64
  ) throws {
    var chance = Seeded(seed)
    let record = chance.record()
    let read = try Record(reading: record.bytes)
    #expect(read == record)
    #expect(read.bytes == record.bytes)
    #expect(read.digest == record.digest)
  }

  @Test(arguments: Seeds.some)
  func `a value of a kind from the future is carried whole`(seed: UInt64) throws {
    var chance = Seeded(seed)
    let value = Value.composite(["known": .flag(true), "new": .list([chance.unknown()])])
    let change = try Change(
      reading: Sample.set("field", value, Sample.dot(0, 1)).bytes)
    var record = Sample.blank
    record.apply(change, at: nil)
    #expect(try Record(reading: record.bytes).standing("field").map(\.value) == [value])
  }

  @Test(arguments: [
    Value.flag(false), .integer(0), .integer(.min), .integer(.max), .text(""), .bytes([]),
    .composite([Value.Member]()), .list([]), .list([.none, .none]), .seen(VersionVector()),
    .composite([Value.Member("a", .none)]), .none,
    .unknown(536_870_911, [0xF8, 0xFF, 0xFF, 0xFF, 0x0F, 0]),
  ])
  func `an empty or extreme value is not mistaken for another`(value: Value) throws {
    let read = try Change(reading: Sample.set("field", value, Sample.dot(0, 1)).bytes)
    #expect(read.body.action == .set([Value.Member("field", value)]))
  }

  @Test func `a value that says two things at once is refused`() {
    let both = Sample.set("field", .unknown(8, [0x40, 1, 0x40, 2]), Sample.dot(0, 1))
    #expect(throws: MalformedBytes.self) { try Change(reading: both.bytes) }
    #expect(throws: MalformedBytes.self) { try Record(reading: Sample.accepted([both]).bytes) }
  }

  @Test func `a composite's part has a name`() {
    let nameless = Sample.set(
      "field", .composite([Value.Member("", .flag(true))]), Sample.dot(0, 1))
    #expect(throws: MalformedBytes.self) { try Change(reading: nameless.bytes) }
  }

  @Test(arguments: Seeds.some)
  func `a peer's record has its one written form`(seed: UInt64) throws {
    var chance = Seeded(seed)
    let record = chance.record()
    #expect(try Record(fromPeer: record.bytes) == record)
    // An edit that says nothing.
    #expect(throws: MalformedBytes.self) { try Record(fromPeer: record.bytes + [0x32, 0x00]) }
  }

  @Test func `a peer's record has no head that no edit uses`() throws {
    let one = Sample.accepted([Sample.set("a", .none, Sample.dot(0, 1))])
    let both = Sample.accepted([
      Sample.set("a", .none, Sample.dot(0, 1)), Sample.set("b", .none, Sample.dot(1, 1)),
    ])
    // Without its last edit: tag and length, field, value and head.
    let spoilt = Array(both.bytes.dropLast(9))
    #expect(try Record(reading: spoilt).edits.count == one.edits.count)
    #expect(throws: MalformedBytes.self) { try Record(fromPeer: spoilt) }
  }

  @Test func `two spellings that look alike are two values`() {
    let (composed, decomposed) = (Value.text("S\u{E2}n"), Value.text("Sa\u{302}n"))
    #expect(composed != decomposed)
    #expect(Set([composed, decomposed]).count == 2)
    let one = Sample.set("name", composed, Sample.dot(0, 1))
    let other = Sample.set("name", decomposed, Sample.dot(0, 1))
    #expect(one != other && one.hash != other.hash)
  }

  @Test func `parts left empty are the same as parts left out`() {
    let parts: [String: Value] = ["town": .text("Hull"), "flat": .none]
    #expect(Value.composite(parts) == .composite(["town": .text("Hull")]))
    #expect(Value.composite(parts)[member: "flat"] == nil)
  }

  @Test(arguments: [Change.Action.set([]), .set([.init("b", .none), .init("a", .none)])])
  func `a change that sets nothing, or fields out of order, is refused`(action: Change.Action) {
    let bytes = Sample.change(Sample.dot(0, 1), action).bytes
    #expect(throws: MalformedBytes.self) { try Change(reading: bytes) }
  }

  @Test func `a change may withdraw a deletion but not pass itself off as one`() throws {
    let withdrawal = Sample.set(Record.deletionField, .none, Sample.dot(0, 1))
    #expect(try Change(reading: withdrawal.bytes) == withdrawal)
    let everything = Value.seen(Sample.vector([0: .max, 1: .max]))
    let forged = Sample.set(Record.deletionField, everything, Sample.dot(0, 1))
    #expect(throws: MalformedBytes.self) { try Change(reading: forged.bytes) }
  }

  @Test func `a change without its author, its replica's counter or its type is refused`() {
    let whole = Sample.set("field", .none, Sample.dot(0, 1)).body
    var cases = [whole, whole, whole, whole]
    cases[0].author = ""
    cases[1].dot = Sample.dot(0, 0)
    cases[2].type = ""
    cases[3].role = Role(rawValue: "")
    for body in cases {
      #expect(throws: MalformedBytes.self) { try Change(reading: Change(body).bytes) }
    }
  }
}

struct LimitTests {
  /// One letter with accents until it takes this many bytes, an odd number.
  private static func oneLetter(bytes: Int) -> String {
    "e" + String(repeating: "\u{301}", count: (bytes - 1) / 2)
  }

  private static func isRead(_ value: Value, _ limits: Limits = .standard) -> Bool {
    (try? Change(reading: Sample.set("f", value, Sample.dot(0, 1)).bytes, limits: limits)) != nil
  }

  @Test func `a text of one letter and 200,001 bytes is refused`() {
    let text = Self.oneLetter(bytes: 200_001)
    #expect(text.count == 1 && text.utf8.count == 200_001)
    #expect(!Self.isRead(.text(text)))
    #expect(!FieldKind.text(maxBytes: 200_000).accepts(.text(text)))
  }

  @Test(arguments: [(64 << 10, true), (64 << 10 + 1, false)])
  func `texts, bytes and unknown values may take their limit and not a byte more`(
    length: Int, isRead: Bool
  ) {
    #expect(Self.isRead(.text(String(repeating: "x", count: length)), .standard) == isRead)
    #expect(Self.isRead(.bytes([UInt8](repeating: 0, count: length))) == isRead)
    // Field 8, length-delimited: its tag and length take four bytes, counted with the rest.
    let count = length - 4
    let prefix: [UInt8] = [8 << 3 | 2, UInt8(count & 0x7F | 0x80), UInt8(count >> 7 & 0x7F | 0x80)]
    let raw = prefix + [UInt8(count >> 14)] + [UInt8](repeating: 0, count: count)
    #expect(Self.isRead(.unknown(8, raw)) == isRead)
  }

  @Test(arguments: [(8, true), (9, false), (2_000, false)])
  func `values lie in each other as deep as the limit says`(depth: Int, isRead: Bool) {
    let value = (0..<depth).reduce(Value.flag(true)) { inner, _ in .list([inner]) }
    #expect(Self.isRead(value) == isRead)
    let empty = (1..<depth).reduce(Value.list([])) { inner, _ in .list([inner]) }
    #expect(Self.isRead(empty) == isRead)
  }

  @Test(arguments: [(256, true), (257, false)])
  func `lists and composites hold as much as the limit says`(count: Int, isRead: Bool) {
    #expect(Self.isRead(.list([Value](repeating: .none, count: count))) == isRead)
    let members = (0..<count).map { Value.Member("m\(1_000 + $0)", .flag(true)) }
    #expect(Self.isRead(.composite(members)) == isRead)
  }

  @Test(arguments: [(1_024, true), (1_025, false)])
  func `a history names as many replicas as the limit says`(count: Int, isRead: Bool) {
    let vector = VersionVector((0..<count).map { Sample.dot($0, 1) })
    #expect(Self.isRead(.seen(vector)) == isRead)
    let change = Sample.change(Sample.dot(0, 2), seen: vector, .delete)
    #expect(((try? Change(reading: change.bytes)) != nil) == isRead)
  }

  @Test(arguments: [(64, true), (65, false)])
  func `a change sets as many fields as the limit says`(count: Int, isRead: Bool) {
    let members = (0..<count).map { Value.Member("f\(100 + $0)", .flag(true)) }
    let bytes = Sample.change(Sample.dot(0, 1), .set(members)).bytes
    #expect(((try? Change(reading: bytes)) != nil) == isRead)
  }

  @Test(arguments: [(64, true), (65, false)])
  func `a field's name is as long as the limit says`(count: Int, isRead: Bool) {
    let name = String(repeating: "n", count: count)
    let bytes = Sample.set(name, .none, Sample.dot(0, 1)).bytes
    #expect(((try? Change(reading: bytes)) != nil) == isRead)
  }

  @Test(arguments: ["", "a b", "Siân", "e\u{301}", "\u{212A}", "tab\t", "nul\u{0}", "\u{7F}"])
  func `a field's name is printable ASCII`(name: String) {
    let bytes = Sample.set(name, .none, Sample.dot(0, 1)).bytes
    #expect(throws: MalformedBytes.self) { try Change(reading: bytes) }
  }

  @Test func `a change or a record larger than its limit is not even looked at`() {
    var limits = Limits()
    let change = Sample.set("f", .text("some words"), Sample.dot(0, 1))
    let record = Sample.accepted([change])
    limits.changeBytes = change.bytes.count - 1
    limits.recordBytes = record.bytes.count - 1
    #expect(throws: MalformedBytes.self) { try Change(reading: change.bytes, limits: limits) }
    #expect(throws: MalformedBytes.self) { try Record(reading: record.bytes, limits: limits) }
  }

  @Test(arguments: [(3, true), (2, false)])
  func `a record has as many standing edits as the limit says`(limit: Int, isRead: Bool) {
    var limits = Limits()
    limits.standingEdits = limit
    let record = Sample.accepted((0..<3).map { Sample.set("f", .flag(true), Sample.dot($0, 1)) })
    #expect(((try? Record(reading: record.bytes, limits: limits)) != nil) == isRead)
  }
}
