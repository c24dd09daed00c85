import CCurl

/// Sets libcurl's options and remembers the first it would not take.
///
/// An option that a libcurl does not know is not skipped: without it the connection may be unsafe.
struct CurlOptions {
  private(set) var firstFailure = CURLE_OK
  private let easy: UnsafeMutableRawPointer

  init(_ easy: UnsafeMutableRawPointer) { self.easy = easy }

  mutating func note(_ code: CURLcode) {
    if firstFailure == CURLE_OK { firstFailure = code }
  }

  mutating func set(_ option: CURLoption, _ value: Int) { note(cc_set_long(easy, option, value)) }

  mutating func set(_ option: CURLoption, _ value: String?) {
    note(cc_set_text(easy, option, value))
  }

  mutating func set(_ option: CURLoption, _ bytes: [UInt8]) {
    note(bytes.withUnsafeBytes { cc_set_blob(easy, option, $0.baseAddress, $0.count) })
  }

  /// What holds for every request.
  mutating func setSafety() {
    set(CURLOPT_PROTOCOLS_STR, "https")
    set(CURLOPT_FOLLOWLOCATION, 0)
    set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_3) | Int(CURL_SSLVERSION_MAX_TLSv1_3))
    // With HTTP/2 the office's server ends a libcurl 7.88 connection after some 250 requests.
    set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
    set(CURLOPT_HTTP09_ALLOWED, 0)
    set(CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
    // Signals belong to the program, and this is not its only thread.
    set(CURLOPT_NOSIGNAL, 1)
    set(CURLOPT_NOPROGRESS, 1)
    // A cancelled look-up of a name must not hold up the other transfers until it times out.
    set(CURLOPT_QUICK_EXIT, 1)
    // The proxy's own answer is not the head of the office's.
    set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
  }

  mutating func set(_ timeouts: CurlTransport.Timeouts) {
    set(CURLOPT_CONNECTTIMEOUT_MS, timeouts.connect.curlMilliseconds)
    set(CURLOPT_TIMEOUT_MS, timeouts.total.curlMilliseconds)
    set(CURLOPT_LOW_SPEED_LIMIT, 1)
    set(CURLOPT_LOW_SPEED_TIME, timeouts.stall.curlSeconds)
  }

  mutating func set(_ trust: CurlTransport.Trust, _ identity: CurlTransport.Identity?) {
    // Debian's libcurl trusts the system's folder and file beside the authority unless told not to.
    set(CURLOPT_CAPATH, nil)
    set(CURLOPT_CAINFO, nil)
    switch trust {
    case .authority(let pem):
      set(CURLOPT_SSL_VERIFYPEER, 1)
      set(CURLOPT_SSL_VERIFYHOST, 2)
      set(CURLOPT_CAINFO_BLOB, pem)
      if let identity { set(identity) }
    case .unverifiedForAuthorityDownload:
      set(CURLOPT_SSL_VERIFYPEER, 0)
      set(CURLOPT_SSL_VERIFYHOST, 0)
    }
  }

  private mutating func set(_ identity: CurlTransport.Identity) {
    set(CURLOPT_SSLCERT_BLOB, identity.certificate)
    set(CURLOPT_SSLKEY_BLOB, identity.privateKey)
    // An encrypted key then fails as unreadable, rather than to ask for a password on the terminal.
    set(CURLOPT_KEYPASSWD, "")
  }

  mutating func set(proxy: String?) {
    guard let proxy else { return }
    set(CURLOPT_PROXY, proxy)
    // Otherwise the environment's exceptions would still count.
    set(CURLOPT_NOPROXY, "")
  }
}
