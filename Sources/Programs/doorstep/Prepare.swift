import ArgumentParser
import ProgramKit
import SyncCore
import SyncReplica

/// Before going where there is no network.
struct Prepare: LaptopCommand {
  static let configuration = CommandConfiguration(
    abstract: "Sync, and say whether this laptop is ready for a day without a network.")

  @OptionGroup var laptop: LaptopOptions
  @Option(name: .long, help: "Tries before giving up, 1 to 100, waiting longer after each.")
  var attempts = 3

  struct Answer: Encodable {
    let ready: Bool
    let cases, unsent: Int
    let officeTime: Int64
    let leaseEnds, limitedLeaseEnds: Int64?
    /// What stands in the way, each for a person.
    let missing: [String]
  }

  func validate() throws {
    guard (1...100).contains(attempts) else {
      throw ValidationError("--attempts must be 1 to 100.")
    }
  }

  func perform() async throws {
    try await Wiping(laptop.folder).resume(laptop.home)
    let shared = try laptop.sharing()
    let report = try await SyncRun(laptop: laptop, replica: shared).run(attempts: attempts)
    let (status, limited) = try shared.use { (replica) throws(ReplicaError) in
      (try replica.status(), try replica.limitedCases().count)
    }
    let missing = missing(status, report.isSynced)
    let lease = status.lease
    let end = lease.map { $0.terms.end(contact: $0.contact).milliseconds }
    let short = lease.map { lease in
      Lease(seconds: lease.terms.limitedSeconds, limitedSeconds: 0)
        .end(contact: lease.contact).milliseconds
    }
    try output.answer(
      Answer(
        ready: missing.isEmpty, cases: status.cases, unsent: status.unsent,
        officeTime: report.serverTime.milliseconds, leaseEnds: end,
        limitedLeaseEnds: limited > 0 ? short : nil, missing: missing))
    guard missing.isEmpty else {
      for problem in missing { output.say(problem) }
      throw ExitCode(ExitStatus.needsYou.rawValue)
    }
    output.say(
      "Ready: \(Show.count(status.cases, "case")), risk and all else as the office had it at \(Show.clockTime(report.serverTime.milliseconds)). Nothing waits to be sent."
    )
    if let end { output.say("You can work without the office until \(Show.time(end)).") }
    if limited > 0, let short {
      output.say(
        "\(Show.count(limited, "case has", "cases have")) limited access and can be opened until \(Show.time(short))."
      )
    }
  }

  private func missing(_ status: Replica.Status, _ isSynced: Bool) -> [String] {
    var missing: [String] = []
    if status.casesNotWhole > 0 {
      missing.append(
        "\(Show.count(status.casesNotWhole, "case is", "cases are")) not here whole: doorstep sync")
    }
    if !isSynced { missing.append("Not everything has been sent: doorstep sync") }
    if status.clockOffset.magnitude >= 120_000 {
      missing.append(
        "This laptop's clock is \(Show.length(milliseconds: status.clockOffset)) \(status.clockOffset > 0 ? "ahead" : "behind"): have it set, so that the times of your visits are right."
      )
    }
    return missing
  }
}
