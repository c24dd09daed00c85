import Crypto
import Foundation
import SyncCore
import X509

/// Whether a machine's key and certificate can be used, looked at without the office.
package struct IdentityCheck: Sendable {
  /// When the certificate begins and ends.
  package let begins, ends: Timestamp

  package enum Problem: Error {
    /// The key is sealed, and no passphrase or another was given.
    case locked(Failure)
    case damaged(String)
    /// The certificate is of another key.
    case mismatch
    /// The certificate is not of the authority beside it.
    case otherAuthority
  }

  package init(_ home: Home, _ options: HomeOptions) throws {
    let known = try home.configuration()
    guard let certificate = try? Certificate(pemEncoded: known.certificate) else {
      throw Problem.damaged("certificate")
    }
    guard let authority = try? Certificate(pemEncoded: known.authority) else {
      throw Problem.damaged("office's certificate")
    }
    guard authority.publicKey.isValidSignature(certificate.signature, for: certificate) else {
      throw Problem.otherAuthority
    }
    begins = Self.time(certificate.notValidBefore)
    ends = Self.time(certificate.notValidAfter)
    let pem: String
    do { pem = try KeyFile.open(known.key, passphrase: options.passphrase()) } catch let failure
      as Failure
    { throw Problem.locked(failure) }
    guard let key = try? P256.Signing.PrivateKey(pemRepresentation: pem) else {
      throw Problem.damaged("key")
    }
    guard
      P256.Signing.PublicKey(certificate.publicKey)?.x963Representation
        == key.publicKey.x963Representation
    else { throw Problem.mismatch }
  }

  private static func time(_ date: Date) -> Timestamp {
    Timestamp(milliseconds: Int64(date.timeIntervalSince1970 * 1000))
  }
}
