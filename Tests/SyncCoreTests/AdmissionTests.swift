import SyncCore
import Testing

/// What the office takes, asked at write time on both sides.
struct AdmissionTests {
  private static let stages = ["draft", "signed", "countersigned"]
  private static let levels = ["low", "medium", "high"]

  private static let policy = TypePolicy(
    name: Sample.type,
    fields: [
      "note": field(.text(maxBytes: 10), .fieldMerge(.first), isRequired: true),
      "made": field(.text(maxBytes: 10), .union),
      "risk": field(.code(levels), .ratchet(order: levels), deciders: [.senior]),
      "sum": field(.integer(0...9), .derived),
      "owned": field(.flag, .serverOwned),
      "sign": field(.code(stages), .signed(stages: stages)),
      "claim": field(.code(["a", "b", "c"]), .claims(holding: "?"), deciders: [.senior]),
      "flags": field(.text(maxBytes: 8), .union, isSet: true),
    ], deleters: [.administrator])

  private static func field(
    _ kind: FieldKind, _ rule: Rule, isSet: Bool = false, isRequired: Bool = false,
    deciders: Set<Role> = []
  ) -> FieldPolicy {
    FieldPolicy(
      kind: kind, rule: rule, isSet: isSet, isRequired: isRequired, writers: [.officer],
      deciders: deciders)
  }

  private static func refusal(
    _ values: [String: Value], to record: Record? = nil, seen: VersionVector? = nil,
    role: Role = .officer, reason: String = "", origin: Origin = .device
  ) -> Refusal? {
    let members = values.map { Value.Member($0.key, $0.value) }.sorted { $0.name < $1.name }
    let change = Sample.change(
      Sample.dot(7, 7), seen: seen ?? record?.version ?? VersionVector(), .set(members), role: role,
      reason: reason)
    return Record.refusal(of: change, to: record, policy: policy, origin: origin)
  }

  /// A record with this field set to these values, beside each other.
  private static func holding(_ field: String, _ values: [Value]) -> Record {
    Sample.accepted(values.enumerated().map { Sample.set(field, $1, Sample.dot($0, 1)) })
  }

  @Test func `a new record with what it must have is admitted`() {
    #expect(Self.refusal(["note": .text("words"), "risk": .text("high")]) == nil)
  }

  @Test(arguments: [["risk": Value.text("low")], ["note": .none, "risk": .text("low")]])
  func `a new record without what it must have is refused`(values: [String: Value]) {
    #expect(Self.refusal(values) == .missing(field: "note"))
  }

