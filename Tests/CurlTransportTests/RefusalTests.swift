import SyncClient
import Testing

@testable import CurlTransport

@Suite(.timeLimit(.minutes(5)))
struct `A laptop and an office that do not accept each other` {
  @Test(arguments: [
    ("office", "stranger", Sentence.otherAuthority),
    ("elsewhere", "authority", Sentence.otherName),
    ("outOfDate", "authority", Sentence.outOfDateServer),
    ("old", "authority", Sentence.oldTLS),
    ("office", "no such file", Sentence.brokenAuthority),
  ])
  func `the laptop refuses a server that may not be the office`(
    listener: String, trust: String, sentence: String
  ) async throws {
    let transport = try await Office.transport(to: listener, trust: trust)
    await #expect(throws: TransportFailure.refused(sentence)) {
      try await transport.text("/plain")
    }
    #expect(transport.traffic.bytesSent == 0)
  }

  @Test(arguments: [
    (nil, Sentence.ownMissing),
    ("expiredLaptop", Sentence.ownExpired),
    ("strangeLaptop", Sentence.ownRefused),
  ])
  func `the office refuses the laptop, and the officer learns why`(
    laptop: String?, sentence: String
  ) async throws {
    let transport = try await Office.transport(as: laptop)
    await #expect(throws: TransportFailure.refused(sentence)) {
      try await transport.text("/plain")
    }
  }

  @Test func `a refusal is heard although a large batch is on its way`() async throws {
    let transport = try await Office.transport(as: nil)
    await #expect(throws: TransportFailure.refused(Sentence.ownMissing)) {
      try await transport.echo(Array(repeating: 1, count: 4 << 20))
    }
  }

  @Test(arguments: ["locked", "expiredLaptop", "no such file"])
  func `a key that is encrypted, of another certificate or missing sends the officer to enrol`(
    key: String
  ) async throws {
    let office = try await Office.shared.value
    let transport = CurlTransport(
      office: office.address(), trust: .authority(pem: office.pem("authority.pem")),
      identity: office.identity("laptop", key: key), proxy: "")
    await #expect(throws: TransportFailure.refused(Sentence.ownUnreadable)) {
      try await transport.text("/plain")
    }
  }

  @Test func `without trust the authority's certificate can be had, but nothing of ours is shown`()
    async throws
  {
    let office = try await Office.shared.value
    func transport(to listener: String) -> CurlTransport {
      CurlTransport(
        office: office.address(listener), trust: .unverifiedForAuthorityDownload,
        identity: office.identity("laptop"), proxy: "")
    }
    #expect(try await transport(to: "open").text("/plain") == "good morning")
    await #expect(throws: TransportFailure.refused(Sentence.ownMissing)) {
      try await transport(to: "office").text("/plain")
    }
  }

  @Test(arguments: [
    "http://127.0.0.1:80", "127.0.0.1", "https://", "https://a@b", "https://a/b", "https://a b",
    "file:///etc/passwd", "https://:::", "",
  ])
  func `an office's address that is not plain https is refused`(address: String) async {
    let transport = CurlTransport(
      office: address, trust: .authority(pem: []), proxy: "")
    await #expect(throws: TransportFailure.refused(Sentence.badOffice)) {
      try await transport.text("/plain")
    }
  }

  @Test(arguments: ["plain", "@evil.test/", "/a b", "/a\r\nX: y", "/a#b", "/ä", ""])
  func `a path that could mean something else is not sent`(path: String) async throws {
    let transport = try await Office.transport()
    await #expect(throws: TransportFailure.garbled(Sentence.badAddress)) {
      try await transport.text(path)
    }
  }
}
