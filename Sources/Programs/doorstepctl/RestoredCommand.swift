import ArgumentParser
import Foundation
import ProgramKit
import SyncClient
import SyncCore
import SyncWire

struct Restored: OfficeCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "After a restore from a backup: what laptops brought back, and what is missing still.",
    discussion:
      "Status 1 while a laptop has not brought back what it has, or changes of one are known to be missing."
  )

  @OptionGroup var home: HomeOptions
  @OptionGroup var output: Output

  struct Laptop: Encodable {
    let device, user, label, standing: String
    let heardAt, lastContact: Int64?
    let records, changes, reissued, unproven, unsent: UInt64

    init(_ laptop: PBRestoreReport.Laptop) {
      device = DeviceID(bytes: laptop.device.device)?.description ?? ""
      user = laptop.device.user
      label = laptop.device.label
      standing = laptop.standing
      heardAt = laptop.heardAt == 0 ? nil : laptop.heardAt
      lastContact = laptop.device.lastContact == 0 ? nil : laptop.device.lastContact
      records = laptop.records
      changes = laptop.changes
      reissued = laptop.reissued
      unproven = laptop.unproven
      unsent = laptop.device.unsent
    }

    var inWords: String {
      switch standing {
      case "not-heard": "not heard since"
      case "bringing": "has more to bring"
      case "home": "has brought all"
      default: standing
      }
    }
  }

  struct Missing: Encodable {
    let device: String?
    let replica: String
    let known, shown: UInt64

    init(_ missing: PBRestoreReport.Missing) {
      device = DeviceID(bytes: missing.device)?.description
      replica = ReplicaID(bytes: missing.replica)?.description ?? ""
      known = missing.known
      shown = missing.shown
    }
  }

  struct Answer: Encodable {
    let epoch, held, reached, records, changes, reissued, unproven: UInt64
    let laptops: [Laptop]
    let missing: [Missing]

    init(_ report: PBRestoreReport) {
      (epoch, held, reached) = (report.epoch, report.held, report.reached)
      laptops = report.laptops.map(Laptop.init)
      missing = report.missing.map(Missing.init)
      records = laptops.reduce(0) { $0 + $1.records }
      changes = laptops.reduce(0) { $0 + $1.changes }
      reissued = laptops.reduce(0) { $0 + $1.reissued }
      unproven = laptops.reduce(0) { $0 + $1.unproven }
    }

    /// What nobody's laptop counted is no reason to wait: the lost server's own entries come back
    /// inside records.
    var isDone: Bool {
      missing.allSatisfy { $0.device == nil } && laptops.allSatisfy { $0.standing == "home" }
    }
  }

  func work(_ office: OfficeCall) async throws {
    let answer = Answer(try await office.get("/v1/operator/restored") as PBRestoreReport)
    try output.answer(answer)
    guard answer.epoch > 1 else {
      output.say("This office's store was never put back from a backup.")
      return
    }
    output.say(
      "The store was put back: epoch \(answer.epoch) began at place \(answer.held)."
        + (answer.reached > answer.held
          ? " It had come to \(answer.reached) at least, as laptops showed since." : ""))
    output.say(
      "Back so far: \(Self.records(answer.records)), \(Self.changes(answer.changes)) under their old numbers, \(answer.reissued) issued again. Passed over as not this office's own: \(answer.unproven)."
    )
    output.table(
      [
        "Device", "User", "Label", "Standing", "Last contact", "Records", "Changes", "Again",
        "Unproven",
      ],
      answer.laptops.map { laptop in
        [
          laptop.device, laptop.user, laptop.label, laptop.inWords,
          laptop.lastContact.map(Show.time) ?? "never", String(laptop.records),
          String(laptop.changes), String(laptop.reissued), String(laptop.unproven),
        ]
      })
    for missing in answer.missing { output.say(Self.told(missing, among: answer.laptops)) }
    for laptop in answer.laptops where laptop.standing == "not-heard" {
      output.say(
        "Ask \(laptop.user) to sync \(laptop.label): what was entered on it since the backup is on it alone, or on laptops that have seen it."
      )
    }
    if !answer.isDone { throw ExitCode(ExitStatus.needsYou.rawValue) }
    output.say("All that is known to have been here is back.")
  }

  private static func records(_ count: UInt64) -> String {
    Show.count(Int(clamping: count), "record")
  }

  private static func changes(_ count: UInt64) -> String {
    Show.count(Int(clamping: count), "change")
  }

  private static func told(_ missing: Missing, among laptops: [Laptop]) -> String {
    let holder = laptops.first { $0.device == missing.device }
    let whose =
      holder.map { "\($0.user)'s \($0.label)" }
      ?? "\(missing.replica), which is no laptop's now: the lost server's own, or of a laptop that is gone"
    return
      "Missing: \(changes(missing.shown - missing.known)) of \(whose), numbers \(missing.known + 1) to \(missing.shown). Others have seen them."
  }
}
