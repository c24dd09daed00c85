extension CurlTransport {
  /// When to give up on an exchange. Each ends it with `TransportFailure.offline`.
  public struct Timeouts: Sendable {
    /// Longest wait for the name look-up, the connection and its TLS handshake together.
    ///
    /// An office at its limit of connections lets further ones wait, so there must be an end.
    public var connect: Duration
    /// Longest time at under one byte a second, in whole seconds. While a slow consumer pauses the
    /// transfer it does not count.
    ///
    /// libcurl averages speed over about five seconds, so a burst postpones the end by as much.
    public var stall: Duration
    /// Longest time for the whole exchange, pauses included.
    public var total: Duration

    /// The defaults suit a mobile connection: 10 s, 30 s and 15 min.
    public init(
      connect: Duration = .seconds(10), stall: Duration = .seconds(30),
      total: Duration = .seconds(15 * 60)
    ) {
      self.connect = connect
      self.stall = stall
      self.total = total
    }
  }
}

extension Duration {
  /// Whole milliseconds, 1 up to eleven days. libcurl reads 0 as "no limit", so 0 is not used.
  var curlMilliseconds: Int {
    let parts = components
    let seconds = Int(min(max(parts.seconds, 0), 1_000_000))
    return max(1, seconds * 1000 + Int(parts.attoseconds / 1_000_000_000_000_000))
  }

  /// Whole seconds, rounded up, likewise never 0.
  var curlSeconds: Int { (curlMilliseconds + 999) / 1000 }
}
