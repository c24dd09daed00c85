import ArgumentParser
import CaseFacts
import Foundation
import ProgramKit
import SyncCore
import SyncReplica

/// For a laptop whose store is damaged, or which cannot reach the office any more.
struct Rescue: LaptopCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Begin a fresh store from what a damaged one still holds, or seal unsent work in a file.",
    discussion: """
      The damaged store is set aside beside the fresh one, never deleted. What you entered and had not sent \
      is read out entry by entry, and is sent with the next sync; your cases come anew from the office with \
      it. A store that is whole is left as it is.

      With --to the store stays as it is, damaged or not, and what has not been sent goes into a file that \
      only your office can read: it takes it in with doorstepd rescue read. Sent both ways it counts once.
      """)

  @OptionGroup var laptop: LaptopOptions
  @Option(name: .long, help: "Seal unsent work into this file. It must not be there yet.")
  var to: String?

  func perform() async throws {
    try Wiping(laptop.folder).check()
    let known = try laptop.folder.configuration()
    if let to { return try seal(NamedFolder.absolute(to)) }
    let patience = Duration.milliseconds(Int64(laptop.wait * 1000))
    let hold = try StoreHold(path: laptop.folder.store, wait: patience)
    defer { withExtendedLifetime(hold) {} }
    let rescue = StoreRescue(laptop.folder)
    if !rescue.isUnderWay {
      let check = StoreCheck(laptop.folder.store)
      if let obstacle = check.obstacle, !check.isDamaged { throw obstacle }
      guard check.isDamaged else {
        try output.answer(Answer(rescued: false, told: nil))
        return output.say("Your store is whole. Nothing was changed.")
      }
    }
    let told = try rescue.carryOut(for: known, catalogue: laptop.catalogue)
    try output.answer(Answer(rescued: true, told: told))
    tell(told)
    if !told.salvage.lost.isEmpty || told.salvage.mayLackMore {
      throw ExitCode(ExitStatus.needsYou.rawValue)
    }
  }

  struct Answer: Encodable {
    let rescued: Bool
    let unsent, receipted, drafts: Int
    /// Unsent entries that cannot be read, by their counters.
    let lost: [UInt64]
    let mayLackMore: Bool
    /// Where the old store is.
    let aside: String?

    init(rescued: Bool, told: StoreRescue.Told?) {
      self.rescued = rescued
      unsent = told?.salvage.unsent ?? 0
      receipted = told?.salvage.receipted ?? 0
      drafts = told?.salvage.drafts ?? 0
      lost = told?.salvage.lost ?? []
      mayLackMore = told?.salvage.mayLackMore ?? false
      aside = told.flatMap { $0.wasThere ? $0.aside : nil }
    }
  }

  private func tell(_ told: StoreRescue.Told) {
    let salvage = told.salvage
    output.say("Your store was damaged. A fresh one has taken its place.")
    output.say(
      salvage.unsent == 0
        ? "No unsent entry was found in it."
        : "Kept: \(Show.count(salvage.unsent, "unsent entry", "unsent entries")). The next sync sends them."
    )
    if salvage.drafts > 0 { output.say("Kept: \(Show.count(salvage.drafts, "draft")).") }
    if let count = salvage.attachments, count > 0 {
      output.say("Kept: \(Show.count(count, "attachment")) that the office has yet to get.")
    }
    if !salvage.lost.isEmpty {
      output.say(
        "NOT READABLE: \(Show.count(salvage.lost.count, "unsent entry", "unsent entries")). Enter them again if you remember them, or give the old file to IT."
      )
    }
    if salvage.mayLackMore {
      output.say(
        "More may be missing that left no trace: part of the list of your entries could not be read. After the sync, see whether what you entered last is there."
      )
    }
    if told.wasThere {
      output.say(
        "The old file is at \(told.aside). It holds your cases: when all is well, have IT destroy it."
      )
    }
    output.say("Your cases are not on this laptop until you connect and: doorstep sync")
  }

  // MARK: A file for the office

  struct Sealed: Encodable {
    let file: String?
    let changes: Int
    let salvaged: Bool
    let lost: [UInt64]
    let mayLackMore: Bool
  }

  private func seal(_ path: String) throws {
    guard !FileManager.default.fileExists(atPath: path) else {
      throw Failure(
        .cannotCreate, code: "already-there",
        "\(path) is there already. It was left as it is: choose another name.")
    }
    guard !StoreRescue(laptop.folder).isUnderWay else { throw Self.unfinished }
    let (contents, told) = try gather()
    let count = contents.changes.count
    guard count > 0 else {
      try output.answer(
        Sealed(
          file: nil, changes: 0, salvaged: contents.isSalvaged, lost: told?.lost ?? [],
          mayLackMore: told?.mayLackMore ?? false))
      return output.say("Nothing waits to be sent. No file was made.")
    }
    let bytes = try RescueFile.seal(contents, by: laptop.folder, laptop.home)
    do { try DurableFile.write(bytes, to: path) } catch {
      throw Failure(
        .disk, code: "disk-full",
        "\(path) could not be written. Check that there is room, and that the folder is yours.")
    }
    try output.answer(
      Sealed(
        file: path, changes: count, salvaged: contents.isSalvaged, lost: told?.lost ?? [],
        mayLackMore: told?.mayLackMore ?? false))
    output.say(
      "\(Show.count(count, "unsent entry", "unsent entries")) sealed in \(path). Only your office can read it: doorstepd rescue read FILE."
    )
    output.say("Everything stays on this laptop too, and what is sent both ways counts once.")
    let attached = contents.changes.count { bytes in
      (try? SyncCore.Change(reading: [UInt8](bytes)))?.body.type == Attachment.type
    }
    if attached > 0 {
      output.say(
        "The content of \(Show.count(attached, "attachment")) is not in the file: it goes to the office when this laptop syncs. To take one along as a file: doorstep save-attachment."
      )
    }
    guard let told, !told.lost.isEmpty || told.mayLackMore else { return }
    output.say(
      "NOT IN IT: \(Show.count(told.lost.count, "entry", "entries")) that cannot be read\(told.mayLackMore ? ", and perhaps more that left no trace" : "")."
    )
    throw ExitCode(ExitStatus.needsYou.rawValue)
  }

  static let unfinished = Failure(
    .disk, code: "damaged",
    "A rescue of your store was cut off. Nothing is lost. Run: doorstep rescue")

  /// What waits, under its own dots where the store is whole.
  private func gather() throws -> (RescueFile.Contents, Salvage.Told?) {
    let known = try laptop.folder.configuration()
    let store = laptop.folder.store
    let check = StoreCheck(store)
    if let obstacle = check.obstacle, !check.isDamaged { throw obstacle }
    let version = laptop.catalogue.version
    let offset = check.state?.clockOffset ?? 0
    guard check.isDamaged else {
      let replica = try Replica(path: store, access: .read, catalogue: laptop.catalogue)
      let (name, changes) = try replica.read { rows in
        var changes: [SyncCore.Change] = []
        try rows.waiting { row in
          if let change = row.change { changes.append(change) }
          return true
        }
        return (try rows.state().replica, changes)
      }
      return (
        RescueFile.Contents(
          replica: name, firstCounter: changes.first?.dot.counter ?? 1, changes: changes,
          clockOffset: offset, catalogueVersion: version, isSalvaged: false), nil
      )
    }
    let salvage = Salvage(reading: store, of: known.user)
    let successor = ReplicaID(value: World.random())
    return (
      RescueFile.Contents(
        replica: successor, firstCounter: 1, changes: salvage.issuedAgain(as: successor),
        clockOffset: offset, catalogueVersion: version, isSalvaged: true), salvage.told
    )
  }
}
