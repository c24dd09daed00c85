import ArgumentParser
import Foundation
import ProgramKit
import SyncClient
import SyncCore
import SyncWire

struct EnrolCode: OfficeCommand {
  static let configuration = CommandConfiguration(
    commandName: "enrol-code", abstract: "Issue a single-use code for somebody's laptop.")

  @OptionGroup var home: HomeOptions
  @OptionGroup var output: Output
  @Argument(help: "User name of who will use the laptop.") var user: String
  @Option(name: .long, help: "officer, senior, administrator, data-protection or office.")
  var role = "officer"
  @Option(name: .long, help: "How people call the laptop.") var label = ""
  @Option(name: .long, help: "Minutes that the code lives, 1 to 10080.") var minutes: UInt32 = 15
  @Flag(name: .long, help: "For another operator's machine instead of a laptop.") var `operator` =
    false

  func validate() throws {
    guard (1...10_080).contains(minutes) else {
      throw ValidationError("--minutes must be 1 to 10080.")
    }
  }

  func work(_ office: OfficeCall) async throws {
    let answer: PBEnrolCodeResponse = try await office.post(
      "/v1/operator/enrol-code",
      PBEnrolCodeRequest.with {
        $0.user = user
        $0.role = role
        $0.label = label
        $0.minutes = minutes
        $0.isOperator = `operator`
      })
    struct Answer: Encodable {
      let code: String
      let expiresAt: Int64
    }
    try output.answer(Answer(code: answer.code, expiresAt: answer.expiresAt))
    output.say("For \(user), once, until \(Show.time(answer.expiresAt)):")
    output.say("  \(answer.code)")
  }
}

struct Resync: OfficeCommand {
  static let configuration = CommandConfiguration(
    abstract: "Order laptops to fetch everything anew, after they have sent what they have.",
    discussion:
      "A laptop obeys at its next contact. Work on it is never lost: it is sent first, and kept until it is receipted."
  )

  @OptionGroup var home: HomeOptions
  @OptionGroup var output: Output
  @Argument(help: "Devices, by their ids.") var devices: [String] = []
  @Option(name: .long, help: "All laptops of this user.") var user = ""
  @Flag(name: .long, help: "Every laptop of the office.") var all = false

  func validate() throws {
    guard all || !devices.isEmpty || !user.isEmpty else {
      throw ValidationError("Say which laptops: device ids, --user NAME, or --all.")
    }
  }

  func work(_ office: OfficeCall) async throws {
    var ids: [Data] = []
    for text in devices { ids.append(Data(try Self.device(text).bytes)) }
    let answer: PBResyncResponse = try await office.post(
      "/v1/operator/resync",
      PBResyncRequest.with {
        $0.devices = ids
        $0.user = user
        $0.all = all
      })
    struct Answer: Encodable { let ordered: UInt32 }
    try output.answer(Answer(ordered: answer.ordered))
    output.say(
      "\(Show.count(Int(answer.ordered), "laptop")) ordered to resync at the next contact.")
    if answer.ordered == 0 {
      output.say("None matched, or each has such an order waiting already: doorstepctl devices.")
      throw ExitCode(ExitStatus.needsYou.rawValue)
    }
  }

  static func device(_ text: String) throws -> DeviceID {
    guard let id = DeviceID(text) else {
      throw Failure(
        .badData, code: "bad-device", "“\(text)” is not a device's id. See: doorstepctl devices.")
    }
    return id
  }
}

struct Revoke: OfficeCommand {
  static let configuration = CommandConfiguration(
    abstract: "Withdraw a machine's access. It is refused from its next request on.")

  @OptionGroup var home: HomeOptions
  @OptionGroup var output: Output
  @Argument(help: "The device's id.") var device: String

  func work(_ office: OfficeCall) async throws {
    let id = try Resync.device(device)
    let answer: PBRevokeResponse = try await office.post(
      "/v1/operator/revoke", PBRevokeRequest.with { $0.device = Data(id.bytes) })
    struct Answer: Encodable { let wasActive: Bool }
    try output.answer(Answer(wasActive: answer.wasActive))
    output.say(answer.wasActive ? "Revoked. It is refused from now on." : "It was revoked already.")
  }
}
