import SyncCore

/// Names and changes as tests write them.
enum Sample {
  static let record = RecordID(value: 0xA1)
  static let caseID = CaseID(value: 0xC1)
  static let type = "contact-entry"

  static func replica(_ number: Int) -> ReplicaID { ReplicaID(value: UInt128(number + 1) << 64) }

  static func dot(_ replica: Int, _ counter: UInt64) -> Dot { Dot(Self.replica(replica), counter) }

  static func vector(_ counters: [Int: UInt64]) -> VersionVector {
    VersionVector(counters.map { dot($0.key, $0.value) })
  }

  /// A change of the sample record; chains are not its matter.
  static func change(
    _ dot: Dot, seen context: VersionVector = VersionVector(), _ action: Change.Action,
    role: Role = .officer, reason: String = ""
  ) -> Change {
    Change(
      Change.Body(
        dot: dot, previous: .zero, record: record, type: type, caseID: caseID, context: context,
        action: action, author: "a.officer", role: role,
        recordedAt: Timestamp(milliseconds: 1_700_000_000_000), reason: reason))
  }

  static func set(
    _ field: String, _ value: Value, _ dot: Dot, seen context: VersionVector = VersionVector()
  ) -> Change {
    change(dot, seen: context, .set([Value.Member(field, value)]))
  }

  static var blank: Record { Record(id: record, type: type, caseID: caseID) }

  /// The sample record after these changes, accepted in this order as sequences 1, 2, 3 and so on.
  static func accepted(_ changes: [Change]) -> Record {
    var record = blank
    for (index, change) in changes.enumerated() {
      record.apply(change, at: Place(epoch: 1, sequence: UInt64(index + 1)))
    }
    return record
  }

  /// A replica's changes 1 to `count`, each naming the one before; `twist` makes other content.
  static func chain(
    of replica: Int, count: Int, after stem: [Change] = [], twist: String = "text"
  ) -> [Change] {
    var chain = stem
    while chain.count < count {
      chain.append(
        Change(
          Change.Body(
            dot: dot(replica, UInt64(chain.count + 1)), previous: chain.last?.hash ?? .zero,
            record: record, type: type, caseID: caseID, context: VersionVector(),
            action: .set([Value.Member("note", .text("\(twist) \(chain.count)"))]),
            author: "a.officer", role: .officer, recordedAt: Timestamp(milliseconds: 0))))
    }
    return chain
  }
}

extension Seeded {
  mutating func name() -> String {
    let letters = (0..<1 + below(12)).map { _ in UInt8(0x21 + below(0x5E)) }
    return String(decoding: letters, as: UTF8.self)
  }

  mutating func text() -> String {
    let parts = ["", "visit", "Siân", "e\u{301}", "\u{0}", "👩‍👩‍👧‍👦", "\u{202E}", "\n", "ﷺ", "0"]
    return (0..<below(5)).map { _ in pick(parts) }.joined(separator: " ")
  }

  mutating func number() -> UInt64 {
    pick([0, 1, 127, 128, 1 << 35, .max - 1, .max, next()])
  }

  mutating func dot() -> Dot { Sample.dot(below(5), max(1, number())) }

  mutating func vector() -> VersionVector {
    VersionVector((0..<below(5)).map { _ in Sample.dot(below(5), UInt64(below(4))) })
  }

  mutating func hash() -> Hash { Hash(of: bytes(4)) }

  mutating func place() -> Place? {
    oneIn(3) ? nil : Place(epoch: UInt64(1 + below(2)), sequence: number())
  }

  /// Any value, nested at most four deep.
  mutating func value(depth: Int = 0) -> Value {
    switch below(depth < 4 ? 11 : 7) {
    case 0: return .none
    case 1: return .flag(oneIn(2))
    case 2: return .integer(Int64(bitPattern: number()))
    case 3: return .text(text())
    case 4: return .bytes(bytes(below(20)))
    case 5: return .seen(vector())
    case 6: return unknown()
    case 7, 8:
      var members: [String: Value] = [:]
      for _ in 0..<below(4) { members[name()] = value(depth: depth + 1) }
      return .composite(members)
    default: return .list((0..<below(4)).map { _ in value(depth: depth + 1) })
    }
  }

  /// A kind from the future: any field number from 8 on, of any form of the wire.
  mutating func unknown() -> Value {
    let number = UInt32(8 + below(1_000))
    let form = pick([0, 1, 2, 5])
    var raw = varint(UInt64(number) << 3 | UInt64(form))
    switch form {
    case 0: raw += varint(next())
    case 1: raw += bytes(8)
    case 2: raw += [5] + bytes(5)
    default: raw += bytes(4)
    }
    return .unknown(number, raw)
  }

  private func varint(_ value: UInt64) -> [UInt8] {
    value > 0x7F
      ? [UInt8(truncatingIfNeeded: value) | 0x80] + varint(value >> 7) : [UInt8(value)]
  }

  mutating func action() -> Change.Action {
    if oneIn(6) { return .delete }
    var fields: [String: Value] = [:]
    for _ in 0..<1 + below(4) { fields[oneIn(2) ? name() : pick(["a", "b"])] = value() }
    let members = fields.map { Value.Member($0.key, $0.value) }
    return .set(members.sorted { $0.name < $1.name })
  }

  mutating func change() -> Change {
    Change(
      Change.Body(
        dot: dot(), previous: oneIn(3) ? .zero : hash(), record: Sample.record, type: name(),
        caseID: Sample.caseID, context: vector(), action: action(), author: name(),
        role: pick(Role.known), recordedAt: Timestamp(milliseconds: Int64(bitPattern: number())),
        reason: text(), group: oneIn(2) ? nil : GroupID(value: UInt128(next())),
        writtenUnder: place()))
  }

  /// A record that no orderly history made: any changes in any order, with any context and place.
  mutating func record() -> Record {
    var record = Sample.blank
    var other = Sample.blank
    for _ in 0..<below(10) {
      let change = Sample.change(Sample.dot(below(4), 1 + number() / 2), seen: vector(), action())
      record.apply(change, at: place())
      if oneIn(2) { other.apply(change, at: place()) }
    }
    if oneIn(2) { record.merge(other) }
    return record
  }
}
