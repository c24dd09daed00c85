import SyncCore
import SyncWire

/// Changes in their canonical form, and bytes that are almost changes.
enum ChangeVectors {
  static func cases() throws -> [JSONText] {
    try accepted.map(told) + rejected.map { told($0.name, $0.why, $0.parts.encoded) }
  }

  private static func told(_ name: String, _ change: Change) throws -> JSONText {
    let read = try Change(reading: change.bytes)
    return .some([
      ("name", .text(name)), ("bytes", .hex(change.bytes)), ("hash", .hex(read.hash.bytes)),
      ("body", try body(change)),
    ])
  }

  /// What a change says, in the JSON form of `ChangeBody`; none where a value is of a newer kind,
  /// which JSON cannot carry.
  private static func body(_ change: Change) throws -> JSONText? {
    let message: PBChangeBody = try Unverified(change.bytes, as: .binary).message()
    let json = try WireForm.json.write(message)
    let again: PBChangeBody = try Unverified(json, as: .json).message()
    guard try WireForm.binary.write(again) == change.bytes else { return nil }
    return .written(String(decoding: json, as: UTF8.self))
  }

  /// - Precondition: the core refuses these bytes.
  private static func told(_ name: String, _ why: String, _ bytes: [UInt8]) -> JSONText {
    precondition((try? Change(reading: bytes)) == nil, "taken though \(name)")
    return .object([("name", .text(name)), ("bytes", .hex(bytes)), ("refused", .text(why))])
  }

  private static var accepted: [(String, Change)] {
    var whole = VectorSamples.set(
      2, 9, seen: VectorSamples.vector([1: 3, 2: 8]), ["a": .text("x"), "b": .none]
    ).body
    whole.reason = "Reviewed with her senior."
    whole.group = GroupID(value: 7)
    whole.writtenUnder = Place(epoch: 2, sequence: 40)
    whole.origin = Change.Origin(dot: Dot(VectorSamples.replica(3), 4), hash: Hash(of: [1]))
    var early = VectorSamples.set(1, 1, ["a": .none]).body
    early.recordedAt = Timestamp(milliseconds: -1)
    early.writtenUnder = Place(epoch: 1, sequence: 0)
    var far = VectorSamples.set(1, .max, ["~": .none]).body
    far.recordedAt = Timestamp(milliseconds: .max)
    let names = (0..<64).map { ("f\(10 + $0)", Value.flag(true)) }
    let many = VersionVector((1...5).map { Dot(VectorSamples.replica($0), UInt64($0) << 40) })
    return [
      ("every part of a change", Change(whole)), ("a time before 1970", Change(early)),
      ("the last counter and the last moment", Change(far)),
      ("a deletion", VectorSamples.change(1, 2, seen: VectorSamples.vector([1: 1]), .delete)),
      ("a deletion withdrawn", VectorSamples.set(1, 1, [Record.deletionField: .none])),
      ("sixty-four fields", VectorSamples.set(1, 1, Dictionary(uniqueKeysWithValues: names))),
      ("a context of several replicas", VectorSamples.change(7, 1, seen: many, .delete)),
      (
        "a name of sixty-four letters",
        VectorSamples.set(1, 1, [String(repeating: "n", count: 64): .none])
      ),
      (
        "an element of a set and other signs in names",
        VectorSamples.set(1, 1, ["set/x": .flag(true), "!": .flag(false), "~deleter": .none])
      ),
    ]
      + VectorSamples.values.map {
        ("sets a value: \($0.name)", VectorSamples.set(1, 1, ["f": $0.value]))
      }
  }

  // MARK: - Refused

  private static let replica = VectorSamples.replica(1).bytes

  private static let good: [Part] = [
    .bytes(1, replica), .number(2, 1), .bytes(4, VectorSamples.record.bytes),
    .text(5, "x-sample"), .bytes(6, VectorSamples.caseID.bytes), field("f", .text(1, "x")),
    .text(10, "a.khan"), .text(11, "officer"), .number(12, 1_735_689_600_000),
  ]

  private static func field(_ name: String, _ value: Part...) -> Part {
    .message(8, [.text(1, name), .message(2, value)])
  }

