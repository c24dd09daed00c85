import SyncCore
import Testing

/// Nothing that a server or a file holds may trap: bytes are read, or refused as malformed.
struct HostileBytesTests {
  /// Whether bytes are refused, or are the one written form of the change that they say.
  private static func isReadOrRefused(asChange bytes: [UInt8]) -> Bool {
    guard let change = try? Change(reading: bytes) else { return true }
    return change.bytes == bytes && Change(change.body).bytes == bytes
  }

  /// Whether bytes are refused, or are a record that is written and read again without a loss, and
  /// that can be merged, read and digested.
  private static func isReadOrRefused(asRecord bytes: [UInt8], beside other: Record) -> Bool {
    guard let record = try? Record(reading: bytes) else { return true }
    if record.id == other.id {
      let merged = record.merged(with: other)
      _ = (merged.digest, merged.isDeleted, merged.hasConcurrentValues, merged.fields)
    }
    return (try? Record(reading: record.bytes)) == record
  }

  @Test(arguments: Seeds.bytewise)
  func `a change cut short anywhere is refused or another change`(seed: UInt64) {
    var chance = Seeded(seed)
    let bytes = chance.change().bytes
    let wrong = (0..<bytes.count).filter { !Self.isReadOrRefused(asChange: Array(bytes[..<$0])) }
    #expect(wrong.isEmpty)
  }

  @Test(arguments: Seeds.bytewise)
  func `a change with any one byte altered is refused or another change`(seed: UInt64) {
    var chance = Seeded(seed)
    let change = chance.change()
    let wrong = change.bytes.indices.filter { index in
      var bytes = change.bytes
      bytes[index] ^= UInt8(1 + chance.below(255))
      let isSame = (try? Change(reading: bytes))?.hash == change.hash
      return isSame || !Self.isReadOrRefused(asChange: bytes)
    }
    #expect(wrong.isEmpty)
  }

  @Test(arguments: Seeds.bytewise)
  func `a record cut short or altered anywhere is refused or another sound record`(seed: UInt64) {
    var chance = Seeded(seed)
    let record = chance.record()
    let wrong = record.bytes.indices.filter { index in
      var bytes = record.bytes
      bytes[index] ^= UInt8(1 + chance.below(255))
      return !Self.isReadOrRefused(asRecord: bytes, beside: record)
        || !Self.isReadOrRefused(asRecord: Array(record.bytes[..<index]), beside: record)
    }
    #expect(wrong.isEmpty)
  }

  @Test(arguments: Seeds.many)
  func `bytes that nobody wrote are refused`(seed: UInt64) {
    var chance = Seeded(seed)
    let garbage = (0..<8).map { _ in chance.bytes(chance.below(120)) }
    #expect(garbage.allSatisfy { Self.isReadOrRefused(asChange: $0) })
    #expect(garbage.allSatisfy { Self.isReadOrRefused(asRecord: $0, beside: Sample.blank) })
  }

  @Test(arguments: Seeds.some)
  func `two changes run together, or with a piece moved, are refused or a third`(seed: UInt64) {
    var chance = Seeded(seed)
    let (one, other) = (chance.change().bytes, chance.change().bytes)
    let (from, to) = (chance.below(one.count), chance.below(other.count))
    #expect(Self.isReadOrRefused(asChange: one + other))
    #expect(Self.isReadOrRefused(asChange: Array(one[..<from]) + Array(other[to...])))
    #expect(
      Self.isReadOrRefused(
        asChange: Array(one[..<from]) + Array(other[..<to]) + Array(one[from...])))
  }

  @Test(arguments: Seeds.some)
  func `nothing may follow or be written twice in a change`(seed: UInt64) {
    var chance = Seeded(seed)
    let bytes = chance.change().bytes
    for tail in [[0x00], [0x78, 0x00], [0x12, 0x00], [0xA0, 0x06, 0x01], [0x48, 0x02]] as [[UInt8]]
    {
      #expect(throws: MalformedBytes.self) { try Change(reading: bytes + tail) }
    }
  }

  @Test(arguments: [
    [UInt8](repeating: 0xFF, count: 11),
    [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F],
    [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], [0x80], [0x0A], [0x0B],
    [0x07],
    [0xF8, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01, 0x00],
  ])
  func `a length or a number beyond every bound is refused`(bytes: [UInt8]) {
    #expect(throws: MalformedBytes.self) { try Change(reading: bytes) }
    #expect(throws: MalformedBytes.self) { try Record(reading: bytes) }
  }

  @Test func `a field whose tag says another form than its content has is refused`() {
    // The tag of the record's id, a length-delimited field, says that a number follows.
    var bytes = Sample.blank.bytes
    bytes[0] = 0x08
    #expect(throws: MalformedBytes.self) { try Record(reading: bytes) }
  }

  @Test func `a record whose deletion saw more than the record is refused`() throws {
    // Such a record would stay deleted whatever anybody wrote into it later.
    let deleted = Sample.accepted([Sample.change(Sample.dot(0, 3), seen: .init(), .delete)])
    var other = Sample.accepted([Sample.set("a", .flag(true), Sample.dot(1, 1))])
    other.apply(
      Sample.change(Sample.dot(0, 3), seen: Sample.vector([1: 1]), .delete), at: nil)
    #expect(try Record(reading: deleted.bytes).isDeleted)
    #expect(try Record(reading: other.bytes).isDeleted)
    // The counter of what was seen, from 1 to 2: the last byte of the deletion's vector.
    let seen = try #require(other.bytes.lastIndex(of: 0x10))
    var bytes = other.bytes
    bytes[seen + 1] = 2
    #expect(throws: MalformedBytes.self) { try Record(reading: bytes) }
  }

  /// What readers of protobuf refuse must not get into a record: they would never read it again.
  @Test func `a value of a newer kind is carried up to the highest field number that there is`() {
    for (tag, isRead) in [
      ([0xF8, 0xFF, 0xFF, 0xFF, 0x0F] as [UInt8], true),
      ([0x80, 0x80, 0x80, 0x80, 0x10], false), ([0xCA, 0xF7, 0xF5, 0xF9, 0x32], false),
    ] {
      let value = Value.unknown(536_870_911, tag + (tag[0] == 0xCA ? [0] : [1]))
      let bytes = Sample.set("f", value, Sample.dot(0, 1)).bytes
      #expect(((try? Change(reading: bytes)) != nil) == isRead, "\(tag)")
    }
  }

  @Test func `a record with two changes behind one edit's name is refused`() throws {
    let values = [Value.Member("a", .flag(true)), Value.Member("b", .flag(true))]
    var record = Sample.blank
    record.apply(Sample.change(Sample.dot(0, 1), .set(values)), at: nil)
    // The same head once more with another hash: field b then rests on another change.
    let head = try #require(record.bytes.firstIndex(of: 0x2A))
    let length = Int(record.bytes[head + 1]) + 2
    var second = Array(record.bytes[head..<head + length])
    second[second.count - 20] ^= 1
    var bytes = record.bytes
    bytes.insert(contentsOf: second, at: head + length)
    #expect(throws: MalformedBytes.self) { try Record(reading: bytes) }
  }
}
