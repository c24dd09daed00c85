import SyncCore
import Testing

/// How concurrent values of a field read under each rule.
struct ReadingTests {
  private static let order = ["low", "medium", "high"]
  private static let rules: [Rule] = [
    .union, .ratchet(order: order), .derived, .serverOwned, .fieldMerge(.first),
    .fieldMerge(.last), .fieldMerge(.ranked(member: "how", order: order)),
    .signed(stages: order), .claims(holding: "disputed"),
  ]

  /// A record with these values standing beside each other, accepted in this order by the office.
  private static func concurrent(_ values: [Value], in field: String = "f") -> Record {
    let changes = values.enumerated().map { Sample.set(field, $1, Sample.dot(9 - $0, 1)) }
    return Sample.accepted(changes)
  }

  private static func read(_ values: [Value], _ rule: Rule) throws -> Reading {
    try #require(concurrent(values).read("f", by: rule))
  }

  @Test(arguments: rules)
  func `a field that nobody has set reads as nothing`(rule: Rule) {
    #expect(Sample.blank.read("f", by: rule) == nil)
  }

  @Test(arguments: rules)
  func `one value is settled under every rule`(rule: Rule) throws {
    let reading = try Self.read([.text("low")], rule)
    #expect(reading.value == .text("low") && reading.status == .settled)
  }

  @Test(arguments: rules, [Value.text("high"), .none, .flag(false), .unknown(9, [0x48, 1])])
  func `equal values of several people count as one under every rule`(
    rule: Rule, value: Value
  ) throws {
    let reading = try Self.read([value, value, value], rule)
    #expect(reading.value == value && reading.status == .settled)
    #expect(reading.standing.count == 3)
  }

  @Test(arguments: rules, Seeds.few)
  func `every standing edit is listed in the office's order, shown or not`(
    rule: Rule, seed: UInt64
  ) throws {
    var chance = Seeded(seed)
    let values = (0..<1 + chance.below(5)).map { _ in chance.value() }
    let reading = try Self.read(values, rule)
    #expect(reading.standing.map(\.value) == values)
    #expect((reading.status == .settled) == (Set(values).count == 1))
  }

  @Test(arguments: [
    (["low", "high", "medium"], "high"), (["low", "medium"], "medium"),
    (["medium", "low"], "medium"),
    (["high", "severe"], "severe"), (["severe", "high"], "severe"),
  ])
  func `a ratchet reads as the most protective value, one from the future above all`(
    values: [String], shown: String
  ) throws {
    let reading = try Self.read(values.map(Value.text), .ratchet(order: Self.order))
    #expect(reading.value == .text(shown) && reading.status == .settledByRule)
  }

  @Test func `a ratchet shows the one the office accepted first among equally protective`() throws {
    let values: [Value] = [.text("low"), .text("severe"), .text("extreme")]
    #expect(try Self.read(values, .ratchet(order: Self.order)).value == .text("severe"))
  }

  @Test(arguments: [Value.unknown(9, [0x48, 1])])
  func `a ratchet takes a value of an unknown kind as the most protective`(value: Value) throws {
    #expect(try Self.read([.text("high"), value], .ratchet(order: Self.order)).value == value)
  }

  @Test(arguments: [Value.integer(7), .flag(true), .composite(["level": .text("low")])])
  func `a ratchet takes what is no code at all as the most protective`(value: Value) throws {
    #expect(try Self.read([.text("high"), value], .ratchet(order: Self.order)).value == value)
  }

  @Test(arguments: [
    [Value.composite(["by": .text("a")]), .composite(["by": .text("b")])],
    [.composite(["code": .text("ATTC")]), .text("ATTC")],
    [.composite(["code": .text("ATTC")]), .none],
  ])
  func `a claim that lacks what claims must agree on agrees with nobody`(
    claims: [Value]
  ) throws {
    let reading = try Self.read(claims, .claims(holding: "disputed", on: "code"))
    #expect(reading.value == .text("disputed") && reading.status == .contested)
  }

  @Test func `emptying a protective field beside a value does not lower it`() throws {
    let reading = try Self.read([.none, .text("low")], .ratchet(order: Self.order))
    #expect(reading.value == .text("low"))
  }

  @Test(arguments: [Rule.derived, .serverOwned])
  func `what the office writes reads as its latest word`(rule: Rule) throws {
    let reading = try Self.read([.text("old"), .text("new")], rule)
    #expect(reading.value == .text("new") && reading.status == .settledByRule)
  }

  @Test(arguments: [(Rule.Preference.first, "one"), (.last, "three")])
  func `a merged field shows the preferred value and asks for review`(
    preference: Rule.Preference, shown: String
  ) throws {
    let values: [Value] = [.text("one"), .text("two"), .text("three")]
    let reading = try Self.read(values, .fieldMerge(preference))
    #expect(reading.value == .text(shown) && reading.status == .contested)
  }