  private static func dot(_ number: Int, _ counter: UInt64) -> Part {
    .message(7, [.bytes(1, VectorSamples.replica(number).bytes), .number(2, counter)])
  }

  private static func nested(_ depth: Int) -> Part {
    depth == 1 ? .message(6, []) : .message(6, [.message(1, [nested(depth - 1)])])
  }

  private static var rejected: [(name: String, why: String, parts: [Part])] {
    forms + absences + fields + values
  }

  private static var forms: [(name: String, why: String, parts: [Part])] {
    [
      ("the fields of a change descend", "3, 1: ascending by number", good.reversed()),
      ("a field twice", "3, 1: each once", good.with(10, .text(10, "a.khan"), .text(10, "a.khan"))),
      ("a default written", "3, 2: left out", good.with(9, .number(9, 0))),
      ("an empty text written", "3, 2: left out", good.with(13, .bytes(13, []))),
      ("a counter of two bytes", "3, 3: shortest", good.with(2, .raw([0x10, 0x81, 0x00]))),
      ("a tag of two bytes", "3, 3: shortest", good.with(2, .raw([0x90, 0x00, 0x01]))),
      ("a length of two bytes", "3, 3: shortest", good.with(11, .raw([0x5A, 0x81, 0x00, 0x61]))),
      ("a number beyond 64 bits", "3: 64 bits", good.with(2, .raw([0x10] + beyond))),
      ("an unknown field", "3, 4: nothing else", good + [.number(20, 1)]),
      ("an unknown field of a named value", "3, 4: nothing else", good.with(8, strangely)),
      ("a counter as bytes", "3: wire types", good.with(2, .bytes(2, [1]))),
      ("a time of eight bytes", "3: wire types", good.with(12, .raw([0x61] + [UInt8](1...8)))),
      ("a group", "3: wire types", good + [.raw([0xA3, 0x01, 0xA4, 0x01])]),
      ("cut in the middle", "3: whole", [.raw(Array(good.encoded.dropLast(3)))]),
      ("a field longer than the change", "3: whole", good.with(13, .raw([0x6A, 0x05, 0x61]))),
      ("nothing at all", "3.3: required", []),
    ]
  }

  private static let beyond = [UInt8](repeating: 0xFF, count: 9) + [0x02]
  private static let strangely = Part.message(8, [.text(1, "f"), .message(2, []), .number(3, 1)])
  private static let zeros = [UInt8](repeating: 0, count: 32)

  private static var absences: [(name: String, why: String, parts: [Part])] {
    [
      ("no replica", "3.3: required", good.without(1)),
      ("no counter", "3.3: from 1", good.without(2)),
      ("no record", "3.3: required", good.without(4)),
      ("no type", "3.3: required", good.without(5)),
      ("no case", "3.3: required", good.without(6)),
      ("no author", "3.3: required", good.without(10)),
      ("no role", "3.3: required", good.without(11)),
      ("neither sets nor deletes", "3.3: exactly one", good.without(8)),
      ("sets and deletes", "3.3: exactly one", good.with(9, .number(9, 1))),
      ("part of an origin", "3.3: all or none", good + [.bytes(17, replica)]),
      (
        "an origin without its hash", "3.3: all or none",
        good + [.bytes(17, replica), .number(18, 1)]
      ),
      ("a sequence without an epoch", "3.3: no sequence alone", good + [.number(16, 4)]),
    ]
  }

