import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
import NIOSSL
import RecordCatalogue
import ServerStorage
import ServiceLifecycle
import SyncCore
import SyncWire
import Synchronization

/// The office's HTTP service: TLS 1.3 always, certificates of its own authority, one store.
package struct OfficeServer: Sendable {
  /// What a server is made of. Everything that is time or chance comes from outside.
  package struct Configuration: Sendable {
    package var host = "127.0.0.1"
    /// 0 lets the system choose.
    package var port = 8443
    package var office = "Office"
    package var authority: Authority
    package var serverCertificatePEM: String
    package var serverKeyPEM: String
    /// Days that a laptop's certificate lasts.
    package var certificateDays = 90
    package var limits = Limits.standard
    package var lease = Lease.standard
    package var now: @Sendable () -> Timestamp
    package var random: @Sendable () -> UInt128

    package init(
      authority: Authority, serverCertificatePEM: String, serverKeyPEM: String,
      now: @escaping @Sendable () -> Timestamp, random: @escaping @Sendable () -> UInt128
    ) {
      self.authority = authority
      self.serverCertificatePEM = serverCertificatePEM
      self.serverKeyPEM = serverKeyPEM
      self.now = now
      self.random = random
    }
  }

  private let configuration: Configuration
  private let store: any ServerStore
  private let catalogue: Catalogue
  private let logger: Logger
  private let metrics = Metrics()

  package init(
    _ configuration: Configuration, store: any ServerStore, catalogue: Catalogue, logger: Logger
  ) {
    self.configuration = configuration
    self.store = store
    self.catalogue = catalogue
    self.logger = logger
  }

  /// Serves until asked to stop by SIGTERM or SIGINT, or until the task is cancelled.
  ///
  /// Requests that run are given `Limits.drainSeconds` to end; a reader that is slower is cut, and
  /// goes on from its last page another time.
  /// - Parameter onReady: called with the port once requests are taken.
  package func run(onReady: @escaping @Sendable (Int) async -> Void) async throws {
    let application = Application(
      router: router(), server: try server(),
      configuration: .init(
        address: .hostname(configuration.host, port: configuration.port), serverName: nil,
        backlog: 256,
        availableConnectionsDelegate: .maximum(configuration.limits.connections, logger: logger)),
      onServerRunning: { channel in await onReady(channel.localAddress?.port ?? 0) }, logger: logger
    )
    var group = ServiceGroupConfiguration(
      services: [.init(service: application)], gracefulShutdownSignals: [.sigterm, .sigint],
      logger: logger)
    group.maximumGracefulShutdownDuration = .seconds(configuration.limits.drainSeconds)
    group.maximumCancellationDuration = .seconds(20)
    try await ServiceGroup(configuration: group).run()
  }

  private func server() throws -> HTTPServerBuilder {
    let limits = configuration.limits
    let certificate = try NIOSSLCertificate.fromPEMBytes(
      Array(configuration.serverCertificatePEM.utf8))
    let key = try NIOSSLPrivateKey(bytes: Array(configuration.serverKeyPEM.utf8), format: .pem)
    let authority = try NIOSSLCertificate.fromPEMBytes(
      Array(configuration.authority.certificatePEM().utf8))
    var tls = TLSConfiguration.makeServerConfiguration(
      certificateChain: certificate.map { .certificate($0) }, privateKey: .privateKey(key))
    tls.minimumTLSVersion = .tlsv13
    tls.maximumTLSVersion = .tlsv13
    tls.trustRoots = .certificates(authority)
    // A machine that is not enrolled yet has no certificate. It is let in to enrol and to nothing
    // else (`DeviceCheck`). One that is shown must be of our authority and in date.
    tls.certificateVerification = .optionalVerification
    tls.shutdownTimeout = .seconds(1)
    let http = HTTP1Channel.Configuration(
      idleTimeout: .seconds(Int64(limits.idleSeconds)),
      httpDecoderConfiguration: .init(
        maxHeaderFieldSize: limits.headerBytes / 2, maxHeaderListSize: limits.headerBytes,
        maxHeaderFieldCount: limits.headerFields))
    return try .tls(.http1(configuration: http), tlsConfiguration: tls)
  }

  /// Every path that is served, by one method each.
  static let paths: Set<String> = [
    "/v1/authority", "/v1/enrol", "/v1/sync", "/v1/catalogue", "/healthz", "/readyz", "/metrics",
    "/v1/operator/enrol-code", "/v1/operator/devices", "/v1/operator/grant", "/v1/operator/limit",
    "/v1/operator/resync", "/v1/operator/revoke", "/v1/operator/report", "/v1/operator/verify",
    "/v1/operator/transfer", "/v1/operator/quarantine", "/v1/operator/decide", "/v1/wait",
    "/v1/compare", "/v1/wiped", "/v1/operator/wipe", "/v1/operator/holdings",
    "/v1/operator/restored", "/v1/attachment/send", "/v1/attachment/fetch",
  ]

  /// All addresses. What is not listed here is not served.
  package func router() -> Router<OfficeContext> {
    let router = Router(context: OfficeContext.self)
    router.add(middleware: ProblemAnswers(metrics: metrics))
    let enrol = EnrolRoute(
      store: store, authority: configuration.authority, office: configuration.office,
      catalogueVersion: catalogue.version, certificateDays: configuration.certificateDays,
      now: configuration.now, random: configuration.random)
    router.get("v1/authority", use: enrol.authorityCertificate)
    router.post("v1/enrol", use: enrol.enrol)
    router.get("healthz") { _, _ in Self.plain("ok\n") }
    router.get("readyz") { [store] _, _ in
      do { _ = try await store.read { try $0.epoch() } } catch { throw Problem.unavailable() }
      return Self.plain("ready\n")
    }
    let hub = NewsHub(
      store, most: configuration.limits.waits, mostOfOne: configuration.limits.waitsOfOne)
    let gate = SyncGate(configuration.limits, random: configuration.random)
    let sync = SyncRoute(
      store: store, catalogue: catalogue, limits: configuration.limits,
      lease: configuration.lease, metrics: metrics, hub: hub, now: configuration.now,
      random: configuration.random)
    let laptops = router.group().add(middleware: DeviceCheck(store: store, mustBeOperator: false))
    router.group().add(middleware: GateCheck(gate: gate))
      .add(middleware: DeviceCheck(store: store, mustBeOperator: false))
      .post("v1/sync", use: sync.answer)
    let wait = WaitRoute(store: store, hub: hub, limits: configuration.limits)
    laptops.post("v1/wait", use: wait.answer)
    laptops.post(
      "v1/compare",
      use: CompareRoute(store: store, limits: configuration.limits).answer)
    AttachmentRoutes(store: store, limits: configuration.limits).add(to: laptops)
    let devices = DeviceRoutes(store: store, now: configuration.now)
    laptops.post("v1/wiped", use: devices.wiped)
    laptops.get("v1/catalogue") { [catalogue] request, _ in
      let message = PBCatalogue(version: catalogue.version, files: catalogue.outlines)
      return Response.message(try request.acceptedForm.write(message), request.acceptedForm)
    }
    let operators = router.group().add(middleware: DeviceCheck(store: store, mustBeOperator: true))
      .add(middleware: NewsOfOperators(hub: hub))
    operators.get("metrics") { [store, metrics] _, _ in
      let counts = try await store.read { (try $0.sequence(), try $0.devices().count) }
      let text = metrics.text((sequence: counts.0, devices: counts.1))
      return Self.plain(text + gate.counts.text)
    }
    OperatorRoutes(
      store: store, authority: configuration.authority, catalogue: catalogue,
      now: configuration.now, random: configuration.random
    ).add(to: operators.group("v1/operator"))
    devices.add(to: operators.group("v1/operator"))
    RestoreRoute(store: store).add(to: operators.group("v1/operator"))
    CaseRoutes(store: store, catalogue: catalogue, now: configuration.now)
      .add(to: operators.group("v1/operator"))
    return router
  }

  private static func plain(_ text: String) -> Response {
    Response(
      status: .ok, headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"],
      body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
  }
}
