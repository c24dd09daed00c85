import ArgumentParser
import Foundation
import ProgramKit
import RecordCatalogue
import ServerSQLite
import ServerStorage
import SyncCore
import SyncServer
import SyncWire

/// Where a server keeps everything.
struct DataOptions: ParsableArguments, Sendable {
  @Option(
    name: .long, help: "The server's data folder. Default: $DOORSTEPD_DATA, else ./doorstepd-data.")
  var data: String?

  @Option(name: .long, help: "Folder of catalogue files in place of those built in.")
  var catalogue: String?

  func validate() throws {
    guard data?.isEmpty != true else { throw ValidationError("--data must name a folder.") }
  }

  var folder: DataFolder {
    DataFolder(
      path: data ?? NamedFolder.variable("DOORSTEPD_DATA") ?? "doorstepd-data")
  }

  func loadCatalogue() throws -> Catalogue {
    guard let catalogue else { return .standard }
    let found: Catalogue
    do { found = try Catalogue(directory: catalogue) } catch {
      throw Failure(.badData, code: "bad-catalogue", error.description)
    }
    let lacking = found.version > Catalogue.standard.version ? found.lacks(of: .standard) : []
    guard lacking.isEmpty else {
      throw Failure(
        .badData, code: "bad-catalogue",
        "\(catalogue) is newer than the catalogue built in and lacks \(lacking.joined(separator: ", ")). To mend it: leave in what records were made under; laptops refuse it otherwise."
      )
    }
    return found
  }
}

/// The folder: store, authority, the server's own certificate, and its settings.
struct DataFolder: Sendable {
  let path: String

  init(path: String) { self.path = NamedFolder.absolute(path) }

  struct Settings: Codable, Sendable {
    var office: String
    /// Names and addresses under which laptops reach the server.
    var names: [String]
  }

  var storeFile: String { path + "/office.sqlite" }
  /// Who was given or denied what, apart from the store; see `AccessLog`.
  var accessLogFile: String { storeFile + ".access.log" }
  private var settingsFile: String { path + "/settings.json" }

  /// Makes everything, or nothing: into a folder beside it, which is then renamed.
  func create(_ settings: Settings) async throws {
    let files = FileManager.default
    guard !files.fileExists(atPath: path) else {
      throw Failure(
        .cannotCreate, code: "already-there",
        "\(path) is there already. Nothing was changed. To serve it: doorstepd serve --data \(path). For an operator's code: doorstepd operator-code USER --data \(path)"
      )
    }
    removeAbandoned()
    let draft = DataFolder(path: path + ".new-\(ProcessInfo.processInfo.processIdentifier)")
    do { try DurableFile.makeFolder(draft.path) } catch {
      throw Failure(
        .cannotCreate, code: "no-access",
        "\(path) cannot be made. Check who owns the folder that is to hold it.")
    }
    defer { try? files.removeItem(atPath: draft.path) }
    let authority = try Authority.make(office: settings.office)
    let server = try authority.issueServer(names: settings.names)
    try draft.write("authority.pem", authority.certificatePEM())
    try draft.write("authority.key", authority.keyPEM())
    try draft.write("server.pem", server.certificatePEM)
    try draft.write("server.key", server.keyPEM)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try draft.write("settings.json", String(decoding: encoder.encode(settings), as: UTF8.self))
    let secret = World.random().bytes + World.random().bytes
    let store = try SQLiteStore(
      path: draft.storeFile, life: ReplicaID(value: World.random()),
      creating: SQLiteStore.New(secret: secret))
    try store.close()
    do { try DurableFile.rename(draft.path, to: path) } catch {
      throw Failure(.cannotCreate, code: "no-access", "\(path) cannot be made.")
    }
  }

  /// What an earlier making of this folder left when it was killed. It holds the key of an
  /// authority that nobody uses.
  private func removeAbandoned() {
    let files = FileManager.default
    let (folder, name) = NamedFolder.split(path)
    let start = name + ".new-"
    let names = (try? files.contentsOfDirectory(atPath: folder)) ?? []
    for name in names where name.hasPrefix(start) {
      guard let maker = Int32(name.dropFirst(start.count)), maker > 0 else { continue }
      // Ours is not made yet: one of our number is of somebody before us.
      let isRunning = kill(maker, 0) == 0 || errno == EPERM
      guard maker == getpid() || !isRunning else { continue }
      try? files.removeItem(atPath: "\(folder)/\(name)")
    }
  }

  private func write(_ name: String, _ text: String) throws {
    do { try DurableFile.write(Array(text.utf8), to: "\(path)/\(name)") } catch {
      throw Failure(.disk, code: "disk-full", "\(path)/\(name) could not be written.")
    }
  }

