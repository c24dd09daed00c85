import Foundation
import SyncClient
import SyncCore
import SyncReplica
import SyncWire
import TestSupport
import Testing

@Suite struct `What answers in the office's name` {
  private func failure(of network: some Transport) async throws -> SyncFailure? {
    let sam = try await OfficeInProcess().laptop("sam")
    do {
      _ = try await sam.engine(over: network).sync()
      return nil
    } catch { return error }
  }

  @Test(arguments: [200, 302, 511])
  func `is not the office when it is a web page, and the officer is told to sign in`(
    status: Int
  ) async throws {
    let page = Scripted.answering(status, "text/html", Array("<html>Free WiFi".utf8))
    guard case .garbled(let detail)? = try await failure(of: page) else {
      Issue.record("the page was taken for the office")
      return
    }
    #expect(detail.contains("sign in"))
    #expect(!detail.contains("Free WiFi"))
  }

  @Test(arguments: [nil, "text/plain", "application/json; charset=x", "image/png"])
  func `is not the office when it speaks of something else`(type: String?) async throws {
    let failure = try await failure(of: Scripted.answering(200, type, [1, 2, 3]))
    guard case .garbled? = failure else {
      Issue.record("\(String(describing: failure))")
      return
    }
  }

  @Test(arguments: [400, 401, 403, 409, 413, 426, 500, 507], WireForm.allCases)
  func `refuses in words for a person and a code for programs`(
    status: Int, form: WireForm
  ) async throws {
    let network = Scripted { _ in
      .problem(status, "some-code", message: "Do this next.", as: form)
    }
    #expect(
      try await failure(of: network) == .refused(code: "some-code", message: "Do this next."))
  }

  @Test func `is busy when it says so, and for how long`() async throws {
    let ours = Scripted { _ in .problem(503, "unavailable", retryAfter: 17) }
    #expect(try await failure(of: ours) == .busy(retryAfter: 17))
    let proxy = Scripted.answering(503, "text/html", [60], retryAfter: 4)
    #expect(try await failure(of: proxy) == .busy(retryAfter: 4))
  }

  @Test(arguments: [
    TransportFailure.offline("a"), .refused("b"), .garbled("c"), .cancelled,
  ])
  func `may not be reached, which is said as what it is`(from: TransportFailure) async throws {
    let expected: SyncFailure =
      switch from {
      case .offline(let detail): .offline(detail)
      case .refused(let detail): .refused(code: "connection", message: detail)
      case .garbled(let detail): .garbled(detail)
      case .cancelled: .cancelled
      }
    #expect(try await failure(of: Scripted.failing(from)) == expected)
  }

  @Test(arguments: [
    "no opening", "another request", "newer protocol", "page before scope", "frames missing",
    "unasked receipts", "garbage", "unknown order",
  ])
  func `is not believed when its answer is not in order`(wrong: String) async throws {
    let network = Scripted {
      (request: TransportRequest) async throws(TransportFailure) -> TransportResponse in
      let sync = try? Unverified(request.body, as: .binary).syncRequest()
      let frames = Self.frames(wrong, answering: sync?.requestID ?? 0)
      let isGarbage = wrong == "garbage"
      let bytes: [UInt8] =
        isGarbage ? [0, 0, 0, 2, 9, 9] : frames.flatMap { (try? $0.framed(as: .binary)) ?? [] }
      return TransportResponse(
        status: 200, contentType: WireForm.binary.mediaType, body: .of(bytes))
    }
    let failure = try await failure(of: network)
    guard case .garbled? = failure else {
      Issue.record("\(wrong): \(String(describing: failure))")
      return
    }
  }

  private static func frames(_ wrong: String, answering id: UInt64) -> [Frame] {
    let time = Timestamp(milliseconds: 1)
    func opening(_ id: UInt64, version: UInt32 = 1) -> Frame {
      .opening(.init(protocolVersion: version, requestID: id, epoch: 1, serverTime: time))
    }
    func end(_ frames: UInt64) -> Frame { .end(.init(frames: frames, known: 0)) }
    let page = Page(
      records: [], completed: [], checkpoint: [], place: Place(epoch: 1, sequence: 1))
    switch wrong {
    case "no opening": return [end(0)]
    case "another request": return [opening(id &+ 1), end(1)]
    case "newer protocol": return [opening(id, version: 2), end(1)]
    case "page before scope": return [opening(id), .page(page), end(2)]
    case "frames missing": return [opening(id), end(5)]
    case "unasked receipts":
      return [opening(id), .receipts([Receipt(counter: 1, verdict: .applied)]), end(2)]
    case "unknown order":
      return [opening(id), .order(Order(id: 1, kind: .unknown(0))), end(2)]
    default: return []
    }
  }
}

