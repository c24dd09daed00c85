import HTTPTypes
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
  let lease: Lease
  let metrics: Metrics
  let hub: NewsHub
  let now: @Sendable () -> Timestamp
  let random: @Sendable () -> UInt128

  /// Bytes gathered before they are written, so that small frames share a packet.
  private static let flushBytes = 64 << 10

  func answer(_ request: Request, _ context: OfficeContext) async throws -> Response {
    let device = try context.requireDevice()
    guard let place = context.place else { throw Problem.internalError }
    guard let sentForm = request.sentForm else { throw Problem.unsupportedMedia }
    let body = try await request.collectBody(limit: limits.requestBytes) { place.waits() }
    place.works()
    let sync = try Unverified(body, as: sentForm).syncRequest(limits)
    let time = now()
    let newLife = ReplicaID(value: random())
    let outcome = try await store.transaction { [catalogue, limits, lease] transaction in
      guard let device = try transaction.device(device.id), device.state.isHeard else {
        throw Problem.revoked
      }
      return try Intake(
        transaction, catalogue: catalogue, limits: limits, now: time, newLife: newLife,
        lease: lease
      ).accept(sync, from: device)
    }
    metrics.count(outcome.acceptance.receipts)
    if !sync.bringsNothing { try await hub.publish() }
    if outcome.unproven > 0 { metrics.count(unproven: outcome.unproven) }
    let form = request.acceptedForm
    let gzip = try request.acceptsGzip ? GzipStream() : nil
    var headers: HTTPFields = [.contentType: form.mediaType, .cacheControl: "no-store"]
    if gzip != nil { headers[.contentEncoding] = "gzip" }
    return Response(
      status: .ok, headers: headers,
      body: ResponseBody { writer in
        try await stream(sync, outcome, device.id, place, form, gzip, to: &writer)
        try await writer.finish(nil)
        place.leave()
      })
  }

  private func stream(
    _ request: SyncRequest, _ outcome: Intake.Outcome, _ device: DeviceID, _ place: SyncPlace,
    _ form: WireForm, _ gzip: GzipStream?, to writer: inout any ResponseBodyWriter
  ) async throws {
    var session = ServerSession(request)
    var action = session.handle(.accepted(outcome.acceptance))
    var gathered: [UInt8] = []
    var isFirst = true
    while true {
      switch action {
      case .send(let frame):
        gathered += try frame.framed(as: form)
        if gathered.count >= Self.flushBytes {
          try await send(&gathered, place, gzip, isLast: false, to: &writer)
        }
        action = session.handle(.sent)
      case .read(let checkpoint):
        let reading = try await place.turn(isFirst: isFirst) {
          try await read(checkpoint, device, request, outcome)
        }
        isFirst = false
        action = session.handle(.read(reading))
      case .accept, .finish:
        try await send(&gathered, place, gzip, isLast: true, to: &writer)
        return
      }
    }
  }

  /// Writes what was gathered, and waits while the laptop is slower than the office.
  private func send(
    _ gathered: inout [UInt8], _ place: SyncPlace, _ gzip: GzipStream?, isLast: Bool,
    to writer: inout any ResponseBodyWriter
  ) async throws {
    let bytes = try gzip?.compress(gathered, isLast: isLast) ?? gathered
    gathered.removeAll(keepingCapacity: true)
    guard !bytes.isEmpty else { return }
    metrics.count(sent: bytes.count)
    place.waits()
    try await writer.write(ByteBuffer(bytes: bytes))
    place.works()
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
        after: checkpoint, for: device, on: outcome.grounds, wantsDigests: request.wantsDigests
      )
    }
  }
}

extension Request {
  /// Whether the peer can unpack gzip; `gzip;q=0` says that it cannot.
  var acceptsGzip: Bool {
    (headers[.acceptEncoding] ?? "").split(separator: ",").contains { entry in
      let words = entry.filter { $0 != " " }.lowercased().split(separator: ";")
      return words.first == "gzip" && !words.dropFirst().contains { $0 == "q=0" || $0 == "q=0.0" }
    }
  }

  /// The whole body, refused as soon as it passes `limit` bytes, and cut off when it comes slower
  /// than any network that a laptop could be on.
  /// - Parameter onPiece: called whenever some of it has come.
  func collectBody(limit: Int, onPiece: () -> Void = {}) async throws -> [UInt8] {
    if let length = headers[.contentLength].flatMap({ Int($0) }), length > limit {
      throw Problem.tooLarge(limit: limit)
    }
    let began = ContinuousClock.now
    var bytes: [UInt8] = []
    do {
      for try await chunk in body {
        onPiece()
        let time = Limits.standard.bodySeconds + bytes.count / Limits.standard.bodyBytesASecond
        guard ContinuousClock.now - began <= .seconds(time) else { throw Problem.requestCut }
        guard chunk.readableBytes <= limit - bytes.count else {
          throw Problem.tooLarge(limit: limit)
        }
        bytes.append(contentsOf: chunk.readableBytesView)
      }
    } catch {
      // What is not the peer's fault is its network's, which broke off in the middle.
      let problem = Problem(error)
      throw problem == .internalError ? .requestCut : problem
    }
    return bytes
  }
}
