import SwiftProtobuf
import SyncCore
import SyncWire

/// One request with one answer, for everything that is not a sync.
package struct OfficeCall: Sendable {
  private let transport: any Transport

  /// Bytes of an answer, for the largest list that an office may send.
  private static let answerBytes = 64 << 20

  package init(_ transport: any Transport) { self.transport = transport }

  package func post<Answer: SwiftProtobuf.Message>(
    _ path: String, _ message: some SwiftProtobuf.Message
  ) async throws(SyncFailure) -> Answer {
    let body: [UInt8]
    do throws(WireRefusal) { body = try WireForm.binary.write(message) } catch {
      throw SyncFailure(error)
    }
    return try await call(
      TransportRequest(
        .post, path, contentType: WireForm.binary.mediaType, accept: WireForm.binary.mediaType,
        body: body))
  }

  package func get<Answer: SwiftProtobuf.Message>(_ path: String) async throws(SyncFailure)
    -> Answer
  {
    try await call(TransportRequest(.get, path, accept: WireForm.binary.mediaType))
  }

  private func call<Answer: SwiftProtobuf.Message>(
    _ request: TransportRequest
  ) async throws(SyncFailure) -> Answer {
    let response: TransportResponse
    do { response = try await transport.exchange(request) } catch { throw SyncFailure(error) }
    try await OfficeAnswer(response).require(.binary)
    let body: [UInt8]
    do { body = try await response.body.collect(limit: Self.answerBytes) } catch {
      throw SyncFailure(error)
    }
    guard let answer: Answer = try? Unverified(body, as: .binary).message() else {
      throw .garbled("Its answer cannot be read.")
    }
    return answer
  }
}
