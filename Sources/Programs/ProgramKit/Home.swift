import ArgumentParser
import CurlTransport
import Foundation
import SyncClient
import SyncCore

/// Where a machine keeps what makes it known to its office.
package struct HomeOptions: ParsableArguments, Sendable {
  @Option(
    name: .long,
    help: "Folder of this machine's data. Default: $DOORSTEP_HOME, else a folder of your account.")
  package var home: String?

  @Option(
    name: .long,
    help: "File that holds the passphrase of this machine's key, if it was enrolled with one.")
  package var passphraseFile: String?

  @Option(
    name: .long,
    help:
      "Proxy to reach the office through, for instance http://proxy:3128. Default: the environment's."
  )
  package var proxy: String?

  package init() {}

  /// - Parameter program: the default folder's name.
  package func folder(of program: String) -> Home {
    let environment = ProcessInfo.processInfo.environment
    if let home = home ?? environment["\(program.uppercased())_HOME"] { return Home(path: home) }
    let data = environment["XDG_DATA_HOME"] ?? NSHomeDirectory() + "/.local/share"
    return Home(path: "\(data)/\(program)")
  }

  /// The passphrase without its line's end; `nil` when none is used.
  package func passphrase() throws -> [UInt8]? {
    let named = passphraseFile ?? ProcessInfo.processInfo.environment["DOORSTEP_PASSPHRASE_FILE"]
    guard let path = named else { return nil }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw Failure(
        .notSetUp, code: "no-passphrase-file",
        "The passphrase file \(path) cannot be read. Check its name and that it is yours.")
    }
    var bytes = [UInt8](data)
    while let last = bytes.last, last == 0x0A || last == 0x0D { bytes.removeLast() }
    guard !bytes.isEmpty else {
      throw Failure(.notSetUp, code: "empty-passphrase", "The passphrase file \(path) is empty.")
    }
    return bytes
  }
}

/// The folder: configuration, authority, certificate, key, and on a laptop the store.
package struct Home: Sendable {
  package let path: String

  package init(path: String) { self.path = path }

  /// What is known of the office and of this machine. No secret.
  package struct Configuration: Codable, Sendable {
    /// `https://name:port`.
    package var address: String
    package var office: String
    package var device: String
    package var user: String
    package var role: String

    package init(address: String, office: String, device: String, user: String, role: String) {
      self.address = address
      self.office = office
      self.device = device
      self.user = user
      self.role = role
    }
  }

  package var store: String { path + "/replica.sqlite" }
  private var configurationFile: String { path + "/office.json" }
  private var authorityFile: String { path + "/authority.pem" }
  private var certificateFile: String { path + "/device.pem" }
  private var keyFile: String { path + "/device.key" }

  package var isEnrolled: Bool { FileManager.default.fileExists(atPath: configurationFile) }

  package func configuration() throws -> Configuration {
    let data = try contents(configurationFile)
    guard let configuration = try? JSONDecoder().decode(Configuration.self, from: data) else {
      throw Failure(
        .disk, code: "damaged",
        "\(configurationFile) is damaged. Restore it, or enrol again into another folder.")
    }
    return configuration
  }

  private func contents(_ file: String) throws -> Data {
    let descriptor = open(file, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      guard errno == ENOENT else {
        throw Failure(
          .cannotCreate, code: "no-access",
          "\(file) cannot be read (\(String(cString: strerror(errno)))). Check who owns it and its permissions."
        )
      }
      throw Failure(
        .notSetUp, code: "not-enrolled",
        "This machine is not enrolled (nothing in \(path)). Ask the office for a code, then: enrol."
      )
    }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    return try handle.readToEnd() ?? Data()
  }

  /// A connection to the office with this machine's certificate.
  /// - Parameter offersGzip: let the office compress, which halves the wait on a slow network.
  package func transport(
    _ options: HomeOptions, offersGzip: Bool = true
  ) throws -> CurlTransport {
    let configuration = try configuration()
    let key = try KeyFile.open(
      String(decoding: contents(keyFile), as: UTF8.self), passphrase: options.passphrase())
    return CurlTransport(
      office: configuration.address, trust: .authority(pem: [UInt8](try contents(authorityFile))),
      identity: CurlTransport.Identity(
        certificate: [UInt8](try contents(certificateFile)), privateKey: Array(key.utf8)),
      proxy: options.proxy, offersGzip: offersGzip)
  }

  /// What invitations of this machine's office begin with.
  func authorityHash() throws -> Hash {
    let pem = String(decoding: try contents(authorityFile), as: UTF8.self)
    guard let hash = Enrolment.fingerprint(ofPEM: pem) else {
      throw Failure(
        .disk, code: "damaged", "\(authorityFile) is damaged. Enrol into another folder.")
    }
    return hash
  }

  /// Room that an enrolment needs: certificates, key and an empty store with its log.
  private static let neededBytes = 256 << 10

  /// Makes the folder, readable by its owner alone, and proves that there is room in it before a
  /// code is spent.
  package func prepare() throws {
    let files = FileManager.default
    do {
      try files.createDirectory(
        atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw Failure(
        .cannotCreate, code: "no-access",
        "\(path) cannot be written. Check who owns it, or choose another: --home FOLDER.")
    }
    let probe = path + "/.probe"
    defer { unlink(probe) }
    guard Self.writeDurably([UInt8](repeating: 1, count: Self.neededBytes), probe) else {
      let isFull = errno == ENOSPC || errno == EFBIG || errno == EDQUOT
      throw isFull
        ? Failure(
          .disk, code: "disk-full",
          "The disk is full: there is no room in \(path). Nothing was changed. Free some space and try again."
        )
        : Failure(
          .cannotCreate, code: "no-access",
          "\(path) cannot be written. Check who owns it, or choose another: --home FOLDER.")
    }
  }

  /// - Returns: whether all of it is on the disk; `errno` says why not.
  private static func writeDurably(_ bytes: [UInt8], _ file: String) -> Bool {
    let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    let written = Foundation.write(descriptor, bytes, bytes.count)
    if written >= 0, written < bytes.count {
      errno = ENOSPC
      return false
    }
    return written == bytes.count && fsync(descriptor) == 0
  }

  /// Writes what an enrolment gave. The configuration comes last: a folder without it is not
  /// enrolled.
  package func save(
    _ result: Enrolment.Result, address: String, key: String, passphrase: [UInt8]?
  ) throws {
    try write(result.authorityPEM, authorityFile)
    try write(result.certificatePEM, certificateFile)
    try write(try KeyFile.seal(key, passphrase: passphrase), keyFile)
    let configuration = Configuration(
      address: address, office: result.office, device: result.device.description, user: result.user,
      role: result.role.rawValue)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try write(String(decoding: encoder.encode(configuration), as: UTF8.self), configurationFile)
  }

  /// A new file, whole or not at all, for its owner alone.
  private func write(_ text: String, _ file: String) throws {
    let temporary = file + ".new"
    let isWritten = Self.writeDurably(Array(text.utf8), temporary)
    guard isWritten, rename(temporary, file) == 0 else {
      throw Failure(.disk, code: "disk-full", "\(file) could not be written: is the disk full?")
    }
  }
}
