extension CurlTransport {
  /// Whose server certificate counts as the office's.
  public enum Trust: Sendable {
    /// Only certificates that this authority issued; the system's own list does not count.
    ///
    /// - Parameter pem: One or more certificates as PEM text.
    case authority(pem: [UInt8])

    /// Any server whatsoever, for one purpose: to download the authority's certificate at
    /// enrolment.
    ///
    /// Safe there, because nothing secret is sent (an identity is held back) and what arrives is
    /// believed only after its fingerprint equals the one the officer got by another way. A liar
    /// on the path can make the check fail, but not pass. Never use it for anything else.
    case unverifiedForAuthorityDownload
  }

  /// This laptop's client certificate and its private key, both as PEM text in memory.
  ///
  /// They are bytes rather than paths, so that the key never lies readable on the disk.
  public struct Identity: Sendable {
    /// The certificate, followed by intermediate ones if there are any.
    public var certificate: [UInt8]
    /// The key of `certificate`, not encrypted.
    public var privateKey: [UInt8]

    /// Pairs a certificate with its key. Whether they fit is checked when a connection is made.
    public init(certificate: [UInt8], privateKey: [UInt8]) {
      self.certificate = certificate
      self.privateKey = privateKey
    }
  }
}
