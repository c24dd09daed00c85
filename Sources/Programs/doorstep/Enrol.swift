import ArgumentParser
import Foundation
import ProgramKit
import SyncClient
import SyncCore
import SyncReplica

struct Enrol: Command {
  static let configuration = CommandConfiguration(
    abstract: "Make this laptop yours, with a code from your office.")

  @OptionGroup var home: HomeOptions
  @OptionGroup var output: Output
  @Argument(help: "The office's address, for instance https://office.example:8443.") var address:
    String
  @Argument(help: "The code.") var code: String
  @Option(name: .long, help: "How people call this laptop.") var label = ProcessInfo.processInfo
    .hostName

  @Flag(
    name: .long,
    help: "Renew a laptop whose certificate has expired. Its records and unsent work stay.")
  var again = false

  func perform() async throws {
    let folder = home.folder(of: "doorstep")
    try Wiping(folder).checkIsOver()
    if !again, folder.isEnrolled { try sayWhoseItIs(folder) }
    if !again { try checkNothingIsLost(in: folder) }
    // A renewal leaves the store alone. A certificate of its own is a device of its own: the office
    // does not take the store's checkpoint from it, and the next sync fetches everything anew.
    let result = try await EnrolFlow.run(
      into: folder, address: address, code: code, label: label, options: home, again: again
    ) { result in if !again { try makeStore(in: folder, for: result) } }
    try Wiping(folder).forget()
    try tell(result, folder)
  }

  /// A laptop is one officer's. What another is to do depends on what waits on it.
  private func sayWhoseItIs(_ folder: Home) throws {
    let known = try folder.configuration()
    let replica: Replica
    do { replica = try Replica(path: folder.store, access: .read, catalogue: .standard) } catch {
      // Nobody can tell what waits there, so the next step says that it is enrolled, and no more.
      return
    }
    let status = try replica.status()
    var waiting: [String] = []
    if status.unsent > 0 {
      waiting.append(
        "\(Show.count(status.unsent, "change")) of \(known.user)'s that the office does not have: doorstep sync, or doorstep rescue --to FILE"
      )
    }
    let drafts = try replica.drafts().count
    if drafts > 0 { waiting.append("\(Show.count(drafts, "draft")): doorstep drafts") }
    let first = waiting.isEmpty ? "" : " It holds " + waiting.joined(separator: ", and ") + "."
    throw Failure(
      .cannotCreate, code: "already-enrolled",
      "\(folder.path) is enrolled already, for \(known.user) at \(known.office). Nothing was changed.\(first) To renew it: --again. To give this laptop to somebody else: the office orders it wiped (doorstepctl wipe), \(known.user) syncs, which sends all and destroys it here, then enrol. To enrol beside it, in an account or a folder of one's own: --home FOLDER."
    )
  }

  /// An enrolment that was interrupted may have left an empty store, which the next one replaces.
  private func checkNothingIsLost(in folder: Home) throws {
    guard FileManager.default.fileExists(atPath: folder.store) else { return }
    let replica = try Replica(path: folder.store, access: .write(), catalogue: .standard)
    guard try replica.holdsNothing() else {
      throw Failure(
        .cannotCreate, code: "already-there",
        "There are records in \(folder.path) already. They were left as they are. To enrol beside them: --home FOLDER."
      )
    }
    // Its log is folded in, so that none is left for the store that takes its place.
    try replica.close()
  }

  /// Makes the store under another name, and gives it its own once it is whole and on the disk.
  private func makeStore(in folder: Home, for result: Enrolment.Result) throws {
    let identity = ReplicaIdentity(
      replica: ReplicaID(value: World.random()), device: result.device, user: result.user,
      role: result.role,
      office: result.office)
    let draft = folder.store + ".new"
    func removeDraft() { for suffix in ["-wal", "-shm", "", ".lock"] { unlink(draft + suffix) } }
    defer { removeDraft() }
    removeDraft()
    try Replica.create(path: draft, identity: identity, catalogue: .standard).close()
    do { try DurableFile.rename(draft, to: folder.store) } catch {
      throw Failure(.disk, code: "disk-full", "\(folder.store) could not be made.")
    }
  }

  private func tell(_ result: Enrolment.Result, _ folder: Home) throws {
    struct Answer: Encodable { let office, user, role, device, home: String }
    try output.answer(
      Answer(
        office: result.office, user: result.user, role: result.role.rawValue,
        device: result.device.description, home: folder.path))
    output.say("This laptop is now \(result.user)'s, with “\(result.office)”.")
    output.say("Next: doorstep sync")
  }
}
