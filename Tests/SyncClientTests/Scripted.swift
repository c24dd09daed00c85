import SyncClient
import SyncCore
import SyncReplica
import Synchronization
import TestSupport

/// A network that answers as a test says.
struct Scripted: Transport {
  let answer: @Sendable (TransportRequest) async throws(TransportFailure) -> TransportResponse

  func exchange(
    _ request: TransportRequest
  ) async throws(TransportFailure) -> TransportResponse { try await answer(request) }

  /// Always the same answer.
  static func answering(
    _ status: Int, _ type: String?, _ body: [UInt8] = [], retryAfter: Int? = nil
  ) -> Scripted {
    Scripted { _ in
      TransportResponse(status: status, contentType: type, retryAfter: retryAfter, body: .of(body))
    }
  }

  static func failing(_ failure: TransportFailure) -> Scripted {
    Scripted { _ throws(TransportFailure) in throw failure }
  }
}

/// Holds everybody who passes until it is opened.
actor Gate {
  private var isOpen = false
  private var waiting: [CheckedContinuation<Void, Never>] = []
  private var arrivals: [(count: Int, CheckedContinuation<Void, Never>)] = []
  private(set) var passed = 0

  func pass() async {
    passed += 1
    for arrival in arrivals where passed >= arrival.count { arrival.1.resume() }
    arrivals.removeAll { passed >= $0.count }
    guard !isOpen else { return }
    await withCheckedContinuation { waiting.append($0) }
  }

  /// Returns once so many have arrived.
  func arrived(_ count: Int) async {
    guard passed < count else { return }
    await withCheckedContinuation { arrivals.append((count, $0)) }
  }

  func open() {
    isOpen = true
    for continuation in waiting { continuation.resume() }
    waiting = []
  }
}

/// A list that several tasks add to.
final class Notes<Element: Sendable>: Sendable {
  private let list = Mutex<[Element]>([])
  func add(_ element: Element) { list.withLock { $0.append(element) } }
  var all: [Element] { list.withLock { $0 } }
  func takeLast() -> Element? { list.withLock { $0.popLast() } }
  func removeAll() { list.withLock { $0.removeAll() } }
}

extension SyncFailure {
  var isOffline: Bool { if case .offline = self { true } else { false } }
}

extension Laptop {
  /// A second engine for the same store, over another network.
  func engine(
    over transport: any Transport, sleeping: Notes<Duration> = Notes(), random: UInt64 = 1 << 63,
    patience: Duration = .zero
  ) -> SyncEngine {
    SyncEngine(
      replica, transport,
      SyncEngine.Surroundings(
        now: { [clock] in clock.now }, random: { random }, sleep: { sleeping.add($0) }),
      patience: patience)
  }
}
