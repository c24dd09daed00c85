import ArgumentParser
import Foundation
import Simulation
import Synchronization

/// Runs seeds and reports.
struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run seeds. Ends with 0 only if no promise was broken.")

  @Option(help: "First and last seed, as 1..1000, or one seed.")
  var seeds = "1..1000"

  @Option(help: "A folder of seeds that ever failed, run first; its files end in .txt.")
  var first: String?

  @Option(help: "Threads.")
  var jobs = 1

  @Option(help: "Stop after so many failures; 0 for never.")
  var stopAfter = 10

  @Option(help: "Run every so many seeds twice and compare; 0 for never.")
  var twice = 50

  @Flag(help: "Fail too when a label or a fault never came up: for long runs.")
  var everything = false

  @Flag(help: "End with one JSON object.")
  var json = false

  @OptionGroup var options: SwarmOptions

  func run() throws {
    let range = try SeedRange(seeds)
    let remembered = try first.map(RememberedSeeds.init(folder:))?.cases ?? []
    let started = Date()
    let progress = Mutex(Progress())
    let total = remembered.count + range.count
    DispatchQueue.concurrentPerform(iterations: max(1, jobs)) { _ in
      while true {
        let next = progress.withLock { $0.take(total, stopAfter: stopAfter) }
        guard let next else { return }
        let isOld = next < remembered.count
        let seed = isOld ? remembered[next].seed : range.first + UInt64(next - remembered.count)
        let swarm = isOld ? remembered[next].swarm : options.swarm(seed)
        let isTwice = twice > 0 && next % twice == 0
        let outcome = Runner.run(seed, swarm, checking: isTwice, hashing: isTwice)
        progress.withLock { $0.add(outcome) }
      }
    }
    let report = Report(
      progress.withLock { $0 }, seconds: Date().timeIntervalSince(started), options: options)
    print(json ? report.json : report.text)
    guard report.failures.isEmpty, !everything || report.missed.isEmpty else {
      throw ExitCode.failure
    }
  }
}

/// What the threads have done so far.
struct Progress {
  private(set) var tally = Tally()
  private(set) var failures: [Outcome] = []
  private(set) var hash: UInt64 = 0
  private var next = 0

  /// The next seed to run, counted from 0; `nil` when there is none.
  mutating func take(_ total: Int, stopAfter: Int) -> Int? {
    guard next < total, stopAfter == 0 || failures.count < stopAfter else { return nil }
    next += 1
    return next - 1
  }

  mutating func add(_ outcome: Outcome) {
    tally.add(outcome.tally)
    // A sum, so that the order in which threads end does not matter.
    hash &+= outcome.hash
    if outcome.failure != nil { failures.append(outcome) }
  }
}

/// Seeds from the command line.
struct SeedRange {
  let first: UInt64
  let count: Int

  init(_ text: String) throws {
    let ends = text.components(separatedBy: "..").map { UInt64($0) }
    guard let low = ends.first ?? nil, let high = ends.last ?? nil, ends.count <= 2, low <= high
    else { throw ValidationError("“\(text)” is not a range of seeds. Write 1..1000, or one seed.") }
    first = low
    count = Int(high - low) + 1
  }
}

/// Seeds that ever failed: a line each, with the kind of lost memory when it was forced.
struct RememberedSeeds {
  let cases: [(seed: UInt64, swarm: Swarm)]

  init(folder: String) throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: folder)
      .filter { $0.hasSuffix(".txt") }.sorted()
    var cases: [(seed: UInt64, swarm: Swarm)] = []
    for file in files {
      let text = try String(contentsOfFile: folder + "/" + file, encoding: .utf8)
      for line in text.split(separator: "\n") where !line.hasPrefix("#") {
        let words = line.split(separator: " ")
        guard let seed = words.first.flatMap({ UInt64($0) }) else {
          throw ValidationError("\(file): “\(line)” does not begin with a seed.")
        }
        let amnesia = words.dropFirst().lazy.compactMap { Swarm.Amnesia(rawValue: String($0)) }
          .first
        let backend = words.dropFirst().lazy.compactMap { Swarm.Backend(rawValue: String($0)) }
          .first
        let swarm = Swarm(seed, backend: backend ?? .memory, only: amnesia)
        // Most are older than what is ordered at the desk, and fail without it.
        cases.append((seed, words.contains("desk") ? swarm : swarm.withoutDesk))
      }
    }
    self.cases = cases
  }
}
