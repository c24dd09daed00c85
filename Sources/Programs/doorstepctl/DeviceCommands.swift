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

struct Devices: OfficeCommand {
  static let configuration = CommandConfiguration(
    abstract: "List every machine: last contact, what it still has to send, its clock, its orders.")

  @OptionGroup var home: HomeOptions
  @OptionGroup var output: Output

  struct Row: Encodable {
    let device, user, role, label, state: String
    let isOperator: Bool
    let lastContact: Int64?
    let clockOffset: Int64
    let unsent, received, forks: UInt64
    let orders: [String]
  }

  func work(_ office: OfficeCall) async throws {
    let list: PBDeviceList = try await office.get("/v1/operator/devices")
    let rows = list.devices.map { device in
      Row(
        device: DeviceID(bytes: device.device)?.description ?? "", user: device.user,
        role: device.role,
        label: device.label, state: device.state, isOperator: device.isOperator,
        lastContact: device.lastContact == 0 ? nil : device.lastContact,
        clockOffset: device.clockOffset,
        unsent: device.unsent, received: device.known, forks: device.forks,
        orders: device.orders)
    }
    try output.answer(rows)
    output.table(
      [
        "Device", "User", "Role", "Label", "State", "Last contact", "Received", "Unsent", "Clock",
        "Orders",
      ],
      rows.map { row in
        [
          row.device, row.user, row.isOperator ? "operator" : row.role, row.label, row.state,
          row.lastContact.map(Show.time) ?? "never", String(row.received), String(row.unsent),
          Self.clock(row.clockOffset), row.orders.joined(separator: ", "),
        ]
      })
    for row in rows where row.forks > 0 {
      output.say(
        "The store of \(row.label) was a copy, or put back from a backup, \(Show.count(Int(clamping: row.forks), "time")). Ask \(row.user) whether there is a second laptop with it; if so: doorstepctl revoke."
      )
    }
  }

  static func clock(_ offset: Int64) -> String {
    guard offset.magnitude >= 120_000 else { return "right" }
    return Show.length(milliseconds: offset) + (offset > 0 ? " ahead" : " behind")
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
