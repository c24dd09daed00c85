import ArgumentParser
import ProgramKit
import SyncCore

/// Makes a server's folder: store, authority, certificate, and the first operator's code.
struct Init: ServerCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a new server, and a code for its first operator.")

  @OptionGroup var data: DataOptions
  @OptionGroup var output: Output

  @Option(name: .long, help: "The office's name, for people.")
  var office = "Probation office"

  @Option(
    name: .long,
    help: "A host name or IPv4 address under which laptops reach this server. Repeat for more.")
  var name: [String] = ["localhost", "127.0.0.1"]

  @Option(name: .long, help: "User name of the first operator.")
  var firstOperator = "operator"

  func validate() throws {
    guard (1...64).contains(firstOperator.utf8.count),
      firstOperator.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
    else {
      throw ValidationError("--first-operator must be 1 to 64 printable characters without spaces.")
    }
  }

  func work() async throws {
    let folder = data.folder
    try await folder.create(DataFolder.Settings(office: office, names: name))
    let store = try await folder.openStore(telling: output, showing: .standard)
    let invitation = try await folder.invite(
      store, user: firstOperator, role: .office, label: "first operator", isOperator: true,
      minutes: 60)
    try store.close()
    struct Answer: Encodable { let data, office, operatorCode: String }
    try output.answer(Answer(data: folder.path, office: office, operatorCode: invitation.code))
    output.say("“\(office)” is set up in \(folder.path), with a certificate authority of its own.")
    output.say("")
    output.say("Start it:               doorstepd serve --data \(folder.path)")
    output.say(
      "Enrol its operator:     doorstepctl enrol https://\(name.first ?? "localhost"):8443")
    output.say(
      "with this code, which works once, until \(Show.time(invitation.expires.milliseconds)):")
    output.say("  \(invitation.code)")
  }
}

/// Issues a code for an operator at the server itself, where there is none left who could.
struct OperatorCode: ServerCommand {
  static let configuration = CommandConfiguration(
    abstract: "Issue a code for an operator. The server must not be running.")

  @OptionGroup var data: DataOptions
  @OptionGroup var output: Output
  @Argument(help: "The operator's user name.") var user: String

  @Option(name: .long, help: "Minutes that the code lives, 1 to 10080.")
  var minutes = 60

  func validate() throws {
    guard (1...10_080).contains(minutes) else {
      throw ValidationError("--minutes must be 1 to 10080.")
    }
  }

  func work() async throws {
    let store = try await data.folder.openStore(telling: output)
    let invitation = try await data.folder.invite(
      store, user: user, role: .office, label: "operator", isOperator: true, minutes: minutes)
    try store.close()
    struct Answer: Encodable { let code: String }
    try output.answer(Answer(code: invitation.code))
    output.say(invitation.code)
  }
}
