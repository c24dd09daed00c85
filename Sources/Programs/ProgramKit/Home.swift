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

  package func validate() throws {
    guard home?.isEmpty != true else { throw ValidationError("--home must name a folder.") }
  }

  /// - Parameter program: the default folder's name.
  package func folder(of program: String) -> Home {
    if let home = home ?? NamedFolder.variable("\(program.uppercased())_HOME") {
      return Home(path: home)
    }
    let data = NamedFolder.variable("XDG_DATA_HOME") ?? NSHomeDirectory() + "/.local/share"
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

/// The folder: what makes the machine known to its office, and on a laptop the store.
///
/// All that an enrolment gives is in one file, renamed once: a machine is enrolled or it is not,
/// and a renewal never leaves a key without its certificate.
package struct Home: Sendable {
  package let path: String

  package init(path: String) { self.path = NamedFolder.absolute(path) }

  /// What a machine knows of its office and of itself.
  package struct Configuration: Codable, Sendable {
    /// `https://name:port`.
    package var address: String
    package var office: String
    package var device: String
    package var user: String
    package var role: String
    /// PEM: the office's authority, and this machine's certificate.
    var authority: String
    var certificate: String
    /// This machine's private key as `KeyFile` wrote it. A secret.
    var key: String
  }

  package var store: String { path + "/replica.sqlite" }
  var configurationFile: String { path + "/office.json" }

  package var isEnrolled: Bool { FileManager.default.fileExists(atPath: configurationFile) }

  package func configuration() throws -> Configuration {
    if !isEnrolled { try Wiping(self).check() }
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
    _ options: HomeOptions, offersGzip: Bool = true,
    timeouts: CurlTransport.Timeouts = .init()
  ) throws -> CurlTransport {
    let known = try configuration()
    let key = try KeyFile.open(known.key, passphrase: options.passphrase())
    return CurlTransport(
      office: known.address, trust: trust(of: known),
      identity: CurlTransport.Identity(
        certificate: Array(known.certificate.utf8), privateKey: Array(key.utf8)),
      proxy: options.proxy, timeouts: timeouts, offersGzip: offersGzip)
  }

  /// Whom to take for the office that a configuration names.
  package func trust(of known: Configuration) -> CurlTransport.Trust {
    .authority(pem: Array(known.authority.utf8))
  }

  /// What invitations of this machine's office begin with.
  func authorityHash() throws -> Hash {
    guard let hash = Enrolment.fingerprint(ofPEM: try configuration().authority) else {
      throw Failure(
        .disk, code: "damaged", "\(configurationFile) is damaged. Enrol into another folder.")
    }
    return hash
  }

  /// Room that an enrolment needs: certificates, key and an empty store with its log.
  private static let neededBytes = 256 << 10

  /// Makes the folder, readable by its owner alone, and proves that there is room in it before a
  /// code is spent.
  /// - Returns: what keeps other enrolments out of the folder while it is held.
  package func prepare() throws -> FileLock {
    let probe = path + "/.probe"
    defer { unlink(probe) }
    do {
      try DurableFile.makeFolder(path)
      try DurableFile.fill(probe, with: [UInt8](repeating: 1, count: Self.neededBytes))
    } catch {
      throw error.isLackOfRoom
        ? Failure(
          .disk, code: "disk-full",
          "The disk is full: there is no room in \(path). Nothing was changed. Free some space and try again."
        )
        : Failure(
          .cannotCreate, code: "no-access",
          "\(path) cannot be written. Check who owns it, or choose another: --home FOLDER.")
    }
    // Two enrolments of one folder would put a store of the one beside a key of the other.
    return try FileLock(
      path + "/enrol.lock",
      orElse: "Another enrolment into this folder is under way. Wait for it.")
  }

  /// Writes what an enrolment gave. From then on the machine is enrolled.
  package func save(
    _ result: Enrolment.Result, address: String, key: String, passphrase: [UInt8]?
  ) throws {
    let configuration = Configuration(
      address: address, office: result.office, device: result.device.description, user: result.user,
      role: result.role.rawValue, authority: result.authorityPEM,
      certificate: result.certificatePEM, key: try KeyFile.seal(key, passphrase: passphrase))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let bytes = [UInt8](try encoder.encode(configuration))
    do { try DurableFile.write(bytes, to: configurationFile) } catch {
      throw Failure(
        .disk, code: "disk-full", "\(configurationFile) could not be written: is the disk full?")
    }
  }
}
