import Crypto

/// The office's secret, made ready for message authentication codes.
///
/// A code hashes a block of the key before and after its message. Both are hashed once here, where
/// hundreds of codes are made in one answer.
public struct OfficeKey: Sendable {
  private let keyed: HMAC<SHA256>

  public init(secret: [UInt8]) { keyed = HMAC(key: SymmetricKey(data: secret)) }

  /// HMAC-SHA-256 (RFC 2104) over the parts, one after the other.
  func code(over parts: [UInt8]...) -> HashedAuthenticationCode<SHA256> {
    var code = keyed
    for part in parts { code.update(data: part) }
    return code.finalize()
  }
}
