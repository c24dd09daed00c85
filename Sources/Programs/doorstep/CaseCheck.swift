import ArgumentParser
import ProgramKit
import SyncClient
import SyncCore
import SyncReplica

/// The cases of a laptop held against the office's, record by record where they differ.
struct CaseCheck: Sendable {
  struct Answer: Encodable {
    struct Row: Encodable {
      let crn, caseID, record, kind: String
    }
    let agrees: Bool
    let cases: Int
    /// The office's position up to which this was compared.
    let epoch, sequence: UInt64?
    let differences: [String]
    let records: [Row]
    let digests: [String: String]
    /// Records that were put right.
    let repaired: Int
  }

  let laptop: LaptopOptions
  let replica: SharedReplica

  /// Syncs, then compares; with `mending` fetches what differs and compares again.
  func run(mending: Bool) async throws -> Answer {
    let numbers = try replica.use { (replica) throws(ReplicaError) in try replica.numbers() }
    var report = try await SyncRun(laptop: laptop, replica: replica).run(verifying: true)
    var found = try await compare(report.differences ?? [], mending: mending)
    var repaired = 0
    if mending, !found.isEmpty {
      repaired = found.count { $0.kind != .unknownThere }
      report = try await SyncRun(laptop: laptop, replica: replica).run(verifying: true)
      found = try await compare(report.differences ?? [], mending: false)
    }
    let digests = try replica.digests()
    let place = try replica.use { (replica) throws(ReplicaError) in try replica.place() }
    let differences = report.differences ?? []
    return Answer(
      agrees: differences.isEmpty, cases: digests.count, epoch: place?.epoch,
      sequence: place?.sequence, differences: differences.map(\.description),
      records: found.map { one in
        Answer.Row(
          crn: numbers[one.caseID] ?? "", caseID: one.caseID.description,
          record: one.record.description, kind: one.kind.rawValue)
      },
      digests: Dictionary(digests.map { ($0.caseID.description, $0.sum.description) }) {
        first, _ in first
      }, repaired: repaired)
  }

  private func compare(
    _ cases: [CaseID], mending: Bool
  ) async throws -> [CaseRepair.Difference] {
    guard !cases.isEmpty else { return [] }
    let transport = try laptop.folder.transport(laptop.home)
    var found: [CaseRepair.Difference] = []
    do {
      let repair = CaseRepair(replica, transport)
      for caseID in cases { found += try await repair.compare(caseID, mending: mending) }
    } catch {
      await transport.close()
      throw error
    }
    await transport.close()
    return found
  }

  /// Says what was found, and ends with a status of its own where something is left.
  static func show(_ answer: Answer, _ output: Output) throws {
    try output.answer(answer)
    if answer.repaired > 0 {
      output.say("\(Show.count(answer.repaired, "record")) fetched from the office and put right.")
    }
    guard !answer.agrees else {
      let place = answer.sequence.map { ", up to the office's position \($0)" } ?? ""
      output.say(
        "\(Show.count(answer.cases, "case")) compared by digest\(place): this laptop and the office hold the same."
      )
      return
    }
    output.say(
      "\(Show.count(answer.differences.count, "case differs", "cases differ")) from the office:")
    for row in answer.records.prefix(Self.named) {
      let what =
        switch row.kind {
        case CaseRepair.Difference.Kind.missingHere.rawValue: "is not on this laptop"
        case CaseRepair.Difference.Kind.unknownThere.rawValue: "is here and not at the office"
        default: "is another here"
        }
      output.say("  \(row.crn.isEmpty ? row.caseID : row.crn): record \(row.record) \(what)")
    }
    if answer.records.count > Self.named {
      output.say("  and \(answer.records.count - Self.named) more")
    }
    let isStuck = answer.records.allSatisfy {
      $0.kind == CaseRepair.Difference.Kind.unknownThere.rawValue
    }
    output.say(
      isStuck && !answer.records.isEmpty
        ? "The office does not hold what is here: tell it before you do anything else. To take the office's word: doorstep resync"
        : "Fetch what differs: doorstep repair")
    throw ExitCode(ExitStatus.needsYou.rawValue)
  }

  /// More are counted.
  private static let named = 10
}

struct Verify: LaptopCommand {
  static let configuration = CommandConfiguration(
    abstract: "Sync, then prove that this laptop and the office hold the same, case by case.",
    discussion: "Where a case differs, its records are compared and named. Nothing is changed.")

  @OptionGroup var laptop: LaptopOptions

  func perform() async throws {
    let check = CaseCheck(laptop: laptop, replica: try laptop.sharing())
    try CaseCheck.show(try await check.run(mending: false), output)
  }
}

struct Repair: LaptopCommand {
  static let configuration = CommandConfiguration(
    abstract: "Fetch from the office just the records that differ from its own.",
    discussion:
      "Your unsent work is sent first and stays what it is. What is here and not at the office is never removed."
  )

  @OptionGroup var laptop: LaptopOptions

  func perform() async throws {
    let check = CaseCheck(laptop: laptop, replica: try laptop.sharing())
    try CaseCheck.show(try await check.run(mending: true), output)
  }
}
