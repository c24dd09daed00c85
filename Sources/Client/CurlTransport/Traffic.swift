extension CurlTransport {
  /// What went over the wire above TLS, for benchmarks and for the officer's data allowance.
  public struct Traffic: Equatable, Sendable {
    /// Bytes of request heads and bodies.
    public var bytesSent = 0
    /// Bytes of response heads and bodies, as compressed as they came.
    public var bytesReceived = 0
    /// Exchanges of which at least a part was sent.
    public var requests = 0
    /// Connections made; the rest of the requests used a kept one.
    public var connections = 0

    /// No traffic yet.
    public init() {}

    /// Adds another share of traffic.
    public static func += (total: inout Traffic, share: Traffic) {
      total.bytesSent += share.bytesSent
      total.bytesReceived += share.bytesReceived
      total.requests += share.requests
      total.connections += share.connections
    }
  }
}
