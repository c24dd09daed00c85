import Hummingbird
import RecordCatalogue
import ServerStorage
import ServiceLifecycle
import SyncCore
import SyncWire

/// `POST /v1/wait`: answers when something in the laptop's scope has moved since its checkpoint, or
/// when its time is up. See `Protocol/README.md` section 6.11.
struct WaitRoute: Sendable {
  let store: any ServerStore
  let hub: NewsHub
  let limits: Limits

  func answer(_ request: Request, _ context: OfficeContext) async throws -> Response {
    let device = try context.requireDevice()
    let message: PBWaitRequest = try await request.message()
    guard (1...Self.longest).contains(message.seconds) else {
      throw Problem.badRequest("A wait lasts 1 to \(Self.longest) seconds.")
    }
    // Entered before the store is asked, so that nothing falls between the two.
    guard let ticket = hub.enter(device.user) else { throw Problem.unavailable() }
    defer { hub.leave(ticket) }
    let deadline = ContinuousClock.now + .seconds(Int64(message.seconds))
    var hasNews = try await self.hasNews(message, device.id)
    while !hasNews {
      let wasCalled = await Self.isCalled(ticket, before: deadline)
      guard wasCalled else { break }
      hasNews = try await self.hasNews(message, device.id)
    }
    return try request.answer(PBWaitResponse.with { $0.moved = hasNews })
  }

  /// Seconds.
  private static let longest: UInt32 = 300

  private func hasNews(_ message: PBWaitRequest, _ id: DeviceID) async throws -> Bool {
    try await store.read { [limits] store in
      guard let device = try store.device(id), device.state.isHeard else {
        throw Problem.revoked
      }
      guard
        let hasNews = try Feed(store, limits: limits).hasNews(
          for: device, since: [UInt8](message.checkpoint))
      else { throw Problem.foreignCheckpoint }
      return hasNews
    }
  }

  /// - Returns: `false` when the time is up, or the server is asked to stop.
  private static func isCalled(
    _ ticket: NewsHub.Ticket, before deadline: ContinuousClock.Instant
  ) async -> Bool {
    await cancelWhenGracefulShutdown {
      await withTaskGroup(of: Bool.self) { group in
        group.addTask {
          for await _ in ticket.calls { return true }
          return false
        }
        group.addTask {
          // Cancelled when somebody calls first.
          try? await ContinuousClock().sleep(until: deadline)
          return false
        }
        let first = await group.next() ?? false
        group.cancelAll()
        return first
      }
    }
  }
}
