import SyncClient
import Synchronization

/// One exchange between two sides: libcurl's thread fills it, one task drains it.
///
/// It holds no libcurl handle, so either side may outlive the other.
final class Exchange: Sendable {
  /// Bytes held for a slow consumer before the sender is paused. One more piece from libcurl (at
  /// most 16 KiB) may be held beyond it.
  static let highWater = 256 << 10

  typealias HeadWaiter = CheckedContinuation<Result<ResponseHead, TransportFailure>, Never>
  typealias ChunkWaiter = CheckedContinuation<Result<[UInt8]?, TransportFailure>, Never>

  private enum State {
    case waiting(HeadWaiter?)
    case streaming(Stream)
    /// What is left to pull, then the failure or `nil` for the end of the body.
    case ended([UInt8], TransportFailure?)
  }

  private struct Stream {
    var held: [UInt8] = []
    var isPaused = false
    var waiter: ChunkWaiter?
  }

  /// What the thread must tell libcurl about a piece of the body.
  enum Reception { case taken, pause, stop }

  /// What a consumer finds.
  enum Pull {
    case now(Result<[UInt8]?, TransportFailure>, mustResume: Bool)
    case later
  }

  let call: Settings.Call
  private let state = Mutex(State.waiting(nil))

  init(_ call: Settings.Call) { self.call = call }

  var hasEnded: Bool {
    state.withLock { state in
      if case .ended = state { true } else { false }
    }
  }

  // MARK: The consumer's side

  /// Registers who waits for the head, before the transfer starts. False when it ended already.
  func waitForHead(_ waiter: HeadWaiter) -> Bool {
    let failure = state.withLock { state -> TransportFailure? in
      guard case .ended(_, let failure) = state else {
        state = .waiting(waiter)
        return nil
      }
      return failure ?? .cancelled
    }
    guard let failure else { return true }
    waiter.resume(returning: .failure(failure))
    return false
  }

  /// Takes what is there; otherwise registers `waiter` for the next piece.
  ///
  /// Bytes that came before a failure are given out first: they may hold whole pages.
  func pull(_ waiter: ChunkWaiter) -> Pull {
    state.withLock { state -> Pull in
      switch state {
      case .waiting: preconditionFailure("a body is pulled after its head")
      case .ended(let held, let failure):
        guard held.isEmpty else {
          state = .ended([], failure)
          return .now(.success(held), mustResume: false)
        }
        return .now(failure.map { .failure($0) } ?? .success(nil), mustResume: false)
      case .streaming(var stream):
        precondition(stream.waiter == nil, "a body has one consumer")
        guard stream.held.isEmpty else {
          state = .streaming(Stream())
          return .now(.success(stream.held), mustResume: stream.isPaused)
        }
        stream.waiter = waiter
        state = .streaming(stream)
        return .later
      }
    }
  }

  /// Ends the exchange at once, whatever is held. False when libcurl had finished with it before.
  func cancel() -> Bool { end(.cancelled, keepsHeld: false) }

  // MARK: The thread's side

  func received(_ head: ResponseHead) {
    let waiter = state.withLock { state -> HeadWaiter? in
      guard case .waiting(let waiter) = state else { return nil }
      state = .streaming(Stream())
      return waiter
    }
    waiter?.resume(returning: .success(head))
  }

  func received(_ bytes: UnsafeRawBufferPointer) -> Reception {
    let (reception, waiter) = state.withLock { state -> (Reception, ChunkWaiter?) in
      guard case .streaming(var stream) = state else { return (.stop, nil) }
      // Held bytes are appended in place: no second owner may remain.
      state = .waiting(nil)
      defer { state = .streaming(stream) }
      if let waiter = stream.waiter {
        stream.waiter = nil
        return (.taken, waiter)
      }
      guard stream.held.count < Self.highWater else {
        stream.isPaused = true
        return (.pause, nil)
      }
      stream.held.append(contentsOf: bytes)
      return (.taken, nil)
    }
    waiter?.resume(returning: .success(Array(bytes)))
    return reception
  }

  /// Says that libcurl is done: with `nil` the whole body came.
  func finish(_ failure: TransportFailure?) { _ = end(failure, keepsHeld: true) }

  private func end(_ failure: TransportFailure?, keepsHeld: Bool) -> Bool {
    let before = state.withLock { state -> State in
      let before = state
      switch before {
      case .waiting: state = .ended([], failure ?? .garbled(Sentence.notHTTP))
      case .streaming(let stream): state = .ended(keepsHeld ? stream.held : [], failure)
      // A cancellation also drops what is left of a body that has come.
      case .ended: if !keepsHeld { state = .ended([], failure) }
      }
      return before
    }
    switch before {
    case .waiting(let waiter):
      waiter?.resume(returning: .failure(failure ?? .garbled(Sentence.notHTTP)))
    case .streaming(let stream):
      stream.waiter?.resume(returning: failure.map { .failure($0) } ?? .success(nil))
    case .ended: return false
    }
    return true
  }
}
