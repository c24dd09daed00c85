import Hummingbird
import ServerStorage
import SyncCore
import Synchronization

/// Those who wait for something to move in their cases, by user, and what wakes them.
///
/// A commit is routed to the users who hold the cases that it touched: waiting costs an entry here,
/// and a write costs one look-up a case, however many wait.
final class NewsHub: Sendable {
  private struct State {
    var next: UInt64 = 0
    var waiting: [String: [UInt64: AsyncStream<Void>.Continuation]] = [:]
    var count = 0
    /// Up to where the log has been looked at.
    var reached: UInt64 = 0
  }

  /// One that waits.
  struct Ticket: Sendable {
    fileprivate let number: UInt64
    fileprivate let user: String
    /// An element each time that something may have moved.
    let calls: AsyncStream<Void>
  }

  private let state = Mutex(State())
  private let store: any ServerStore
  private let most: Int
  private let mostOfOne: Int

  /// - Parameters:
  ///   - most: how many may wait at once.
  ///   - mostOfOne: how many of one user.
  init(_ store: any ServerStore, most: Int, mostOfOne: Int) {
    self.store = store
    self.most = most
    self.mostOfOne = mostOfOne
  }

  /// How many wait.
  var count: Int { state.withLock { $0.count } }

  /// - Returns: `nil` when as many wait as may.
  func enter(_ user: String) -> Ticket? {
    let (calls, continuation) = AsyncStream.makeStream(
      of: Void.self, bufferingPolicy: .bufferingNewest(1))
    let user = user.lowercased()
    let number: UInt64? = state.withLock { state in
      guard state.count < most, state.waiting[user, default: [:]].count < mostOfOne else {
        return nil
      }
      state.next += 1
      state.count += 1
      state.waiting[user, default: [:]][state.next] = continuation
      return state.next
    }
    return number.map { Ticket(number: $0, user: user, calls: calls) }
  }

  func leave(_ ticket: Ticket) {
    state.withLock { state in
      guard state.waiting[ticket.user]?.removeValue(forKey: ticket.number) != nil else { return }
      state.count -= 1
      if state.waiting[ticket.user]?.isEmpty == true { state.waiting[ticket.user] = nil }
    }
  }

  /// Calls those whose cases were written to since it was last asked.
  func publish() async throws {
    let after = state.withLock { $0.count == 0 ? nil : $0.reached }
    guard let after else { return }
    let (reached, users) = try await store.read { store in
      let cases = after == 0 ? nil : try store.casesChanged(after: after)
      let users = try cases?.flatMap { try store.grants(on: $0) }
        .filter { $0.endedAt == nil }.map(\.user)
      return (try store.sequence(), users.map(Set.init))
    }
    state.withLock { $0.reached = max($0.reached, reached) }
    if let users { call(users) } else { callAll() }
  }

  /// After what an operator did: grants, limits and orders are not in the log of changes.
  func callAll() { call(nil) }

  private func call(_ users: Set<String>?) {
    let called = state.withLock { state in
      (users ?? Set(state.waiting.keys)).flatMap {
        state.waiting[$0].map { Array($0.values) } ?? []
      }
    }
    for continuation in called { continuation.yield() }
  }
}

/// Calls everybody who waits once an operator has changed something.
struct NewsOfOperators: RouterMiddleware {
  typealias Context = OfficeContext

  let hub: NewsHub

  func handle(
    _ request: Request, context: OfficeContext,
    next: (Request, OfficeContext) async throws -> Response
  ) async throws -> Response {
    let response = try await next(request, context)
    if request.method == .post { hub.callAll() }
    return response
  }
}
