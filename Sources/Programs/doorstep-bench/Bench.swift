import CurlTransport
import Foundation
import ProgramKit
import RecordCatalogue
import ServerSQLite
import ServerStorage
import SyncClient
import SyncCore
import SyncReplica

/// What the workloads share: a folder, texts, and an office in a process of its own.
final class Bench {
  let rounds: Int
  let report: Report
  let folder: String
  private var number = 0

  init(rounds: Int, report: Report) throws {
    self.rounds = rounds
    self.report = report
    folder = NSTemporaryDirectory() + "doorstep-bench-\(ProcessInfo.processInfo.processIdentifier)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  func tidy() { try? FileManager.default.removeItem(atPath: folder) }

  var disk: Disk { Disk(folder: folder) }

  func path(_ name: String) -> String {
    number += 1
    return "\(folder)/\(name)-\(number)"
  }

  static func milliseconds(_ body: () throws -> Void) rethrows -> Double {
    let start = DispatchTime.now().uptimeNanoseconds
    try body()
    return Double(DispatchTime.now().uptimeNanoseconds - start) / 1e6
  }

  static func elapsed(_ body: () async throws -> Void) async rethrows -> Double {
    let start = DispatchTime.now().uptimeNanoseconds
    try await body()
    return Double(DispatchTime.now().uptimeNanoseconds - start) / 1e6
  }

  // MARK: Texts

  private static let words = """
    attended as planned and engaged well with the session reported no contact with police since last seen partner \
    present flat tidy discussed drinking at weekends agreed to ring the drugs worker on Thursday mood lower than in \
    March benefits letter shown rent arrears being paid weekly wants to see the children before the hearing reminded \
    of curfew hours next appointment given in writing no new concerns about neighbours work placement starts Monday
    """.split(separator: " ").map(String.init)

  /// A note of about 400 characters.
  static func text(_ seed: Int) -> String {
    var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
    var text = ""
    while text.utf8.count < 400 {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      text += words[Int(state % UInt64(words.count))] + " "
    }
    return text
  }

  static func fields(_ seed: Int) -> [String: Value] {
    [
      "kind": .text("CHVS"), "text": .text(text(seed)), "sensitive": .text("no"),
      "on": .composite([
        "date": .text("2026-03-0\(1 + seed % 9)"), "time": .text("14:1\(seed % 10)"),
      ]),
      "observed": .text("observed"),
    ]
  }

  static func caseID(_ index: Int) -> CaseID { .named("case", "X\(100_000 + index)") }

  static func note(_ index: Int) -> RecordID {
    .timeOrdered(
      at: Timestamp(milliseconds: 1_770_000_000_000 + Int64(index)),
      random: UInt128(UInt64(index) &* 0x9E37_79B9_7F4A_7C15))
  }
}

/// `doorstepd serve` as a process of its own, with a store that the benchmark filled.
final class OfficeProcess {
  let address: String
  private let process = Process()
  private let folder: String
  private let operatorHome: Home
  private let programs = OfficeProcess.programs

  /// The folder that the programs are in, beside this one.
  static let programs = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    .deletingLastPathComponent().path

  struct NotReady: Error {}

  /// - Parameter fill: writes into the store before the office starts.
  convenience init(
    _ folder: String, fill: @escaping @Sendable (any ServerTransaction) throws -> Void
  ) async throws {
    try await self.init(folder) { (data: String) in
      let store = try SQLiteStore(
        path: data + "/office.sqlite", life: ReplicaID(value: World.random()))
      try await store.transaction { try fill($0) }
      try store.close()
    }
  }

  /// - Parameter prepare: works on the office's data folder before the office starts.
  init(_ folder: String, prepare: (_ data: String) async throws -> Void) async throws {
    self.folder = folder
    operatorHome = Home(path: folder + "/operator")
    let data = folder + "/office"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let code = try Self.run(programs + "/doorstepd", ["init", "--data", data, "--json"])[
      "operatorCode"]
    try await prepare(data)
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: programs + "/doorstepd")
    process.arguments = ["serve", "--data", data, "--port", "0", "--json", "--log", "error"]
    process.standardOutput = output
    try process.run()
    guard let line = String(data: output.fileHandleForReading.availableData, encoding: .utf8),
      let range = line.range(of: "https://[0-9.:]+", options: .regularExpression), let code
    else { throw NotReady() }
    address = line[range].replacingOccurrences(of: "127.0.0.1", with: "localhost")
    _ = try Self.run(
      programs + "/doorstepctl",
      ["enrol", address, code, "--home", operatorHome.path, "--json"])
  }

  deinit { stop() }

  func stop() {
    guard process.isRunning else { return }
    process.terminate()
    process.waitUntilExit()
  }

  /// A new laptop of a user, enrolled by the real program.
  func enrol(_ user: String, _ name: String) throws -> Home {
    let code = try Self.run(
      programs + "/doorstepctl", ["enrol-code", user, "--home", operatorHome.path, "--json"])[
        "code"]
    let home = Home(path: "\(folder)/\(name)")
    _ = try Self.run(
      programs + "/doorstep", ["enrol", address, code ?? "", "--home", home.path, "--json"])
    return home
  }

  /// Runs a program to its end and reads its answer's texts.
  @discardableResult
  static func run(_ program: String, _ arguments: [String]) throws -> [String: String] {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw NotReady() }
    let object = try? JSONSerialization.jsonObject(with: data) as? [String: Any]
    return (object ?? [:]).compactMapValues { $0 as? String }
  }
}
