import Foundation

/// A folder that goes away with its last user. In memory where the system has such a place, because
/// tests are about what is written, not about how fast a disk is.
package final class TemporaryDirectory: Sendable {
  package let path: String

  package init() throws {
    let memory = "/dev/shm"
    let root =
      FileManager.default.isWritableFile(atPath: memory) ? memory : NSTemporaryDirectory()
    path = "\(root)/doorstep-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  package func file(_ name: String) -> String { "\(path)/\(name)" }

  /// Every byte of every file in it, file by file.
  package func contents() throws -> [(name: String, bytes: Data)] {
    try FileManager.default.contentsOfDirectory(atPath: path).sorted().map { name in
      (name, try Data(contentsOf: URL(fileURLWithPath: file(name))))
    }
  }
}
