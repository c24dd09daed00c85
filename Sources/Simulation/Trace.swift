/// The running hash over everything that happened, by which two runs of a seed are compared; kept
/// as text only when somebody wants to read it. Nothing is written for a seed of which nobody asks
/// either: most run once.
package struct Trace {
  /// FNV-1a with 64 bits, over words of eight bytes.
  package private(set) var hash: UInt64 = 0xCBF2_9CE4_8422_2325
  package private(set) var lines: [String] = []
  private let isKept, isHashed: Bool

  package init(keeping: Bool, hashing: Bool) {
    isKept = keeping
    isHashed = hashing
  }

  package mutating func note(_ text: @autoclosure () -> String) {
    guard isKept || isHashed else { return }
    let line = text()
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
  package mutating func fold(_ number: @autoclosure () -> UInt64) {
    guard isKept || isHashed else { return }
    let number = number()
    take(number & 0xFFFF_FFFF)
    take(number >> 32)
  }

  private mutating func take(_ number: UInt64) { hash = (hash ^ number) &* 0x0000_0100_0000_01B3 }
}
