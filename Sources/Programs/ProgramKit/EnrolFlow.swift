import Crypto
import CurlTransport
import Foundation
import SyncClient
import SyncCore
import SyncWire
import X509

/// The same steps for a laptop and for an operator's machine.
package enum EnrolFlow {
  /// Enrols into `home`.
  /// - Parameters:
  ///   - address: `https://name:port`; `https://` may be left out.
  ///   - again: replace key and certificate of a machine that is enrolled, for the same user.
  ///   - beforeSaving: what else must be there first; when it throws, the machine is not enrolled.
  package static func run(
    into home: Home, address: String, code: String, label: String, options: HomeOptions,
    again: Bool = false, beforeSaving: (Enrolment.Result) throws -> Void = { _ in }
  ) async throws -> Enrolment.Result {
    // Asked for again, a machine must be known; what it says of itself is read either way.
    let known = again || home.isEnrolled ? try home.configuration() : nil
    if let known, !again {
      throw Failure(
        .cannotCreate, code: "already-enrolled",
        "\(home.path) is enrolled already, for \(known.user) at \(known.office). Nothing was changed. To renew it: --again. To enrol beside it: --home FOLDER."
      )
    }
    let invitation: Invitation
    do { invitation = try Invitation(code) } catch {
      throw Failure(.badData, code: "bad-code", error.description)
    }
    if known != nil, try home.authorityHash().bytes.prefix(16) != invitation.authority[...] {
      throw Failure(
        .badData, code: "other-office",
        "The code is of another office. Nothing was changed. To enrol there: --home FOLDER.")
    }
    let passphrase = try options.passphrase()
    let lock = try home.prepare()
    defer { withExtendedLifetime(lock) {} }
    guard home.isEnrolled == (known != nil) else {
      throw Failure(
        .tryAgain, code: "held", "Another enrolment into \(home.path) has just ended. Try again.")
    }
    let address = address.contains("://") ? address : "https://" + address
    let stranger = CurlTransport(
      office: address, trust: .unverifiedForAuthorityDownload, proxy: options.proxy)
    let authority = try await Enrolment.fetchAuthority(over: stranger, for: invitation)
    await stranger.close()
    let key = P256.Signing.PrivateKey()
    let office = CurlTransport(
      office: address, trust: .authority(pem: Array(authority.utf8)), proxy: options.proxy)
    let result = try await Enrolment.redeem(
      invitation, over: office, authorityPEM: authority,
      signingRequest: try signingRequest(for: key),
      label: label, user: known?.user ?? "")
    await office.close()
    try beforeSaving(result)
    try home.save(result, address: address, key: key.pemRepresentation, passphrase: passphrase)
    return result
  }

  private static func signingRequest(for key: P256.Signing.PrivateKey) throws -> String {
    let request = try CertificateSigningRequest(
      version: .v1, subject: DistinguishedName { CommonName("doorstep") }, privateKey: .init(key),
      attributes: .init(), signatureAlgorithm: .ecdsaWithSHA256)
    return try request.serializeAsPEM().pemString
  }
}

/// Time and chance of the real world, which programs alone may touch.
package enum World {
  package static func now() -> Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
  }

  package static func random() -> UInt128 {
    var generator = SystemRandomNumberGenerator()
    return UInt128(generator.next()) << 64 | UInt128(generator.next())
  }

  /// 0 up to but not including 1.
  package static func chance() -> Double { Double.random(in: 0..<1) }

  package static var surroundings: SyncEngine.Surroundings {
    SyncEngine.Surroundings(
      now: now, random: { UInt64(truncatingIfNeeded: random()) },
      sleep: { try await Task.sleep(for: $0) })
  }
}
