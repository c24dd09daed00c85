import SyncCore
import Testing

struct DigestTests {
  @Test(arguments: Seeds.some)
  func `the digest of a case does not depend on the order of its records`(seed: UInt64) {
    var chance = Seeded(seed)
    let hashes = (0..<chance.below(20)).map { _ in chance.hash() }
    let shuffled = hashes.shuffled(using: &chance)
    func digest(_ hashes: [Hash]) -> CaseDigest {
      hashes.reduce(into: CaseDigest(caseID: Sample.caseID)) { $0.replace(nil, with: $1) }
    }
    #expect(digest(hashes) == digest(shuffled))
    #expect(digest(hashes).records == UInt64(hashes.count))
  }

  @Test(arguments: Seeds.some)
  func `replacing a record comes to the same as never having held its old state`(seed: UInt64) {
    var chance = Seeded(seed)
    let (old, new, other) = (chance.hash(), chance.hash(), chance.hash())
    var replaced = CaseDigest(caseID: Sample.caseID)
    replaced.replace(nil, with: old)
    replaced.replace(nil, with: other)
    replaced.replace(old, with: new)
    var direct = CaseDigest(caseID: Sample.caseID)
    direct.replace(nil, with: other)
    direct.replace(nil, with: new)
    #expect(replaced == direct)
  }

  @Test(arguments: Seeds.many)
  func `adding and taking out undo each other`(seed: UInt64) throws {
    var chance = Seeded(seed)
    let a = try #require(Hash(bytes: Self.edgeBytes(&chance)))
    let b = try #require(Hash(bytes: Self.edgeBytes(&chance)))
    #expect(a &+ b &- b == a && a &- b &+ b == a)
    #expect(a &+ b == b &+ a)
    #expect(a &- a == .zero && a &+ .zero == a)
  }

  /// Bytes full of carries: mostly all ones and all zeros.
  private static func edgeBytes(_ chance: inout Seeded) -> [UInt8] {
    (0..<32).map { _ in chance.pick([0, 0xFF, 0xFF, UInt8(chance.below(256))]) }
  }

  @Test func `the sum carries through all 256 bits`() throws {
    let one = try #require(Hash(bytes: [UInt8](repeating: 0, count: 31) + [1]))
    let all = try #require(Hash(bytes: [UInt8](repeating: 0xFF, count: 32)))
    #expect(all &+ one == .zero && Hash.zero &- one == all)
    let carried = [UInt8](repeating: 0, count: 15) + [1] + [UInt8](repeating: 0, count: 16)
    let low = [UInt8](repeating: 0, count: 16) + [UInt8](repeating: 0xFF, count: 16)
    #expect(try #require(Hash(bytes: low)) &+ one == Hash(bytes: carried))
  }

  @Test(arguments: Seeds.some)
  func `records that differ in anything but their places have different digests`(seed: UInt64) {
    var chance = Seeded(seed)
    let (one, other) = (chance.record(), chance.record())
    func state(_ record: Record) -> String {
      let edits = record.edits.map { "\($0.field) \($0.dot) \($0.hash)" }
      return "\(record.version) \(edits)"
    }
    #expect((one.digest == other.digest) == (state(one) == state(other)))
  }

  @Test func `a record's name, type and case are part of its digest`() {
    let records = [
      Record(id: RecordID(value: 1), type: "a", caseID: CaseID(value: 1)),
      Record(id: RecordID(value: 2), type: "a", caseID: CaseID(value: 1)),
      Record(id: RecordID(value: 1), type: "b", caseID: CaseID(value: 1)),
      Record(id: RecordID(value: 1), type: "a", caseID: CaseID(value: 2)),
    ]
    #expect(Set(records.map(\.digest)).count == records.count)
  }

  @Test func `where the office put an edit is no part of the digest`() {
    let change = Sample.set("note", .text("words"), Sample.dot(0, 1))
    var (placed, unplaced) = (Sample.blank, Sample.blank)
    placed.apply(change, at: Place(epoch: 1, sequence: 1))
    unplaced.apply(change, at: nil)
    #expect(placed != unplaced && placed.digest == unplaced.digest)
  }

  // SHA-256 of nothing and of "abc", FIPS 180-4.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
  ])
  func `a hash is SHA-256 and reads back from its bytes`(text: String, expected: String) {
    let hash = Hash(of: Array(text.utf8))
    #expect(hash.description == expected)
    #expect(Hash(bytes: hash.bytes) == hash)
    #expect(Hash(bytes: hash.bytes.dropLast()) == nil)
  }
}
