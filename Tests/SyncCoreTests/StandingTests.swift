import SyncCore
import Testing

/// No concurrent value vanishes. Held against the oracle, which shares no code with the core.
struct StandingTests {
  /// All copies of a record that a history's laptops hold, and all of them merged.
  private static func copies(
    of record: Int, in history: History
  ) -> [(state: Record, known: Set<Int>)] {
    var copies = history.laptops.map { (state: $0.records[record], known: $0.arrived[record]) }
    let merged = copies.dropFirst().reduce(copies[0].state) { $0.merged(with: $1.state) }
    copies.append((merged, history.edits(of: record)))
    return copies
  }

  @Test(arguments: Seeds.many)
  func `exactly the edits stand that no later edit of their field had seen`(seed: UInt64) {
    let history = History(seed)
    for record in 0..<history.recordCount {
      for (state, known) in Self.copies(of: record, in: history) {
        let oracle = Oracle(history, knowing: known)
        for field in oracle.fields {
          let expected = oracle.standing(field).map { history.edits[$0].change.dot }
          #expect(state.standing(field).map(\.dot) == expected.sorted())
        }
        #expect(Set(state.edits.map(\.field)) == oracle.fields)
      }
    }
  }

  @Test(arguments: Seeds.some)
  func `a standing edit keeps its words, its author and its proof`(seed: UInt64) {
    let history = History(seed)
    let byDot = Dictionary(uniqueKeysWithValues: history.edits.map { ($0.change.dot, $0) })
    for record in 0..<history.recordCount {
      for (state, _) in Self.copies(of: record, in: history) {
        let isKept = state.edits.allSatisfy { standing in
          guard let edit = byDot[standing.dot] else { return false }
          let isSame = edit.deletes || edit.values[standing.field] == standing.value
          return isSame && standing.hash == edit.change.hash
            && standing.by.author == "officer-\(edit.laptop)"
        }
        #expect(isKept)
      }
    }
  }

  @Test(arguments: Seeds.many)
  func `a record is deleted exactly while deletions had seen every standing edit`(seed: UInt64) {
    let history = History(seed)
    for record in 0..<history.recordCount {
      for (state, known) in Self.copies(of: record, in: history) {
        #expect(state.isDeleted == Oracle(history, knowing: known).isDeleted)
      }
    }
  }

  @Test(arguments: Seeds.some)
  func
    `a record is a conflict exactly when unequal edits of a field stand, or a deletion is in doubt`(
      seed: UInt64
    )
  {
    let history = History(seed)
    for record in 0..<history.recordCount {
      for (state, known) in Self.copies(of: record, in: history) {
        let oracle = Oracle(history, knowing: known)
        let isUnequal = oracle.fields.subtracting([Record.deletionField]).contains { field in
          Set(oracle.standing(field).map { history.edits[$0].values[field] }).count > 1
        }
        let isAsked = oracle.standing(Record.deletionField).contains { history.edits[$0].deletes }
        #expect(state.isDeletionDisputed == (isAsked && !oracle.isDeleted))
        #expect(state.hasConcurrentValues == (isUnequal || isAsked && !oracle.isDeleted))
      }
    }
  }

  @Test(arguments: Seeds.some)
  func `a resolution that has seen every value settles the field everywhere`(seed: UInt64) {
    let history = History(seed)
    for record in 0..<history.recordCount {
      let copies = Self.copies(of: record, in: history)
      var settled = copies[copies.count - 1].state
      let fields = Set(settled.edits.map(\.field))
      let decision = Change(
        Change.Body(
          dot: Sample.dot(9, 1), previous: .zero, record: settled.id, type: Sample.type,
          caseID: Sample.caseID, context: settled.version,
          action: .set(fields.sorted().map { .init($0, .none) }), author: "senior", role: .senior,
          recordedAt: Timestamp(milliseconds: 0)))
      guard !fields.isEmpty else { continue }
      settled.apply(decision, at: nil)
      for (state, _) in copies {
        let after = state.merged(with: settled)
        #expect(after == settled)
        #expect(!after.hasConcurrentValues && Set(after.edits.map(\.dot)) == [decision.dot])
      }
    }
  }

  @Test func `an edit made while somebody deletes keeps the record alive and asks for review`() {
    let start = Sample.set("note", .text("first"), Sample.dot(0, 1))
    let deletion = Sample.change(Sample.dot(0, 2), seen: Sample.vector([0: 1]), .delete)
    let edit = Sample.set("note", .text("more"), Sample.dot(1, 1), seen: Sample.vector([0: 1]))
    let deleted = Sample.accepted([start, deletion])
    let both = deleted.merged(with: Sample.accepted([start, edit]))
    #expect(deleted.isDeleted && !deleted.isDeletionDisputed)
    #expect(!both.isDeleted && both.isDeletionDisputed && both.hasConcurrentValues)
    #expect(both.standing("note").map(\.value) == [.text("more")])
  }

  @Test func `a withdrawn deletion stays withdrawn beside one that had not seen the withdrawal`() {
    let start = Sample.set("note", .text("first"), Sample.dot(0, 1))
    let deletion = Sample.change(Sample.dot(0, 2), seen: Sample.vector([0: 1]), .delete)
    let withdrawal = Sample.set(
      Record.deletionField, .none, Sample.dot(0, 3), seen: Sample.vector([0: 2]))
    let other = Sample.change(Sample.dot(1, 1), seen: Sample.vector([0: 1]), .delete)
    let withdrawn = Sample.accepted([start, deletion, withdrawal])
    let both = withdrawn.merged(with: Sample.accepted([start, other]))
    #expect(!withdrawn.isDeleted && !withdrawn.isDeletionDisputed)
    #expect(!both.isDeleted && both.isDeletionDisputed)
  }
}

/// Nothing protective goes down in silence.
struct RatchetMergeTests {
  private static func level(_ record: Record) -> Int {
    guard let reading = record.read("risk", by: History.ratchet) else { return -1 }
    return reading.value.text.flatMap { History.levels.firstIndex(of: $0) } ?? -1
  }

  @Test(arguments: Seeds.many)
  func `a risk that nobody eased never reads lower after a merge`(seed: UInt64) {
    var chance = Seeded(seed)
    let history = History(seed, mayEase: false)
    for record in 0..<history.recordCount {
      let one = chance.pick(history.laptops).records[record]
      let other = chance.pick(history.laptops).records[record]
      let before = max(Self.level(one), Self.level(other))
      #expect(Self.level(one.merged(with: other)) == before)
    }
  }

  @Test(arguments: Seeds.many)
  func `a risk reads as the highest that no one has eased knowingly`(seed: UInt64) {
    let history = History(seed)
    for laptop in history.laptops {
      for record in 0..<history.recordCount {
        let standing = Oracle(history, knowing: laptop.arrived[record]).standing("risk")
        let levels = standing.map { number in
          History.levels.firstIndex { .text($0) == history.edits[number].values["risk"] } ?? -1
        }
        #expect(Self.level(laptop.records[record]) == levels.max() ?? -1)
      }
    }
  }
}
