import Foundation
import SyncCore
import SyncWire

/// How a machine becomes known to an office: it proves a single-use code and receives a certificate
/// for its own key.
///
/// The code carries the fingerprint of the office's authority. So the first download, which nothing
/// protects yet, is checked against it before anything secret is sent.
public struct Enrolment: Sendable {
  /// What a machine has once it is enrolled.
  public struct Result: Sendable {
    public var certificatePEM: String
    public var authorityPEM: String
    public var device: DeviceID
    public var user: String
    public var role: Role
    public var office: String
  }

  /// Downloads the authority's certificate over a connection that checks nothing, and compares its
  /// fingerprint.
  package static func fetchAuthority(
    over transport: any Transport, for invitation: Invitation
  ) async throws(SyncFailure) -> String {
    let body: [UInt8]
    do throws(TransportFailure) {
      let response = try await transport.exchange(
        TransportRequest(.get, "/v1/authority", accept: "application/x-pem-file"))
      guard response.status == 200 else {
        throw TransportFailure.garbled("It answered with status \(response.status).")
      }
      body = try await response.body.collect(limit: 16 << 10)
    } catch { throw SyncFailure(error) }
    let pem = String(decoding: body, as: UTF8.self)
    guard let der = Self.der(pem) else { throw .garbled("It has no authority of Doorstep's kind.") }
    guard Array(Hash(of: der).bytes.prefix(16)) == invitation.authority else {
      throw .refused(
        code: "wrong-authority",
        message:
          "This is not the office that issued the code. Check the address; if it is right, tell your office."
      )
    }
    return pem
  }

  /// Redeems the code.
  /// - Parameters:
  ///   - transport: one that trusts the authority and nothing else.
  ///   - signingRequest: PKCS #10 in PEM form, for a key that never leaves this machine.
  ///   - user: whose machine it is already; a code for somebody else is then not spent.
  package static func redeem(
    _ invitation: Invitation, over transport: any Transport, authorityPEM: String,
    signingRequest: String,
    label: String, user: String = ""
  ) async throws(SyncFailure) -> Result {
    let request = PBEnrolRequest.with {
      $0.code = invitation.description
      $0.signingRequest = signingRequest
      $0.label = label
      $0.user = user
    }
    let answer: PBEnrolResponse = try await OfficeCall(transport).post("/v1/enrol", request)
    guard let device = DeviceID(bytes: answer.device), Self.der(answer.certificate) != nil else {
      throw .garbled("Its answer to the enrolment is not complete.")
    }
    return Result(
      certificatePEM: answer.certificate, authorityPEM: authorityPEM, device: device,
      user: answer.user,
      role: Role(rawValue: answer.role), office: answer.office)
  }

  /// The SHA-256 of a certificate's DER form; `nil` when it is no PEM block.
  package static func fingerprint(ofPEM pem: String) -> Hash? { der(pem).map { Hash(of: $0) } }

  /// The bytes inside a PEM block.
  static func der(_ pem: String) -> [UInt8]? {
    let lines = pem.split(whereSeparator: \.isNewline)
    guard lines.first?.hasPrefix("-----BEGIN CERTIFICATE") == true else { return nil }
    let body = lines.dropFirst().prefix { !$0.hasPrefix("-----END") }.joined()
    return Data(base64Encoded: body).map { [UInt8]($0) }
  }
}
