/// Carries one HTTP exchange to the office and streams the answer back.
///
/// The engine knows nothing of sockets: it gives a request, then pulls chunks as they arrive, so
/// that a page is stored while the next is still on its way. Conformances: `CurlTransport`
/// (libcurl) and the in-process one of the tests.
public protocol Transport: Sendable {
  /// Sends `request` and returns once the head of the response has arrived.
  ///
  /// Cancelling the calling task ends the transfer with `TransportFailure.cancelled`.
  func exchange(_ request: TransportRequest) async throws(TransportFailure) -> TransportResponse
}

/// One HTTP request. The whole body is in memory: an outbox batch is at most `Limits.pushBytes`.
public struct TransportRequest: Sendable {
  public enum Method: String, Sendable {
    case get = "GET"
    case post = "POST"
  }

  public var method: Method
  /// Path below the office's address, with its leading slash, for instance `/v1/sync`.
  public var path: String
  /// Media type of `body`; `nil` when there is none.
  public var contentType: String?
  /// Media type asked for.
  public var accept: String
  public var body: [UInt8]

  public init(
    _ method: Method, _ path: String, contentType: String? = nil, accept: String, body: [UInt8] = []
  ) {
    self.method = method
    self.path = path
    self.contentType = contentType
    self.accept = accept
    self.body = body
  }
}

/// The head of a response and a body to pull from.
public struct TransportResponse: Sendable {
  /// HTTP status, 100 to 599.
  public var status: Int
  /// The media type without parameters, lower case; `nil` when the header is missing.
  public var contentType: String?
  /// Seconds of a `Retry-After` header, when it holds a number.
  public var retryAfter: Int?
  /// A `Date` header as it was written, for whoever compares clocks; `nil` when it is missing.
  public var date: String?
  public var body: ResponseBody

  public init(
    status: Int, contentType: String?, retryAfter: Int? = nil, date: String? = nil,
    body: ResponseBody
  ) {
    self.status = status
    self.contentType = contentType
    self.retryAfter = retryAfter
    self.date = date
    self.body = body
  }
}

/// The body of a response, pulled chunk by chunk by one consumer.
///
/// Pulling slowly slows the sender: nothing is buffered beyond a small high-water mark.
public struct ResponseBody: Sendable {
  private let pull: @Sendable () async throws(TransportFailure) -> [UInt8]?
  private let abandon: @Sendable () -> Void

  public init(
    pull: @escaping @Sendable () async throws(TransportFailure) -> [UInt8]?,
    abandon: @escaping @Sendable () -> Void = {}
  ) {
    self.pull = pull
    self.abandon = abandon
  }

  /// The next chunk (at least one byte), or `nil` after the last.
  public func next() async throws(TransportFailure) -> [UInt8]? { try await pull() }

  /// Says that nothing more will be pulled, so that the connection is let go at once.
  public func cancel() { abandon() }

  /// The whole body, refused as garbled once it passes `limit` bytes.
  public func collect(limit: Int) async throws(TransportFailure) -> [UInt8] {
    var all: [UInt8] = []
    while let chunk = try await next() {
      guard chunk.count <= limit - all.count else {
        cancel()
        throw .garbled("the answer is larger than \(limit) bytes")
      }
      all.append(contentsOf: chunk)
    }
    return all
  }
}

/// Why no (whole) answer came. The text is for people and holds no case content.
public enum TransportFailure: Error, Equatable, Sendable {
  /// No way to the office now: no network, name not found, nothing listening, timeout, connection
  /// cut. Work goes on offline and is sent later.
  case offline(String)
  /// The office (or something that claims to be it) does not accept us: its certificate is not of
  /// our authority, or it refuses ours. Retrying does not help; a person must act.
  case refused(String)
  /// Something answered, but not the office: a captive portal's page, a proxy's error, a broken
  /// stream.
  case garbled(String)
  /// The caller cancelled.
  case cancelled
}
