import Foundation
import ServerStorage
import SyncCore

/// How far the store had come, kept beside it: so that a store put back from a backup is noticed
/// though nobody said so.
///
/// It is forced to the disk when the store is opened, and otherwise written after each commit and
/// left to the disk. After a power cut it may lag, and then misses nothing but a restore that came
/// together with that cut; laptops show that one.
final class HighWaterMark: Sendable {
  private let descriptor: Int32
  private let path: String

  init(path: String) throws(StoreError) {
    self.path = path
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw .noAccess(path: path, reason: String(cString: strerror(errno)))
    }
  }

  deinit { close(descriptor) }

  /// What was last noted; `nil` when nothing was.
  func read() throws(StoreError) -> Place? {
    var bytes = [UInt8](repeating: 0, count: Self.length)
    let count = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, Self.length, 0) }
    guard count >= 0 else { throw failure() }
    guard count > 0 else { return nil }
    let words = String(decoding: bytes.prefix(count), as: UTF8.self)
      .split(whereSeparator: \.isWhitespace).compactMap { UInt64($0) }
    guard words.count == 2 else { return nil }
    return Place(epoch: words[0], sequence: words[1])
  }

  func note(_ place: Place) throws(StoreError) {
    let text = "\(place.epoch) \(place.sequence)"
    let line = Array(
      (text.padding(toLength: Self.length - 1, withPad: " ", startingAt: 0) + "\n").utf8)
    let written = line.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, line.count, 0) }
    guard written == line.count else { throw failure() }
  }

  /// Makes what was noted, and the file's name, outlast a power cut.
  func force() throws(StoreError) {
    // Not by Foundation, whose last part of a path traps for a name of one letter.
    let end = path.lastIndex(of: "/")
    let parent = end.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let folder = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { throw failure() }
    defer { close(folder) }
    guard fsync(descriptor) == 0, fsync(folder) == 0 else { throw failure() }
  }

  /// Two numbers of at most 20 digits, a space and a line's end.
  private static let length = 48

  private func failure() -> StoreError {
    .noAccess(path: path, reason: String(cString: strerror(errno)))
  }
}
