/// The running hash over everything that happened, by which two runs of a seed are compared; kept
/// as text only when somebody wants to read it.
package struct Trace {
  /// FNV-1a with 64 bits, over words of eight bytes.
  package private(set) var hash: UInt64 = 0xCBF2_9CE4_8422_2325
  package private(set) var lines: [String] = []
  private let isKept: Bool

  package init(keeping: Bool) { isKept = keeping }

  package mutating func note(_ line: String) {
    var word: UInt64 = 0
    var count = 0
    for byte in line.utf8 {
      word = word << 8 | UInt64(byte)
      count += 1
      if count % 8 == 0 { take(word) }
    }
    take(word)
    take(UInt64(count))
    if isKept { lines.append(line) }
  }

  /// Takes numbers in that nobody needs to read.
  package mutating func fold(_ number: UInt64) {
    take(number & 0xFFFF_FFFF)
    take(number >> 32)
  }

  private mutating func take(_ number: UInt64) { hash = (hash ^ number) &* 0x0000_0100_0000_01B3 }
}
