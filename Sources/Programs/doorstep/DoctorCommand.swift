import ArgumentParser
import Foundation
import ProgramKit
import SyncReplica

/// Looks at everything that a laptop needs, and changes nothing.
struct Doctor: LaptopCommand {
  static let configuration = CommandConfiguration(
    abstract: "Look for what is wrong with this laptop, and say what to do. Changes nothing.",
    discussion: """
      Looks at the folder, the disk, the store, the key and certificate, the clock, and the way to the office. \
      Works also when the store is damaged or gone, and says nothing of what is in your cases. The status is \
      1 when something needs doing.
      """)

  @OptionGroup var laptop: LaptopOptions
  @Flag(name: .long, help: "Leave the network alone.") var offline = false

  struct Answer: Encodable {
    let well: Bool
    let findings: [Finding]
  }

  func perform() async throws {
    try Wiping(laptop.folder).check()
    let folder = laptop.folder
    var findings = FolderDoctor(folder).findings()
    let check = StoreCheck(folder.store)
    let known: Home.Configuration?
    do {
      known = try folder.configuration()
      let identity = IdentityDoctor(folder, laptop.home)
      findings += identity.findings(now: World.now())
    } catch {
      let failure = Failure(error)
      known = nil
      findings.append(
        .wrong("enrolment", "This laptop's enrolment cannot be read.", failure.message))
    }
    if known != nil || !check.isMissing {
      findings += StoreDoctor(folder, check).findings(now: World.now())
    }
    if let known, !offline {
      let way = OfficeDoctor(known, laptop, check, catalogue: laptop.catalogue.version)
      findings += await way.findings()
    }
    let wrong = findings.filter { $0.state == .wrong }
    try output.answer(Answer(well: wrong.isEmpty, findings: findings))
    for finding in findings { say(finding) }
    output.say("")
    guard wrong.isEmpty else {
      output.say(
        "\(Show.count(wrong.count, "thing needs", "things need")) doing. Nothing was changed.")
      throw ExitCode(ExitStatus.needsYou.rawValue)
    }
    output.say("All is well as far as it can be told from here. Nothing was changed.")
  }

  private func say(_ finding: Finding) {
    let mark =
      switch finding.state {
      case .well: "ok"
      case .wrong: "!!"
      case .unknown: "??"
      }
    output.say("\(mark)  \(finding.says)")
    if let remedy = finding.remedy { output.say("    → \(remedy)") }
  }
}
