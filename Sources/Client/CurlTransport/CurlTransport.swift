import SyncClient

/// The office over HTTPS by the system's libcurl: TLS 1.3, HTTP/1.1, no redirects.
///
/// libcurl is the laptop's own: it is patched with Debian and honours the proxy that IT set up. One
/// value serves one office with one identity; its connections are kept and used again.
///
/// A request whose kept connection turns out dead before any byte of an answer is sent again on a
/// new one, so the office may see it twice.
///
/// An office that refuses a certificate and closes at once may cut off its own reason. Such an
/// exchange ends as `.offline`, and a later one brings the reason.
///
/// Letting go of the last reference ends the thread and every transfer that still runs, a body that
/// is being pulled included. `close()` does the same and waits for it.
public final class CurlTransport: Transport {
  private let loop: CurlLoop
  private let settings: Settings

  /// Starts the thread that owns libcurl. Nothing is sent before the first exchange.
  ///
  /// - Parameters:
  ///   - office: `https://name` or `https://name:port`. Anything else is refused at the exchange.
  ///   - trust: Whose server certificate counts as the office's.
  ///   - identity: This laptop's certificate and key; `nil` while it is not enrolled. Never shown
  ///     to a server that is not verified.
  ///   - proxy: `http://name:port`, which then serves every request; an empty text means no proxy;
  ///     `nil` means what the environment says (`https_proxy`, `no_proxy`).
  ///   - timeouts: When to give up.
  ///   - offersGzip: Whether the office may compress its answers. Off by default: the sync stream
  ///     is already compact, and a compressed answer may grow a thousandfold in memory.
  public init(
    office: String, trust: Trust, identity: Identity? = nil, proxy: String? = nil,
    timeouts: Timeouts = Timeouts(), offersGzip: Bool = false
  ) {
    settings = Settings(
      office: office, trust: trust, identity: identity, proxy: proxy, timeouts: timeouts,
      offersGzip: offersGzip)
    loop = CurlLoop(settings: settings)
  }

  deinit { loop.close() }

  /// Bytes, requests and new connections of all exchanges that have ended.
  ///
  /// An exchange is counted before its caller sees the end of its body.
  public var traffic: Traffic { loop.traffic }

  /// Sends `request` and returns once the head of the response has arrived.
  public func exchange(
    _ request: TransportRequest
  ) async throws(TransportFailure) -> TransportResponse {
    let exchange = Exchange(try settings.call(for: request))
    let head = try await loop.head(of: exchange)
    let lease = BodyLease(exchange: exchange, loop: loop)
    return TransportResponse(
      status: head.status, contentType: head.contentType, retryAfter: head.retryAfter,
      date: head.date,
      body: ResponseBody(
        pull: { () async throws(TransportFailure) in try await lease.next() },
        abandon: { lease.cancel() }))
  }

  /// Ends every transfer with `.cancelled`, then the thread; returns when both are done.
  ///
  /// Exchanges begun later end with `.cancelled` too.
  public func close() async {
    loop.close()
    await loop.waitUntilEnded()
  }
}

/// The right to pull one body. When the last holder is gone nobody can pull, so the transfer ends.
private final class BodyLease: Sendable {
  private let exchange: Exchange
  private let loop: CurlLoop

  init(exchange: Exchange, loop: CurlLoop) {
    self.exchange = exchange
    self.loop = loop
  }

  deinit { cancel() }

  func next() async throws(TransportFailure) -> [UInt8]? { try await loop.chunk(of: exchange) }

  func cancel() { loop.cancel(exchange) }
}
