import Foundation
import ProgramKit
import RecordCatalogue
import SyncCore
import SyncReplica

/// A fresh store in place of a damaged one, which is set aside beside it and never deleted.
///
/// First the fresh store is made under another name, with all that could be read. Then a note of
/// what is to be done is written, and only from there on are files renamed; whoever comes after a
/// kill or a power cut begins again before the note, or goes on behind it.
struct StoreRescue {
  /// What was done, and where the old file is.
  struct Told: Codable {
    var salvage: Salvage.Told
    /// The old store's file by its new name; its log has the same with `-wal`.
    var aside: String
    /// Whether there was an old store to set aside.
    var wasThere: Bool
  }

  private let store: String
  private var draft: String { store + ".rescued" }
  private var noteFile: String { store + ".rescue.json" }

  init(_ folder: Home) { store = folder.store }

  /// Whether one was begun and not ended.
  var isUnderWay: Bool { FileManager.default.fileExists(atPath: noteFile) }

  /// - Precondition: no other program has the store; see `StoreHold`.
  func carryOut(
    for known: Home.Configuration, catalogue: Catalogue
  ) throws -> Told {
    let told = try noted() ?? begin(for: known, catalogue)
    if FileManager.default.fileExists(atPath: draft) {
      do {
        // The file goes first: without it nobody takes the rest for a store.
        for suffix in ["", "-wal", "-shm"] where isThere(store + suffix) {
          try DurableFile.rename(store + suffix, to: told.aside + suffix)
        }
        try DurableFile.rename(draft, to: store)
      } catch {
        throw Failure(
          .disk, code: "rescue-failed",
          "The files in \(NamedFolder.split(store).folder) could not be renamed. Nothing is lost. Check who owns the folder, then again: doorstep rescue"
        )
      }
    } else if !isThere(store) {
      throw Failure(
        .disk, code: "rescue-failed",
        "The store that was rescued is not in \(NamedFolder.split(store).folder) any more. The old one is at \(told.aside). Ask IT."
      )
    }
    unlink(noteFile)
    return told
  }

  private func isThere(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  private func noted() throws -> Told? {
    guard let data = FileManager.default.contents(atPath: noteFile) else { return nil }
    do { return try JSONDecoder().decode(Told.self, from: data) } catch {
      throw Failure(
        .disk, code: "damaged", "\(noteFile) is damaged. Nothing was changed. Ask IT to look at it."
      )
    }
  }

  private func begin(for known: Home.Configuration, _ catalogue: Catalogue) throws -> Told {
    removeDraft()
    guard let device = DeviceID(known.device) else {
      throw Failure(.disk, code: "damaged", "This laptop's own name is damaged. Enrol it again.")
    }
    let salvage = Salvage(reading: store, of: known.user)
    let identity = ReplicaIdentity(
      replica: ReplicaID(value: World.random()), device: device, user: known.user,
      role: Role(rawValue: known.role), office: known.office)
    let making = draft + ".new"
    try salvage.makeStore(at: making, identity: identity, catalogue: catalogue)
    // It was closed with its log folded in.
    for suffix in ["-wal", "-shm", ".lock"] { unlink(making + suffix) }
    let told = Told(
      salvage: salvage.told, aside: try freeName(), wasThere: isThere(store))
    do {
      try DurableFile.rename(making, to: draft)
      try DurableFile.write([UInt8](try JSONEncoder().encode(told)), to: noteFile)
    } catch {
      removeDraft()
      throw Failure(
        .disk, code: "disk-full",
        "There is no room for a fresh store. Nothing was changed. Free some space, then again: doorstep rescue"
      )
    }
    return told
  }

  private func removeDraft() {
    for name in [draft, draft + ".new"] {
      for suffix in ["-wal", "-shm", ".lock", ""] { unlink(name + suffix) }
    }
  }

  /// A name beside the store that nothing has yet.
  private func freeName() throws -> String {
    let day = Show.isoDay(World.now().milliseconds)
    for number in 1...1_000 {
      let name = "\(store).damaged-\(day)" + (number == 1 ? "" : "-\(number)")
      if !["", "-wal", "-shm"].contains(where: { isThere(name + $0) }) { return name }
    }
    throw Failure(
      .cannotCreate, code: "already-there",
      "There are a thousand damaged stores beside this one. Ask IT to look at this laptop's disk.")
  }
}
