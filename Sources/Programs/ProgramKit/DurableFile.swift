import Foundation

/// Files and names that a power cut does not take back: each is on the disk when a call returns.
///
/// The name of a file is kept by its folder, which is synced for itself.
package enum DurableFile {
  /// What the system said, as a number of `errno`.
  package struct Problem: Error {
    package let number: Int32

    package var isLackOfRoom: Bool { number == ENOSPC || number == EFBIG || number == EDQUOT }

    fileprivate static var last: Problem { Problem(number: errno) }
  }

  /// A file for its owner alone, in place of an earlier one: whole or not at all.
  package static func write(_ bytes: [UInt8], to path: String) throws(Problem) {
    let draft = path + ".new"
    try fill(draft, with: bytes)
    try rename(draft, to: path)
  }

  /// Fills a file in place.
  package static func fill(_ path: String, with bytes: [UInt8]) throws(Problem) {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw .last }
    defer { close(file) }
    let written = Foundation.write(file, bytes, bytes.count)
    guard written == bytes.count else {
      throw written < 0 ? .last : Problem(number: ENOSPC)
    }
    guard fsync(file) == 0 else { throw .last }
  }

  /// Overwrites a file, or what a link leads to, and removes it. What a disk keeps beneath, for
  /// instance of blocks that it has moved, is for its encryption to hide.
  package static func destroy(_ path: String) throws(Problem) {
    let file = open(path, O_WRONLY | O_CLOEXEC)
    guard file >= 0 else {
      if errno == ENOENT { return }
      throw .last
    }
    defer { close(file) }
    let length = lseek(file, 0, SEEK_END)
    guard length >= 0, lseek(file, 0, SEEK_SET) == 0 else { throw .last }
    let zeros = [UInt8](repeating: 0, count: 64 << 10)
    var left = Int(length)
    while left > 0 {
      let count = Foundation.write(file, zeros, min(left, zeros.count))
      guard count > 0 else { throw .last }
      left -= count
    }
    guard fsync(file) == 0, unlink(path) == 0 else { throw .last }
    try sync(folder(of: path))
  }

  /// Gives what stands at `path` another name beside it, in place of what has that name.
  package static func rename(_ path: String, to name: String) throws(Problem) {
    try sync(path)
    guard Foundation.rename(path, name) == 0 else { throw .last }
    try sync(folder(of: name))
  }

  /// Makes a folder for its owner alone, and those above it, where they are not there yet.
  package static func makeFolder(_ path: String) throws(Problem) {
    if mkdir(path, 0o700) == 0 { return try sync(folder(of: path)) }
    switch errno {
    case EEXIST: return
    case ENOENT where folder(of: path) != NamedFolder.absolute(path):
      try makeFolder(folder(of: path))
      try makeFolder(path)
    default: throw .last
    }
  }

  private static func folder(of path: String) -> String { NamedFolder.split(path).folder }

  private static func sync(_ path: String) throws(Problem) {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw .last }
    defer { close(file) }
    // EINVAL: a file system that keeps no folders, for instance one of another machine.
    guard fsync(file) == 0 || errno == EINVAL else { throw .last }
  }
}
