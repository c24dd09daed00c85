import SyncCore

/// Two copies of one record, and what both become.
enum MergingVectors {
  static func cases() -> [JSONText] {
    (byHand + histories).map { name, one, other in
      let merged = one.merged(with: other)
      // Both orders are in the vectors by this: whoever merges them the other way finds the same.
      precondition(merged.bytes == other.merged(with: one).bytes, "\(name): the order matters")
      return .object([
        ("name", .text(name)), ("one", .hex(one.bytes)), ("other", .hex(other.bytes)),
        ("merged", .hex(merged.bytes)), ("digest", .hex(merged.digest.bytes)),
        ("deleted", .flag(merged.isDeleted)),
      ])
    }
  }

  private typealias Pair = (name: String, one: Record, other: Record)

  private static func copy(_ changes: (Change, UInt64?)...) -> Record {
    var record = VectorSamples.blank
    for (change, sequence) in changes {
      record.take(change, at: sequence.map { VectorSamples.place($0) })
    }
    return record
  }

  private static var byHand: [Pair] {
    let first = VectorSamples.set(1, 1, ["a": .text("one"), "b": .text("one")])
    let seen = VectorSamples.vector([1: 1])
    let second = VectorSamples.set(2, 1, seen: seen, ["a": .text("two")])
    let third = VectorSamples.set(3, 1, seen: seen, ["a": .text("three")])
    let gone = VectorSamples.change(4, 1, seen: seen, .delete)
    let again = VectorSamples.issuedAgain(first, by: 5)
    return [
      ("a copy and itself", copy((first, 1)), copy((first, 1))),
      ("a copy and nothing", copy((first, 1), (second, 2)), VectorSamples.blank),
      ("one has seen more", copy((first, 1), (second, 2)), copy((first, 1))),
      ("both went on", copy((first, 1), (second, 2)), copy((first, 1), (third, 3))),
      ("a place beside none", copy((first, nil)), copy((first, 4))),
      ("two places of one edit", copy((first, 9)), copy((first, 4))),
      ("a deletion here, an edit there", copy((first, 1), (gone, 2)), copy((first, 1), (third, 3))),
      ("a deletion here, nothing new there", copy((first, 1), (gone, 2)), copy((first, 1))),
      ("an issue here, another there", copy((first, 1)), copy((again, 2))),
      (
        "an issue superseded here, another standing there",
        copy((first, 1), (second, 2)), copy((again, 3), (third, 4))
      ),
    ]
  }

  private static var histories: [Pair] {
    (11...18).map { seed in
      let copies = VectorHistory(seed: seed, steps: 16).copies
      return ("history \(seed)", copies[0], copies[1])
    }
  }
}
