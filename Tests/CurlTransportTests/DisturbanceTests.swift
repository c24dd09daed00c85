import Foundation
import SyncClient
import Testing

@testable import CurlTransport

@Suite(.timeLimit(.minutes(5)))
struct `No way to the office` {
  @Test func `because nothing listens there`() async throws {
    let transport = try await Office.transport(to: "closed")
    await #expect(throws: TransportFailure.offline(Sentence.unreachable)) {
      try await transport.text("/plain")
    }
  }

  /// A label over 63 characters is no name at all, so no name server is asked.
  @Test func `because its name is not known here`() async throws {
    let host = String(repeating: "a", count: 70) + ".test"
    let transport = try await Office.transport(host: host)
    await #expect(throws: TransportFailure.offline(Sentence.unknownName)) {
      try await transport.text("/plain")
    }
  }

  @Test func `because it hangs up before an answer`() async throws {
    let transport = try await Office.transport()
    await #expect(throws: TransportFailure.offline(Sentence.noAnswer)) {
      try await transport.text("/nothing")
    }
  }

  @Test func `because the connection is cut in the handshake`() async throws {
    let transport = try await Office.transport(to: "hangUp")
    await #expect(throws: TransportFailure.offline(Sentence.noAnswer)) {
      try await transport.text("/plain")
    }
  }

  @Test func `because it takes the connection but not the handshake`() async throws {
    let transport = try await Office.transport(
      to: "mute", timeouts: .init(connect: .milliseconds(200)))
    await #expect(throws: TransportFailure.offline(Sentence.tooSlow)) {
      try await transport.text("/plain")
    }
  }

  @Test(arguments: [
    CurlTransport.Timeouts(total: .milliseconds(300)), .init(stall: .milliseconds(1)),
  ])
  func `because it never answers`(timeouts: CurlTransport.Timeouts) async throws {
    let transport = try await Office.transport(timeouts: timeouts)
    await #expect(throws: TransportFailure.offline(Sentence.tooSlow)) {
      try await transport.text("/silent/\(UUID())")
    }
  }

  @Test(arguments: ["/cut", "/cutchunked"])
  func `in the middle of an answer, of which the beginning is still given`(path: String)
    async throws
  {
    let transport = try await Office.transport()
    let body = try await transport.get(path).body
    #expect(try await body.next() == Array("0123456789".utf8))
    await #expect(throws: TransportFailure.offline(Sentence.cut(after: 10))) {
      try await body.next()
    }
    await #expect(throws: TransportFailure.offline(Sentence.cut(after: 10))) {
      try await body.next()
    }
  }
}

@Suite(.timeLimit(.minutes(5)))
struct `Something answers that is not the office` {
  @Test(arguments: [
    ("/redirect", Sentence.redirect),
    ("/longhead", Sentence.largeHead),
    ("/manyheads", Sentence.largeHead),
    ("/endlesshead", Sentence.largeHead),
    ("/trailers", Sentence.largeHead),
    ("/hintsforever", Sentence.largeHead),
    ("/notHTTP", Sentence.notHTTP),
    ("/badlength", Sentence.notHTTP),
    ("/hugelength", Sentence.notHTTP),
    ("/torn", Sentence.notHTTP),
    ("/status/101", Sentence.notHTTP),
    ("/status/999", Sentence.notHTTP),
  ])
  func `and is not believed`(path: String, sentence: String) async throws {
    let transport = try await Office.transport()
    await #expect(throws: TransportFailure.garbled(sentence)) { try await transport.text(path) }
  }

  @Test func `such as a body that is not compressed as it claims`() async throws {
    let transport = try await Office.transport(offersGzip: true)
    await #expect(throws: TransportFailure.garbled(Sentence.badEncoding)) {
      try await transport.text("/damaged")
    }
  }

  @Test func `such as a broken stream of chunks`() async throws {
    let transport = try await Office.transport()
    await #expect(throws: TransportFailure.garbled(Sentence.badEncoding)) {
      try await transport.text("/badchunk")
    }
  }

  @Test func `such as a portal that does not even speak TLS`() async throws {
    let transport = try await Office.transport(to: "portal")
    await #expect(throws: TransportFailure.garbled(Sentence.notTLS)) {
      try await transport.text("/plain")
    }
  }
}

@Suite(.timeLimit(.minutes(5)))
struct `A proxy on the way` {
  /// The name is known to no name server, so only the proxy can have found it.
  @Test func `leads to the office, whose certificate still counts`() async throws {
    let transport = try await Office.transport(host: "office.test", proxy: "proxy")
    #expect(try await transport.text("/plain") == "good morning")
    #expect(try await transport.text("/plain") == "good morning")
    #expect(transport.traffic.connections == 1)
  }

  @Test func `cannot pass off another server as the office`() async throws {
    let transport = try await Office.transport(
      host: "office.test", trust: "stranger", proxy: "proxy")
    await #expect(throws: TransportFailure.refused(Sentence.otherAuthority)) {
      try await transport.text("/plain")
    }
  }

  @Test(arguments: [
    ("signInProxy", TransportFailure.garbled(Sentence.proxySignIn)),
    ("brokenProxy", .garbled(Sentence.proxyRefused(status: 503))),
    ("closed", .offline(Sentence.unreachable)),
  ])
  func `may refuse`(proxy: String, failure: TransportFailure) async throws {
    let transport = try await Office.transport(host: "office.test", proxy: proxy)
    await #expect(throws: failure) { try await transport.text("/plain") }
  }

  @Test func `may have an unknown name`() async throws {
    let office = try await Office.shared.value
    let transport = CurlTransport(
      office: office.address(), trust: .authority(pem: office.pem("authority.pem")),
      proxy: "http://" + String(repeating: "a", count: 70) + ".test:3128")
    await #expect(throws: TransportFailure.offline(Sentence.unknownProxy)) {
      try await transport.text("/plain")
    }
  }

  /// In a process of its own, because the environment belongs to the whole process.
  @Test func `is taken from the environment when none is given`() async {
    await #expect(processExitsWith: .success) {
      let office = try await Office.shared.value
      setenv("https_proxy", office.proxy("proxy"), 1)
      unsetenv("no_proxy")
      unsetenv("NO_PROXY")
      let transport = CurlTransport(
        office: office.address(host: "office.test"),
        trust: .authority(pem: office.pem("authority.pem")), identity: office.identity("laptop"))
      _ = try await transport.text("/plain")
    }
  }
}
