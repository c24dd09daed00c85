import ArgumentParser
import Foundation
import ProgramKit
import ServerSQLite
import ServerStorage
import SyncCore

/// The passphrase of a backup.
struct BackupOptions: ParsableArguments, Sendable {
  @Option(
    name: .long,
    help: "File that holds the backup's passphrase. Default: $DOORSTEPD_PASSPHRASE_FILE.")
  var passphraseFile: String?

  func passphrase() throws -> [UInt8] {
    guard let path = passphraseFile ?? NamedFolder.variable("DOORSTEPD_PASSPHRASE_FILE") else {
      throw Failure(
        .usage, code: "no-passphrase",
        "A backup holds every case: it is sealed. Give the file of its passphrase: --passphrase-file FILE."
      )
    }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw Failure(
        .badData, code: "no-passphrase",
        "The passphrase file \(path) cannot be read. Check its name and that it is yours.")
    }
    let passphrase = [UInt8](data).reversed().drop { $0 == 0x0A || $0 == 0x0D }.reversed()
    guard !passphrase.isEmpty else {
      throw Failure(.badData, code: "no-passphrase", "The passphrase file \(path) is empty.")
    }
    return Array(passphrase)
  }
}

/// Copies the office beside its running server, checked and sealed.
struct Backup: ServerCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a sealed and checked copy of the office, also while it serves.",
    discussion: """
      Every page, digest and chain of the copy is checked before it is sealed, and the sealed file is \
      read once more. Keep it, and its passphrase, on another machine than the office. Beside it keep a \
      copy of office.sqlite.access.log as new as you can: it says who was given or denied what since.
      """)

  @OptionGroup var data: DataOptions
  @OptionGroup var backup: BackupOptions
  @OptionGroup var output: Output
  @Argument(help: "The file to write. It must not be there yet.") var file: String

  func work() async throws {
    let passphrase = try backup.passphrase()
    let folder = data.folder
    let reader = try folder.readStore()
    let path = NamedFolder.absolute(file)
    guard !FileManager.default.fileExists(atPath: path) else {
      throw Failure(
        .cannotCreate, code: "already-there",
        "\(path) is there already. It was left as it is: choose another name.")
    }
    let copy = folder.path + "/backup-\(ProcessInfo.processInfo.processIdentifier).sqlite"
    defer { try? FileManager.default.removeItem(atPath: copy) }
    let problems = try reader.copy(to: copy)
    guard problems.isEmpty else {
      throw Failure(
        .disk, code: "damaged",
        "The office's store is damaged, and no backup was written: \(problems[0]). Keep the last good backup, and see doorstepctl verify."
      )
    }
    let draft = path + ".new"
    try? FileManager.default.removeItem(atPath: draft)
    let size: Int
    do {
      size = try BackupFile.write(
        BackupFile.names.map { name in
          .init(name: name, path: name == "office.sqlite" ? copy : "\(folder.path)/\(name)")
        }, to: draft, passphrase: passphrase)
      try DurableFile.rename(draft, to: path)
    } catch {
      try? FileManager.default.removeItem(atPath: draft)
      throw Failure(
        .disk, code: "backup-failed",
        "The backup could not be written to \(path). Check that there is room, and that the folder is yours. Nothing was left behind."
      )
    }
    let (place, counts) = try reader.read { store in
      (Place(epoch: try store.epoch(), sequence: try store.sequence()), try store.counts())
    }
    struct Answer: Encodable {
      let file: String
      let bytes: Int
      let epoch, records: UInt64
    }
    try output.answer(
      Answer(file: path, bytes: size, epoch: place.epoch, records: counts.records))
    output.say(
      "Written and read once more: \(path), \(size / 1024) KiB, about \(counts.records) records.")
    output.say("To put it into service: doorstepd restore \(path) --data FOLDER")
  }
}

/// Puts a backup into service.
struct Restore: ServerCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a server's folder from a backup.",
    discussion: """
      The office begins a new epoch: laptops bring back, at their next sync, what they keep and this \
      copy lacks. Give the access log of the office that was lost (office.sqlite.access.log in its \
      folder), and who was given or denied what since the backup is done again before anybody is served.
      """)

  @OptionGroup var data: DataOptions
  @OptionGroup var backup: BackupOptions
  @OptionGroup var output: Output
  @Argument(help: "The backup.") var file: String
  @Option(name: .long, help: "The access log of the office that was lost.") var accessLog: String?

  func work() async throws {
    let passphrase = try backup.passphrase()
    let folder = data.folder
    guard !FileManager.default.fileExists(atPath: folder.path) else {
      throw Failure(
        .cannotCreate, code: "already-there",
        "\(folder.path) is there already. Nothing was changed: set it aside first, or name another folder with --data."
      )
    }
    let draft = DataFolder(
      path: folder.path + ".new-\(ProcessInfo.processInfo.processIdentifier)")
    defer { try? FileManager.default.removeItem(atPath: draft.path) }
    try unpack(into: draft, passphrase)
    if let accessLog {
      do {
        try FileManager.default.copyItem(atPath: accessLog, toPath: draft.accessLogFile)
      } catch {
        throw Failure(
          .badData, code: "no-access-log",
          "The access log \(accessLog) cannot be read. Nothing was made.")
      }
    }
    do { try DurableFile.rename(draft.path, to: folder.path) } catch {
      throw Failure(.cannotCreate, code: "no-access", "\(folder.path) cannot be made.")
    }
    let store = try await folder.openStore(telling: output, showing: try data.loadCatalogue())
    struct Answer: Encodable {
      let data: String
      let epoch: UInt64
    }
    try output.answer(Answer(data: folder.path, epoch: store.life.epoch))
    try store.close()
    output.say("Start it: doorstepd serve --data \(folder.path)")
  }

  private func unpack(into draft: DataFolder, _ passphrase: [UInt8]) throws {
    do {
      try DurableFile.makeFolder(draft.path)
      var found: Set<String> = []
      try BackupFile.read(NamedFolder.absolute(file), passphrase: passphrase) { name, next in
        found.insert(name)
        let path = "\(draft.path)/\(name)"
        try DurableFile.fill(path, with: [])
        let target = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        while let bytes = try next() { try target.write(contentsOf: bytes) }
        try target.synchronize()
        try target.close()
      }
      guard found == Set(BackupFile.names) else { throw SealedFile.Problem.damaged }
    } catch let problem as SealedFile.Problem {
      let sentence =
        switch problem {
        case .notSealed: "\(file) is not a backup of doorstepd."
        case .wrongPassphrase: "The passphrase is not that of \(file)."
        case .damaged: "\(file) is damaged or was cut short: use another backup."
        }
      throw Failure(.badData, code: "bad-backup", "\(sentence) Nothing was made.")
    } catch let failure as Failure { throw failure } catch {
      throw Failure(
        .badData, code: "bad-backup",
        "\(file) cannot be read, or \(draft.path) cannot be written. Nothing was made.")
    }
  }
}