  @Test func `a set that must not be empty is there with any element`() {
    var policy = Self.policy
    policy.fields = ["flags": Self.field(.text(maxBytes: 8), .union, isSet: true, isRequired: true)]
    let some = Sample.set("flags/dog", .flag(true), Sample.dot(0, 1))
    let none = Sample.set("other", .flag(true), Sample.dot(0, 1))
    #expect(Record.refusal(of: some, to: nil, policy: policy, origin: .device) == nil)
    #expect(
      Record.refusal(of: none, to: nil, policy: policy, origin: .device) == .missing(field: "flags")
    )
  }

  @Test func `an edit need not repeat what the record must have`() {
    #expect(Self.refusal(["risk": .text("low")], to: Self.holding("note", [.text("words")])) == nil)
  }

  @Test(arguments: [
    ("note", Value.text("eleven byte")), ("note", .flag(true)), ("risk", .text("severe")),
    ("flags/dog", .text("yes")), ("claim", .text("d")),
  ])
  func `a value that the field cannot hold is refused`(field: String, value: Value) {
    let record = Self.holding("note", [.text("words")])
    #expect(Self.refusal([field: value], to: record) == .invalid(field: field))
  }

  @Test(arguments: ["note", "made", "risk", "sign", "claim", "flags/dog"])
  func `a role that may not write a field is refused`(field: String) {
    let value: Value =
      switch field {
      case "risk": .text("low")
      case "sign": .text("draft")
      case "claim": .text("a")
      case "flags/dog": .flag(true)
      default: .text("words")
      }
    let record = Self.holding("other", [.text("words")])
    let refusal = Self.refusal([field: value], to: record, role: .administrator)
    #expect(refusal == .roleMayNotWrite(field: field))
    #expect(Self.refusal([field: value], to: record) == nil)
  }

  @Test(arguments: [("sum", Value.integer(1)), ("owned", .flag(true))])
  func `a field of the office is refused from a laptop and taken from the office`(
    field: String, value: Value
  ) {
    let values = ["note": Value.text("words"), field: value]
    #expect(Self.refusal(values) == .officeOnly(field: field))
    #expect(Self.refusal(values, role: .officer, origin: .office) == nil)
  }

  @Test func `a written-once field is written once, and again only by who had not seen it`() {
    let record = Self.holding("made", [.text("words")])
    #expect(Self.refusal(["made": .text("other")], to: record) == .writtenOnce(field: "made"))
    let unaware = Self.refusal(["note": .none, "made": .text("other")], to: record, seen: .init())
    #expect(unaware == .missing(field: "note"))
    let concurrent = Self.refusal(
      ["note": .text("words"), "made": .text("other")], to: record, seen: .init())
    #expect(concurrent == nil)
  }

  @Test func `an element of a set may be added and removed again`() {
    let record = Self.holding("flags/dog", [.flag(true)])
    #expect(Self.refusal(["flags/dog": .flag(false)], to: record) == nil)
    #expect(Self.refusal(["flags/arson": .flag(true)], to: record) == nil)
  }

  @Test func `an element that is not of the set's kind is refused`() {
    let record = Self.holding("flags/dog", [.flag(true)])
    let long = "flags/ninechars"
    #expect(Self.refusal([long: .flag(true)], to: record) == .invalid(field: long))
    #expect(Self.refusal(["flags/dog": .text("yes")], to: record) == .invalid(field: "flags/dog"))
  }

  @Test(arguments: [
    (Value.text("low"), Role.officer, "a reason"), (.text("low"), .senior, ""),
    (.none, .officer, "a reason"), (.text("low"), .dataProtection, "a reason"),
  ])
  func `a protective value is not eased without the named role and a reason`(
    value: Value, role: Role, reason: String
  ) {
    let record = Self.holding("risk", [.text("medium"), .text("high")])
    let refusal = Self.refusal(["risk": value], to: record, role: role, reason: reason)
    #expect(refusal == .easing(field: "risk"))
  }

  @Test(arguments: [Value.text("low"), .text("medium"), .none])
  func `a protective value is eased by the named role with a reason`(value: Value) {
    let record = Self.holding("risk", [.text("medium"), .text("high")])
    #expect(Self.refusal(["risk": value], to: record, role: .senior, reason: "MARAC") == nil)
  }

  @Test(arguments: ["high", "medium"])
  func `a protective value may be kept or raised by who may write it`(level: String) {
    let record = Self.holding("risk", [.text("medium")])
    #expect(Self.refusal(["risk": .text(level)], to: record) == nil)
  }

  @Test func `who may ease it may set it, for what they eased may have been eased meanwhile`() {
    let written = Sample.set("note", .text("words"), Sample.dot(0, 1))
    let record = Sample.accepted([written])
    let level = ["risk": Value.text("low")]
    let reason = "reviewed"
    #expect(Self.refusal(level, to: record, role: .senior, reason: reason) == nil)
    #expect(
      Self.refusal(level, to: record, role: .senior) == .roleMayNotWrite(field: "risk"))
  }

  @Test func `a value is eased by whoever displaces it, seen under whichever of its names`() {
    var first = Sample.set("risk", .text("high"), Sample.dot(0, 1)).body
    var record = Sample.accepted([Change(first)])
    first.origin = Change(first).firstIssue
    first.dot = Sample.dot(1, 1)
    record.applyAgain(Change(first))
    for replica in [0, 1] {
      let seen = Sample.vector([replica: 1])
      #expect(
        Self.refusal(["risk": .text("low")], to: record, seen: seen) == .easing(field: "risk"))
    }
  }

  @Test func `a double with a lower value does not hide what it displaces`() {
    var forged = Sample.set("risk", .text("low"), Sample.dot(1, 1)).body
    let high = Sample.set("risk", .text("high"), Sample.dot(0, 1))
    forged.origin = high.firstIssue
    let record = Sample.accepted([high, Change(forged)])
    let seen = Sample.vector([1: 1])
    #expect(Self.refusal(["risk": .text("low")], to: record, seen: seen) == .easing(field: "risk"))
  }

  @Test func `after a restore an edit of what is lost is taken, and one of a new record judged`() {
    let lost = Sample.change(
      Sample.dot(7, 7), seen: Sample.vector([3: 1]), .set([Value.Member("owned", .none)]))
    let edit = Sample.change(
      Sample.dot(7, 7), seen: Sample.vector([3: 1]),
      .set([Value.Member("flags/dog", .flag(true))]))
    func refusal(_ change: Change, _ record: Record?, mayBeLost: Bool) -> Refusal? {
      Record.refusal(
        of: change, to: record, policy: Self.policy, origin: .device, mayBeLost: mayBeLost)
    }
    let other = Sample.accepted([Sample.set("note", .text("words"), Sample.dot(0, 1))])
    #expect(refusal(edit, nil, mayBeLost: false) == .recordUnknown)
    #expect(refusal(edit, nil, mayBeLost: true) == nil)
    #expect(refusal(edit, other, mayBeLost: false) == .missing(field: "note"))
    #expect(refusal(edit, other, mayBeLost: true) == nil)
    #expect(refusal(lost, nil, mayBeLost: true) == .officeOnly(field: "owned"))
    let new = Sample.change(Sample.dot(7, 7), .set([Value.Member("flags/dog", .flag(true))]))
    #expect(refusal(new, nil, mayBeLost: true) == .missing(field: "note"))
  }

  @Test func `a protective value that one had not seen is no easing: both stand`() {
    let record = Self.holding("risk", [.text("high")])
    let values = ["note": Value.text("words"), "risk": .text("low")]
    #expect(Self.refusal(values, to: record, seen: VersionVector()) == nil)
  }

  @Test(arguments: [Value.text("draft"), .none])
  func `a signature does not go back a stage`(value: Value) {
    let record = Self.holding("sign", [.text("signed")])
    #expect(Self.refusal(["sign": value], to: record) == .stageBack(field: "sign"))
    #expect(Self.refusal(["sign": .text("countersigned")], to: record) == nil)
  }

  @Test func `between unequal claims only a named role decides`() {
    let record = Self.holding("claim", [.text("a"), .text("b")])
    #expect(Self.refusal(["claim": .text("a")], to: record) == .roleMayNotDecide(field: "claim"))
    #expect(Self.refusal(["claim": .text("a")], to: record, role: .senior) == nil)
  }

  @Test func `claims that agree need nobody to decide`() {
    let record = Self.holding("claim", [.text("a"), .text("a")])
    #expect(Self.refusal(["claim": .text("c")], to: record) == nil)
  }

  @Test func `only a named role deletes`() {
    let record = Self.holding("note", [.text("words")])
    func refusal(_ role: Role) -> Refusal? {
      let change = Sample.change(Sample.dot(7, 7), seen: record.version, .delete, role: role)
      return Record.refusal(of: change, to: record, policy: Self.policy, origin: .device)
    }
    #expect(refusal(.officer) == .roleMayNotDelete)
    #expect(refusal(.administrator) == nil)
  }

  @Test func `nobody deletes by writing into the field of deletions`() {
    let record = Self.holding("note", [.text("words")])
    let forged = [Record.deletionField: Value.seen(record.version)]
    #expect(Self.refusal(forged, to: record) == .invalid(field: Record.deletionField))
    let change = Sample.set(Record.deletionField, .seen(record.version), Sample.dot(7, 7))
    let unknownType = Record.refusal(of: change, to: nil, policy: nil, origin: .device)
    #expect(unknownType == .invalid(field: Record.deletionField))
  }

  @Test func `an edit of a record that the office does not hold is refused`() {
    let refusal = Self.refusal(["note": .text("words")], seen: Sample.vector([0: 1]))
    #expect(refusal == .recordUnknown)
  }

  @Test func `a record never changes its type or its case`() {
    let change = Sample.set("note", .text("words"), Sample.dot(7, 7))
    let otherType = Record(id: Sample.record, type: "visit-note", caseID: Sample.caseID)
    let otherCase = Record(id: Sample.record, type: Sample.type, caseID: CaseID(value: 1))
    for record in [otherType, otherCase] {
      let refusal = Record.refusal(of: change, to: record, policy: Self.policy, origin: .office)
      #expect(refusal == .identityChanged)
    }
  }

  @Test func `types and fields that this catalogue does not know are carried`() {
    let values = ["note": Value.text("words"), "from-next-year": .unknown(9, [0x48, 1])]
    #expect(Self.refusal(values) == nil)
    let change = Sample.set("anything", .flag(true), Sample.dot(0, 1))
    #expect(Record.refusal(of: change, to: nil, policy: nil, origin: .device) == nil)
  }

  @Test(arguments: [
    Refusal.outOfScope, .notTheAuthor, .tooLarge, .groupRefused, .unreadable, .recordUnknown,
    .identityChanged, .roleMayNotDelete, .roleMayNotWrite(field: "f"), .easing(field: "f"),
    .roleMayNotDecide(field: "f"), .officeOnly(field: "f"), .writtenOnce(field: "f"),
    .stageBack(field: "f"), .invalid(field: "f"), .missing(field: "f"),
    .checkFailed(check: "f"),
  ])
  func `every refusal has a code of its own and names its field`(refusal: Refusal) {
    #expect(refusal.code.allSatisfy { $0.isLowercase || $0 == "-" })
    let isOfField = Mirror(reflecting: refusal).children.first != nil
    #expect(refusal.field == (isOfField ? "f" : ""))
  }
}
