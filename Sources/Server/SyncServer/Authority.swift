import Crypto
import Foundation
import SwiftASN1
import SyncCore
import X509

/// The office's own certificate authority: made at first start, known to nobody else.
///
/// P-256 throughout, which every TLS library here takes by default.
package struct Authority: Sendable {
  package let certificate: Certificate
  private let key: Certificate.PrivateKey

  /// Certificates of the office run from 1970 to the end of 9999 (RFC 5280 section 4.1.2.5): a
  /// laptop whose clock is years off must still reach the office. What protects is that laptops
  /// know this one authority by its fingerprint, and that the office's clock, not the laptop's,
  /// judges the laptops' short-lived certificates.
  private static let beginning = Date(timeIntervalSince1970: 0)
  private static let noEnd = Date(timeIntervalSince1970: 253_402_300_799)

  /// Makes a new authority.
  package static func make(office: String) throws -> Authority {
    let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
    let name = try DistinguishedName {
      OrganizationName("Doorstep")
      CommonName("\(office) authority")
    }
    let certificate = try Certificate(
      version: .v3, serialNumber: .init(), publicKey: key.publicKey, notValidBefore: beginning,
      notValidAfter: noEnd, issuer: name, subject: name, signatureAlgorithm: .ecdsaWithSHA256,
      extensions: Certificate.Extensions {
        Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
        Critical(KeyUsage(keyCertSign: true, cRLSign: true))
        SubjectKeyIdentifier(hash: key.publicKey)
      },
      issuerPrivateKey: key)
    return Authority(certificate: certificate, key: key)
  }

  private init(certificate: Certificate, key: Certificate.PrivateKey) {
    self.certificate = certificate
    self.key = key
  }

  package init(certificatePEM: String, keyPEM: String) throws {
    self.init(
      certificate: try Certificate(pemEncoded: certificatePEM),
      key: try Certificate.PrivateKey(pemEncoded: keyPEM))
  }

  package func certificatePEM() throws -> String { try certificate.serializeAsPEM().pemString }
  package func keyPEM() throws -> String { try key.serializeAsPEM().pemString }

  /// What an invitation carries of it.
  package func fingerprint() throws -> [UInt8] { Array(try certificate.derHash().bytes.prefix(16)) }

  /// The server's own certificate.
  /// - Parameter names: host names and IPv4 addresses under which laptops reach it.
  package func issueServer(names: [String]) throws -> (certificatePEM: String, keyPEM: String) {
    let serverKey = Certificate.PrivateKey(P256.Signing.PrivateKey())
    let alternatives = names.map { name -> GeneralName in
      let bytes = name.split(separator: ".", omittingEmptySubsequences: false).compactMap {
        UInt8($0)
      }
      return bytes.count == 4 ? .ipAddress(.init(contentBytes: bytes[...])) : .dnsName(name)
    }
    let leaf = try issue(
      serverKey.publicKey, subject: names.first ?? "doorstepd", from: Self.beginning,
      until: Self.noEnd
    ) {
      try ExtendedKeyUsage([.serverAuth])
      SubjectAlternativeNames(alternatives)
    }
    return (try leaf.serializeAsPEM().pemString, try serverKey.serializeAsPEM().pemString)
  }

  /// A laptop's or operator's certificate.
  package struct Issued: Sendable {
    package let pem: String
    package let fingerprint: Hash
    package let expires: Timestamp
  }

  /// Why a signing request is not taken.
  package enum RequestProblem: Error, Sendable { case unreadable, badSignature, keyNotUsable }

  /// Whether a machine could come back with it: a certificate for another key would be signed, and
  /// the connection that shows it refused.
  private static func canIdentify(_ key: Certificate.PublicKey) -> Bool {
    P521.Signing.PublicKey(key) == nil && Curve25519.Signing.PublicKey(key) == nil
  }

  /// Signs a laptop's request. Of the request only the key is taken; the office decides the rest.
  package func issueDevice(
    signing request: String, for device: DeviceID, from now: Timestamp, lasting days: Int
  ) throws -> Issued {
    guard let csr = try? CertificateSigningRequest(pemEncoded: request) else {
      throw RequestProblem.unreadable
    }
    guard csr.publicKey.isValidSignature(csr.signature, for: csr) else {
      throw RequestProblem.badSignature
    }
    guard Self.canIdentify(csr.publicKey) else { throw RequestProblem.keyNotUsable }
    let start = Date(timeIntervalSince1970: Double(now.milliseconds) / 1000)
    let end = start.addingTimeInterval(Double(days) * 86_400)
    let leaf = try issue(
      csr.publicKey, subject: device.description, from: start.addingTimeInterval(-300), until: end
    ) {
      try ExtendedKeyUsage([.clientAuth])
      SubjectAlternativeNames([.uniformResourceIdentifier("urn:doorstep:device:\(device)")])
    }
    return Issued(
      pem: try leaf.serializeAsPEM().pemString, fingerprint: try leaf.derHash(),
      expires: Timestamp(milliseconds: Int64(end.timeIntervalSince1970 * 1000)))
  }

  private func issue(
    _ publicKey: Certificate.PublicKey, subject: String, from: Date, until: Date,
    @ExtensionsBuilder extensions: () throws -> Result<Certificate.Extensions, any Error>
  ) throws -> Certificate {
    let own = try extensions().get()
    let authorityKey = try certificate.extensions.subjectKeyIdentifier?.keyIdentifier
    let all = try Certificate.Extensions {
      Critical(BasicConstraints.notCertificateAuthority)
      Critical(KeyUsage(digitalSignature: true))
      AuthorityKeyIdentifier(keyIdentifier: authorityKey)
    }
    return try Certificate(
      version: .v3, serialNumber: .init(), publicKey: publicKey, notValidBefore: from,
      notValidAfter: until, issuer: certificate.subject,
      subject: try DistinguishedName { CommonName(subject) }, signatureAlgorithm: .ecdsaWithSHA256,
      extensions: try Certificate.Extensions(Array(all) + Array(own)), issuerPrivateKey: key)
  }
}

extension Certificate {
  func derHash() throws -> Hash {
    var serializer = DER.Serializer()
    try serializer.serialize(self)
    return Hash(of: serializer.serializedBytes)
  }
}
