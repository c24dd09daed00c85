import SyncCore

/// Changes that a record takes in one after the other.
enum ApplyingVectors {
  struct Step {
    let change: Change
    var place: Place?
    /// Whether the office knows by its log that it has taken another issue of this change.
    var isKnown = false
  }

  static func cases() -> [JSONText] {
    (stories + doubles).map { told($0.name, from: nil, $0.steps) } + merged + histories
  }

  static func told(_ name: String, from start: Record?, _ steps: [Step]) -> JSONText {
    var record = start ?? VectorSamples.blank
    let told = steps.map { step -> JSONText in
      if step.isKnown {
        record.applyAgain(step.change)
      } else {
        record.take(step.change, at: step.place)
      }
      return .some([
        ("change", .hex(step.change.bytes)), ("place", .place(step.place)),
        ("again", step.isKnown ? .flag(true) : nil), ("record", .hex(record.bytes)),
        ("digest", .hex(record.digest.bytes)), ("deleted", .flag(record.isDeleted)),
      ])
    }
    return .some([
      ("name", .text(name)), ("start", start.map { .hex($0.bytes) }), ("steps", .list(told)),
    ])
  }

  private static func set(
    _ number: Int, _ counter: UInt64, seen: [Int: UInt64] = [:], _ fields: [String: Value]
  ) -> Change {
    VectorSamples.set(number, counter, seen: VectorSamples.vector(seen), fields)
  }

  /// Taken by the office in this order.
  private static func taken(_ changes: Change...) -> [Step] {
    changes.enumerated().map {
      Step(change: $1, place: VectorSamples.place(UInt64($0 + 1)))
    }
  }

  private static func deletion(_ number: Int, _ counter: UInt64, seen: [Int: UInt64]) -> Change {
    VectorSamples.change(number, counter, seen: VectorSamples.vector(seen), .delete)
  }

  private static let first = set(1, 1, ["a": .text("one"), "b": .text("one")])
  private static let second = set(2, 1, seen: [1: 1], ["a": .text("two")])
  private static let beside = set(3, 1, ["a": .text("three"), "c": .none])
  private static let gone = deletion(2, 1, seen: [1: 1])

  private static var stories: [(name: String, steps: [Step])] {
    [
      ("an edit supersedes what its author had seen, field by field", taken(first, second)),
      ("edits that saw nothing of each other stand side by side", taken(first, beside)),
      (
        "one that saw both settles both",
        taken(first, beside, set(1, 2, seen: [1: 1, 3: 1], ["a": .none]))
      ),
      ("a dot that is known changes nothing", taken(first, second, first, second)),
      (
        "a context is cut to what the record has seen",
        taken(first, set(2, 1, seen: [1: 1, 3: 7], ["a": .text("two")]), beside)
      ),
      (
        "who saw a later change of a replica has seen the earlier",
        taken(first, set(1, 2, ["a": .text("x")]), set(2, 1, seen: [1: 2], ["a": .text("y")]))
      ),
      (
        "an edit takes the place of the earliest that it displaces",
        [
          Step(change: first, place: VectorSamples.place(5)),
          Step(change: beside, place: VectorSamples.place(3)),
          Step(
            change: set(2, 1, seen: [1: 1, 3: 1], ["a": .none, "b": .none, "d": .none]),
            place: VectorSamples.place(9)),
        ]
      ),
      (
        "a place of an earlier epoch is earlier",
        [
          Step(change: first, place: VectorSamples.place(90)),
          Step(change: second, place: VectorSamples.place(2, epoch: 2)),
        ]
      ),
      (
        "without a place there is none to take over",
        [
          Step(change: first, place: VectorSamples.place(5)), Step(change: second),
        ]
      ),
      (
        "what displaces only what has no place keeps its own",
        [
          Step(change: first), Step(change: second, place: VectorSamples.place(7)),
        ]
      ),
      ("a deletion of all that stands", taken(first, gone)),
      ("an edit that the deletion did not see keeps the record", taken(first, gone, beside)),
      ("the same the other way round", taken(first, beside, gone)),
      (
        "an edit after a deletion brings the record back",
        taken(first, gone, set(1, 2, seen: [1: 1, 2: 1], ["c": .flag(true)]))
      ),
      (
        "a deletion withdrawn",
        taken(first, gone, set(1, 2, seen: [1: 1, 2: 1], [Record.deletionField: .none]))
      ),
      (
        "a deletion withdrawn by who did not see it",
        taken(first, gone, set(1, 2, seen: [1: 1], [Record.deletionField: .none]))
      ),
      (
        "two deletions that each saw a part",
        taken(first, beside, deletion(2, 1, seen: [1: 1]), deletion(4, 1, seen: [3: 1]))
      ),
      (
        "a deletion saw no more than the record, whatever it claims",
        taken(first, deletion(2, 1, seen: [1: 9, 3: 7]), beside)
      ),
      ("a deletion of what nobody has written", taken(deletion(1, 1, seen: [:]))),
    ]
      + VectorSamples.values.map { name, value in
        ("a value of every kind: \(name)", taken(set(1, 1, ["f": value])))
      }
  }

