import Crypto
import Foundation

/// A file of any length that nobody reads without its passphrase, and of which nobody can change,
/// leave out or reorder a part unnoticed.
///
/// A head in plain text names the cost and salt of the key (scrypt, RFC 7914). Behind it stand
/// chunks, each with its length in four bytes: AES-256-GCM under a nonce that counts them, with the
/// head and whether it is the last as associated data. So a file that was cut short is told from
/// one that ends.
package enum SealedFile {
  static let title = "DOORSTEP SEALED FILE 1"
  /// Bytes of text in a chunk; the last has fewer.
  static let chunk = 1 << 20
  /// AES-GCM's tag.
  static let tag = 16

  package enum Problem: Error { case notSealed, wrongPassphrase, damaged }

  static func nonce(_ index: UInt64) throws -> AES.GCM.Nonce {
    try AES.GCM.Nonce(data: [0, 0, 0, 0] + withUnsafeBytes(of: index.bigEndian) { Array($0) })
  }

  /// Writes one. What was written is durable after `finish`.
  package final class Writer {
    private let file: FileHandle
    private let head: Data
    private let key: SymmetricKey
    private var buffer: [UInt8] = []
    private var index: UInt64 = 0

    /// - Parameter path: of a file that is not there yet.
    package init(path: String, passphrase: [UInt8]) throws {
      let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
      guard descriptor >= 0 else {
        throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
      }
      file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
      let salt = SymmetricKey(size: .bits128).withUnsafeBytes { Data($0) }
      head = Data("\(title)\n\(KeyFile.rounds)\n\(salt.base64EncodedString())\n".utf8)
      key = try KeyFile.derive(passphrase, salt, KeyFile.rounds)
      try file.write(contentsOf: head)
    }

    package func append(_ bytes: some Collection<UInt8>) throws {
      buffer += bytes
      var taken = 0
      // The last chunk is written by `finish`, which alone knows that it is the last.
      while buffer.count - taken > chunk {
        try write(buffer[taken..<taken + chunk], isLast: false)
        taken += chunk
      }
      buffer.removeFirst(taken)
    }

    package func finish() throws {
      try write(buffer[...], isLast: true)
      try file.synchronize()
      try file.close()
    }

    private func write(_ text: ArraySlice<UInt8>, isLast: Bool) throws {
      let box = try AES.GCM.seal(
        text, using: key, nonce: nonce(index), authenticating: head + [isLast ? 1 : 0])
      index += 1
      let length = UInt32(box.ciphertext.count + tag)
      try file.write(contentsOf: withUnsafeBytes(of: length.bigEndian) { Data($0) })
      try file.write(contentsOf: box.ciphertext + box.tag)
    }
  }

  /// Reads one, chunk by chunk.
  package final class Reader {
    private let file: FileHandle
    private let head: Data
    private let key: SymmetricKey
    private var index: UInt64 = 0
    private var isAtEnd = false

    package init(path: String, passphrase: [UInt8]) throws {
      file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      var head = Data()
      var lines = 0
      while lines < 3, head.count < 128, let byte = try file.read(upToCount: 1), !byte.isEmpty {
        head += byte
        if byte[byte.startIndex] == UInt8(ascii: "\n") { lines += 1 }
      }
      let parts = String(decoding: head, as: UTF8.self).split(separator: "\n")
      guard lines == 3, parts.count == 3, parts[0] == title, let rounds = Int(parts[1]),
        (1 << 10...1 << 20).contains(rounds), rounds & (rounds - 1) == 0,
        let salt = Data(base64Encoded: String(parts[2]))
      else { throw Problem.notSealed }
      self.head = head
      key = try KeyFile.derive(passphrase, salt, rounds)
    }

    /// - Returns: `nil` behind the last chunk.
    package func next() throws -> [UInt8]? {
      guard !isAtEnd else { return nil }
      let length = try read(4).reduce(0) { $0 << 8 | Int($1) }
      guard (tag...chunk + tag).contains(length) else { throw Problem.damaged }
      let bytes = try read(length)
      let box = try AES.GCM.SealedBox(
        nonce: nonce(index), ciphertext: bytes.dropLast(tag), tag: bytes.suffix(tag))
      for isLast in [false, true] {
        guard
          let text = try? AES.GCM.open(box, using: key, authenticating: head + [isLast ? 1 : 0])
        else { continue }
        if isLast {
          isAtEnd = true
          guard try file.read(upToCount: 1)?.isEmpty ?? true else { throw Problem.damaged }
        }
        index += 1
        return [UInt8](text)
      }
      throw index == 0 ? Problem.wrongPassphrase : Problem.damaged
    }

    private func read(_ count: Int) throws -> Data {
      let data = try file.read(upToCount: count) ?? Data()
      guard data.count == count else { throw Problem.damaged }
      return data
    }
  }
}
