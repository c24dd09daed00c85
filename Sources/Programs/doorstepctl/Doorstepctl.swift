import ArgumentParser
import CurlTransport
import Foundation
import ProgramKit
import SyncClient
import SyncCore
import SyncWire

/// The operator's tool. It shows ids, numbers and states, never what is in a case.
@main
struct Doorstepctl: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doorstepctl",
    abstract:
      "Runs an office's laptops: who has one, which cases they hold, what they still have to send.",
    discussion: """
      First: doorstepctl enrol, with the code that doorstepd init printed.

      Exit status: 0 done · 1 done, and something needs you · 64 wrong arguments · 65 an entry is wrong · 69 no way to the \
      office · 70 internal error · 73 cannot create · 74 disk · 75 try again · 77 the office does not accept this machine · 78 not \
      enrolled.
      """,
    version: "0.1.0",
    subcommands: [
      Enrol.self, EnrolCode.self, Devices.self, Grant.self, Transfer.self, Limit.self,
      Quarantine.self, Resync.self, Wipe.self, Revoke.self, Verify.self, Report.self,
      Restored.self,
    ])
}

/// A command that asks the office.
protocol OfficeCommand: Command {
  var home: HomeOptions { get }
  func work(_ office: OfficeCall) async throws
}

extension OfficeCommand {
  func perform() async throws {
    let transport = try home.folder(of: "doorstepctl").transport(home)
    do { try await work(OfficeCall(transport)) } catch {
      await transport.close()
      throw error
    }
    await transport.close()
  }
}

struct Enrol: Command {
  static let configuration = CommandConfiguration(abstract: "Make this machine an operator's.")

  @OptionGroup var home: HomeOptions
  @OptionGroup var output: Output
  @Argument(help: "The office's address, for instance https://office.example:8443.") var address:
    String
  @Argument(help: "The code.") var code: String
  @Option(name: .long, help: "How people call this machine.") var label = ProcessInfo.processInfo
    .hostName

  func perform() async throws {
    let folder = home.folder(of: "doorstepctl")
    let result = try await EnrolFlow.run(
      into: folder, address: address, code: code, label: label, options: home)
    struct Answer: Encodable { let office, user, device, home: String }
    try output.answer(
      Answer(
        office: result.office, user: result.user, device: result.device.description,
        home: folder.path))
    output.say("This machine is now \(result.user)'s, operator of “\(result.office)”.")
    output.say("Next: doorstepctl enrol-code USER, for each officer's laptop.")
  }
}
