import ArgumentParser
import Foundation
import ProgramKit
import SyncClient
import SyncCore
import SyncWire

struct Transfer: OfficeCommand {
  static let configuration = CommandConfiguration(
    abstract: "Move cases from one officer to another.",
    discussion: """
      doorstepctl transfer jones khan X123456 --reason "Jones has left", or --all for every case of \
      Jones. --dry-run says who is affected and changes nothing. Each case moves in one step, with \
      who answers for it. What Jones wrote before hearing of it is taken, and Khan is told; what \
      Jones writes after that waits: doorstepctl quarantine list. Many cases move 500 at a time while \
      everybody goes on syncing; one that was interrupted is simply given again.
      """)

  @OptionGroup var home: HomeOptions
  @OptionGroup var output: Output
  @Argument(help: "User name of who holds the cases.") var from: String
  @Argument(help: "User name of who is to hold them.") var to: String
  @Argument(help: "CRNs, for instance X123456.") var crns: [String] = []
  @Flag(name: .long, help: "Every case of the one who gives.") var all = false
  @Option(name: .long, help: "Why.") var reason = ""
  @Flag(name: .long, help: "Say what would happen, and change nothing.") var dryRun = false

  func validate() throws {
    guard all == crns.isEmpty else { throw ValidationError("Name the cases, or write --all.") }
  }

  private struct Answer: Encodable {
    struct Left: Encodable { let crn, problem: String }
    struct Machine: Encodable {
      let user, label: String
      let lastContact: Int64?
      let unsent: UInt64
    }
    var moved = 0
    var left: [Left] = []
    var alsoHeldBy: Set<String> = []
    var machines: [Machine] = []
    var isPreview = false
  }

  func work(_ office: OfficeCall) async throws {
    var answer = Answer()
    answer.isPreview = dryRun
    var rest = crns[...]
    var after = Data()
    repeat {
      let part: PBTransferResponse = try await office.post(
        "/v1/operator/transfer",
        PBTransferRequest.with {
          $0.from = from
          $0.to = to
          $0.crns = Array(rest.prefix(Self.batch))
          $0.all = all
          $0.reason = reason
          $0.dryRun = dryRun
          $0.after = after
        })
      rest = rest.dropFirst(Self.batch)
      after = part.next
      answer.moved += Int(part.moved)
      answer.left += part.left.map { Answer.Left(crn: $0.crn, problem: $0.problem) }
      answer.alsoHeldBy.formUnion(part.alsoHeldBy)
      answer.machines = part.machines.map {
        Answer.Machine(
          user: $0.user, label: $0.label, lastContact: $0.lastContact == 0 ? nil : $0.lastContact,
          unsent: $0.unsent)
      }
      if !rest.isEmpty || !after.isEmpty { output.warn("\(answer.moved) so far …") }
    } while !rest.isEmpty || !after.isEmpty
    try output.answer(answer)
    show(answer)
    if !answer.left.isEmpty { throw ExitCode(ExitStatus.needsYou.rawValue) }
  }

  /// As many as the office takes in one request.
  private static let batch = 500

  private func show(_ answer: Answer) {
    let cases = Show.count(answer.moved, "case")
    output.say(
      dryRun
        ? "\(cases) would move from \(from) to \(to). Nothing was changed."
        : "\(cases) moved from \(from) to \(to).")
    for machine in answer.machines {
      let contact = machine.lastContact.map { "last contact \(Show.time($0))" } ?? "no contact yet"
      let waiting =
        machine.unsent == 0
        ? "" : ", \(Show.count(Int(clamping: machine.unsent), "change")) then still on it"
      output.say("\(machine.user), \(machine.label): \(contact)\(waiting).")
    }
    if !answer.machines.contains(where: { $0.user.lowercased() == to.lowercased() }) {
      output.say("\(to) has no laptop yet: doorstepctl enrol-code \(to)")
    }
    if !answer.alsoHeldBy.isEmpty {
      output.say(
        "Some are also held by \(answer.alsoHeldBy.sorted().joined(separator: ", ")), who keep them: doorstepctl grant --end."
      )
    }
    for left in answer.left {
      output.say("Not moved: \(left.crn). \(sentence(left.problem))")
    }
  }

  private func sentence(_ problem: String) -> String {
    switch problem {
    case "not-held": "\(from) does not hold it."
    case "kept-out": "A limit of access keeps \(to) out of it."
    case "too-many": "\(to) holds as many cases as a laptop takes."
    case "unknown-case": "The office has no such case."
    default: problem
    }
  }
}
