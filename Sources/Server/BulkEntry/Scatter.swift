/// Sends 0, 1, 2, … to numbers below a modulus that look picked by chance, none of them twice.
///
/// A draw at random would need to remember every number given out so far; this needs three numbers,
/// so a quarter of a million case numbers are unique in no memory at all.
struct Scatter: Sendable {
  private let modulus: UInt64
  private let factor: UInt64
  private let offset: UInt64

  /// - Parameter modulus: 1 to 2^32.
  init(below modulus: UInt64, _ chance: inout SplitMix64) {
    self.modulus = max(1, min(modulus, 1 << 32))
    offset = chance.next() % self.modulus
    var factor = chance.next() % self.modulus
    while Self.divisor(factor, self.modulus) != 1 { factor = (factor + 1) % self.modulus }
    self.factor = factor
  }

  /// Unique for indices from 0 to the modulus less one; then it starts again.
  subscript(index: Int) -> Int {
    let index = UInt64(clamping: index) % modulus
    return Int((index * factor + offset) % modulus)
  }

  private static func divisor(_ a: UInt64, _ b: UInt64) -> UInt64 {
    b == 0 ? a : divisor(b, a % b)
  }
}
