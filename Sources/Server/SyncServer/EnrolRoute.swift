import Foundation
import Hummingbird
import RecordCatalogue
import ServerStorage
import SyncCore
import SyncWire

/// How a machine comes to be known. See `Protocol/README.md` section 8.
struct EnrolRoute: Sendable {
  let store: any ServerStore
  let authority: Authority
  let office: String
  let catalogueVersion: UInt32
  let certificateDays: Int
  let now: @Sendable () -> Timestamp
  let random: @Sendable () -> UInt128

  /// `GET /v1/authority`: the authority's certificate, which its fingerprint in the invitation
  /// proves.
  func authorityCertificate(_ request: Request, _ context: OfficeContext) throws -> Response {
    Response(
      status: .ok, headers: [.contentType: "application/x-pem-file", .cacheControl: "no-store"],
      body: ResponseBody(byteBuffer: .init(string: try authority.certificatePEM())))
  }

  /// `POST /v1/enrol`: a code and a signing request against a certificate. The code is spent only
  /// if all goes well.
  func enrol(_ request: Request, _ context: OfficeContext) async throws -> Response {
    guard let form = request.sentForm else { throw Problem.unsupportedMedia }
    let body = try await request.collectBody(limit: 64 << 10)
    let message: PBEnrolRequest = try Unverified(body, as: form).message()
    guard let invitation = try? Invitation(message.code) else { throw Problem.codeUnknown }
    let time = now()
    let id = DeviceID.timeOrdered(at: time, random: random())
    let issued: Authority.Issued
    do {
      issued = try authority.issueDevice(
        signing: message.signingRequest, for: id, from: time, lasting: certificateDays)
    } catch Authority.RequestProblem.keyNotUsable {
      throw Problem.badRequest(
        "The key cannot be used: make one on the curve P-256 or P-384, or an RSA key of 2,048 bits or more. The code was not spent."
      )
    } catch is Authority.RequestProblem {
      throw Problem.badRequest("The signing request cannot be used.")
    }
    let label = message.label.utf8.count <= Limits.standard.nameBytes ? message.label : ""
    let code = try await store.transaction { transaction in
      let code = try Registry(transaction).redeem(invitation.secretHash, at: time)
      guard message.user.isEmpty || message.user.lowercased() == code.user.lowercased() else {
        // Thrown inside the transaction, so the code is not spent.
        throw Problem.badRequest("The code is for another user, \(code.user). Nothing was changed.")
      }
      var device = Device(
        id: id, user: code.user, role: code.role, label: code.label.isEmpty ? label : code.label,
        isOperator: code.isOperator, fingerprint: issued.fingerprint,
        certificateExpires: issued.expires, enrolledAt: time)
      device.since = try transaction.sequence()
      try transaction.enter(device)
      return code
    }
    let answer = PBEnrolResponse.with {
      $0.certificate = issued.pem
      $0.device = Data(id.bytes)
      $0.user = code.user
      $0.role = code.role.rawValue
      $0.office = office
      $0.catalogueVersion = catalogueVersion
    }
    return try .message(request.acceptedForm.write(answer), request.acceptedForm)
  }
}