  private func read(_ name: String) throws -> String {
    guard FileManager.default.fileExists(atPath: path) else {
      throw Failure(
        .notSetUp, code: "not-set-up",
        "There is no server in \(path). Make one: doorstepd init --data \(path)")
    }
    guard let data = FileManager.default.contents(atPath: "\(path)/\(name)") else {
      throw Failure(
        .cannotCreate, code: "no-access",
        "\(path)/\(name) cannot be read. Check who owns it and its permissions.")
    }
    return String(decoding: data, as: UTF8.self)
  }

  func settings() throws -> Settings {
    let text = try read("settings.json")
    guard let settings = try? JSONDecoder().decode(Settings.self, from: Data(text.utf8)) else {
      throw Failure(
        .disk, code: "damaged", "\(settingsFile) is damaged. Restore it from a backup.")
    }
    return settings
  }

  func authority() throws -> Authority {
    do {
      return try Authority(
        certificatePEM: try read("authority.pem"), keyPEM: try read("authority.key"))
    } catch let failure as Failure { throw failure } catch {
      throw Failure(
        .disk, code: "damaged", "The authority in \(path) is damaged. Restore it from a backup.")
    }
  }

  func serverCertificate() throws -> (certificate: String, key: String) {
    (try read("server.pem"), try read("server.key"))
  }

  /// Opens the store and, where it is an older copy, does again what was decided on access since.
  /// - Parameters:
  ///   - output: is told when the records were put back from a backup, which is found once, by
  ///     whatever opens them first.
  ///   - catalogue: whose types analysts are to find as views; `nil` leaves the views as they are.
  func openStore(telling output: Output, showing catalogue: Catalogue? = nil) async throws
    -> SQLiteStore
  {
    _ = try settings()
    do {
      let store = try SQLiteStore(path: storeFile, life: ReplicaID(value: World.random()))
      if let catalogue { try store.adopt(catalogue) }
      let (count, unreadable) = try await store.replayAccess(
        by: catalogue ?? .standard, at: World.now())
      if unreadable > 0 {
        output.say(
          "\(Show.count(unreadable, "line")) of \(accessLogFile) cannot be read. One that a power cut broke off was of a decision that nobody was told is made; of any other, look at the file and enter again what it said."
        )
      }
      guard store.wasRestored else { return store }
      output.say(
        "These records were put back from a backup. Epoch \(store.life.epoch) begins: laptops bring back what is missing when they next sync."
      )
      output.say(
        count > 0
          ? "\(Show.count(count, "decision")) on access since that backup \(count == 1 ? "was" : "were") made again, from \(accessLogFile)."
          : "\(accessLogFile) knows of no decision on access since that backup. Where it is not the file of the office that was lost, enter again which limits were set, which grants ended and which devices were withdrawn."
      )
      return store
    } catch let error as StoreError { throw Failure(error) }
  }

  /// The store for reading, also while its server runs.
  func readStore() throws -> SQLiteReader {
    _ = try settings()
    do { return try SQLiteReader(path: storeFile) } catch { throw Failure(error) }
  }

  /// Issues an invitation directly in the store.
  func invite(
    _ store: some ServerStore, user: String, role: Role, label: String, isOperator: Bool,
    minutes: Int
  ) async throws -> (code: String, expires: Timestamp) {
    let invitation = Invitation(
      secret: World.random().bytes, authority: try authority().fingerprint())
    let expires = Timestamp(milliseconds: World.now().milliseconds + Int64(minutes) * 60_000)
    let code = EnrolmentCode(
      hash: invitation.secretHash, user: user, role: role, label: label, isOperator: isOperator,
      expiresAt: expires)
    try await store.transaction { try $0.save(code) }
    return (invitation.description, expires)
  }
}

extension UInt128 {
  var bytes: [UInt8] { withUnsafeBytes(of: bigEndian) { Array($0) } }
}

extension Failure {
  init(_ error: StoreError) {
    let (status, code): (ExitStatus, String) =
      switch error {
      case .held: (.tryAgain, "held")
      case .missing: (.notSetUp, "not-set-up")
      case .alreadyThere: (.cannotCreate, "already-there")
      case .noAccess: (.cannotCreate, "no-access")
      case .newer: (.notSetUp, "newer")
      case .diskFull: (.disk, "disk-full")
      case .damaged: (.disk, "damaged")
      case .database, .changeLoggedTwice: (.disk, "database")
      }
    self.init(status, code: code, error.description)
  }
}

/// A command over the server's folder.
protocol ServerCommand: Command {
  var data: DataOptions { get }
  func work() async throws
}

extension ServerCommand {
  func perform() async throws {
    do { try await work() } catch let error as StoreError { throw Failure(error) }
  }
}
