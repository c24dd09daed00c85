import ArgumentParser
import CurlTransport
import Foundation
import ProgramKit
import RecordCatalogue
import SyncClient
import SyncCore
import SyncReplica
import SyncWire

/// Runs a sync for a command, with its progress.
struct SyncRun {
  let laptop: LaptopOptions
  let replica: SharedReplica

  /// Seconds that anybody waits in front of a laptop for an office that is busy, unless they say
  /// otherwise.
  static let patience = 10

  func run(
    verifying: Bool = false, attempts: Int = 1, patience: Int = Self.patience
  ) async throws -> SyncEngine.Report {
    let transport = try laptop.folder.transport(laptop.home)
    let engine = SyncEngine(
      replica, transport, World.surroundings, patience: .seconds(patience))
    let progress = Progress(laptop.output)
    let statuses = engine.statuses()
    let showing = Task {
      for await status in statuses { progress.show(Self.text(status)) }
    }
    defer { showing.cancel() }
    do {
      let report =
        verifying
        ? try await engine.sync(verifying: true) : try await engine.sync(attempts: attempts)
      progress.end()
      if report.wipe != .atOnce { await sendAttachments(transport) }
      if let wipe = report.wipe {
        await transport.close()
        try await obey(wipe)
      }
      await takeCatalogue(report.catalogueVersion, transport)
      await transport.close()
      return report
    } catch {
      progress.end()
      await transport.close()
      throw error
    }
  }

  /// Sends the contents of attachments. What the sync came to stands, whatever becomes of this.
  private func sendAttachments(_ transport: any Transport) async {
    let output = laptop.output
    let progress = Progress(output)
    do throws(SyncFailure) {
      let sent = try await AttachmentExchange(replica, transport).send { left in
        progress.show("Sending \(Show.count(left, "attachment"))…")
      }
      progress.end()
      if sent.arrived > 0 { output.say("Sent: \(Show.count(sent.arrived, "attachment")).") }
      for (record, reason) in sent.refused.sorted(by: { $0.key < $1.key }) {
        output.warn("An attachment (\(record.short)) did not go to the office. \(reason)")
      }
    } catch {
      progress.end()
      output.warn(
        "Not all attachments have gone to the office; the next sync goes on with them. \(error)")
    }
  }

  /// Destroys everything here. What somebody typed and has not saved holds it up, unless the laptop
  /// was lost.
  private func obey(_ wipe: SyncEngine.Report.Wipe) async throws {
    let drafts = try replica.use { (replica) throws(ReplicaError) in try replica.drafts().count }
    let contents = try replica.contents { try $0.waiting().count }
    guard wipe == .atOnce || contents == 0 else {
      throw Failure(
        .refused, code: "to-be-wiped",
        "Your office wants to wipe this laptop. \(Show.count(contents, "attachment has", "attachments have")) not gone to the office, which has all else. See: doorstep attachments, then doorstep sync."
      )
    }
    guard wipe == .atOnce || drafts == 0 else {
      throw Failure(
        .refused, code: "to-be-wiped",
        "Your office wants to wipe this laptop. All that you saved has been sent. \(Show.count(drafts, "draft is", "drafts are")) left, which nobody has: save or remove what you need (doorstep drafts), then doorstep sync."
      )
    }
    try await Wiping(laptop.folder).carryOut(laptop.home)
  }

  /// Fetches the office's catalogue when it is newer. What the sync came to stands, whatever
  /// becomes of this; the next one tries again.
  private func takeCatalogue(_ version: UInt32, _ transport: any Transport) async {
    let output = laptop.output
    guard version > replica.catalogue.version else { return }
    let message: PBCatalogue
    do throws(SyncFailure) { message = try await OfficeCall(transport).get("/v1/catalogue") } catch
    {
      output.say("The office’s newer forms did not come through. They come with the next sync.")
      return
    }
    do throws(AdoptedCatalogue.Problem) {
      let taken = try AdoptedCatalogue(in: laptop.folder).adopt(message, after: replica.catalogue)
      output.say("Forms and rules are now the office’s version \(taken.version).")
    } catch {
      output.say(
        "The office’s newer forms cannot be used here: \(error.text). Your work goes on with the present ones; tell your office, and update Doorstep."
      )
    }
  }

  private static func text(_ status: SyncStatus) -> String {
    switch status {
    case .idle: "…"
    case .connecting: "Connecting…"
    case .sending(let changes): "Sending \(Show.count(changes, "change"))…"
    case .receiving(let records): "Receiving: \(Show.count(records, "record")) so far…"
    case .busy(let delay):
      "The office is busy. Asking again in \(Show.count(Int(delay.components.seconds), "second"))…"
    case .waiting(let delay): "No way through. Trying again in \(delay.components.seconds) s…"
    case .synced: "Done."
    case .failed(let text): text
    }
  }
}

struct Sync: LaptopCommand {
  static let configuration = CommandConfiguration(
    abstract: "Send what waits, and fetch what changed.")

  @OptionGroup var laptop: LaptopOptions
  @Option(name: .long, help: "Tries before giving up, 1 to 100, waiting longer after each.")
  var attempts = 1
  @Option(name: .long, help: "Seconds to wait for an office that is busy, 0 to 600.")
  var patience = SyncRun.patience

  struct Receipts: Encodable {
    let counter: UInt64
    let verdict, refusal: String
    let again: Bool
  }
  struct Answer: Encodable {
    let synced: Bool
    let sent: [Receipts]
    let records, exchanges, conflicts, alerts: Int
    let dropped: [String]
    /// Of the cases that left, by their numbers, who holds them now.
    let moved: [String: String]
    /// What was decided on changes that had been refused.
    let decided: [String]
    let forks, handedBack: Int
    let resynced: Bool
    let clockOffset, officeTime: Int64
  }

