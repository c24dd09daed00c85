/// Sixteen bytes that name one thing for ever, compared as an unsigned big-endian number.
///
/// One layout for every kind of name, but a type for each kind, so that a record's name cannot be
/// passed where a case's is wanted. See `Protocol/README.md` section 2.
public protocol Identifier: Hashable, Comparable, Sendable, CustomStringConvertible {
  var value: UInt128 { get }
  init(value: UInt128)
}

extension Identifier {
  /// From exactly 16 bytes; `nil` for any other number of them.
  public init?(bytes: some Collection<UInt8>) {
    guard let value = UInt128(bigEndianBytes: bytes) else { return nil }
    self.init(value: value)
  }

  /// From 32 hexadecimal digits, with or without the dashes of a UUID; `nil` for anything else.
  public init?(_ text: some StringProtocol) {
    let length = text.utf8.count
    guard length == 32 || length == 36 else { return nil }
    var value: UInt128 = 0
    for (index, byte) in text.utf8.enumerated() {
      if length == 36, [8, 13, 18, 23].contains(index) {
        guard byte == UInt8(ascii: "-") else { return nil }
      } else {
        guard let digit = hexDigit(byte) else { return nil }
        value = value << 4 | UInt128(digit)
      }
    }
    self.init(value: value)
  }

  /// The 16 bytes, most significant first.
  public var bytes: [UInt8] {
    withUnsafeBytes(of: value.bigEndian) { Array($0) }
  }

  /// The written form of a UUID: 8-4-4-4-12 lower-case hexadecimal digits.
  public var description: String {
    String(unsafeUninitializedCapacity: 36) { text in
      var at = 0
      for index in 0..<16 {
        if index >= 4, index <= 10, index.isMultiple(of: 2) {
          text[at] = UInt8(ascii: "-")
          at += 1
        }
        let byte = UInt8(truncatingIfNeeded: value >> (120 - 8 * index))
        text[at] = hexDigits[Int(byte >> 4)]
        text[at + 1] = hexDigits[Int(byte & 15)]
        at += 2
      }
      return at
    }
  }

  public static func < (left: Self, right: Self) -> Bool { left.value < right.value }
}

/// Names one replica: one (device, user) pair from enrolment to its end.
///
/// A restored backup, a cloned disk or a wiped laptop starts a new one, because it would count the
/// same dots twice.
public struct ReplicaID: Identifier {
  public let value: UInt128
  public init(value: UInt128) { self.value = value }
}

/// Names one record: UUIDv7, or UUIDv8 of a natural key where it must meet itself.
public struct RecordID: Identifier {
  public let value: UInt128
  public init(value: UInt128) { self.value = value }
}

/// Names one case, the unit of scope, of digests and of sharding.
public struct CaseID: Identifier {
  public let value: UInt128
  public init(value: UInt128) { self.value = value }
}

/// Names the changes made in one act, which are applied whole or refused whole.
public struct GroupID: Identifier {
  public let value: UInt128
  public init(value: UInt128) { self.value = value }
}

/// Names one registered laptop or operator's machine.
public struct DeviceID: Identifier {
  public let value: UInt128
  public init(value: UInt128) { self.value = value }
}

extension Identifier {
  /// A time-ordered name (UUIDv7, RFC 9562 section 5.7): the time in the first 48 bits keeps new
  /// rows together in a store's index.
  /// - Parameters:
  ///   - time: negative times count as 0, those past 48 bits (the year 10889) as the last.
  ///   - random: chance from the caller; 74 of its bits are used.
  public static func timeOrdered(at time: Timestamp, random: UInt128) -> Self {
    let milliseconds = UInt128(min(UInt64(clamping: time.milliseconds), 0xFFFF_FFFF_FFFF))
    return Self(value: milliseconds << 80 | stamped(random & (1 << 80 - 1), version: 7))
  }

  /// A name computed from a natural key (UUIDv8, RFC 9562 section 5.8), so that two laptops that
  /// meet the same thing offline give it the same name. Hashed by SHA-256, where version 5 would
  /// use SHA-1.
  /// - Parameters:
  ///   - kind: what is named, for instance `case`.
  ///   - key: the natural key, compared as bytes.
  public static func named(_ kind: String, _ key: String) -> Self {
    let hash = Hash(of: Array("doorstep:\(kind):\(key)".utf8)).bytes
    var value: UInt128 = 0
    for byte in hash.prefix(16) { value = value << 8 | UInt128(byte) }
    return Self(value: stamped(value, version: 8))
  }

  private static func stamped(_ value: UInt128, version: UInt128) -> UInt128 {
    let versionMask: UInt128 = 0xF << 76
    let variantMask: UInt128 = 0x3 << 62
    return (value & ~versionMask & ~variantMask) | version << 76 | 0x2 << 62
  }
}

extension CaseID {
  /// What the office keeps of a case and gives to no laptop: a case of its own, which nobody is
  /// granted, so that whatever sends, compares or counts cases needs to know nothing of it.
  public static func officeFile(of caseID: CaseID) -> CaseID {
    .named("office-file", caseID.description)
  }
}

/// A moment as a wall clock gave it, in milliseconds since 1970-01-01 UTC.
///
/// Evidence, never order: recorded and shown, deciding nothing.
public struct Timestamp: Hashable, Comparable, Sendable {
  public let milliseconds: Int64
  public init(milliseconds: Int64) { self.milliseconds = milliseconds }

  public static func < (left: Self, right: Self) -> Bool { left.milliseconds < right.milliseconds }

  /// The signed distance to `later`, saturating instead of overflowing.
  public func milliseconds(until later: Timestamp) -> Int64 {
    let (distance, overflow) = later.milliseconds.subtractingReportingOverflow(milliseconds)
    guard overflow else { return distance }
    return later > self ? .max : .min
  }
}

/// Lower-case hexadecimal text of bytes.
public func hexText(_ bytes: some Sequence<UInt8>) -> String {
  var text: [UInt8] = []
  text.reserveCapacity(2 * bytes.underestimatedCount)
  for byte in bytes {
    text.append(hexDigits[Int(byte >> 4)])
    text.append(hexDigits[Int(byte & 15)])
  }
  return String(decoding: text, as: UTF8.self)
}

private let hexDigits = Array("0123456789abcdef".utf8)

func hexDigit(_ byte: UInt8) -> UInt8? {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
  case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
  case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
  default: nil
  }
}
