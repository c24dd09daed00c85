import Crypto

/// A SHA-256 value. Thirty-two bytes held in place, so that a record's standing edits need no
/// allocation for it.
public struct Hash: Hashable, Sendable, CustomStringConvertible {
  let words: (UInt64, UInt64, UInt64, UInt64)

  /// All zero bits: what the first change of a replica names as its previous one.
  public static let zero = Hash(0, 0, 0, 0)

  private init(_ a: UInt64, _ b: UInt64, _ c: UInt64, _ d: UInt64) { words = (a, b, c, d) }

  /// The SHA-256 of `bytes`.
  public init(of bytes: some ContiguousBytesLike) {
    self.init(SHA256.hash(data: bytes.contiguous))
  }

  /// From exactly 32 bytes; `nil` for any other number of them.
  public init?(bytes: some Collection<UInt8>) {
    guard let high = UInt128(bigEndianBytes: bytes.prefix(16)),
      let low = UInt128(bigEndianBytes: bytes.dropFirst(16))
    else { return nil }
    self.init(
      UInt64(truncatingIfNeeded: high >> 64), UInt64(truncatingIfNeeded: high),
      UInt64(truncatingIfNeeded: low >> 64), UInt64(truncatingIfNeeded: low))
  }

  /// From 64 hexadecimal digits; `nil` for anything else.
  public init?(hexadecimal text: String) {
    let digits = text.utf8.compactMap(hexDigit)
    guard text.utf8.count == 64, digits.count == 64 else { return nil }
    self.init(bytes: stride(from: 0, to: 64, by: 2).map { digits[$0] << 4 | digits[$0 + 1] })
  }

  init(_ digest: SHA256Digest) {
    self = digest.withUnsafeBytes { raw in
      func word(_ at: Int) -> UInt64 {
        UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: at, as: UInt64.self))
      }
      return Hash(word(0), word(8), word(16), word(24))
    }
  }

  public var bytes: [UInt8] {
    var all: [UInt8] = []
    all.reserveCapacity(32)
    append(to: &all)
    return all
  }

  func append(to bytes: inout [UInt8]) {
    let inOrder = (
      words.0.bigEndian, words.1.bigEndian, words.2.bigEndian, words.3.bigEndian
    )
    withUnsafeBytes(of: inOrder) { bytes.append(contentsOf: $0) }
  }

  public var description: String { hexText(bytes) }

  public static func == (left: Self, right: Self) -> Bool { left.words == right.words }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(words.0)
    hasher.combine(words.1)
  }

  /// The sum of two hashes as 256-bit numbers, wrapping. A set's digest is the sum of its members'
  /// hashes: it does not depend on order, and one member changes it without reading the others.
  public static func &+ (left: Self, right: Self) -> Self {
    var carry: UInt64 = 0
    func add(_ a: UInt64, _ b: UInt64) -> UInt64 {
      let (first, over) = a.addingReportingOverflow(b)
      let (sum, overAgain) = first.addingReportingOverflow(carry)
      carry = over || overAgain ? 1 : 0
      return sum
    }
    let d = add(left.words.3, right.words.3)
    let c = add(left.words.2, right.words.2)
    let b = add(left.words.1, right.words.1)
    let a = add(left.words.0, right.words.0)
    return Hash(a, b, c, d)
  }

  /// The inverse of `&+`.
  public static func &- (left: Self, right: Self) -> Self {
    let complement = Hash(~right.words.0, ~right.words.1, ~right.words.2, ~right.words.3)
    return left &+ complement &+ Hash(0, 0, 0, 1)
  }
}

/// Byte arrays and their slices, which SHA-256 takes without a copy.
public protocol ContiguousBytesLike { var contiguous: ArraySlice<UInt8> { get } }
extension [UInt8]: ContiguousBytesLike { public var contiguous: ArraySlice<UInt8> { self[...] } }
extension ArraySlice<UInt8>: ContiguousBytesLike {
  public var contiguous: ArraySlice<UInt8> { self }
}
