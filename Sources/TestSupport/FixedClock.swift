import SyncCore
import Synchronization

/// A clock that moves only when a test moves it.
package final class FixedClock: Sendable {
  private let time: Mutex<Int64>

  /// A spring morning in 2026.
  package static let morning: Int64 = 1_776_760_000_000

  package init(_ milliseconds: Int64 = FixedClock.morning) { time = Mutex(milliseconds) }

  package var now: Timestamp { Timestamp(milliseconds: time.withLock { $0 }) }

  package func set(_ milliseconds: Int64) { time.withLock { $0 = milliseconds } }

  package func advance(milliseconds: Int64) { time.withLock { $0 += milliseconds } }
}