  private static let again = VectorSamples.issuedAgain(first, by: 4)
  private static let third = VectorSamples.issuedAgain(again, by: 5)

  private static var doubles: [(name: String, steps: [Step])] {
    let clone = VectorSamples.set(1, 1, ["a": .text("another")])
    return [
      ("another issue stands beside the first", taken(first, again)),
      ("the first issue after another", taken(again, first)),
      ("three issues, each again", taken(first, third, again, first, again, third)),
      (
        "who saw one issue has seen all",
        taken(first, again, third, set(2, 1, seen: [4: 1], ["a": .text("two")]))
      ),
      ("another issue stands where an issue stands, and nowhere else", taken(first, second, again)),
      (
        "an issue of what was superseded, known by the log, stands nowhere",
        taken(first, set(2, 1, seen: [1: 1], ["a": .none, "b": .none])) + [
          Step(change: again, place: VectorSamples.place(3), isKnown: true)
        ]
      ),
      (
        "an issue of what was superseded, known by nobody, is a change like any other",
        taken(first, set(2, 1, seen: [1: 1], ["a": .none, "b": .none]), again)
      ),
      ("an origin whose dot names another change is no double", taken(clone, again)),
      ("a deletion issued again", taken(first, gone, VectorSamples.issuedAgain(gone, by: 6))),
    ]
  }

  /// Two copies took one issue each; in one of them a field of it was superseded, in the other
  /// another field, or none.
  private static var merged: [JSONText] {
    var half = VectorSamples.accepted([first, second])
    half.merge(VectorSamples.accepted([again]))
    let other = set(3, 1, seen: [4: 1], ["b": .text("three")])
    var crossed = VectorSamples.accepted([first, set(2, 1, seen: [1: 1], ["a": .text("two")])])
    crossed.merge(VectorSamples.accepted([again, other]))
    var placed = VectorSamples.blank
    placed.take(first, at: VectorSamples.place(9))
    var earlier = VectorSamples.blank
    earlier.take(again, at: VectorSamples.place(2))
    placed.merge(earlier)
    return [
      told(
        "an issue that was superseded in one field takes its double there with it", from: half,
        [Step(change: first, place: VectorSamples.place(9)), Step(change: again)]),
      told(
        "a deletion saw a double in one field and not in another", from: crossed,
        [Step(change: deletion(6, 1, seen: [1: 1, 2: 1, 3: 1]))]),
      told(
        "a double takes the place of the first in server order of those beside it", from: placed,
        [Step(change: third, place: VectorSamples.place(11))]),
    ]
  }

  private static var histories: [JSONText] {
    (1...6).map { seed in
      let history = VectorHistory(seed: seed, steps: 20)
      let steps = history.changes.prefix(8).enumerated().map { index, change in
        Step(change: change, place: index % 3 == 0 ? nil : VectorSamples.place(UInt64(20 - index)))
      }
      return told("history \(seed), in the order in which it was made", from: nil, steps)
    }
  }
}
