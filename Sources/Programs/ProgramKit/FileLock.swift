import Foundation

/// One process at a time: a lock on a file, held until this goes, or the process ends however it
/// does.
package final class FileLock: Sendable {
  private let descriptor: Int32

  /// - Parameter message: what whoever comes second is told.
  package init(_ path: String, orElse message: String) throws {
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      throw Failure(.tryAgain, code: "held", message)
    }
  }

  deinit { close(descriptor) }
}