  private static var fields: [(name: String, why: String, parts: [Part])] {
    let many = (0..<65).map { field("f\(10 + $0)") }
    return [
      (
        "a replica of fifteen bytes", "2: 16 bytes",
        good.with(1, .bytes(1, Array(replica.dropLast())))
      ),
      ("a group of seventeen bytes", "2: 16 bytes", good.with(14, .bytes(14, replica + [0]))),
      (
        "a previous of twenty bytes", "3.3: 32 bytes",
        good.with(3, .bytes(3, replica + [0, 0, 0, 0]))
      ),
      ("a previous of zeros", "3: none is left out", good.with(3, .bytes(3, zeros))),
      ("a type with a blank", "2: names", good.with(5, .text(5, "x sample"))),
      ("an author beyond ASCII", "2: names", good.with(10, .text(10, "si\u{E2}n"))),
      ("a role of sixty-five letters", "2: names", good.with(11, .bytes(11, letters(65)))),
      ("a field without a name", "2: names", good.with(8, .message(8, [.message(2, [])]))),
      (
        "a field without a value", "3.1: always written", good.with(8, .message(8, [.text(1, "f")]))
      ),
      ("fields that descend", "3.3: ascending", good.with(8, field("g"), field("f"))),
      (
        "a field twice with two values", "3.3: ascending",
        good.with(8, field("f"), field("f", .number(3, 1)))
      ),
      (
        "sixty-five fields", "3.3: at most 64",
        good.filter { $0.field < 8 } + many + good.filter { $0.field > 8 }
      ),
      (
        "a deletion by a field", "3.3: said by delete",
        good.with(8, field("~deleted", .message(7, [])))
      ),
      ("a reason that is no UTF-8", "3: UTF-8", good.with(13, .bytes(13, [0xED, 0xA0, 0x80]))),
      ("a context that descends", "3.2: ascending", good.with(7, dot(3, 1), dot(2, 1))),
      ("a replica twice in a context", "3.2: ascending", good.with(7, dot(2, 1), dot(2, 2))),
      (
        "a counter of zero in a context", "3.2: at least 1",
        good.with(7, .message(7, [.bytes(1, replica)]))
      ),
    ]
  }

  private static func letters(_ count: Int) -> [UInt8] { [UInt8](repeating: 0x78, count: count) }

  private static var values: [(name: String, why: String, parts: [Part])] {
    let values: [(String, String, [Part])] = [
      ("two kinds at once", "3.1: one field", [.text(1, "a"), .number(3, 1)]),
      ("one kind twice", "3.1: one field", [.text(1, "a"), .text(1, "b")]),
      ("a known and a newer kind", "3.1: one field", [.text(1, "a"), .number(9, 1)]),
      ("two newer kinds", "3.1: one field", [.number(9, 1), .number(10, 1)]),
      ("a flag of two", "3.1: 0 or 1", [.number(3, 2)]),
      ("text as a number", "3.1: wire types", [.number(1, 5)]),
      ("text that is no UTF-8", "3.1: UTF-8", [.bytes(1, [0xC0, 0x80])]),
      ("an integer of eight bytes", "3.1: wire types", [.raw([0x11] + [UInt8](1...8))]),
      ("members that descend", "3.1: ascending", [.message(5, [member("b"), member("a")])]),
      ("a member twice", "3.1: ascending", [.message(5, [member("a"), member("a")])]),
      ("a member without a name", "2: names", [.message(5, [.message(1, [.message(2, [])])])]),
      (
        "a member without a value", "3.1: always written",
        [.message(5, [.message(1, [.text(1, "a")])])]
      ),
      ("an unknown field of a list", "3, 4: nothing else", [.message(6, [.number(2, 1)])]),
      ("lists nine deep, the innermost empty", "3.1: eight deep", [nested(9)]),
      (
        "two hundred and fifty-seven elements", "3.1: at most 256",
        [.message(6, (0..<257).map { _ in .message(1, []) })]
      ),
      ("a newer kind of field 2^29", "3.1: up to 2^29 - 1", [.raw(varint(1 << 32) + [0])]),
      ("a newer kind of field 0", "3.1: up to 2^29 - 1", [.raw([0x00, 0x01])]),
      ("a newer kind beyond 64 bits", "3.1: 64 bits", [.raw([0x40] + beyond)]),
      ("a newer kind that is a group", "3.1: wire types", [.raw([0x43, 0x44])]),
    ]
    return values.map { name, why, parts in
      ("a value of \(name)", why, good.with(8, .message(8, [.text(1, "f"), .message(2, parts)])))
    }
  }

  private static func member(_ name: String) -> Part {
    .message(1, [.text(1, name), .message(2, [.number(3, 1)])])
  }
}
