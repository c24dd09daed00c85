import ArgumentParser
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
    help: "Seconds to wait while another Doorstep program is writing. Without it: do not wait.")
  var wait = 0.0

  func validate() throws {
    guard (0...3_600).contains(wait) else {
      throw ValidationError("--wait must be 0 to 3600 seconds.")
    }
  }

  var folder: Home { home.folder(of: "doorstep") }

  func open(_ access: Replica.Access) throws -> Replica {
    _ = try folder.configuration()
    return try Replica(path: folder.store, access: access, catalogue: .standard)
  }

  /// For reading: works while another program writes.
  func reading() throws -> Replica { try open(.read) }

  func writing() throws -> Replica { try open(.write(wait: .milliseconds(Int64(wait * 1000)))) }
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
  func findCase(_ text: String) throws -> CaseID {
    guard let crn = CRN(text) else {
      throw Failure(
        .badData, code: "bad-crn",
        "“\(text)” is not a CRN: a letter and six digits, for instance X123456.")
    }
    let id = CaseID.named("case", crn.description)
    if try cases().contains(id) { return id }
    let filling = try status().casesNotWhole
    let remedy =
      filling > 0
      ? "\(Show.count(filling, "case")) not here yet: doorstep sync." : "See yours: doorstep cases."
    throw Failure(.badData, code: "unknown-case", "\(crn) is not on this laptop. \(remedy)")
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
  let unsent: Int
}

extension LaptopCommand {
  /// Saves one act, and says so only once it is durable.
  func save(_ edits: [Edit], group: GroupID? = nil, _ replica: Replica, _ what: String) throws {
    let changes = try replica.edit(edits, group: group, at: World.now())
    let unsent = try replica.status().unsent
    guard let first = edits.first else { return }
    try output.answer(
      Saved(record: first.record.description, changes: changes.map(\.dot.counter), unsent: unsent))
    output.say(
      "\(what) saved on this laptop (\(first.record.short)). \(Show.count(unsent, "change")) waiting to be sent."
    )
  }

  func newRecord() -> RecordID { .timeOrdered(at: World.now(), random: World.random()) }
}
