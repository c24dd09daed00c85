import SyncCore

/// Some people edit the same few records while their laptops meet now and then.
///
/// Beside the core's records it keeps what truly happened, as plain sets of edit numbers: who had
/// seen which edits on the screen when they made theirs. The tests hold the one against the other.
struct History {
  struct Edit {
    let laptop: Int
    let record: Int
    /// What it set; empty for a deletion.
    let values: [String: Value]
    /// The edits of this record that its author had seen.
    let seen: Set<Int>
    let change: Change

    var deletes: Bool { values.isEmpty }
    /// The fields it touches, as a deletion touches its own.
    var fields: Set<String> { deletes ? [Record.deletionField] : Set(values.keys) }
  }

  struct Laptop {
    var counter: UInt64 = 0
    var head = Hash.zero
    var records: [Record]
    /// The edits of each record that have arrived.
    var arrived: [Set<Int>]
    /// A form left open on each record: what stood on the screen then.
    var form: [Screen]
  }

  struct Screen {
    let version: VersionVector
    let arrived: Set<Int>
  }

  static let levels = ["low", "medium", "high", "very-high"]
  static let ratchet = Rule.ratchet(order: levels)

  private(set) var edits: [Edit] = []
  private(set) var laptops: [Laptop]
  private let mayEase: Bool
  private var chance: Seeded

  /// - Parameter mayEase: whether somebody may lower a risk that they have seen.
  init(_ seed: UInt64, mayEase: Bool = true) {
    chance = Seeded(seed)
    self.mayEase = mayEase
    let records = (0..<1 + chance.below(2)).map {
      Record(id: RecordID(value: UInt128($0)), type: Sample.type, caseID: Sample.caseID)
    }
    let blank = Laptop(
      records: records, arrived: records.map { _ in [] },
      form: records.map { _ in Screen(version: VersionVector(), arrived: []) })
    laptops = Array(repeating: blank, count: 2 + chance.below(3))
    for _ in 0..<10 + chance.below(20) { step() }
  }

  var recordCount: Int { laptops[0].records.count }

  /// Edits of one record, by number.
  func edits(of record: Int) -> Set<Int> {
    Set(edits.indices.filter { edits[$0].record == record })
  }

  /// What must have arrived before this edit: what its author had seen, and the author's earlier
  /// edits of the record.
  func needs(_ number: Int) -> Set<Int> {
    let edit = edits[number]
    let own = edits.indices.prefix(number).filter {
      edits[$0].laptop == edit.laptop && edits[$0].record == edit.record
    }
    return edit.seen.union(own)
  }

  /// These edits in some order in which each comes after what it needs.
  func order(_ numbers: Set<Int>, _ chance: inout Seeded) -> [Int] {
    var rest = numbers
    var order: [Int] = []
    while !rest.isEmpty {
      let ready = rest.filter { needs($0).isDisjoint(with: rest) }.sorted()
      order.append(chance.pick(ready))
      rest.remove(order[order.count - 1])
    }
    return order
  }

  /// The record after these edits, taken in one by one.
  func applying(_ order: [Int], of record: Int) -> Record {
    var state = Record(
      id: RecordID(value: UInt128(record)), type: Sample.type, caseID: Sample.caseID)
    for number in order { state.apply(edits[number].change, at: nil) }
    return state
  }

  // MARK: - What happens

  private mutating func step() {
    let laptop = chance.below(laptops.count)
    let record = chance.below(recordCount)
    switch chance.below(10) {
    case 0...4: edit(on: laptop, record)
    case 5: laptops[laptop].form[record] = screen(of: laptop, record)
    default: meet(laptop, chance.below(laptops.count), over: record)
    }
  }

  private func screen(of laptop: Int, _ record: Int) -> Screen {
    Screen(
      version: laptops[laptop].records[record].version, arrived: laptops[laptop].arrived[record])
  }

  private mutating func edit(on laptop: Int, _ record: Int) {
    let isOldForm = chance.oneIn(3)
    let screen = isOldForm ? laptops[laptop].form[record] : screen(of: laptop, record)
    let values = chance.oneIn(7) ? [:] : values(over: screen.arrived)
    let members = values.map { Value.Member($0.key, $0.value) }.sorted { $0.name < $1.name }
    laptops[laptop].counter += 1
    let change = Change(
      Change.Body(
        dot: Sample.dot(laptop, laptops[laptop].counter), previous: laptops[laptop].head,
        record: RecordID(value: UInt128(record)), type: Sample.type, caseID: Sample.caseID,
        context: screen.version, action: members.isEmpty ? .delete : .set(members),
        author: "officer-\(laptop)", role: .officer,
        recordedAt: Timestamp(milliseconds: Int64(chance.below(1_000_000)))))
    edits.append(
      Edit(
        laptop: laptop, record: record, values: values, seen: screen.arrived, change: change))
    laptops[laptop].head = change.hash
    laptops[laptop].records[record].apply(change, at: nil)
    laptops[laptop].arrived[record].insert(edits.count - 1)
  }

  private mutating func values(over seen: Set<Int>) -> [String: Value] {
    if chance.oneIn(8) { return [Record.deletionField: .none] }
    var values: [String: Value] = [:]
    for field in ["note", "outcome", "risk"] where chance.oneIn(2) || field == "note" {
      values[field] = .text("text \(chance.below(3))")
    }
    if values["risk"] != nil {
      let standing = Oracle(self, knowing: seen).standing("risk").map { level(edits[$0]) }
      let floor = mayEase ? 0 : standing.max() ?? 0
      values["risk"] = .text(Self.levels[floor + chance.below(Self.levels.count - floor)])
    }
    return values
  }

  private func level(_ edit: Edit) -> Int {
    Self.levels.firstIndex { .text($0) == edit.values["risk"] } ?? -1
  }

  /// One laptop takes over what another knows of a record: whole, or edit by edit, or some of it.
  private mutating func meet(_ to: Int, _ from: Int, over record: Int) {
    let theirs = laptops[from].arrived[record]
    if chance.oneIn(2) {
      laptops[to].records[record].merge(laptops[from].records[record])
      laptops[to].arrived[record].formUnion(theirs)
    } else {
      let new = order(theirs.subtracting(laptops[to].arrived[record]), &chance)
      for number in new.prefix(chance.below(new.count + 1)) {
        laptops[to].records[record].apply(edits[number].change, at: nil)
        laptops[to].arrived[record].insert(number)
      }
    }
  }
}

/// Says what a record must read as from the true history alone. It knows no version vector, no dot
/// and nothing else of the core but its values.
struct Oracle {
  private let history: History
  private let known: Set<Int>

  init(_ history: History, knowing known: Set<Int>) {
    self.history = history
    self.known = known
  }

  /// The edits of a field that no other edit of it had seen.
  func standing(_ field: String) -> Set<Int> {
    let ofField = known.filter { history.edits[$0].fields.contains(field) }
    return ofField.filter { edit in
      !ofField.contains { history.edits[$0].seen.contains(edit) }
    }
  }

  /// All fields that were ever set, deletions included.
  var fields: Set<String> {
    known.reduce(into: []) { $0.formUnion(history.edits[$1].fields) }
  }

  /// Whether some deletion stands, and every other standing edit was seen by one that stands.
  var isDeleted: Bool {
    let deletions = standing(Record.deletionField).filter { history.edits[$0].deletes }
    let others = fields.reduce(into: Set<Int>()) { $0.formUnion(standing($1)) }
      .subtracting(deletions)
    return !deletions.isEmpty
      && others.allSatisfy { edit in
        deletions.contains { history.edits[$0].seen.contains(edit) }
      }
  }
}
