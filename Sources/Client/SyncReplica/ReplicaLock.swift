import Foundation
import Synchronization

/// Holds the right to write: one program at a time, by an advisory lock that the kernel drops when
/// its holder ends.
///
/// The system's SQLite has a fault with two writers or checkpointers on one write-ahead log; one
/// writer avoids it.
final class ReplicaLock: Sendable {
  private let descriptor: Int32

  /// After how many microseconds somebody who waits asks again.
  static let pause: UInt32 = 10_000

  /// - Parameter wait: how long to wait for another holder; zero refuses at once.
  init(path: String, wait: Duration) throws(ReplicaError) {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw .noAccess(path: path, reason: String(cString: strerror(errno)))
    }
    let clock = ContinuousClock()
    let deadline = clock.now + wait
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      guard clock.now < deadline else {
        close(descriptor)
        throw .held(holder: Self.holder(path))
      }
      usleep(Self.pause)
    }
    self.descriptor = descriptor
    ftruncate(descriptor, 0)
    let note = Array("process \(getpid()), \(CommandLine.arguments.first ?? "doorstep")".utf8)
    pwrite(descriptor, note, note.count, 0)
  }

  /// Lets the next program in, while this value may still be around.
  func release() { flock(descriptor, LOCK_UN) }

  deinit { close(descriptor) }

  static func holder(_ path: String) -> String {
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    return text.isEmpty ? "its process is not known" : text
  }
}
