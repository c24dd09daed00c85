import Foundation
import SyncClient
import Testing

@testable import CurlTransport

@Suite(.timeLimit(.minutes(5)))
struct `An answer of the office` {
  @Test func `arrives with its status, its type without parameters and when to come again`()
    async throws
  {
    let transport = try await Office.transport()
    let response = try await transport.get("/plain")
    #expect(response.status == 200)
    #expect(response.contentType == "text/plain")
    #expect(response.retryAfter == 17)
    #expect(try await response.body.collect(limit: 100) == Array("good morning".utf8))
  }

  @Test(arguments: [200, 204, 400, 409, 429, 503])
  func `keeps whatever status is not a redirect`(status: Int) async throws {
    let transport = try await Office.transport()
    #expect(try await transport.get("/status/\(status)").status == status)
  }

  @Test func `is found behind early hints`() async throws {
    let transport = try await Office.transport()
    #expect(try await transport.text("/interim") == "after the hints")
  }

  @Test(arguments: [0, 1, 1024, 70_000, 3_000_000])
  func `shows that a body was sent whole`(size: Int) async throws {
    let transport = try await Office.transport()
    let body = (0..<size).map { UInt8(truncatingIfNeeded: $0) }
    #expect(try await transport.echo(body) == body)
  }

  @Test func `shows which headers were sent`() async throws {
    let transport = try await Office.transport()
    let request = TransportRequest(
      .post, "/head", contentType: "application/x-doorstep", accept: "application/x-page",
      body: Array(repeating: 7, count: 2 << 20))
    let answer = try await transport.exchange(request).body.collect(limit: 10_000)
    let headers = try JSONDecoder().decode([String: String].self, from: Data(answer))
    #expect(headers["accept"] == "application/x-page")
    #expect(headers["content-type"] == "application/x-doorstep")
    #expect(headers["content-length"] == "2097152")
    #expect(Set(headers.keys) == ["accept", "content-length", "content-type", "host"])
  }

  @Test func `comes over one connection for request after request`() async throws {
    let transport = try await Office.transport()
    for _ in 0..<20 { _ = try await transport.text("/plain") }
    #expect(transport.traffic.requests == 20)
    #expect(transport.traffic.connections == 1)
  }

  @Test func `comes although the kept connection has died`() async throws {
    let transport = try await Office.transport()
    let request = TransportRequest(.post, "/flaky", accept: "*/*", body: [1, 2, 3])
    for _ in 0..<2 {
      let response = try await transport.exchange(request)
      #expect(try await response.body.collect(limit: 10) == [1, 2, 3])
    }
    #expect(transport.traffic.connections == 2)
  }

  @Test(arguments: [0, 20, 50_000, 500_000])
  func `is counted to the byte, as is its request`(size: Int) async throws {
    let transport = try await Office.transport()
    let request = TransportRequest(
      .post, "/wire", contentType: "a/b", accept: "*/*", body: Array(repeating: 1, count: size))
    let answer = try await transport.exchange(request).body.collect(limit: 100)
    let text = String(decoding: answer, as: UTF8.self)
    #expect(transport.traffic.bytesSent == Int(text))
    let head = "HTTP/1.1 200 OK\r\nContent-Length: \(text.count)\r\n\r\n"
    #expect(transport.traffic.bytesReceived == head.utf8.count + text.utf8.count)
  }

  @Test func `can be read while the office is still writing it`() async throws {
    let transport = try await Office.transport()
    let id = UUID()
    let response = try await transport.get("/gated/\(id)")
    #expect(try await response.body.next() == Array("first".utf8))
    _ = try await transport.text("/open/\(id)")
    #expect(try await response.body.next() == Array("second".utf8))
    #expect(try await response.body.next() == nil)
    #expect(try await response.body.next() == nil)
  }

  @Test func `holds the office back while the laptop is busy, and is still whole`() async throws {
    let transport = try await Office.transport()
    let id = UUID()
    let total = 20 << 20
    let response = try await transport.get("/stream/\(id)")
    let stalledAt = try #require(Int(try await transport.text("/stalled/\(id)")))
    #expect(stalledAt < total)
    let pattern = (0..<(512 << 10)).map { UInt8(truncatingIfNeeded: $0) }
    var count = 0
    var isIntact = true
    var largest = 0
    while let chunk = try await response.body.next() {
      isIntact = isIntact && pattern[(count % 256)...].prefix(chunk.count).elementsEqualFast(chunk)
      count += chunk.count
      largest = max(largest, chunk.count)
      await Task.yield()
    }
    #expect(count == total)
    #expect(isIntact)
    #expect(largest <= Exchange.highWater + (16 << 10))
  }

  @Test func `reaches the right one of many tasks`() async throws {
    let transport = try await Office.transport()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<40 {
        group.addTask {
          let body = Array(repeating: UInt8(number), count: 1 + number * 1000)
          let echo = try await transport.echo(body)
          #expect(echo == body)
        }
      }
      try await group.waitForAll()
    }
    #expect(transport.traffic.requests == 40)
  }

  @Test(arguments: [(true, "unfolded"), (false, "not offered")])
  func `is compressed only when that was offered`(offers: Bool, expected: String) async throws {
    let transport = try await Office.transport(offersGzip: offers)
    #expect(try await transport.text("/gzip") == expected)
  }
}

extension ArraySlice<UInt8> {
  /// Compares without the per-element cost of a debug build.
  func elementsEqualFast(_ other: [UInt8]) -> Bool {
    guard count == other.count else { return false }
    return withUnsafeBytes { ours in
      other.withUnsafeBytes { theirs in
        count == 0 || memcmp(ours.baseAddress!, theirs.baseAddress!, count) == 0
      }
    }
  }
}
