import ArgumentParser
import CurlTransport
import Foundation
import ProgramKit
import SyncClient
import SyncCore
import SyncReplica
import SyncWire

/// Syncs by itself for as long as it runs.
struct Agent: LaptopCommand {
  static let configuration = CommandConfiguration(
    abstract: "Sync by itself: when you save, when the office has news, when a network is back.",
    discussion: """
      Runs until it is stopped, as a service of your own: doorstep agent --unit prints one for systemd. \
      Beside these it syncs every half hour (--every), a little earlier or later each time, so that an \
      office's laptops do not come together. On battery it does not wait for the office's news and comes \
      four times as seldom. You can go on using doorstep meanwhile.
      """)

  @OptionGroup var laptop: LaptopOptions
  @Option(name: .long, help: "Minutes between two syncs when nothing happens, 1 to 1440.")
  var every = 30
  @Flag(name: .long, help: "Print a service file for systemd, and do nothing else.") var unit =
    false

  func validate() throws {
    guard (1...1_440).contains(every) else { throw ValidationError("--every must be 1 to 1440.") }
  }

  func perform() async throws {
    if unit { return printUnit() }
    _ = try laptop.folder.configuration()
    let only = try FileLock(
      laptop.folder.path + "/agent.lock",
      orElse: "An agent runs for this laptop already. Nothing was started.")
    defer { withExtendedLifetime(only) {} }
    let stop = StopSignal()
    defer { stop.cancel() }
    let work = Task { try await goOn() }
    stop.whenAsked { work.cancel() }
    do { try await work.value } catch is CancellationError { output.say("Stopped.") }
  }

  private func printUnit() {
    let program = CommandLine.arguments.first ?? "doorstep"
    output.say(
      """
      # Save as ~/.config/systemd/user/doorstep.service, then: systemctl --user enable --now doorstep
      [Unit]
      Description=Doorstep, syncing by itself
      [Service]
      ExecStart=\(NamedFolder.absolute(program)) agent --home \(laptop.folder.path)
      Restart=on-failure
      RestartSec=60
      [Install]
      WantedBy=default.target
      """)
  }

  // MARK: The round

  private func goOn() async throws {
    var failures = 0
    var lastProblem = ""
    while !Task.isCancelled {
      do {
        let unsent = try await sync()
        failures = 0
        lastProblem = ""
        try await rest(for: interval(), after: .success(unsent: unsent))
      } catch is CancellationError { throw CancellationError() } catch {
        try Task.checkCancellation()
        let failure = Failure(error)
        // Who cannot be served any longer is told once, and not asked again and again.
        guard [.offline, .tryAgain].contains(failure.status) else { throw failure }
        failures += 1
        if failure.message != lastProblem { output.say(failure.message) }
        lastProblem = failure.message
        let backoff = Backoff(base: .seconds(15), cap: .seconds(15 * 60))
        var atLeast = Duration.seconds(failures == 1 ? 2 : 5)
        if case SyncFailure.busy(let seconds?) = error { atLeast = max(atLeast, .seconds(seconds)) }
        let delay = backoff.delay(after: failures, chance: World.chance(), atLeast: atLeast)
        try await rest(for: delay, after: .failure)
      }
    }
    throw CancellationError()
  }

  /// - Returns: what still waits, which is nothing unless somebody wrote meanwhile.
  private func sync() async throws -> Int {
    try await Wiping(laptop.folder).resume(laptop.home)
    let replica = try laptop.sharing()
    let numbers = try replica.use { (replica) throws(ReplicaError) in try replica.numbers() }
    let report = try await SyncRun(laptop: laptop, replica: replica).run()
    let summary = SyncSummary(report: report, replica: replica, numbers: numbers, output: output)
    let isWorthTelling =
      !report.receipts.isEmpty || report.records > 0 || !report.dropped.isEmpty
      || !report.decided.isEmpty
    if isWorthTelling || output.json {
      // Conflicts and refusals end a sync with a status of their own; here they are only told.
      do { try summary.show() } catch is ExitCode {}
      fflush(nil)
    }
    return try replica.use { (replica) throws(ReplicaError) in try replica.status().unsent }
  }

