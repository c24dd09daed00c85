/// The running hash over everything that happened, by which two runs of a seed are compared; kept
/// as text only when somebody wants to read it.
package struct Trace {
  /// FNV-1a with 64 bits.
  package private(set) var hash: UInt64 = 0xCBF2_9CE4_8422_2325
  package private(set) var lines: [String] = []
  private let isKept: Bool

  package init(keeping: Bool) { isKept = keeping }

  package mutating func note(_ line: String) {
    for byte in line.utf8 { take(UInt64(byte)) }
    take(0x0A)
    if isKept { lines.append(line) }
  }

  /// Takes numbers in that nobody needs to read.
  package mutating func fold(_ number: UInt64) {
    take(number & 0xFFFF_FFFF)
    take(number >> 32)
  }

  private mutating func take(_ number: UInt64) { hash = (hash ^ number) &* 0x0000_0100_0000_01B3 }
}