  func validate() throws {
    guard (1...100).contains(attempts) else {
      throw ValidationError("--attempts must be 1 to 100.")
    }
    guard (0...600).contains(patience) else {
      throw ValidationError("--patience must be 0 to 600 seconds.")
    }
  }

  func perform() async throws {
    try await Wiping(laptop.folder).resume(laptop.home)
    let replica = try laptop.sharing()
    let numbers = try replica.use { (replica) throws(ReplicaError) in try replica.numbers() }
    let report = try await SyncRun(laptop: laptop, replica: replica)
      .run(attempts: attempts, patience: patience)
    try SyncSummary(report: report, replica: replica, numbers: numbers, output: output).show()
  }
}

struct Status: LaptopCommand {
  static let configuration = CommandConfiguration(
    abstract: "What is on this laptop, what waits to be sent, and when the office was last reached."
  )

  @OptionGroup var laptop: LaptopOptions

  struct Answer: Encodable {
    let office, user, home: String
    let cases, casesNotWhole, records, unsent, refused, alerts, conflicts, drafts: Int
    /// Attachments whose content has not gone to the office yet.
    let attachments: Int
    let synced, resyncing, locked: Bool
    let lastSync, oldestUnsent: Int64?
    /// When the laptop locks itself unless it syncs before, by its own clock.
    let leaseEnds: Int64?
    let clockOffset: Int64
    let encrypted: Bool
  }

  func perform() async throws {
    let replica = try laptop.looking()
    let status = try replica.status()
    let lease = status.lease
    let standing = lease?.standing(at: World.now())
    let isLocked = standing == .over || standing == .clockWasSetBack
    let conflicts = try replica.disputes().count
    let alerts = try replica.openAlerts().count(where: \.isForYou)
    let drafts = try replica.drafts().count
    let attachments = try replica.readContents { try $0.waiting().count }
    let identity = replica.identity
    try output.answer(
      Answer(
        office: identity.office, user: identity.user, home: laptop.folder.path, cases: status.cases,
        casesNotWhole: status.casesNotWhole, records: status.records, unsent: status.unsent,
        refused: status.refused, alerts: alerts, conflicts: conflicts, drafts: drafts,
        attachments: attachments,
        synced: status.isSynced,
        resyncing: status.isResyncing, locked: isLocked,
        lastSync: status.lastSync?.milliseconds,
        oldestUnsent: status.oldestUnsent?.milliseconds,
        leaseEnds: lease.map { $0.terms.end(contact: $0.contact).milliseconds },
        clockOffset: status.clockOffset, encrypted: false))
    output.say("\(identity.user) at “\(identity.office)”")
    output.say(
      "\(Show.count(status.cases, "case")), \(Show.count(status.records, "record")) on this laptop (not encrypted yet)."
    )
    if status.casesNotWhole > 0 {
      output.say("\(Show.count(status.casesNotWhole, "case")) still arriving: doorstep sync")
    }
    if status.isResyncing { output.say("A resync is under way: doorstep sync goes on with it.") }
    switch (status.isSynced, status.lastSync) {
    case (true, let time?):
      output.say(
        "Everything was sent and received by the office at \(Show.time(time.milliseconds)).")
    case (_, let time?) where status.unsent == 0:
      output.say("Last sync: \(Show.time(time.milliseconds)). Nothing waits to be sent.")
    case (_, let time?):
      output.say(
        "\(Show.count(status.unsent, "change")) saved on this laptop only, the oldest of \(status.oldestUnsent.map { Show.time($0.milliseconds) } ?? "now"). Last sync: \(Show.time(time.milliseconds))."
      )
    case (_, nil):
      output.say("Never synced. \(Show.count(status.unsent, "change")) waiting: doorstep sync")
    }
    if isLocked {
      output.say(
        ReplicaError.locked(clockWasSetBack: standing == .clockWasSetBack).description)
    } else if let lease {
      output.say(
        "It can be used without the office until \(Show.time(lease.terms.end(contact: lease.contact).milliseconds))."
      )
    }
    if status.refused > 0 {
      output.say(
        "\(Show.count(status.refused, "change")) refused by the office; the texts are kept here.")
    }
    if attachments > 0 {
      output.say(
        "\(Show.count(attachments, "attachment waits", "attachments wait")) to be sent: doorstep sync"
      )
    }
    if drafts > 0 { output.say("\(Show.count(drafts, "draft")) kept: doorstep drafts") }
    if alerts > 0 {
      output.say("\(Show.count(alerts, "alert is", "alerts are")) for you: doorstep alerts")
    }
    if conflicts > 0 {
      output.say("\(Show.count(conflicts, "record needs", "records need")) you: doorstep conflicts")
    }
  }
}

struct Resync: LaptopCommand {
  static let configuration = CommandConfiguration(
    abstract: "Send what waits, then fetch everything anew and swap it in.",
    discussion:
      "Nothing is lost: unsent work is sent first and kept until it is receipted. What you have is shown until the fresh copy is complete and agrees with the office."
  )

  @OptionGroup var laptop: LaptopOptions

  func perform() async throws {
    let replica = try laptop.sharing()
    let numbers = try replica.use { (replica) throws(ReplicaError) in try replica.numbers() }
    try replica.beginResync()
    let report = try await SyncRun(laptop: laptop, replica: replica).run()
    try SyncSummary(report: report, replica: replica, numbers: numbers, output: output).show()
  }
}
