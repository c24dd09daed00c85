import Crypto
import Foundation
import SyncCore
import Testing
import X509

@testable import SyncServer

@Suite struct `The office's authority` {
  static let now = Timestamp(milliseconds: 1_790_000_000_000)

  static func signingRequest(_ key: P256.Signing.PrivateKey) throws -> String {
    try CertificateSigningRequest(
      version: .v1, subject: DistinguishedName { CommonName("anything") }, privateKey: .init(key),
      attributes: .init(), signatureAlgorithm: .ecdsaWithSHA256
    ).serializeAsPEM().pemString
  }

  static func isValid(_ pem: String, under authority: Authority, at time: Date) async throws -> Bool
  {
    var verifier = Verifier(
      rootCertificates: CertificateStore([try Certificate(pemEncoded: authority.certificatePEM())])
    ) { RFC5280Policy(fixedValidationTime: time) }
    let result = await verifier.validate(
      leaf: try Certificate(pemEncoded: pem), intermediates: CertificateStore())
    if case .validCertificate = result { return true }
    return false
  }

  @Test func `signs a laptop's key and nothing else of its request`() async throws {
    let authority = try Authority.make(office: "Test")
    let key = P256.Signing.PrivateKey()
    let device = DeviceID(value: 77)
    let issued = try authority.issueDevice(
      signing: Self.signingRequest(key), for: device, from: Self.now, lasting: 30)
    let certificate = try Certificate(pemEncoded: issued.pem)
    #expect(certificate.publicKey == Certificate.PublicKey(key.publicKey))
    #expect("\(certificate.subject)".contains(device.description))
    #expect(try issued.fingerprint == certificate.derHash())
    let start = Date(timeIntervalSince1970: Double(Self.now.milliseconds) / 1000)
    #expect(try await Self.isValid(issued.pem, under: authority, at: start))
    let later = start.addingTimeInterval(31 * 86_400)
    #expect(try await !Self.isValid(issued.pem, under: authority, at: later))
  }

  @Test func `signs no key with which the machine could not come back`() throws {
    let authority = try Authority.make(office: "Test")
    let strong = P384.Signing.PrivateKey()
    let others: [(key: Certificate.PrivateKey, algorithm: Certificate.SignatureAlgorithm)] = [
      (.init(P521.Signing.PrivateKey()), .ecdsaWithSHA512),
      (.init(Curve25519.Signing.PrivateKey()), .ed25519), (.init(strong), .ecdsaWithSHA384),
    ]
    var signed: [Certificate.PublicKey] = []
    for other in others {
      let request = try CertificateSigningRequest(
        version: .v1, subject: DistinguishedName { CommonName("anything") },
        privateKey: other.key, attributes: .init(), signatureAlgorithm: other.algorithm)
      let pem = try request.serializeAsPEM().pemString
      do {
        let issued = try authority.issueDevice(
          signing: pem, for: DeviceID(value: 1), from: Self.now, lasting: 30)
        signed.append(try Certificate(pemEncoded: issued.pem).publicKey)
      } catch Authority.RequestProblem.keyNotUsable {}
    }
    #expect(signed == [.init(strong.publicKey)])
  }

  @Test func `a certificate of another office of the same name is not accepted`() async throws {
    let authority = try Authority.make(office: "Test")
    let other = try Authority.make(office: "Test")
    let issued = try other.issueDevice(
      signing: Self.signingRequest(P256.Signing.PrivateKey()), for: DeviceID(value: 1),
      from: Self.now, lasting: 30)
    let time = Date(timeIntervalSince1970: Double(Self.now.milliseconds) / 1000)
    #expect(try await !Self.isValid(issued.pem, under: authority, at: time))
    #expect(try authority.fingerprint() != other.fingerprint())
  }

  @Test func `a request that its key did not sign is refused`() throws {
    let authority = try Authority.make(office: "Test")
    let pem = try Self.signingRequest(P256.Signing.PrivateKey())
    var lines = pem.split(separator: "\n").map(String.init)
    let body = Data(base64Encoded: lines[1..<lines.count - 1].joined()) ?? Data()
    var forged = body
    forged[forged.count - 1] ^= 1
    lines = [
      lines[0], forged.base64EncodedString(options: .lineLength64Characters),
      lines[lines.count - 1],
    ]
    #expect(throws: (any Error).self) {
      try authority.issueDevice(
        signing: lines.joined(separator: "\n"), for: DeviceID(value: 1), from: Self.now, lasting: 1)
    }
    #expect(throws: Authority.RequestProblem.self) {
      try authority.issueDevice(
        signing: "nonsense", for: DeviceID(value: 1), from: Self.now, lasting: 1)
    }
  }

  @Test(arguments: [-2_208_988_800.0, 2_145_916_800.0, 4_102_444_800.0].filter { $0 > 0 })
  func `the server's own certificate is in date whatever a laptop's clock says`(
    seconds: Double
  ) async throws {
    let authority = try Authority.make(office: "Test")
    let server = try authority.issueServer(names: ["localhost", "127.0.0.1"])
    let time = Date(timeIntervalSince1970: seconds)
    #expect(try await Self.isValid(server.certificatePEM, under: authority, at: time))
  }

  @Test func `it is the same after it was written and read`() throws {
    let authority = try Authority.make(office: "Test")
    let again = try Authority(
      certificatePEM: authority.certificatePEM(), keyPEM: authority.keyPEM())
    #expect(try again.fingerprint() == authority.fingerprint())
  }
}
