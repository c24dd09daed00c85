import SyncCore
import SyncWire

/// Records in their canonical form, and bytes that are almost records.
enum RecordVectors {
  static func cases() throws -> [JSONText] {
    try accepted.map(told) + rejected.map { told($0.name, $0.why, $0.parts.encoded) }
  }

  private static func told(_ name: String, _ record: Record) throws -> JSONText {
    let read = try Record(fromPeer: record.bytes)
    return .some([
      ("name", .text(name)), ("bytes", .hex(record.bytes)), ("digest", .hex(read.digest.bytes)),
      ("body", try body(record)),
    ])
  }

  private static func body(_ record: Record) throws -> JSONText? {
    let message: PBRecordBody = try Unverified(record.bytes, as: .binary).message()
    let json = try WireForm.json.write(message)
    let again: PBRecordBody = try Unverified(json, as: .json).message()
    guard try WireForm.binary.write(again) == record.bytes else { return nil }
    return .written(String(decoding: json, as: UTF8.self))
  }

  private static func told(_ name: String, _ why: String, _ bytes: [UInt8]) -> JSONText {
    precondition((try? Record(fromPeer: bytes)) == nil, "taken though \(name)")
    return .object([("name", .text(name)), ("bytes", .hex(bytes)), ("refused", .text(why))])
  }

  private static var accepted: [(String, Record)] {
    let first = VectorSamples.set(2, 1, ["a": .text("x"), "b": .text("y")])
    let beside = VectorSamples.set(1, 1, ["a": .text("z")])
    var unplaced = VectorSamples.blank
    unplaced.apply(first, at: nil)
    var twoHeads = VectorSamples.blank
    twoHeads.apply(beside, at: VectorSamples.place(3))
    let seen = VectorSamples.set(
      2, 1, seen: VectorSamples.vector([1: 1]), ["a": .text("x"), "b": .none])
    twoHeads.apply(seen, at: VectorSamples.place(9, epoch: 2))
    var mixed = VectorSamples.blank
    mixed.apply(beside, at: nil)
    mixed.apply(first, at: VectorSamples.place(0))
    let gone = VectorSamples.change(3, 1, seen: VectorSamples.vector([1: 1, 2: 1]), .delete)
    var doubled = VectorSamples.accepted([first])
    doubled.take(VectorSamples.issuedAgain(first, by: 5), at: VectorSamples.place(2))
    let histories = [3, 5, 8].flatMap { seed in
      VectorHistory(seed: seed, steps: 12).copies.enumerated().map {
        ("history \(seed), copy \($0)", $1)
      }
    }
    return [
      ("nothing but its names", VectorSamples.blank), ("one change without a place", unplaced),
      ("two changes beside each other", VectorSamples.accepted([first, beside])),
      ("one change with two places", twoHeads),
      ("a head without a place beside one in sequence 0", mixed),
      ("deleted", VectorSamples.accepted([first, beside, gone])),
      ("an edit and its double", doubled),
      (
        "values of every kind",
        VectorSamples.accepted(
          VectorSamples.values.enumerated().map {
            VectorSamples.set(1, UInt64($0 + 1), ["f\(10 + $0)": $1.value])
          })
      ),
    ] + histories
  }

  // MARK: - Refused

  private static let hash = Hash(of: [1]).bytes

  /// The version, two heads and two edits of a record.
  private static let good: [Part] = [
    .bytes(1, VectorSamples.record.bytes), .text(2, "x-sample"),
    .bytes(3, VectorSamples.caseID.bytes), entry(1, 2), entry(2, 1), head(0, 2), head(1, 1),
    edit("a", 0), edit("b", 1),
  ]

  private static func entry(_ number: Int, _ counter: UInt64) -> Part {
    .message(4, [.bytes(1, VectorSamples.replica(number).bytes), .number(2, counter)])
  }

  private static func headParts(
    _ index: UInt64, _ counter: UInt64, _ place: [Part]
  ) -> [Part] {
    let first: [Part] = index == 0 ? [] : [.number(1, index)]
    return first + [.number(2, counter), .bytes(3, hash)] + place
      + [.text(6, "a.khan"), .text(7, "officer")]
  }

  private static func head(_ index: UInt64, _ counter: UInt64, _ place: Part...) -> Part {
    .message(5, headParts(index, counter, place))
  }

  private static func edit(_ field: String, _ head: UInt64, _ value: Part = .number(3, 1)) -> Part {
    .message(6, [.text(1, field), .message(2, [value])] + (head == 0 ? [] : [.number(3, head)]))
  }

  private static var rejected: [(name: String, why: String, parts: [Part])] {
    precondition((try? Record(fromPeer: good.encoded)) != nil, "the good record is refused")
    return forms + heads + edits
  }

