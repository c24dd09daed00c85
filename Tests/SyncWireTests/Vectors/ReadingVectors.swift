import SyncCore

/// What a field shows by each rule, and how sure that is.
enum ReadingVectors {
  static func cases() throws -> [JSONText] {
    rules.flatMap { rule in
      standing.compactMap { told("\(rule.name): \($0.name)", rule, $0.record) }
    }
  }

  private struct Named: Sendable {
    let name: String
    let rule: Rule
    let said: JSONText
  }

  private static func told(_ name: String, _ rule: Named, _ record: Record) -> JSONText? {
    record.read("f", by: rule.rule).map { reading in
      .object([
        ("name", .text(name)), ("rule", rule.said), ("record", .hex(record.bytes)),
        ("field", "f"), ("shown", .hex(reading.value.writtenForm)),
        ("status", .text(reading.status.words)), ("deleted", .flag(record.isDeleted)),
      ])
    }
  }

  private static let order = ["low", "medium", "high"]
  private static let codes = JSONText.list(order.map(JSONText.text))

  private static let rules = [
    Named(name: "union", rule: .union, said: ["rule": "union"]),
    Named(
      name: "ratchet", rule: .ratchet(order: order), said: ["rule": "ratchet", "order": codes]),
    Named(name: "derived", rule: .derived, said: ["rule": "derived"]),
    Named(name: "server-owned", rule: .serverOwned, said: ["rule": "server-owned"]),
    Named(
      name: "first", rule: .fieldMerge(.first), said: ["rule": "field-merge", "prefer": "first"]),
    Named(
      name: "last", rule: .fieldMerge(.last), said: ["rule": "field-merge", "prefer": "last"]),
    Named(
      name: "ranked", rule: .fieldMerge(.ranked(member: "how", order: order)),
      said: ["rule": "field-merge", "prefer": "ranked", "by": "how", "order": codes]),
    Named(
      name: "signed", rule: .signed(stages: order), said: ["rule": "signed", "stages": codes]),
    Named(
      name: "claims", rule: .claims(holding: "disputed"),
      said: ["rule": "claims", "holding": "disputed"]),
    Named(
      name: "claims that agree on a member",
      rule: .claims(holding: "disputed", on: "code", first: "present"),
      said: [
        "rule": "claims", "holding": "disputed", "agree-on": "code", "show-first": "present",
      ]),
  ]

  /// Values standing beside each other, taken in this order by the office; replicas descend, so
  /// that no reader takes the order of dots for it.
  private static func beside(_ values: [Value]) -> Record {
    VectorSamples.accepted(
      values.enumerated().map { VectorSamples.set(99 - $0, 1, ["f": $1]) })
  }

  private static func texts(_ texts: String...) -> Record { beside(texts.map(Value.text)) }

  private static func composite(_ parts: [String: String], present: Bool? = nil) -> Value {
    var members = parts.mapValues(Value.text)
    if let present { members["present"] = .flag(present) }
    return .composite(members)
  }

  private static var standing: [(name: String, record: Record)] {
    [
      ("one value", texts("low")), ("equal values", texts("high", "high")),
      ("low, high, medium", texts("low", "high", "medium")),
      ("high, low, high", texts("high", "low", "high")),
      ("a code from the future", texts("high", "severe", "extreme")),
      ("emptied beside low", beside([.none, .text("low")])),
      ("low beside emptied", beside([.text("low"), .none])),
      ("a number beside high", beside([.text("high"), .integer(7)])),
      ("a newer kind beside high", beside([.text("high"), .unknown(9, [0x48, 1])])),
      ("not set, set", beside([.flag(false), .flag(true)])),
      ("set, not set, emptied", beside([.flag(true), .flag(false), .none])),
      ("one letter spelt twice", texts("\u{E9}", "e\u{301}")),
    ] + composites + unusual
  }

  private static var composites: [(name: String, record: Record)] {
    let attended = ["code": "ATTC"]
    let absent = ["code": "AFTC"]
    return [
      (
        "ranks low, high, high",
        beside(["low", "high", "high"].enumerated().map { composite(["how": $1, "n": "\($0)"]) })
      ),
      ("ranks odd, missing", beside([composite(["how": "odd"]), composite(["n": "1"])])),
      (
        "stages low, high",
        beside([composite(["stage": "low"]), composite(["stage": "high", "by": "b"])])
      ),
      (
        "stages high, missing, odd",
        beside([composite(["stage": "high"]), composite(["by": "b"]), composite(["stage": "odd"])])
      ),
      ("claims that differ", beside([composite(attended), composite(absent)])),
      (
        "claims of one code",
        beside([composite(attended.merging(["by": "a"]) { $1 }), composite(attended)])
      ),
      (
        "claims of one code, the second by who was there",
        beside([
          composite(attended), composite(attended, present: true),
          composite(attended, present: false),
        ])
      ),
      ("claims without a code", beside([composite(["by": "a"]), composite(["by": "b"])])),
      ("a claim and its code alone", beside([composite(attended), .text("ATTC")])),
      ("a claim and nothing", beside([composite(attended), .none])),
    ]
  }

  private static var unusual: [(name: String, record: Record)] {
    let (low, high) = (
      VectorSamples.set(9, 1, ["f": .text("low")]), VectorSamples.set(8, 1, ["f": .text("high")])
    )
    var unplaced = VectorSamples.blank
    unplaced.apply(low, at: nil)
    unplaced.apply(high, at: VectorSamples.place(7))
    unplaced.apply(VectorSamples.set(7, 1, ["f": .text("medium")]), at: nil)
    var doubled = VectorSamples.accepted([low, high])
    var other = VectorSamples.blank
    other.apply(VectorSamples.issuedAgain(low, by: 5), at: VectorSamples.place(9))
    doubled.merge(other)
    var kept = VectorSamples.accepted([low])
    kept.apply(
      VectorSamples.change(5, 1, seen: VectorSamples.vector([9: 1]), .delete),
      at: VectorSamples.place(2))
    let gone = kept
    kept.apply(high, at: VectorSamples.place(3))
    return [
      ("some without a place", unplaced), ("a double with a later place", doubled),
      ("deleted", gone), ("deleted, and edited meanwhile", kept),
    ]
  }
}

extension Reading.Status {
  /// As `Protocol/README.md` section 5.3 calls it.
  fileprivate var words: String {
    switch self {
    case .settled: "settled"
    case .settledByRule: "settled by rule"
    case .contested: "contested"
    }
  }
}