  @Test(arguments: [
    (["low", "high", "medium"], 1), (["high", "low", "high"], 2), (["low", "odd"], 0),
    (["odd", "strange"], 1),
  ])
  func `a ranked field shows the highest, of equals the one accepted last`(
    ranks: [String], shown: Int
  ) throws {
    let values = ranks.enumerated().map { index, rank in
      Value.composite(["how": .text(rank), "what": .integer(Int64(index))])
    }
    let rule = Rule.fieldMerge(.ranked(member: "how", order: Self.order))
    let reading = try Self.read(values, rule)
    #expect(reading.value == values[shown] && reading.status == .contested)
  }

  @Test func `of two signatures of a stage the first in the office's order stands`() throws {
    let signatures = ["a.senior", "b.senior"].map {
      Value.composite(["stage": .text("medium"), "by": .text($0)])
    }
    let reading = try Self.read(signatures, .signed(stages: Self.order))
    #expect(reading.value == signatures[0] && reading.status == .settledByRule)
    #expect(reading.standing.map(\.value) == signatures)
  }

  @Test func `a later stage stands over an earlier one, whichever came first`() throws {
    let (draft, signed) = (Value.text("low"), Value.text("high"))
    let rule = Rule.signed(stages: Self.order)
    #expect(try Self.read([signed, draft], rule).value == signed)
    #expect(try Self.read([draft, signed], rule).value == signed)
  }

  @Test func `unequal claims show that they are disputed until somebody decides`() throws {
    let rule = Rule.claims(holding: "disputed")
    let claims: [Value] = [.text("attended"), .text("absent")]
    let reading = try Self.read(claims, rule)
    #expect(reading.value == .text("disputed") && reading.status == .contested)
    var record = Self.concurrent(claims)
    let decision = Sample.set("f", .text("absent"), Sample.dot(1, 2), seen: record.version)
    record.apply(decision, at: nil)
    let decided = try #require(record.read("f", by: rule))
    #expect(decided.value == .text("absent") && decided.status == .settled)
  }

  @Test func `claims that agree in what is asked are no dispute, whatever else they say`() throws {
    let rule = Rule.claims(holding: "disputed", on: "code", first: "there")
    func claim(_ code: String, there: Bool) -> Value {
      .composite(["code": .text(code), "there": .flag(there)])
    }
    let alike = [claim("a", there: false), claim("a", there: true), claim("a", there: false)]
    let reading = try Self.read(alike, rule)
    #expect(reading.value == alike[1] && reading.status == .settledByRule)
    #expect(reading.standing.count == 3)
    let unlike = try Self.read([claim("a", there: true), claim("b", there: true)], rule)
    #expect(unlike.value == .text("disputed") && unlike.status == .contested)
  }

  @Test func `what several wrote at once all stays, and nobody has to decide`() throws {
    let texts: [Value] = [.text("one"), .text("other")]
    let reading = try Self.read(texts, .union)
    #expect(reading.value == texts[0] && reading.status == .settledByRule)
    #expect(reading.standing.map(\.value) == texts)
  }

  @Test(arguments: Seeds.few, rules)
  func `what is read depends on the record alone, not on how it came about`(
    seed: UInt64, rule: Rule
  ) {
    let laptops = History(seed).laptops
    let (one, other) = (laptops[0].records[0], laptops[1].records[0])
    for field in one.merged(with: other).fields {
      let reading = one.merged(with: other).read(field, by: rule)
      #expect(reading == other.merged(with: one).read(field, by: rule))
    }
  }
}

/// Sets are kept as one field an element.
struct SetReadingTests {
  private static func elements(_ changes: [Change]) -> [String] {
    Sample.accepted(changes).elements(of: "flags", by: .union).map(\.element)
  }

  private static func flag(
    _ element: String, _ isPresent: Bool, _ dot: Dot, seen: VersionVector = VersionVector()
  ) -> Change {
    Sample.set("flags/\(element)", .flag(isPresent), dot, seen: seen)
  }

  @Test func `elements that two people add are both there, in the order of their names`() {
    let changes = [
      Self.flag("dog", true, Sample.dot(0, 1)), Self.flag("arson", true, Sample.dot(1, 1)),
      Sample.set("flagship", .flag(true), Sample.dot(2, 1)),
    ]
    #expect(Self.elements(changes) == ["arson", "dog"])
  }

  @Test func `an element that was seen and removed is gone`() {
    let add = Self.flag("dog", true, Sample.dot(0, 1))
    let remove = Self.flag("dog", false, Sample.dot(0, 2), seen: Sample.vector([0: 1]))
    #expect(Self.elements([add, remove]).isEmpty)
  }

  @Test(arguments: [false, true])
  func `an element added while another removes it stays`(removalComesFirst: Bool) {
    let seen = Sample.vector([0: 1])
    let add = Self.flag("dog", true, Sample.dot(0, 1))
    let remove = Self.flag("dog", false, Sample.dot(0, 2), seen: seen)
    let again = Self.flag("dog", true, Sample.dot(1, 1), seen: seen)
    #expect(
      Self.elements(removalComesFirst ? [add, remove, again] : [add, again, remove]) == ["dog"])
  }
}
