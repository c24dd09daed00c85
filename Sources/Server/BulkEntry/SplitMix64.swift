/// Chance from a seed: the same numbers for the same seed, on every machine, by every compiler.
///
/// Steele, Lea and Flood's SplitMix64. The standard library's `random(in:using:)` may change how it
/// draws, so the draws are spelt out here.
struct SplitMix64: Sendable {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// A stream of its own for each number, so that case 200,000 is made without making the others.
  init(seed: UInt64, stream: Int) {
    var start = SplitMix64(seed: seed)
    let first = start.next()
    var second = SplitMix64(seed: first ^ UInt64(truncatingIfNeeded: stream))
    state = second.next()
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A number from 0 to `bound - 1`; 0 for a bound below 1.
  mutating func number(below bound: Int) -> Int {
    guard bound > 0 else { return 0 }
    return Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  mutating func number(in range: ClosedRange<Int>) -> Int {
    range.lowerBound + number(below: range.count)
  }

  /// True this often in a thousand.
  mutating func happens(_ perThousand: Int) -> Bool { number(below: 1000) < perThousand }

  /// One of `choices`; `fallback` when there is none.
  mutating func one<Choice>(of choices: [Choice], or fallback: Choice) -> Choice {
    choices.isEmpty ? fallback : choices[number(below: choices.count)]
  }

  /// One of the texts; empty when there is none.
  mutating func one(of choices: [String]) -> String { one(of: choices, or: "") }

  /// A choice by weight. The last one when all weights are 0; `nil` of none.
  mutating func one<Choice>(by weights: [(Choice, Int)]) -> Choice? {
    var left = number(below: weights.reduce(0) { $0 + $1.1 })
    for (choice, weight) in weights {
      if left < weight { return choice }
      left -= weight
    }
    return weights.last?.0
  }

  /// 128 bits for the name of a record.
  mutating func wide() -> UInt128 { UInt128(next()) << 64 | UInt128(next()) }
}
