import CCurl
import SyncClient

/// How libcurl says a transfer ended, read in the engine's terms.
///
/// In TLS 1.3 an office refuses a laptop's certificate only after the handshake, so that libcurl
/// reports a failed read (56). Only the alert's name in its text tells that from a cut connection.
struct Ending: Sendable {
  var code: CURLcode
  /// libcurl's own text. Read here and dropped: it may hold addresses.
  var detail = ""
  /// Bytes of the body that came.
  var bytesReceived = 0
  /// Whether any of the request left this laptop.
  var isRequestSent = false
  var isHeadComplete = false
  /// Status of the proxy's answer to CONNECT; 0 without a proxy.
  var proxyStatus = 0

  /// The failure for the engine; `nil` when the whole answer came.
  var failure: TransportFailure? {
    if code == CURLE_OK { return nil }
    if proxyStatus == 407 { return .garbled(Sentence.proxySignIn) }
    if proxyStatus != 0, !(200..<300 ~= proxyStatus) {
      return .garbled(Sentence.proxyRefused(status: proxyStatus))
    }
    if let known = Self.fixed[code.rawValue] { return known }
    switch code {
    case CURLE_PEER_FAILED_VERIFICATION: return .refused(serverCertificate)
    case CURLE_SSL_CONNECT_ERROR: return refusal ?? handshake
    case CURLE_RECV_ERROR, CURLE_SEND_ERROR:
      if detail.contains("Too large response headers") { return .garbled(Sentence.largeHead) }
      if detail.contains("chunked-encod") { return .garbled(Sentence.badEncoding) }
      return refusal ?? cut
    case CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING: return cut
    // libcurl says so of a header line longer than 100 kB; real want of memory shows earlier.
    case CURLE_OUT_OF_MEMORY where isRequestSent && !isHeadComplete:
      return .garbled(Sentence.largeHead)
    case _: return .offline(Sentence.local(code: number))
    }
  }

  /// The codes that mean one thing whatever the text says.
  private static let fixed: [UInt32: TransportFailure] = [
    CURLE_COULDNT_RESOLVE_HOST.rawValue: .offline(Sentence.unknownName),
    CURLE_COULDNT_RESOLVE_PROXY.rawValue: .offline(Sentence.unknownProxy),
    CURLE_COULDNT_CONNECT.rawValue: .offline(Sentence.unreachable),
    CURLE_PROXY.rawValue: .offline(Sentence.unreachable),
    CURLE_OPERATION_TIMEDOUT.rawValue: .offline(Sentence.tooSlow),
    CURLE_SSL_CERTPROBLEM.rawValue: .refused(Sentence.ownUnreadable),
    CURLE_SSL_CLIENTCERT.rawValue: .refused(Sentence.ownMissing),
    CURLE_SSL_CACERT_BADFILE.rawValue: .refused(Sentence.brokenAuthority),
    CURLE_SSL_CIPHER.rawValue: .refused(Sentence.handshake(code: 59)),
    CURLE_URL_MALFORMAT.rawValue: .refused(Sentence.badOffice),
    CURLE_NOT_BUILT_IN.rawValue: .refused(Sentence.oldLibrary(code: 4)),
    CURLE_UNKNOWN_OPTION.rawValue: .refused(Sentence.oldLibrary(code: 48)),
    // The address is https by then: libcurl says 1 of an answer that is not HTTP at all.
    CURLE_UNSUPPORTED_PROTOCOL.rawValue: .garbled(Sentence.notHTTP),
    CURLE_WEIRD_SERVER_REPLY.rawValue: .garbled(Sentence.notHTTP),
    CURLE_TOO_MANY_REDIRECTS.rawValue: .garbled(Sentence.redirect),
    CURLE_BAD_CONTENT_ENCODING.rawValue: .garbled(Sentence.badEncoding),
    CURLE_FILESIZE_EXCEEDED.rawValue: .garbled(Sentence.notHTTP),
  ]

  private var number: Int { Int(code.rawValue) }

  private var cut: TransportFailure {
    .offline(isHeadComplete ? Sentence.cut(after: bytesReceived) : Sentence.noAnswer)
  }

  /// Why the server's certificate was not taken (OpenSSL's verification texts).
  private var serverCertificate: String {
    if mentions("has expired", "not yet valid") { return Sentence.outOfDateServer }
    if mentions("does not match", "no alternative certificate subject name") {
      return Sentence.otherName
    }
    return Sentence.otherAuthority
  }

  /// The office's alert about this laptop's certificate (RFC 8446, section 6.2), if it sent one.
  private var refusal: TransportFailure? {
    if mentions("alert certificate expired") { return .refused(Sentence.ownExpired) }
    if mentions("alert certificate revoked") { return .refused(Sentence.ownRevoked) }
    if mentions("alert certificate required") { return .refused(Sentence.ownMissing) }
    let others = [
      "alert unknown ca", "alert bad certificate", "alert access denied",
      "alert unsupported certificate", "alert certificate unknown", "alert decrypt error",
    ]
    return others.contains(where: detail.contains) ? .refused(Sentence.ownRefused) : nil
  }

  /// A handshake that failed without such an alert.
  private var handshake: TransportFailure {
    if mentions("protocol version", "unsupported protocol") { return .refused(Sentence.oldTLS) }
    if mentions("wrong version number", "packet length too long", "http request") {
      return .garbled(Sentence.notTLS)
    }
    let cuts = [
      "SSL_ERROR_SYSCALL", "unexpected eof", "onnection reset", "Broken pipe",
      "alert internal error", "alert user canceled",
    ]
    if cuts.contains(where: detail.contains) { return .offline(Sentence.noAnswer) }
    return .refused(Sentence.handshake(code: number))
  }

  private func mentions(_ phrases: String...) -> Bool {
    phrases.contains(where: detail.contains)
  }
}
