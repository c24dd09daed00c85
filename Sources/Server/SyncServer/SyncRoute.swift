import Hummingbird
import NIOCore
import RecordCatalogue
import ServerStorage
import SyncCore
import SyncWire

/// `POST /v1/sync`: takes changes in, then streams receipts, orders, scope and pages. See
/// `Protocol/README.md` section 6.
struct SyncRoute: Sendable {
  let store: any ServerStore
  let catalogue: Catalogue
  let limits: Limits
  let metrics: Metrics
  let now: @Sendable () -> Timestamp

  /// Bytes gathered before they are written, so that small frames share a packet.
  private static let flushBytes = 64 << 10

  func answer(_ request: Request, _ context: OfficeContext) async throws -> Response {
    let device = try context.requireDevice()
    guard let form = request.sentForm else { throw Problem.unsupportedMedia }
    let body = try await request.collectBody(limit: limits.requestBytes)
    let sync = try Unverified(body, as: form).syncRequest(limits)
    let time = now()
    let outcome = try await store.transaction { [catalogue, limits] transaction in
      guard let device = try transaction.device(device.id), device.state == .active else {
        throw Problem.revoked
      }
      return try Intake(transaction, catalogue: catalogue, limits: limits, now: time)
        .accept(sync, from: device)
    }
    metrics.count(outcome.acceptance.receipts)
    let answerForm = request.acceptedForm
    return Response(
      status: .ok, headers: [.contentType: answerForm.mediaType, .cacheControl: "no-store"],
      body: ResponseBody { writer in
        try await stream(sync, outcome, device.id, answerForm, to: &writer)
        try await writer.finish(nil)
      })
  }

  private func stream(
    _ request: SyncRequest, _ outcome: Intake.Outcome, _ device: DeviceID, _ form: WireForm,
    to writer: inout any ResponseBodyWriter
  ) async throws {
    var session = ServerSession(request)
    var action = session.handle(.accepted(outcome.acceptance))
    var buffer = ByteBuffer()
    while true {
      switch action {
      case .send(let frame):
        buffer.writeBytes(frame.framed(as: form))
        if buffer.readableBytes >= Self.flushBytes {
          metrics.count(sent: buffer.readableBytes)
          try await writer.write(buffer)
          buffer.clear()
        }
        action = session.handle(.sent)
      case .read(let checkpoint):
        action = session.handle(.read(try await read(checkpoint, device, request, outcome)))
      case .accept, .finish:
        metrics.count(sent: buffer.readableBytes)
        if buffer.readableBytes > 0 { try await writer.write(buffer) }
        return
      }
    }
  }

  /// One page, with device and scope checked again: what was taken away between two pages is not
  /// sent.
  private func read(
    _ checkpoint: Checkpoint, _ id: DeviceID, _ request: SyncRequest, _ outcome: Intake.Outcome
  ) async throws -> ServerSession.Reading {
    try await store.read { [limits] store in
      guard let device = try store.device(id), device.state == .active else {
        throw Problem.revoked
      }
      return try Feed(store, limits: limits).page(
        after: checkpoint, for: device, settled: outcome.settled, wantsDigests: request.wantsDigests
      )
    }
  }
}

extension Request {
  /// The whole body, refused as soon as it passes `limit` bytes.
  func collectBody(limit: Int) async throws -> [UInt8] {
    if let length = headers[.contentLength].flatMap({ Int($0) }), length > limit {
      throw Problem.tooLarge(limit: limit)
    }
    var bytes: [UInt8] = []
    for try await chunk in body {
      guard chunk.readableBytes <= limit - bytes.count else { throw Problem.tooLarge(limit: limit) }
      bytes.append(contentsOf: chunk.readableBytesView)
    }
    return bytes
  }
}
