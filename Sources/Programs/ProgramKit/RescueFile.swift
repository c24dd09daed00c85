import Crypto
import Foundation
import SyncCore
import X509

/// A laptop's unsent work in a file that only its office can read, signed by the laptop.
///
/// Behind a line of text stands the key that HPKE encapsulates (RFC 9180: P-256, SHA-256,
/// AES-256-GCM), 65 bytes, then one sealed text: the laptop's certificate and its signature over
/// the rest, each with its length in four bytes before it, and the rest, which is JSON.
package enum RescueFile {
  private static let title = "DOORSTEP RESCUE 1\n"
  private static let keyBytes = 65
  private static let suite = HPKE.Ciphersuite.P256_SHA256_AES_GCM_256
  /// Longer files are none of ours.
  private static let longest = 256 << 20

  package struct Contents: Codable, Sendable {
    package var office, user, device, replica: String
    /// Milliseconds since 1970 by the laptop's clock.
    package var sealedAt: Int64
    /// Laptop's clock minus the office's, in milliseconds, at the last sync.
    package var clockOffset: Int64
    package var catalogueVersion: UInt32
    package var firstCounter: UInt64
    /// The exact bytes of the changes, in dot order and without gaps.
    package var changes: [Data]
    /// Whether they were read out of a damaged store, and stand under a replica of their own.
    package var isSalvaged: Bool

    package init(
      replica: ReplicaID, firstCounter: UInt64, changes: [Change], clockOffset: Int64,
      catalogueVersion: UInt32, isSalvaged: Bool
    ) {
      (office, user, device) = ("", "", "")
      self.replica = replica.description
      sealedAt = World.now().milliseconds
      self.clockOffset = clockOffset
      self.catalogueVersion = catalogueVersion
      self.firstCounter = firstCounter
      self.changes = changes.map { Data($0.bytes) }
      self.isSalvaged = isSalvaged
    }
  }

  package enum Problem: Error {
    case notOurs, otherOffice, damaged
    /// It is not signed by a laptop of this office, or not by the one that it names.
    case notSigned
  }

  /// Seals work for the office of a laptop, signed with the laptop's key.
  /// - Returns: the file's bytes.
  package static func seal(
    _ contents: Contents, by home: Home, _ options: HomeOptions
  ) throws -> [UInt8] {
    let known = try home.configuration()
    var contents = contents
    contents.office = known.office
    contents.user = known.user
    contents.device = known.device
    let pem = try KeyFile.open(known.key, passphrase: options.passphrase())
    let body = try JSONEncoder().encode(contents)
    let signature = try P256.Signing.PrivateKey(pemRepresentation: pem)
      .signature(for: Data(title.utf8) + body).rawRepresentation
    let authority = try Certificate(pemEncoded: known.authority).publicKey
    guard let key = P256.Signing.PublicKey(authority) else {
      throw Failure(
        .disk, code: "damaged", "The office's certificate on this laptop is damaged. Tell IT.")
    }
    var sender = try HPKE.Sender(
      recipientKey: P256.KeyAgreement.PublicKey(x963Representation: key.x963Representation),
      ciphersuite: suite, info: Data(title.utf8))
    let text = part(Data(known.certificate.utf8)) + part(signature) + body
    let sealed = try sender.seal(text, authenticating: Data(title.utf8))
    return Array(title.utf8) + Array(sender.encapsulatedKey) + Array(sealed)
  }

  /// Opens one at the office, and checks whose it is: the certificate must be of the office's
  /// authority, the signature of the certificate's key, and the device the certificate's. Whether
  /// the certificate is in date is not asked, since who was long away has the most to bring;
  /// whether the office still hears the device is for its register to say.
  package static func open(
    _ path: String, authorityPEM: String, authorityKeyPEM: String
  ) throws -> Contents {
    let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
    let head = Data(title.utf8)
    guard let data = try file.read(upToCount: longest + 1), data.starts(with: head),
      data.count <= longest, data.count > head.count + keyBytes
    else { throw Problem.notOurs }
    let rest = data.dropFirst(head.count)
    let text = try opened(
      Data(rest.dropFirst(keyBytes)), Data(rest.prefix(keyBytes)), authorityKeyPEM)
    guard let (certificatePEM, behind) = taken(text[...]), let (signature, body) = taken(behind)
    else { throw Problem.damaged }
    let authority = try Certificate(pemEncoded: authorityPEM)
    guard
      let certificate = try? Certificate(
        pemEncoded: String(decoding: certificatePEM, as: UTF8.self)),
      authority.publicKey.isValidSignature(certificate.signature, for: certificate),
      certificate.issuer == authority.subject,
      let key = P256.Signing.PublicKey(certificate.publicKey),
      let written = try? P256.Signing.ECDSASignature(rawRepresentation: signature),
      key.isValidSignature(written, for: head + body)
    else { throw Problem.notSigned }
    guard let contents = try? JSONDecoder().decode(Contents.self, from: body) else {
      throw Problem.damaged
    }
    let name = GeneralName.uniformResourceIdentifier("urn:doorstep:device:\(contents.device)")
    guard try certificate.extensions.subjectAlternativeNames?.contains(name) == true else {
      throw Problem.notSigned
    }
    return contents
  }

  private static func opened(_ sealed: Data, _ encapsulated: Data, _ pem: String) throws -> Data {
    let key = try P256.KeyAgreement.PrivateKey(pemRepresentation: pem)
    do {
      var recipient = try HPKE.Recipient(
        privateKey: key, ciphersuite: suite, info: Data(title.utf8), encapsulatedKey: encapsulated)
      return try recipient.open(sealed, authenticating: Data(title.utf8))
    } catch { throw Problem.otherOffice }
  }

  private static func part(_ bytes: Data) -> Data {
    withUnsafeBytes(of: UInt32(clamping: bytes.count).bigEndian) { Data($0) } + bytes
  }

  private static func taken(_ bytes: Data) -> (Data, rest: Data)? {
    guard bytes.count >= 4 else { return nil }
    let length = bytes.prefix(4).reduce(0) { $0 << 8 | Int($1) }
    let rest = bytes.dropFirst(4)
    guard rest.count >= length else { return nil }
    return (Data(rest.prefix(length)), Data(rest.dropFirst(length)))
  }
}
