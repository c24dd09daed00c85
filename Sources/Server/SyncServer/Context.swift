import Hummingbird
import NIOCore
import NIOSSL
import ServerStorage
import SyncCore
import SyncWire

/// What belongs to one request: the channel, and the device that its certificate names.
package struct OfficeContext: RequestContext {
  package var coreContext: CoreRequestContextStorage
  let channel: any Channel
  var device: Device?
  /// Of the certificate that was shown, where somebody has looked at it already.
  var fingerprint: Hash?
  /// Of a sync alone.
  var place: SyncPlace?

  package init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    channel = source.channel
  }

  package var maxUploadSize: Int { Limits.standard.requestBytes }
}

/// Finds the device behind a request's certificate, and turns away everybody else.
///
/// TLS has checked that the certificate is of the office's authority and in date. Each request is
/// looked up in the register again, so that a revoked device is refused at once, also on a
/// connection that stays open.
struct DeviceCheck: RouterMiddleware {
  typealias Context = OfficeContext

  let store: any ServerStore
  let mustBeOperator: Bool

  func handle(
    _ request: Request, context: OfficeContext,
    next: (Request, OfficeContext) async throws -> Response
  ) async throws -> Response {
    var shown = context.fingerprint
    if shown == nil { shown = try await Self.fingerprint(context.channel) }
    guard let fingerprint = shown else { throw Problem.notEnrolled }
    guard let device = try await store.read({ try $0.device(fingerprint: fingerprint) }) else {
      throw Problem.notEnrolled
    }
    guard device.state.isHeard else { throw Problem.revoked }
    guard device.isOperator == mustBeOperator else { throw Problem.wrongRole }
    var context = context
    context.device = device
    return try await next(request, context)
  }

  static func fingerprint(_ channel: any Channel) async throws -> Hash? {
    guard let certificate = try await channel.nioSSL_peerCertificate().get() else { return nil }
    return Hash(of: try certificate.toDERBytes())
  }
}

extension OfficeContext {
  func requireDevice() throws -> Device {
    guard let device else { throw Problem.notEnrolled }
    return device
  }
}
