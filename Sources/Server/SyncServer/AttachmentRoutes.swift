import Foundation
import Hummingbird
import ServerStorage
import SyncCore
import SyncWire

/// `POST /v1/attachment/send` and `/v1/attachment/fetch`: the contents of attachments, a piece at a
/// time. See `Protocol/README.md` section 6.14.
struct AttachmentRoutes: Sendable {
  let store: any ServerStore
  let limits: Limits

  func add(to group: RouterGroup<OfficeContext>) {
    group.post("v1/attachment/send", use: send)
    group.post("v1/attachment/fetch", use: fetch)
  }

  private func send(_ request: Request, _ context: OfficeContext) async throws -> Response {
    let id = try context.requireDevice().id
    // In JSON a piece takes a third more.
    let message: PBAttachmentSendRequest = try await request.message(limit: 2 * limits.pieceBytes)
    let record = try Self.record(message.record)
    let taken = try await store.transaction { [limits] transaction in
      guard let device = try transaction.device(id) else { throw Problem.notEnrolled }
      return try Contents(limits).take(
        [UInt8](message.piece), at: message.offset, of: record, from: device, transaction)
    }
    let state: Contents.State
    do { state = try taken.get() } catch { throw problem(error) }
    return try request.answer(
      PBAttachmentSendResponse.with {
        $0.held = state.held
        $0.size = state.size
      })
  }

  private func fetch(_ request: Request, _ context: OfficeContext) async throws -> Response {
    let id = try context.requireDevice().id
    let message: PBAttachmentFetchRequest = try await request.message()
    let record = try Self.record(message.record)
    let found = try await store.read { [limits] store in
      guard let device = try store.device(id) else { throw Problem.notEnrolled }
      return try Contents(limits).piece(at: message.offset, of: record, for: device, store)
    }
    let (piece, state): ([UInt8], Contents.State)
    do { (piece, state) = try found.get() } catch { throw problem(error) }
    return try request.answer(
      PBAttachmentFetchResponse.with {
        $0.piece = Data(piece)
        $0.held = state.held
        $0.size = state.size
      })
  }

  private static func record(_ bytes: Data) throws -> RecordID {
    guard let record = RecordID(bytes: bytes) else {
      throw Problem.badRequest("Name the attachment's record.")
    }
    return record
  }

  private func problem(_ problem: Contents.Problem) -> Problem {
    switch problem {
    case .unknown: .absent("There is no such attachment for this laptop. Sync first.")
    case .badPiece:
      .badRequest(
        "A piece is at most \(limits.pieceBytes) bytes, and no longer than what is missing.")
    case .tooMany:
      .badRequest(
        "A note has at most \(limits.attachmentsOfOne) attachments, of \(limits.attachmentBytes >> 20) MiB each. Delete one, or attach it to another note."
      )
    case .differs:
      .badRequest("What came is not what its record says. It was thrown away: send it again.")
    }
  }
}