@Suite struct `Enrolling` {
  private static let invitation = Invitation(
    secret: Array(repeating: 1, count: 16), authority: Array(Hash(of: der).bytes.prefix(16)))
  private static let der = Array("an authority's certificate".utf8)

  private static func pem(_ der: [UInt8]) -> String {
    """
    -----BEGIN CERTIFICATE-----
    \(Data(der).base64EncodedString())
    -----END CERTIFICATE-----
    """
  }

  @Test func `trusts the authority that the code names`() async throws {
    let pem = Self.pem(Self.der)
    let network = Scripted.answering(200, "application/x-pem-file", Array(pem.utf8))
    #expect(try await Enrolment.fetchAuthority(over: network, for: Self.invitation) == pem)
  }

  @Test func `stops before anything secret is sent when it is another authority`() async throws {
    let pem = Self.pem(Array("a stranger".utf8))
    let network = Scripted.answering(200, "application/x-pem-file", Array(pem.utf8))
    let failure = await #expect(throws: SyncFailure.self) {
      try await Enrolment.fetchAuthority(over: network, for: Self.invitation)
    }
    guard case .refused(code: "wrong-authority", _)? = failure else {
      Issue.record("\(String(describing: failure))")
      return
    }
  }

  @Test(arguments: ["", "<html>", "-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----"])
  func `stops at whatever is no certificate`(body: String) async throws {
    let network = Scripted.answering(200, "application/x-pem-file", Array(body.utf8))
    await #expect(throws: SyncFailure.garbled("It has no authority of Doorstep's kind.")) {
      try await Enrolment.fetchAuthority(over: network, for: Self.invitation)
    }
  }

  @Test func `proves the code and receives who the officer is`() async throws {
    let sent = Notes<[UInt8]>()
    let network = Scripted { request in
      sent.add(request.body)
      let answer = PBEnrolResponse.with {
        $0.certificate = Self.pem([1, 2, 3])
        $0.device = Data(DeviceID(value: 9).bytes)
        $0.user = "sam"
        $0.role = "officer"
        $0.office = "Cardiff"
      }
      return TransportResponse(
        status: 200, contentType: WireForm.binary.mediaType,
        body: .of((try? WireForm.binary.write(answer)) ?? []))
    }
    let result = try await Enrolment.redeem(
      Self.invitation, over: network, authorityPEM: "authority", signingRequest: "csr",
      label: "blue laptop")
    #expect(result.user == "sam")
    #expect(result.device == DeviceID(value: 9))
    let request: PBEnrolRequest = try Unverified(sent.all[0], as: .binary).message()
    #expect(try Invitation(request.code) == Self.invitation)
    #expect(request.label == "blue laptop")
  }

  @Test func `tells why the office does not take a code`() async throws {
    let network = Scripted { _ in .problem(403, "code-used", message: "Ask for a new one.") }
    await #expect(throws: SyncFailure.refused(code: "code-used", message: "Ask for a new one.")) {
      try await Enrolment.redeem(
        Self.invitation, over: network, authorityPEM: "", signingRequest: "", label: "")
    }
  }
}
