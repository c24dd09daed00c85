import Crypto
import SyncCore

/// A checkpoint's inside, behind a code that is right: what a thief of the key, or an older office,
/// could have written.
enum Checkpoints {
  private static let owner = "laptop"
  private static let secret = [UInt8](repeating: 7, count: 32)
  private static let key = OfficeKey(secret: secret)

  static func check(_ bytes: [UInt8]) {
    promise("bytes without a right code are refused", open(bytes) == nil)
    let message = bytes + Array("|\(owner)".utf8)
    let code = HMAC<SHA256>.authenticationCode(for: message, using: SymmetricKey(data: secret))
      .prefix(16)
    guard let checkpoint = open(bytes + code) else { return }
    let sealed = checkpoint.sealed(for: owner, key: key)
    promise("a checkpoint that was opened seals and opens as itself", open(sealed) == checkpoint)
    promise(
      "it opens for nobody else",
      Checkpoint(opening: sealed, for: "other", key: key) == nil)
  }

  private static func open(_ bytes: [UInt8]) -> Checkpoint? {
    Checkpoint(opening: bytes, for: owner, key: key)
  }
}
