import ArgumentParser
import Simulation

/// Runs one seed again, telling what happens.
struct Replay: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Run one seed again.")

  @Argument(help: "The seed.")
  var seed: UInt64

  @Flag(help: "Tell everything that happens.")
  var trace = false

  @OptionGroup var options: SwarmOptions

  func run() throws {
    let outcome = Runner.run(seed, options.swarm(seed), tracing: trace)
    for line in outcome.trace { print(line) }
    var progress = Progress()
    progress.add(outcome)
    print(Report(progress, seconds: 0, options: options).text(of: outcome))
    print("trace \(outcome.hash)")
    guard outcome.failure == nil else { throw ExitCode.failure }
  }
}

/// Makes a failing seed's story as short as it can be.
struct Minimise: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a failing seed’s story as short as it can be, and tell it.")

  @Argument(help: "The seed.")
  var seed: UInt64

  @OptionGroup var options: SwarmOptions

  func run() throws {
    guard var minimiser = Minimiser(seed, options.swarm(seed)) else {
      print("seed \(seed): no promise was broken")
      return
    }
    minimiser.minimise()
    let outcome = Runner.run(
      seed, minimiser.swarm, decisions: minimiser.decisions, tracing: true)
    for line in outcome.trace { print(line) }
    print("\(minimiser.decisions.count) decisions after \(minimiser.runs) runs")
    print(minimiser.swarm.summary)
    print(minimiser.failure)
    throw ExitCode.failure
  }
}

/// Which faults and labels there are.
struct Table: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run seeds and show how often each fault and each label came up.")

  @Option(help: "First and last seed.")
  var seeds = "1..1000"

  @OptionGroup var options: SwarmOptions

  func run() throws {
    let range = try SeedRange(seeds)
    var tally = Tally()
    for index in 0..<range.count {
      let seed = range.first + UInt64(index)
      tally.add(Runner.run(seed, options.swarm(seed)).tally)
    }
    for fault in Fault.allCases { print("\(tally.count(fault))\t\(fault.rawValue)") }
    for label in Label.allCases { print("\(tally.count(label))\t\(label.rawValue)") }
  }
}
