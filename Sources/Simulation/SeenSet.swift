/// Which edits of one record somebody has seen: a set of small numbers, one bit each.
///
/// The true happens-before of the model. It shares nothing with version vectors on purpose.
package struct SeenSet: Hashable, Sendable {
  private var words: [UInt64] = []

  package init() {}

  package var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

  package func contains(_ number: Int) -> Bool {
    number / 64 < words.count && words[number / 64] & (1 << UInt64(number % 64)) != 0
  }

  package func contains(_ other: SeenSet) -> Bool {
    for (index, word) in other.words.enumerated() where word != 0 {
      guard index < words.count, word & ~words[index] == 0 else { return false }
    }
    return true
  }

  package mutating func insert(_ number: Int) {
    grow(to: number / 64 + 1)
    words[number / 64] |= 1 << UInt64(number % 64)
  }

  package mutating func remove(_ number: Int) {
    guard contains(number) else { return }
    words[number / 64] &= ~(1 << UInt64(number % 64))
  }

  package mutating func formUnion(_ other: SeenSet) {
    grow(to: other.words.count)
    for (index, word) in other.words.enumerated() { words[index] |= word }
  }

  /// The members, ascending.
  package var numbers: [Int] {
    var numbers: [Int] = []
    for (index, word) in words.enumerated() {
      var rest = word
      while rest != 0 {
        numbers.append(index * 64 + rest.trailingZeroBitCount)
        rest &= rest - 1
      }
    }
    return numbers
  }

  private mutating func grow(to count: Int) {
    while words.count < count { words.append(0) }
  }
}
