import SyncCore

/// Chance that comes out the same every time: splitmix64 over a seed.
///
/// Each concern draws from a stream of its own, so that one more draw in one of them shifts nothing
/// in the others.
package struct Chance: RandomNumberGenerator, Sendable {
  /// What a stream is for.
  package enum Stream: UInt64, Sendable {
    case swarm = 1
    case schedule, workload, network, disk, clock, identity, desk
  }

  private var state: UInt64

  package init(_ seed: UInt64, _ stream: Stream) {
    state = Self.mix(seed &+ stream.rawValue &* 0x9E37_79B9_7F4A_7C15)
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Self.mix(state)
  }

  private static func mix(_ number: UInt64) -> UInt64 {
    var mixed = number
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A number from 0 up to but without `bound`; 0 when there is no room.
  package mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(max(bound, 1))) }

  /// A number in a closed range.
  package mutating func within(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + below(range.count)
  }

  /// True so often in a thousand draws, on average.
  package mutating func happens(_ perMille: Int) -> Bool { below(1_000) < perMille }

  /// One of several; there must be one.
  package mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[below(elements.count)]
  }

  /// One of several by weight; there must be one above zero.
  package mutating func pick<Element>(weighted choices: [(Element, Int)]) -> Element {
    var rest = below(choices.reduce(0) { $0 + $1.1 })
    for (element, weight) in choices {
      rest -= weight
      if rest < 0 { return element }
    }
    return choices[choices.count - 1].0
  }

  package mutating func id<ID: Identifier>(_ kind: ID.Type = ID.self) -> ID {
    ID(value: UInt128(next()) << 64 | UInt128(next()))
  }
}
