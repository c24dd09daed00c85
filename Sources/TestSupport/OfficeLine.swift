import ServerStorage
import SyncClient
import SyncCore
import SyncWire
import Synchronization

/// A laptop's connection to an office in the same process, with what can go wrong on the way.
package final class OfficeLine: Transport {
  /// What goes wrong in one exchange.
  package enum Fault: Hashable, Sendable {
    /// The request never arrives.
    case cutBeforeCommit
    /// The office has stored everything, and no byte of its answer arrives.
    case cutAfterCommit
    /// So many bytes of the answer arrive, then the line fails or, `closing`, just ends.
    case cutReply(after: Int, closing: Bool)
    /// A network that repeats itself brings an earlier request first.
    case repeatsEarlier(Int)
  }

  private struct State {
    var seen: [TransportRequest] = []
    var exchanges = 0
  }

  private let office: OfficeInProcess
  private let device: DeviceID
  private let fault: @Sendable () async -> Fault?
  private let beforeFrame: @Sendable (Int) async -> Void
  private let state = Mutex(State())

  /// - Parameters:
  ///   - fault: asked once an exchange.
  ///   - beforeFrame: called with the number of each frame before it is sent; others may work then.
  package init(
    _ office: OfficeInProcess, device: DeviceID,
    fault: @escaping @Sendable () async -> Fault? = { nil },
    beforeFrame: @escaping @Sendable (Int) async -> Void = { _ in }
  ) {
    self.office = office
    self.device = device
    self.fault = fault
    self.beforeFrame = beforeFrame
  }

  package var exchanges: Int { state.withLock { $0.exchanges } }

  package func exchange(
    _ request: TransportRequest
  ) async throws(TransportFailure) -> TransportResponse {
    let earlier = state.withLock { state in
      state.exchanges += 1
      state.seen.append(request)
      return state.seen
    }
    var cut: (after: Int, closing: Bool)?
    switch await fault() {
    case nil: break
    case .cutBeforeCommit?: throw .offline("The connection was cut.")
    case .cutAfterCommit?:
      _ = try? await accepted(request)
      throw .offline("The connection was cut.")
    case .cutReply(let after, let closing)?: cut = (after, closing)
    case .repeatsEarlier(let number)?: _ = try? await accepted(earlier[number % earlier.count])
    }
    do {
      if request.path == "/v1/compare" { return try await compared(request) }
      let (sync, outcome, form) = try await accepted(request)
      let reply = OfficeReply(
        office, sync, outcome, device, form, cut: cut, beforeFrame: beforeFrame)
      return TransportResponse(
        status: 200, contentType: form.mediaType,
        body: ResponseBody { () async throws(TransportFailure) in try await reply.next() })
    } catch { return Self.problem(error, in: request) }
  }

  private func compared(_ request: TransportRequest) async throws -> TransportResponse {
    let message: PBCompareRequest = try Unverified(request.body, as: .binary).message()
    let asked = try message.comparison(office.limits)
    let answer = try await office.store.read { [device, limits = office.limits] store in
      try store.device(device).flatMap {
        try Feed(store, limits: limits).comparison(asked, for: $0)
      }
    }
    guard let answer else { return .problem(400, "bad-request") }
    return TransportResponse(
      status: 200, contentType: WireForm.binary.mediaType,
      body: .of(try WireForm.binary.write(PBCompareResponse(answer, .binary))))
  }

  private func accepted(
    _ request: TransportRequest
  ) async throws -> (SyncRequest, Intake.Outcome, WireForm) {
    guard let form = request.contentType.flatMap(WireForm.init(mediaType:)) else {
      throw WireRefusal.unreadable("its media type is not known")
    }
    let sync = try Unverified(request.body, as: form).syncRequest(office.limits)
    return (sync, try await office.receive(sync, from: device), form)
  }

  private static func problem(
    _ error: any Error, in request: TransportRequest
  ) -> TransportResponse {
    switch error {
    case Intake.Denial.replicaOfAnotherDevice: .problem(403, "replica-of-another-device")
    case Intake.Denial.foreignCheckpoint: .problem(409, "foreign-checkpoint")
    case is OfficeInProcess.Revoked: .problem(403, "revoked")
    case is WireRefusal, is Intake.Denial: .problem(400, "bad-request")
    default: .problem(500, "internal")
    }
  }
}

extension TransportResponse {
  /// The office's own answer to what it does not do.
  package static func problem(
    _ status: Int, _ code: String, message: String = "Ring your office.", retryAfter: Int? = nil,
    as form: WireForm = .binary
  ) -> TransportResponse {
    let body = try? form.write(
      PBProblem.with {
        $0.code = code
        $0.message = message
      })
    return TransportResponse(
      status: status, contentType: form.mediaType, retryAfter: retryAfter, body: .of(body ?? []))
  }
}

extension ResponseBody {
  /// A body in one piece.
  package static func of(_ bytes: [UInt8]) -> ResponseBody {
    let rest = Mutex<[UInt8]?>(bytes.isEmpty ? nil : bytes)
    return ResponseBody { () async throws(TransportFailure) in
      rest.withLock { rest in
        defer { rest = nil }
        return rest
      }
    }
  }
}

/// The answer while it streams, made frame by frame as it is pulled.
private actor OfficeReply {
  private let office: OfficeInProcess
  private let outcome: Intake.Outcome
  private let request: SyncRequest
  private let device: DeviceID
  private let form: WireForm
  private let cut: (after: Int, closing: Bool)?
  private let beforeFrame: @Sendable (Int) async -> Void
  private var session: ServerSession
  private var action: ServerSession.Action
  private var buffer: [UInt8] = []
  private var delivered = 0
  private var frames = 0
  private var sizes: Seeded

  init(
    _ office: OfficeInProcess, _ request: SyncRequest, _ outcome: Intake.Outcome,
    _ device: DeviceID, _ form: WireForm, cut: (after: Int, closing: Bool)?,
    beforeFrame: @escaping @Sendable (Int) async -> Void
  ) {
    self.office = office
    self.request = request
    self.outcome = outcome
    self.device = device
    self.form = form
    self.cut = cut
    self.beforeFrame = beforeFrame
    sizes = Seeded(request.requestID)
    session = ServerSession(request)
    action = session.handle(.accepted(outcome.acceptance))
  }

  /// The next chunk, of any size.
  func next() async throws(TransportFailure) -> [UInt8]? {
    while buffer.isEmpty {
      guard try await produce() else { return nil }
    }
    var size = min(buffer.count, 1 + sizes.below(sizes.happens(onceIn: 4) ? 8 : 4_000))
    if let cut {
      guard delivered < cut.after else {
        if cut.closing { return nil }
        throw .offline("The connection was cut.")
      }
      size = min(size, cut.after - delivered)
    }
    delivered += size
    let chunk = Array(buffer.prefix(size))
    buffer.removeFirst(size)
    return chunk
  }

  /// Writes one frame into the buffer; `false` after the last.
  private func produce() async throws(TransportFailure) -> Bool {
    while true {
      switch action {
      case .send(let frame):
        await beforeFrame(frames)
        frames += 1
        do { buffer += try frame.framed(as: form) } catch {
          throw .garbled("a frame cannot be written")
        }
        action = session.handle(.sent)
        return true
      case .read(let checkpoint):
        do {
          let reading = try await office.page(
            after: checkpoint, for: device, on: outcome.grounds,
            wantsDigests: request.wantsDigests)
          action = session.handle(.read(reading))
        } catch { throw .offline("The office ended the connection.") }
      case .accept, .finish: return false
      }
    }
  }
}
