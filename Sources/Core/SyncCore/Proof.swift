import Crypto

/// The office's word on something that it gave a laptop to keep: a message authentication code with
/// a key that only the office has.
///
/// After the office's store was put back from a backup, laptops hand back what it lacks. A proof
/// tells what the office itself once said from what somebody made up.
public struct Proof: Hashable, Sendable {
  private let value: UInt128

  /// Bytes of its written form: 128 bits, so that no guess succeeds.
  public static let byteCount = 16

  private init(_ code: HashedAuthenticationCode<SHA256>) {
    value = code.prefix(Self.byteCount).reduce(0) { $0 << 8 | UInt128($1) }
  }

  /// From exactly 16 bytes; `nil` for any other number of them.
  public init?(bytes: some Collection<UInt8>) {
    guard let value = UInt128(bigEndianBytes: bytes) else { return nil }
    self.value = value
  }

  public var bytes: [UInt8] { withUnsafeBytes(of: value.bigEndian) { Array($0) } }

  /// That a record stood at the office with exactly these bytes.
  public static func ofRecord(_ bytes: [UInt8], key: OfficeKey) -> Proof {
    code("record", bytes, key)
  }

  /// That the office gave this verdict on the change with this hash.
  public static func ofVerdict(_ verdict: Verdict, on hash: Hash, key: OfficeKey) -> Proof {
    code("verdict", Array(verdict.name.utf8) + hash.bytes, key)
  }

  private static func code(_ purpose: String, _ message: [UInt8], _ key: OfficeKey) -> Proof {
    Proof(key.code(over: Array("doorstep:\(purpose):".utf8), message))
  }
}

extension Verdict {
  /// Its name with what it says, the same in a proof and in a store.
  public var name: String {
    switch self {
    case .applied: "applied"
    case .merged: "merged"
    case .contested: "contested"
    case .late: "late"
    case .refused(let code, let field): "refused:\(code):\(field)"
    case .retry: "retry"
    }
  }

  public init?(name: String) {
    let parts = name.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
    switch parts.first {
    case "applied": self = .applied
    case "merged": self = .merged
    case "contested": self = .contested
    case "late": self = .late
    case "refused" where parts.count == 3:
      self = .refused(code: String(parts[1]), field: String(parts[2]))
    default: return nil
    }
  }

  public var isRefusal: Bool { if case .refused = self { true } else { false } }
}
