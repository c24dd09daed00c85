import ArgumentParser
import CaseFacts
import Foundation
import ProgramKit
import RecordCatalogue
import SyncCore
import SyncReplica

/// What every command of the officer's tool takes.
struct LaptopOptions: ParsableArguments, Sendable {
  @OptionGroup var home: HomeOptions
  @OptionGroup var output: Output

  @Option(
    name: .long,
    help: "Seconds to wait while another Doorstep program is writing.")
  var wait = 5.0

  func validate() throws {
    guard (0...3_600).contains(wait) else {
      throw ValidationError("--wait must be 0 to 3600 seconds.")
    }
  }

  var folder: Home { home.folder(of: "doorstep") }

  private func open(_ access: Replica.Access, isRecording: Bool = false) throws -> Replica {
    try checkIsUsable()
    let replica = try Replica(
      path: folder.store, access: access, catalogue: catalogue, at: World.now(),
      isRecording: isRecording)
    if !replica.closedCases.isEmpty, !isRecording {
      output.warn(
        "\(Show.count(replica.closedCases.count, "case")) with limited access cannot be opened until this laptop has reached the office: doorstep sync"
      )
    }
    return replica
  }

  /// For reading: works while another program writes.
  func reading() throws -> Replica { try open(.read) }

  func writing() throws -> Replica { try open(.write(wait: patience)) }

  /// For writing something new down, which an officer at a door can always do: also when the lease
  /// is over, and then nothing is shown.
  func recording() throws -> Replica { try open(.write(wait: patience), isRecording: true) }

  /// For numbers and states alone: works also when the lease is over.
  func looking() throws -> Replica {
    try checkIsUsable()
    return try Replica(path: folder.store, access: .read, catalogue: catalogue)
  }

  private func checkIsUsable() throws {
    try Wiping(folder).check()
    _ = try folder.configuration()
    if StoreRescue(folder).isUnderWay { throw Rescue.unfinished }
    guard FileManager.default.fileExists(atPath: folder.store) else {
      throw Failure(
        .disk, code: "damaged",
        "This laptop is enrolled, and its store \(folder.store) is gone. Put the file back where it was, or begin a fresh store: doorstep rescue"
      )
    }
  }

  /// For a sync: others can write while it only waits for the office.
  func sharing() throws -> SharedReplica {
    try checkIsUsable()
    return try SharedReplica(path: folder.store, wait: patience, catalogue: catalogue)
  }

  /// The forms and rules that this laptop goes by.
  var catalogue: Catalogue { AdoptedCatalogue(in: folder).current() }

  private var patience: Duration { .milliseconds(Int64(wait * 1000)) }
}

/// A command on the laptop's store.
protocol LaptopCommand: Command {
  var laptop: LaptopOptions { get }
}

extension LaptopCommand {
  var output: Output { laptop.output }
}

extension Replica {
  /// The case of a CRN as somebody typed it.
  /// - Parameter isRecording: also one that is closed, to write something new down.
  func findCase(_ text: String, isRecording: Bool = false) throws -> CaseID {
    guard let crn = CRN(text) else {
      throw Failure(
        .badData, code: "bad-crn",
        "“\(text)” is not a CRN: a letter and six digits, for instance X123456.")
    }
    let id = CaseID.named("case", crn.description)
    if try cases().contains(id) { return id }
    if closedCases.contains(id) {
      if isRecording { return id }
      throw Failure(
        .refused, code: "locked",
        "Access to \(crn) is limited, and this laptop has not reached the office for too long to show it. Connect, then: doorstep sync."
      )
    }
    if let message = try status().restricted[id] {
      let more = message.isEmpty ? "" : " The office says: \(message)"
      throw Failure(
        .badData, code: "restricted", "You are restricted from viewing \(crn).\(more)")
    }
    if let current = try caseNow(of: crn) { return current }
    let filling = try status().casesNotWhole
    let remedy =
      filling > 0
      ? "\(Show.count(filling, "case")) not here yet: doorstep sync." : "See yours: doorstep cases."
    throw Failure(.badData, code: "unknown-case", "\(crn) is not on this laptop. \(remedy)")
  }