  private static var forms: [(name: String, why: String, parts: [Part])] {
    [
      ("no id", "3.4: required", good.without(1)), ("no type", "3.4: required", good.without(2)),
      ("no case", "3.4: required", good.without(3)),
      (
        "an id of fifteen bytes", "2: 16 bytes",
        good.with(1, .bytes(1, [UInt8](repeating: 1, count: 15)))
      ),
      ("a type beyond ASCII", "2: names", good.with(2, .text(2, "\u{E9}"))),
      ("heads before the version", "3, 1: ascending by number", moved),
      (
        "edits before heads", "3, 1: ascending by number",
        good.filter { $0.field < 5 } + good.filter { $0.field == 6 } + good.filter { $0.field == 5 }
      ),
      ("a version that descends", "3.2: ascending", good.with(4, entry(2, 1), entry(1, 2))),
      ("a replica twice in the version", "3.2: ascending", good.with(4, entry(1, 2), entry(1, 3))),
      ("an unknown field", "3, 4: nothing else", good + [.number(7, 1)]),
      ("an id twice", "3, 1: each once", good.with(1, good[0], good[0])),
      ("cut in the middle", "3: whole", [.raw(Array(good.encoded.dropLast()))]),
      (
        "an index written at its default", "3, 2: left out",
        good.with(5, .message(5, [.number(1, 0)] + headParts(0, 2, [])), head(1, 1))
      ),
      (
        "a counter of two bytes", "3, 3: shortest",
        good.with(
          5, .message(5, [.raw([0x10, 0x82, 0x00])] + headParts(0, 2, []).dropFirst()), head(1, 1))
      ),
      ("nothing at all", "3.4: required", []),
    ]
  }

  private static var moved: [Part] {
    Array(good[..<3]) + good.filter { $0.field == 5 } + good.filter { $0.field == 4 }
      + good.filter { $0.field == 6 }
  }

  private static var heads: [(name: String, why: String, parts: [Part])] {
    [
      ("a head that no edit uses", "3.4: each is used", good.with(6, edit("a", 0))),
      (
        "a head of no replica", "3.4: an index into the version",
        good.with(5, head(0, 2), head(2, 1))
      ),
      (
        "a head beyond the version", "3.4: within the version", good.with(5, head(0, 3), head(1, 1))
      ),
      (
        "a head without a counter", "3.4: required",
        good.with(5, .message(5, headParts(0, 2, []).without(2)), head(1, 1))
      ),
      (
        "a head without a hash", "3.4: required",
        good.with(5, .message(5, headParts(0, 2, []).without(3)), head(1, 1))
      ),
      (
        "a head without an author", "3.4: required",
        good.with(5, .message(5, headParts(0, 2, []).without(6)), head(1, 1))
      ),
      (
        "a head without a role", "3.4: required",
        good.with(5, .message(5, headParts(0, 2, []).without(7)), head(1, 1))
      ),
      (
        "a head with a sequence and no epoch", "3.4: no sequence alone",
        good.with(5, head(0, 2, .number(5, 4)), head(1, 1))
      ),
      (
        "heads that descend", "3.4: ascending by dot",
        good.with(5, head(1, 1), head(0, 2)).with(6, edit("a", 1), edit("b", 0))
      ),
      (
        "a head twice", "3.4: ascending places",
        good.with(4, entry(1, 2)).with(5, head(0, 2), head(0, 2))
      ),
      (
        "heads of one dot with places that descend", "3.4: ascending places",
        good.with(4, entry(1, 2)).with(
          5, head(0, 2, .number(4, 1), .number(5, 9)), head(0, 2, .number(4, 1), .number(5, 3)))
      ),
      (
        "heads of one dot, the one without a place last", "3.4: it comes first",
        good.with(4, entry(1, 2)).with(5, head(0, 2, .number(4, 1), .number(5, 9)), head(0, 2))
      ),
    ]
  }

  private static var edits: [(name: String, why: String, parts: [Part])] {
    let beyond = Part.message(
      7, [.message(1, [.bytes(1, VectorSamples.replica(1).bytes), .number(2, 3)])])
    return [
      ("an edit of no head", "3.4: an index into heads", good.with(6, edit("a", 0), edit("b", 2))),
      ("edits that descend", "3.4: ascending by field", good.with(6, edit("b", 0), edit("a", 1))),
      (
        "edits of one field whose dots descend", "3.4: then by dot",
        good.with(6, edit("a", 1), edit("a", 0))
      ),
      ("an edit twice", "3.4: ascending", good.with(6, edit("a", 0), edit("a", 0), edit("b", 1))),
      (
        "an edit without a field", "2: names",
        good.with(6, .message(6, [.message(2, [])]), edit("b", 1))
      ),
      (
        "an edit without a value", "3.1: always written",
        good.with(6, .message(6, [.text(1, "a")]), edit("b", 1))
      ),
      ("a flag of two", "3.1: 0 or 1", good.with(6, edit("a", 0, .number(3, 2)), edit("b", 1))),
      (
        "a deletion beyond the version", "3.4: within the version",
        good.with(6, edit("a", 0), edit("~deleted", 1, beyond))
      ),
    ]
  }
}
