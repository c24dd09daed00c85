import SyncClient

/// What every request of one transport has in common.
struct Settings: Sendable {
  var office: String
  var trust: CurlTransport.Trust
  var identity: CurlTransport.Identity?
  var proxy: String?
  var timeouts: CurlTransport.Timeouts
  var offersGzip: Bool

  /// One request in libcurl's terms.
  struct Call: Sendable {
    var method: TransportRequest.Method
    var url: String
    var headers: [String]
    var body: [UInt8]
  }

  /// Puts `request` into libcurl's terms, or refuses it when an address is not a plain one.
  ///
  /// A path may hold what the office sent (a checkpoint), so it is checked rather than trusted.
  func call(for request: TransportRequest) throws(TransportFailure) -> Call {
    precondition(request.method == .post || request.body.isEmpty, "only a POST has a body")
    guard let base = officeBase else { throw .refused(Sentence.badOffice) }
    guard request.path.hasPrefix("/"), request.path.utf8.allSatisfy(isPlainInPath) else {
      throw .garbled(Sentence.badAddress)
    }
    // libcurl would otherwise ask leave for large bodies and wait a second for the answer.
    var headers = ["Accept: \(request.accept)", "Expect:"]
    if request.method == .post {
      // Without a value libcurl sends no such header, rather than its default of a web form.
      headers.append("Content-Type:\(request.contentType.map { " " + $0 } ?? "")")
    }
    guard headers.allSatisfy({ $0.utf8.allSatisfy { 0x20...0x7E ~= $0 } }) else {
      throw .garbled(Sentence.badAddress)
    }
    return Call(
      method: request.method, url: base + request.path, headers: headers, body: request.body)
  }

  /// The office's address without a closing slash; `nil` unless it is `https://name[:port]`.
  private var officeBase: String? {
    let scheme = "https://"
    guard office.lowercased().hasPrefix(scheme) else { return nil }
    var host = office.dropFirst(scheme.count)
    if host.hasSuffix("/") { host.removeLast() }
    guard !host.isEmpty, host.utf8.allSatisfy(isPlainInHost) else { return nil }
    return scheme + host
  }

  private func isPlainInHost(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
      UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "]"):
      true
    case _: false
    }
  }

  /// Visible ASCII without `#`, which would cut off the rest.
  private func isPlainInPath(_ byte: UInt8) -> Bool {
    0x21...0x7E ~= byte && byte != UInt8(ascii: "#")
  }
}
