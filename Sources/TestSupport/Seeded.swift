import SyncCore

/// Chance that comes out the same every time: SplitMix64 over a seed, so that a failing seed is a
/// failing test for ever.
package struct Seeded: RandomNumberGenerator, Sendable {
  private var state: UInt64

  package init(_ seed: some BinaryInteger) { state = UInt64(truncatingIfNeeded: seed) &* 0x9E37 }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// True once in `times`, on average.
  package mutating func happens(onceIn times: Int) -> Bool { next() % UInt64(times) == 0 }

  package mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(max(bound, 1))) }

  package mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[below(elements.count)]
  }

  package mutating func id<ID: Identifier>(_ kind: ID.Type = ID.self) -> ID {
    ID(value: UInt128(next()) << 64 | UInt128(next()))
  }

  package mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
  }
}
