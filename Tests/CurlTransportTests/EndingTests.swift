import CCurl
import SyncClient
import Testing

@testable import CurlTransport

@Suite struct `What libcurl says` {
  @Test(arguments: [
    ("sslv3 alert certificate expired", Sentence.ownExpired),
    ("sslv3 alert certificate revoked", Sentence.ownRevoked),
    ("tlsv13 alert certificate required", Sentence.ownMissing),
    ("tlsv1 alert unknown ca", Sentence.ownRefused),
    ("sslv3 alert bad certificate", Sentence.ownRefused),
    ("tlsv1 alert access denied", Sentence.ownRefused),
    ("sslv3 alert certificate unknown", Sentence.ownRefused),
  ])
  func `of an alert becomes a refusal, in or after the handshake`(alert: String, sentence: String) {
    let detail = "OpenSSL SSL_read: error:0A000000:SSL routines::\(alert), errno 0"
    for code in [CURLE_RECV_ERROR, CURLE_SSL_CONNECT_ERROR, CURLE_SEND_ERROR] {
      #expect(Ending(code: code, detail: detail).failure == .refused(sentence))
    }
  }

  @Test(arguments: [
    "OpenSSL SSL_connect: Connection reset by peer in connection to office:443",
    "OpenSSL SSL_connect: SSL_ERROR_SYSCALL in connection to office:443",
    "error:0A000126:SSL routines::unexpected eof while reading",
  ])
  func `of a cut in the handshake is no refusal`(detail: String) {
    let ending = Ending(code: CURLE_SSL_CONNECT_ERROR, detail: detail)
    #expect(ending.failure == .offline(Sentence.noAnswer))
  }

  @Test func `of a server's expired certificate is not taken for the laptop's`() {
    let detail = "SSL certificate problem: certificate has expired"
    let ending = Ending(code: CURLE_PEER_FAILED_VERIFICATION, detail: detail)
    #expect(ending.failure == .refused(Sentence.outOfDateServer))
  }

  @Test(arguments: 1...110)
  func `is never passed on word for word, and never success`(code: UInt32) {
    let detail = "libcurl's own words"
    let failure = Ending(code: CURLcode(rawValue: code), detail: detail).failure
    switch failure {
    case .offline(let text), .refused(let text), .garbled(let text):
      #expect(!text.contains(detail) && text.hasSuffix("."))
    case .cancelled, nil: Issue.record("code \(code) became \(String(describing: failure))")
    }
  }

  @Test func `of a whole answer is no failure`() {
    #expect(Ending(code: CURLE_OK).failure == nil)
  }
}

@Suite struct `The head of a response` {
  private func read(_ lines: String...) -> HeadReader.Step {
    var reader = HeadReader()
    var step = HeadReader.Step.needsMore
    for line in lines {
      step = reader.read(Array((line + "\r\n").utf8))
      if case .refused = step { return step }
    }
    return step
  }

  @Test(arguments: [
    ("Retry-After: 0", 0), ("retry-after:30", 30), ("Retry-After: 86401", 86_400),
    ("Retry-After: 99999999999999999999999", 86_400), ("Retry-After: -1", nil),
    ("Retry-After: Fri, 31 Dec 1999 23:59:59 GMT", nil), ("Retry-After:", nil),
    ("Retry-After", nil),
  ])
  func `gives a bounded number of seconds or none`(line: String, seconds: Int?) {
    let head = ResponseHead(status: 503, retryAfter: seconds)
    #expect(read("HTTP/1.1 503 Busy", "Content-Length: 0", line, "") == .complete(head))
  }

  @Test(arguments: [
    ("Content-Type: APPLICATION/JSON; charset=x", "application/json"),
    ("content-type:\ttext/html\t", "text/html"), ("Content-Type: ;", nil),
    ("Content-Type:", nil), (":", nil), ("X: y", nil),
  ])
  func `gives a media type without parameters or none`(line: String, type: String?) {
    let head = ResponseHead(status: 200, contentType: type)
    #expect(read("HTTP/1.1 200 OK", line, "Transfer-Encoding: Chunked", "") == .complete(head))
  }

  @Test(arguments: [
    "HTTP/1.1", "HTTP/1.1 ", "HTTP/1.1 20 OK", "HTTP/1.1 2000 OK", "HTTP/1.1 -20 OK",
    "HTTP/1.1 200 OK", "HTTP/1.1 099 X", "HTTP/1.1 600 X", "HTTP/1.1 ２00 OK",
    "Content-Type: x", "",
  ])
  func `without a sensible status is refused`(line: String) {
    #expect(read(line, "") == .refused(.garbled(Sentence.notHTTP)))
  }

  @Test(arguments: [
    "Content-Length: many", "Content-Length: -1", "Content-Length:", "X: y",
    "Content-Length: 9223372036854775807", "Content-Length: 99999999999999999999999",
    "Transfer-Encoding: gzip",
  ])
  func `must tell how the body ends`(line: String) {
    #expect(read("HTTP/1.1 200 OK", line, "") == .refused(.garbled(Sentence.notHTTP)))
  }

  @Test(arguments: [(64, true), (65, false)])
  func `may have sixty-four lines`(count: Int, isAccepted: Bool) {
    var reader = HeadReader()
    _ = reader.read(Array("HTTP/1.1 204 Done\r\n".utf8))
    for _ in 0..<count { _ = reader.read(Array("X: y\r\n".utf8)) }
    let end = reader.read(Array("\r\n".utf8))
    #expect((end == .complete(ResponseHead(status: 204))) == isAccepted)
  }

  /// Every seed gives other bytes; none may stop the program.
  @Test(arguments: 0..<50 as Range<UInt64>)
  func `may hold any bytes at all`(seed: UInt64) {
    var reader = HeadReader()
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    for _ in 0..<70 {
      let line = (0..<40).map { _ -> UInt8 in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt8(truncatingIfNeeded: state >> 33)
      }
      _ = reader.read(line)
    }
    #expect(!reader.isComplete)
  }
}