  /// The case that somebody's earlier or doubled number stands for by now.
  private func caseNow(of former: CRN) throws -> CaseID? {
    let aliases = try records(caseID: nil, types: ["person-alias"]).filter { alias in
      let kind = alias.read("kind", by: .serverOwned)?.value.text ?? ""
      let number = alias.read("number", by: .serverOwned)?.value.text.flatMap { CRN($0) }
      return ["DOFF", "PCRN"].contains(kind) && number == former
    }
    let cases = Set(aliases.map(\.caseID))
    guard cases.count < 2 else {
      throw Failure(
        .badData, code: "ambiguous",
        "\(former) is a former number of \(cases.count) people. Give the number that one has now.")
    }
    return cases.first
  }

  /// The one record whose id ends as typed.
  func findRecord(_ text: String, type: String? = nil, caseID: CaseID? = nil) throws -> Record {
    let wanted = text.lowercased().filter { $0 != "-" }
    guard wanted.count >= 4, wanted.allSatisfy(\.isHexDigit) else {
      throw Failure(
        .badData, code: "bad-id",
        "“\(text)” is not an id: give at least the last four characters of one that is shown.")
    }
    let found = try records(caseID: caseID, type: type).filter { $0.id.compact.hasSuffix(wanted) }
    guard let record = found.first else {
      throw Failure(
        .badData, code: "unknown-record", "Nothing on this laptop has an id that ends in \(text).")
    }
    guard found.count == 1 else {
      throw Failure(
        .badData, code: "ambiguous",
        "\(found.count) records have an id that ends in \(text). Give more of it.")
    }
    return record
  }
}

extension RecordID {
  /// Without dashes.
  var compact: String { description.filter { $0 != "-" } }
  /// What people are shown and type back.
  var short: String { String(compact.suffix(8)) }
}

/// What a saved edit answers.
struct Saved: Encodable {
  let record: String
  let changes: [UInt64]
  /// Changes that wait to be sent; `nil` when they could not be counted.
  let unsent: Int?
  /// What whoever goes there must know.
  var warnings: [String] = []
}

extension LaptopCommand {
  /// Saves one act, and says so only once it is durable. Its parts stand or fall together at the
  /// office too.
  /// - Parameter more: warnings beside those that every step of a visit shows.
  func save(
    _ edits: [Edit], _ replica: Replica, _ what: String, and more: [String] = []
  ) throws {
    let changes: [SyncCore.Change]
    try refuseForTheDead(edits, replica)
    let now = World.now()
    let group = edits.count > 1 ? GroupID.timeOrdered(at: now, random: World.random()) : nil
    do { changes = try replica.edit(edits, group: group, at: now) } catch {
      throw Remedy.of(error, edits, replica.catalogue) ?? error
    }
    guard let first = edits.first else { return }
    let unsent = unsent(in: replica)
    let warnings = warnings(of: edits, in: replica) + more
    try output.answer(
      Saved(
        record: first.record.description, changes: changes.map(\.dot.counter), unsent: unsent,
        warnings: warnings))
    for warning in warnings { output.say("! \(warning)") }
    let waiting = unsent.map { " \(Show.count($0, "change")) waiting to be sent." } ?? ""
    output.say("\(what) saved on this laptop (\(first.record.short)).\(waiting)")
  }

  /// What was saved is saved, also when the risks cannot be read a moment later.
  private func warnings(of edits: [Edit], in replica: Replica) -> [String] {
    do { return try CaseFile.warnings(of: edits, in: replica) } catch {
      return ["The risks of this case cannot be read: \(Failure(error).message)"]
    }
  }

  private func refuseForTheDead(_ edits: [Edit], _ replica: Replica) throws {
    for edit in edits where CaseRecords.endedByDeath.contains(edit.type) {
      let headers = try replica.records(caseID: edit.caseID, types: ["case-header"])
      let file = CaseFile(edit.caseID, headers, [], replica.catalogue)
      guard case .set = edit.action, file.isDeceased else { continue }
      throw Failure(
        .badData, code: "deceased",
        "\(file.name) has died. Nothing can be booked, enforced or sent. If that is wrong, ring your office: only the office can put it right."
      )
    }
  }

  /// What was saved is saved, also when the store cannot be read a moment later.
  func unsent(in replica: Replica) -> Int? {
    do { return try replica.status().unsent } catch { return nil }
  }

  func newRecord() -> RecordID { .timeOrdered(at: World.now(), random: World.random()) }
}
