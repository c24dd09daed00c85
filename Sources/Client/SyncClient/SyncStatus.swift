import SyncCore
import Synchronization

/// What the engine is doing, for a screen.
public enum SyncStatus: Hashable, Sendable {
  case idle
  case connecting
  /// - changes: in this request.
  case sending(changes: Int)
  /// - records: so far in this sync.
  case receiving(records: Int)
  /// The office is busy, and is asked again after this.
  case busy(Duration)
  /// Waiting to try again.
  case waiting(Duration)
  /// The office has receipted the replica's highest change.
  case synced
  case failed(String)
}

/// Passes each status on to everybody who listens. A listener that is slow sees the newest only.
final class StatusBoard: Sendable {
  private struct State {
    var current = SyncStatus.idle
    var next = 0
    var listeners: [Int: AsyncStream<SyncStatus>.Continuation] = [:]
  }

  private let state = Mutex(State())

  func show(_ status: SyncStatus) {
    let listeners = state.withLock { state in
      state.current = status
      return Array(state.listeners.values)
    }
    for listener in listeners { listener.yield(status) }
  }

  /// The present status, then each that follows.
  func listen() -> AsyncStream<SyncStatus> {
    let (stream, continuation) = AsyncStream.makeStream(
      of: SyncStatus.self, bufferingPolicy: .bufferingNewest(1))
    let (number, current) = state.withLock { state in
      state.next += 1
      state.listeners[state.next] = continuation
      return (state.next, state.current)
    }
    continuation.yield(current)
    continuation.onTermination = { [weak self] _ in
      self?.state.withLock { _ = $0.listeners.removeValue(forKey: number) }
    }
    return stream
  }
}
