import Foundation
import SyncClient
import Testing

@testable import CurlTransport

@Suite(.timeLimit(.minutes(5)))
struct `Giving up` {
  @Test func `ends a request that waits for its answer, and its connection`() async throws {
    let transport = try await Office.transport()
    let id = UUID()
    let task = Task { try await transport.get("/silent/\(id)").status }
    _ = try await transport.text("/asked/\(id)")
    task.cancel()
    await #expect(throws: TransportFailure.cancelled) { try await task.value }
    _ = try await transport.text("/gone/\(id)")
  }

  @Test func `ends a body that waits for more, and its connection`() async throws {
    let transport = try await Office.transport()
    let id = UUID()
    let body = try await transport.get("/headonly/\(id)").body
    let task = Task { try await body.next() }
    task.cancel()
    await #expect(throws: TransportFailure.cancelled) { try await task.value }
    _ = try await transport.text("/gone/\(id)")
  }

  @Test func `before the request begins means that nothing is sent`() async throws {
    let transport = try await Office.transport()
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await transport.get("/plain").status
    }
    await #expect(throws: TransportFailure.cancelled) { try await task.value }
    await transport.close()
    #expect(transport.traffic.requests == 0)
  }

  @Test func `by word lets go of a paused transfer`() async throws {
    let transport = try await Office.transport()
    let id = UUID()
    let body = try await transport.get("/stream/\(id)").body
    _ = try await transport.text("/stalled/\(id)")
    body.cancel()
    await #expect(throws: TransportFailure.cancelled) { try await body.next() }
    #expect(try await transport.text("/plain") == "good morning")
  }

  @Test func `by forgetting the body lets go of the connection`() async throws {
    let transport = try await Office.transport()
    let id = UUID()
    _ = try await transport.get("/headonly/\(id)").status
    #expect(try await transport.text("/gone/\(id)") == "")
  }

  @Test func `at any moment gives either the whole answer or a cancellation`() async throws {
    let transport = try await Office.transport()
    let body = Array(repeating: UInt8(5), count: 300_000)
    await withTaskGroup(of: Void.self) { group in
      for round in 0..<40 {
        group.addTask {
          let task = Task { try await transport.echo(body) }
          for _ in 0..<(round * 5) { await Task.yield() }
          task.cancel()
          switch await task.result {
          case .success(let echo): #expect(echo == body)
          case .failure(let failure): #expect(failure as? TransportFailure == .cancelled)
          }
        }
      }
    }
    #expect(try await transport.text("/plain") == "good morning")
  }

  @Test func `by closing ends all transfers and every later one`() async throws {
    let transport = try await Office.transport()
    let id = UUID()
    let waiting = Task { try await transport.get("/silent/\(id)").status }
    let body = try await transport.get("/headonly/\(UUID())").body
    _ = try await transport.text("/asked/\(id)")
    await transport.close()
    await #expect(throws: TransportFailure.cancelled) { try await waiting.value }
    await #expect(throws: TransportFailure.cancelled) { try await body.next() }
    await #expect(throws: TransportFailure.cancelled) { try await transport.text("/plain") }
    await transport.close()
  }

  @Test func `by letting go of the transport ends its transfers`() async throws {
    var transport: CurlTransport? = try await Office.transport()
    let body = try #require(try await transport?.get("/headonly/\(UUID())").body)
    weak let gone = transport
    transport = nil
    #expect(gone == nil)
    await #expect(throws: TransportFailure.cancelled) { try await body.next() }
  }
}
