import SyncCore
import SyncWire

/// Tells the office's answer from everything else that can come back over somebody's network.
package struct OfficeAnswer: Sendable {
  private let response: TransportResponse

  package init(_ response: TransportResponse) { self.response = response }

  /// Returns when the answer is the office's own success in this form; says otherwise what it is.
  package func require(_ form: WireForm) async throws(SyncFailure) {
    let isOurs = response.contentType == form.mediaType
    if response.status == 200, isOurs { return }
    if isOurs || response.contentType.flatMap(WireForm.init(mediaType:)) != nil {
      throw try await problem(isOurs ? form : .json)
    }
    response.body.cancel()
    if response.status == 503 { throw .busy(retryAfter: response.retryAfter) }
    if response.contentType == "text/html" {
      throw .garbled(
        "A web page came back. This network may want you to sign in first: open a browser, sign in, then sync again."
      )
    }
    throw .garbled("It answered with status \(response.status) and no message of ours.")
  }

  private func problem(_ form: WireForm) async throws(SyncFailure) -> SyncFailure {
    let body: [UInt8]
    do { body = try await response.body.collect(limit: 64 << 10) } catch {
      throw SyncFailure(error)
    }
    guard let problem: PBProblem = try? Unverified(body, as: form).message(), !problem.code.isEmpty
    else {
      return .garbled("It answered with status \(response.status) and no message of ours.")
    }
    if response.status == 503 { return .busy(retryAfter: response.retryAfter) }
    if problem.code == "request-cut" {
      return .offline("The connection was cut. Nothing was taken; sync again to go on.")
    }
    let message =
      problem.message.isEmpty ? "The office refused (\(problem.code))." : problem.message
    return .refused(code: problem.code, message: message)
  }
}
