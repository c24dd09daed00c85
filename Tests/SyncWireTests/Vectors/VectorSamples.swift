import SyncCore
import TestSupport

/// Names, changes and histories of which vectors are made. No clock and no chance but a seed's.
enum VectorSamples {
  static let caseID = CaseID.named("case", "X123456")
  static let record = RecordID(value: 0x1011_1213_1415_1617_1819_1A1B_1C1D_1E1F)
  static let type = "x-sample"

  /// Sixteen times one byte.
  static func replica(_ number: Int) -> ReplicaID {
    ReplicaID(value: UInt128(number) * (UInt128.max / 255))
  }

  static func vector(_ counters: [Int: UInt64]) -> VersionVector {
    VersionVector(counters.map { Dot(replica($0.key), $0.value) })
  }

  static func change(
    _ number: Int, _ counter: UInt64, seen: VersionVector = VersionVector(),
    _ action: Change.Action, previous: Hash? = nil, origin: Change.Origin? = nil
  ) -> Change {
    let assumed =
      counter > 1 ? Hash(of: [UInt8(number), UInt8(truncatingIfNeeded: counter)]) : .zero
    return Change(
      Change.Body(
        dot: Dot(replica(number), counter), previous: previous ?? assumed, record: record,
        type: type, caseID: caseID, context: seen, action: action, author: "user-\(number)",
        role: .officer, recordedAt: Timestamp(milliseconds: 1_735_689_600_000), origin: origin))
  }

  static func set(
    _ number: Int, _ counter: UInt64, seen: VersionVector = VersionVector(),
    _ fields: [String: Value]
  ) -> Change {
    let members = fields.sorted { $0.key < $1.key }.map { Value.Member($0.key, $0.value) }
    return change(number, counter, seen: seen, .set(members))
  }

  /// A change under another dot, as after a fork.
  static func issuedAgain(_ change: Change, by number: Int, _ counter: UInt64 = 1) -> Change {
    var body = change.body
    body.dot = Dot(replica(number), counter)
    body.previous = .zero
    body.origin = change.firstIssue
    return Change(body)
  }

  static func place(_ sequence: UInt64, epoch: UInt64 = 1) -> Place {
    Place(epoch: epoch, sequence: sequence)
  }

  static var blank: Record { Record(id: record, type: type, caseID: caseID) }

  /// A record after changes that the office took as 1, 2, 3 and so on.
  static func accepted(_ changes: [Change]) -> Record {
    var record = blank
    for (index, change) in changes.enumerated() {
      record.take(change, at: place(UInt64(index + 1)))
    }
    return record
  }

  /// A value of every kind, and those that are easily mistaken for another.
  static let values: [(name: String, value: Value)] = [
    ("emptied", .none), ("text", .text("Rang; no answer.")), ("empty text", .text("")),
    ("text of one letter composed", .text("\u{E9}")),
    ("text of one letter decomposed", .text("e\u{301}")),
    ("text with nul and beyond the first plane", .text("\u{0}\u{1F981}")),
    ("integer", .integer(-7)), ("zero", .integer(0)), ("smallest integer", .integer(.min)),
    ("largest integer", .integer(.max)), ("flag", .flag(true)),
    ("flag that is not set", .flag(false)),
    ("bytes", .bytes([0, 255])), ("no bytes", .bytes([])),
    ("composite", .composite(["code": .text("ATTC"), "present": .flag(true)])),
    ("empty composite", .composite([Value.Member]())),
    ("composite with an emptied member", .composite([Value.Member("a", .none)])),
    ("list", .list([.text("a"), .none, .list([.integer(1)])])), ("empty list", .list([])),
    ("seen", .seen(vector([1: 1, 2: .max]))), ("seen nothing", .seen(VersionVector())),
    ("newer kind, varint", .unknown(8, [0x40, 0x85, 0x00])),
    ("newer kind, eight bytes", .unknown(10, [0x51] + Array("abcdefgh".utf8))),
    ("newer kind, length", .unknown(536_870_911, [0xFA, 0xFF, 0xFF, 0xFF, 0x0F, 1, 0x61])),
    ("newer kind, four bytes", .unknown(10, [0x55] + Array("abcd".utf8))),
    (
      "lists eight deep",
      (0..<8).reduce(Value.flag(true)) { inner, _ in .list([inner]) }
    ),
  ]
}

/// Some people edit one record, and now and then a copy of it hears of another.
struct VectorHistory {
  private(set) var copies: [Record]
  private(set) var changes: [Change] = []
  private var counters: [UInt64]
  private var chance: Seeded

  init(seed: Int, steps: Int) {
    chance = Seeded(seed)
    copies = Array(repeating: VectorSamples.blank, count: 4)
    counters = Array(repeating: 0, count: 4)
    for _ in 0..<steps { step() }
  }

  private mutating func step() {
    let number = chance.below(copies.count)
    switch chance.below(6) {
    case 0...2: edit(number)
    case 3: copies[number].merge(copies[chance.below(copies.count)])
    case 4:
      guard !changes.isEmpty else { return }
      copies[number].take(chance.pick(changes), at: place())
    default: issueAgain(number)
    }
  }

  private mutating func place() -> Place? {
    chance.happens(onceIn: 3) ? nil : VectorSamples.place(UInt64(1 + chance.below(30)))
  }

  private mutating func edit(_ number: Int) {
    counters[number] += 1
    var fields: [String: Value] = [:]
    for field in ["a", "b", "set/x", Record.deletionField] where chance.happens(onceIn: 2) {
      fields[field] =
        field == Record.deletionField ? Value.none : chance.pick(VectorSamples.values).value
    }
    let members = fields.sorted { $0.key < $1.key }.map { Value.Member($0.key, $0.value) }
    take(
      VectorSamples.change(
        number + 1, counters[number], seen: copies[number].version,
        members.isEmpty ? .delete : .set(members)), by: number)
  }

  private mutating func issueAgain(_ number: Int) {
    guard !changes.isEmpty else { return }
    counters[number] += 1
    take(
      VectorSamples.issuedAgain(chance.pick(changes), by: number + 1, counters[number]), by: number)
  }

  private mutating func take(_ change: Change, by number: Int) {
    changes.append(change)
    copies[number].take(change, at: place())
  }
}