  private func interval() -> Duration {
    let minutes = Double(every) * (PowerSupply.isOnBattery() ? 4 : 1)
    return .seconds(minutes * 60 * (0.8 + 0.4 * World.chance()))
  }

  // MARK: Resting

  private enum LastSync: Equatable {
    case success(unsent: Int)
    case failure
  }

  /// Waits until there is a reason to sync.
  private func rest(for time: Duration, after last: LastSync) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      defer { group.cancelAll() }
      group.addTask { try await Task.sleep(for: time) }
      switch last {
      case .success(let unsent):
        // What the office put off is not pressed upon it.
        if unsent > 0 { try await Task.sleep(for: .seconds(30)) }
        group.addTask { try await workIsSaved() }
        if !PowerSupply.isOnBattery() { group.addTask { try await officeHasNews() } }
      case .failure: group.addTask { try await networkIsBack() }
      }
      try await group.next()
    }
    try Task.checkCancellation()
  }

  /// Returns once something waits to be sent. Nothing is opened until the store's files change.
  private func workIsSaved() async throws {
    var seen = stamps()
    while true {
      if try laptop.looking().status().unsent > 0 { return }
      while stamps() == seen { try await Task.sleep(for: .seconds(2)) }
      seen = stamps()
    }
  }

  /// When the store was last written to, by its files.
  private func stamps() -> [Date?] {
    ["", "-wal"].map { end in
      let attributes = try? FileManager.default.attributesOfItem(
        atPath: laptop.folder.store + end)
      return attributes?[.modificationDate] as? Date
    }
  }

  /// Returns once the office has something for this laptop. An office that has no room for another
  /// who waits, or does not know how to, is not asked again before the next sync.
  private func officeHasNews() async throws {
    let transport = try laptop.folder.transport(
      laptop.home, timeouts: .init(stall: .seconds(Self.longestWait + 30)))
    do {
      var hasNews = false
      while !hasNews {
        try Task.checkCancellation()
        let checkpoint = try laptop.looking().checkpoint()
        let answer: PBWaitResponse = try await OfficeCall(transport).post(
          "/v1/wait",
          PBWaitRequest.with {
            $0.checkpoint = Data(checkpoint)
            $0.seconds = UInt32(Self.longestWait)
          })
        hasNews = answer.moved
      }
    } catch {
      await transport.close()
      try Task.checkCancellation()
      // The timer brings the next sync, which says what is wrong.
      try await Task.sleep(for: .seconds(24 * 3600))
    }
    await transport.close()
  }

  /// Seconds; a connection that is silent for longer is often cut on its way.
  private static let longestWait = 240

  /// Returns once the way out of this machine is another than before.
  private func networkIsBack() async throws {
    let before = Self.routes()
    while Self.routes() == before { try await Task.sleep(for: .seconds(5)) }
    // A network that has just come up is often not usable yet.
    try await Task.sleep(for: .seconds(2))
  }

  private static func routes() -> Data? {
    FileManager.default.contents(atPath: "/proc/net/route")
  }
}

/// Whether the laptop runs on its battery.
enum PowerSupply {
  private static let folder = "/sys/class/power_supply"

  /// `false` also where the machine does not say.
  static func isOnBattery() -> Bool {
    let files = FileManager.default
    let supplies = (try? files.contentsOfDirectory(atPath: folder)) ?? []
    let mains = supplies.compactMap { name -> Bool? in
      guard read("\(name)/type") == "Mains" else { return nil }
      return read("\(name)/online") == "1"
    }
    return !mains.isEmpty && !mains.contains(true)
  }

  private static func read(_ name: String) -> String {
    let data = FileManager.default.contents(atPath: "\(folder)/\(name)") ?? Data()
    return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }
}

/// SIGTERM and SIGINT, once each.
private final class StopSignal {
  private let sources: [any DispatchSourceSignal]

  init() {
    sources = [SIGTERM, SIGINT].map { number in
      signal(number, SIG_IGN)
      return DispatchSource.makeSignalSource(signal: number, queue: .global())
    }
  }

  func whenAsked(_ body: @escaping @Sendable () -> Void) {
    for source in sources {
      source.setEventHandler(handler: body)
      source.resume()
    }
  }

  func cancel() { for source in sources { source.cancel() } }
}
