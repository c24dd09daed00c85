import Crypto
import CryptoExtras
import Foundation

/// A machine's private key on its disk, sealed under a passphrase when one is used.
///
/// Sealed: scrypt (RFC 7914) makes a key from the passphrase, AES-256-GCM seals. The cost is read
/// from the file, so it is bounded before use.
package enum KeyFile {
  private static let header = "DOORSTEP SEALED KEY 1"
  /// 2^15 rounds, block size 8: about 0.1 s and 32 MiB.
  static let rounds = 1 << 15

  package static func seal(_ pem: String, passphrase: [UInt8]?) throws -> String {
    guard let passphrase else { return pem }
    let salt = SymmetricKey(size: .bits128).withUnsafeBytes { Data($0) }
    let key = try derive(passphrase, salt, rounds)
    let box = try AES.GCM.seal(Data(pem.utf8), using: key, authenticating: Data(header.utf8))
    guard let combined = box.combined else {
      throw Failure(.internalError, code: "internal", "The key cannot be sealed.")
    }
    return
      "\(header)\n\(rounds)\n\(salt.base64EncodedString())\n\(combined.base64EncodedString())\n"
  }

  package static func open(_ text: String, passphrase: [UInt8]?) throws -> String {
    guard text.hasPrefix(header) else { return text }
    guard let passphrase else {
      throw Failure(
        .notSetUp, code: "passphrase-needed",
        "This machine's key is locked. Give the file that holds its passphrase: --passphrase-file FILE."
      )
    }
    let lines = text.split(separator: "\n")
    guard lines.count == 4, let rounds = Int(lines[1]), (1 << 10...1 << 20).contains(rounds),
      rounds & (rounds - 1) == 0, let salt = Data(base64Encoded: String(lines[2])),
      let sealed = Data(base64Encoded: String(lines[3])),
      let box = try? AES.GCM.SealedBox(combined: sealed)
    else {
      throw Failure(
        .disk, code: "damaged",
        "The key's file is damaged. Ask the office for a new code and enrol again.")
    }
    let key = try derive(passphrase, salt, rounds)
    guard let pem = try? AES.GCM.open(box, using: key, authenticating: Data(header.utf8)) else {
      throw Failure(
        .notSetUp, code: "wrong-passphrase",
        "The passphrase is not the one that this machine was enrolled with.")
    }
    return String(decoding: pem, as: UTF8.self)
  }

  static func derive(_ passphrase: [UInt8], _ salt: Data, _ rounds: Int) throws
    -> SymmetricKey
  {
    try KDF.Scrypt.deriveKey(
      from: passphrase, salt: salt, outputByteCount: 32, rounds: rounds, blockSize: 8,
      parallelism: 1)
  }
}
