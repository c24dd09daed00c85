import Synchronization

/// A round that runs, with those who wait for it. It is stopped when all of them have given up: one
/// impatient caller must not end it for the others.
final class Round: Sendable {
  typealias Outcome = Result<SyncEngine.Report, SyncFailure>

  let isVerifying: Bool
  private let task: Task<Outcome, Never>
  private let waiting = Mutex(0)

  init(isVerifying: Bool, _ work: @escaping @Sendable () async -> Outcome) {
    self.isVerifying = isVerifying
    task = Task { await work() }
  }

  /// Whether everybody who waited has given up.
  var isStopped: Bool { task.isCancelled }

  /// How many wait for it.
  var callers: Int { waiting.withLock { $0 } }

  /// Waits for its end.
  func outcome() async -> Outcome {
    waiting.withLock { $0 += 1 }
    return await withTaskCancellationHandler {
      await task.value
    } onCancel: {
      let left = waiting.withLock { waiting in
        waiting -= 1
        return waiting
      }
      if left == 0 { task.cancel() }
    }
  }
}
