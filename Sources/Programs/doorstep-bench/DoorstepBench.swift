import ArgumentParser
import Foundation

/// Measures, each figure beside a floor measured in the same run.
///
/// Absolute times mean little on a shared machine, so contestants take turns (A B A B …), medians
/// are given with the least and the most, and what counts is the ratio.
@main
struct DoorstepBench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doorstep-bench",
    abstract: "Measures Doorstep beside plain SQLite doing the same durable work.",
    discussion: """
      Workloads: W1 first sync of a caseload · W2 push of a day's notes · W3 accepted changes a second at the office · \
      W5 merging in memory · W6 bytes on the wire · W7 a local edit · W8 cold start · W9 reading by rules · W10 the office's resolved view · \
      W11 pages over a caseload · W12 a sync as the office grows to 240,000 cases (minutes to prepare; only when it is named).
      """)

  @Option(name: .long, help: "Only these, for instance W1,W5.") var only: String?
  @Option(name: .long, help: "Rounds of each contestant, 3 to 100.") var rounds = 7
  @Flag(name: .long, help: "One JSON object a line.") var json = false

  func validate() throws {
    guard (3...100).contains(rounds) else { throw ValidationError("--rounds must be 3 to 100.") }
    for name in chosen where !Self.names.contains(name) {
      throw ValidationError("“\(name)” is not one of \(Self.names.joined(separator: ", ")).")
    }
  }

  private static let names = [
    "W1", "W2", "W3", "W5", "W6", "W7", "W8", "W9", "W10", "W11", "W12",
  ]

  private var chosen: [String] {
    only?.split(separator: ",").map { $0.uppercased() } ?? Self.names.filter { $0 != "W12" }
  }

  func run() async throws {
    let report = Report(json: json)
    #if DEBUG
      report.note("This is a debug build: its figures say nothing. Use Scripts/bench.")
    #endif
    let bench = try Bench(rounds: rounds, report: report)
    defer { bench.tidy() }
    for name in chosen {
      report.probe(try bench.disk.fsync())
      switch name {
      case "W1": try await bench.firstSync()
      case "W2": try await bench.pushNotes()
      case "W3": try await bench.acceptChanges()
      case "W5": try bench.merge()
      case "W6": try await bench.wireBytes()
      case "W7": try bench.localEdit()
      case "W8": try bench.coldStart()
      case "W9": try bench.rule()
      case "W10": try await bench.keepView()
      case "W12": try await bench.growth()
      default: try await bench.pages()
      }
    }
    report.probe(try bench.disk.fsync())
    report.end()
  }
}
