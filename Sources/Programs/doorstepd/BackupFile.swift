import Crypto
import Foundation
import ProgramKit

/// What a backup holds: the files of an office's folder, one behind the other in a sealed file,
/// each with the length of its name, its name, and its own length before it.
enum BackupFile {
  /// All that an office needs. The mark beside the store is left out on purpose: a store without
  /// one begins a new epoch.
  static let names = [
    "settings.json", "authority.pem", "authority.key", "server.pem", "server.key", "office.sqlite",
  ]

  struct Entry {
    let name: String
    /// Where its bytes are, or go.
    let path: String
  }

  /// Writes the entries, then reads the file again and holds each against what was written.
  /// - Returns: the file's length in bytes.
  static func write(_ entries: [Entry], to path: String, passphrase: [UInt8]) throws -> Int {
    let writer = try SealedFile.Writer(path: path, passphrase: passphrase)
    var sums: [SHA256.Digest] = []
    for entry in entries {
      let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: entry.path))
      let length = try file.seekToEnd()
      try file.seek(toOffset: 0)
      try writer.append([UInt8(clamping: entry.name.utf8.count)] + Array(entry.name.utf8))
      try writer.append(withUnsafeBytes(of: length.bigEndian) { Array($0) })
      var sum = SHA256()
      var written: UInt64 = 0
      while let bytes = try file.read(upToCount: 1 << 20), !bytes.isEmpty {
        try writer.append(bytes)
        sum.update(data: bytes)
        written += UInt64(bytes.count)
      }
      guard written == length else { throw SealedFile.Problem.damaged }
      sums.append(sum.finalize())
    }
    try writer.append([0])
    try writer.finish()
    var read: [SHA256.Digest] = []
    try self.read(path, passphrase: passphrase) { _, next in
      var sum = SHA256()
      while let bytes = try next() { sum.update(data: bytes) }
      read.append(sum.finalize())
    }
    guard read == sums else { throw SealedFile.Problem.damaged }
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    return attributes[.size] as? Int ?? 0
  }

  /// Reads each entry in its turn.
  /// - Parameter take: called with a name and with what gives the entry's next bytes, `nil` at its
  ///   end; it must take all of them.
  static func read(
    _ path: String, passphrase: [UInt8],
    _ take: (_ name: String, _ next: () throws -> [UInt8]?) throws -> Void
  ) throws {
    let reader = try SealedFile.Reader(path: path, passphrase: passphrase)
    var buffer: [UInt8] = []
    func bytes(_ count: Int) throws -> [UInt8] {
      while buffer.count < count {
        guard let more = try reader.next() else { throw SealedFile.Problem.damaged }
        buffer += more
      }
      defer { buffer.removeFirst(count) }
      return Array(buffer.prefix(count))
    }
    while true {
      let nameLength = Int(try bytes(1)[0])
      guard nameLength > 0 else { break }
      let name = String(decoding: try bytes(nameLength), as: UTF8.self)
      guard names.contains(name) else { throw SealedFile.Problem.damaged }
      var left = try bytes(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      try take(name) {
        guard left > 0 else { return nil }
        if buffer.isEmpty {
          guard let more = try reader.next() else { throw SealedFile.Problem.damaged }
          buffer = more
        }
        let part = Array(buffer.prefix(Int(clamping: min(left, UInt64(buffer.count)))))
        buffer.removeFirst(part.count)
        left -= UInt64(part.count)
        return part
      }
      guard left == 0 else { throw SealedFile.Problem.damaged }
    }
    // The last chunk tells a file that ends from one that was cut.
    while let more = try reader.next() {
      guard more.isEmpty else { throw SealedFile.Problem.damaged }
    }
    guard buffer.isEmpty else { throw SealedFile.Problem.damaged }
  }
}
