import ArgumentParser
import Foundation
import ProgramKit
import SyncClient
import SyncCore
import SyncWire

struct Devices: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "The machines of this office, what is on each, and what to do when one is lost.",
    subcommands: [List.self, Held.self, Lost.self], defaultSubcommand: List.self)

  struct Row: Encodable {
    let device, user, role, label, state: String
    let isOperator: Bool
    let lastContact: Int64?
    let clockOffset: Int64
    let unsent, received, forks: UInt64
    let orders: [String]

    init(_ device: PBDeviceList.Device) {
      self.device = DeviceID(bytes: device.device)?.description ?? ""
      user = device.user
      role = device.role
      label = device.label
      state = device.state
      isOperator = device.isOperator
      lastContact = device.lastContact == 0 ? nil : device.lastContact
      clockOffset = device.clockOffset
      unsent = device.unsent
      received = device.known
      forks = device.forks
      orders = device.orders
    }
  }

  static func clock(_ offset: Int64) -> String {
    guard offset.magnitude >= 120_000 else { return "right" }
    return Show.length(milliseconds: offset) + (offset > 0 ? " ahead" : " behind")
  }

  struct List: OfficeCommand {
    static let configuration = CommandConfiguration(
      abstract:
        "List every machine: last contact, what it still has to send, its clock, its orders.")

    @OptionGroup var home: HomeOptions
    @OptionGroup var output: Output

    func work(_ office: OfficeCall) async throws {
      let list: PBDeviceList = try await office.get("/v1/operator/devices")
      let rows = list.devices.map(Devices.Row.init)
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
            Devices.clock(row.clockOffset), row.orders.joined(separator: ", "),
          ]
        })
      for row in rows where row.forks > 0 {
        output.say(
          "The store of \(row.label) was a copy, or put back from a backup, \(Show.count(Int(clamping: row.forks), "time")). Ask \(row.user) whether there is a second laptop with it; if so: doorstepctl revoke."
        )
      }
    }
  }

  /// Which cases may be on a laptop.
  struct Report: Encodable {
    struct Item: Encodable {
      let crn, caseID: String
      let ended: Bool
      let erasedAt: Int64?

      init(_ item: PBHoldings.Case) {
        crn = item.crn
        caseID = CaseID(bytes: item.caseID)?.description ?? ""
        ended = item.ended
        erasedAt = item.erasedAt == 0 ? nil : item.erasedAt
      }

      var name: String { crn.isEmpty ? caseID : crn }
    }
    let device: Row
    let cases, erased: [Item]

    init(_ holdings: PBHoldings) {
      device = Row(holdings.device)
      cases = holdings.cases.map(Item.init)
      erased = holdings.erased.map(Item.init)
    }

    static func fetch(_ office: OfficeCall, _ id: DeviceID) async throws -> Report {
      Report(try await office.get("/v1/operator/holdings?device=\(id)") as PBHoldings)
    }

    /// Everything that a report of the loss asks for.
    func show(_ output: Output) {
      let contact = device.lastContact.map(Show.time) ?? "never"
      output.say(
        "\(device.label), \(device.user), \(device.role): \(device.state), last contact \(contact), \(device.unsent) not sent then."
      )
      if cases.isEmpty {
        output.say("No case is on it.")
      } else {
        output.say("\(Show.count(cases.count, "case")) may be on it:")
        output.table(
          ["CRN", "On it because"],
          cases.map { item in
            [item.name, item.ended ? "taken away, and it has not heard of it yet" : "granted"]
          })
      }
      guard !erased.isEmpty else { return }
      output.say("\(Show.count(erased.count, "case")) left it before:")
      output.table(
        ["CRN", "It showed so"],
        erased.map { [$0.name, $0.erasedAt.map(Show.time) ?? ""] })
    }
  }

  struct Held: OfficeCommand {
    static let configuration = CommandConfiguration(
      commandName: "holdings", abstract: "Every case that may be on a laptop.")

    @OptionGroup var home: HomeOptions
    @OptionGroup var output: Output
    @Argument(help: "The device's id.") var device: String

    func work(_ office: OfficeCall) async throws {
      let report = try await Report.fetch(office, try Resync.device(device))
      try output.answer(report)
      report.show(output)
    }
  }

  struct Lost: OfficeCommand {
    static let configuration = CommandConfiguration(
      abstract: "Report a laptop lost: wipe it at its next contact, and list what was on it.",
      discussion: """
        From now on the laptop gets no data. What it sends is kept in quarantine, since nobody knows who \
        has it. At its next contact it destroys all that it holds and says so. A laptop that never \
        comes back locks itself when its lease is over; what hides its disk from a thief is the disk's \
        own encryption. Found again before that: doorstepctl wipe --cancel.
        """)

    @OptionGroup var home: HomeOptions
    @OptionGroup var output: Output
    @Argument(help: "The device's id.") var device: String

    func work(_ office: OfficeCall) async throws {
      let id = try Resync.device(device)
      let _: PBWipeResponse = try await Wipe.order(office, id, lost: true)
      let report = try await Report.fetch(office, id)
      try output.answer(report)
      report.show(output)
      output.say("Reported lost. It is wiped at its next contact.")
    }
  }
}

struct Wipe: OfficeCommand {
  static let configuration = CommandConfiguration(
    abstract: "Wipe a laptop at its next contact, once it has sent all that is saved on it.",
    discussion: """
      For a laptop that its officer gives back. The officer's drafts hold it up until they are saved or \
      removed. Then everything is destroyed, and the laptop says so: doorstepctl devices shows it as \
      wiped. For one that is lost: doorstepctl devices lost.
      """)

  @OptionGroup var home: HomeOptions
  @OptionGroup var output: Output
  @Argument(help: "The device's id.") var device: String
  @Flag(name: .long, help: "Take such an order back, also that of a lost laptop.") var cancel =
    false

  func work(_ office: OfficeCall) async throws {
    let id = try Resync.device(device)
    let answer = try await Self.order(office, id, cancel: cancel)
    struct Answer: Encodable { let state: String }
    try output.answer(Answer(state: answer.state))
    output.say(
      cancel
        ? "Taken back. The laptop goes on as before."
        : answer.state == "lost"
          ? "It was reported lost, and is wiped at its next contact whatever is on it."
          : "Ordered. It is wiped at its next contact, once it has sent all that is saved on it.")
  }

  static func order(
    _ office: OfficeCall, _ id: DeviceID, lost: Bool = false, cancel: Bool = false
  ) async throws -> PBWipeResponse {
    try await office.post(
      "/v1/operator/wipe",
      PBWipeRequest.with {
        $0.device = Data(id.bytes)
        $0.lost = lost
        $0.cancel = cancel
      })
  }
}
