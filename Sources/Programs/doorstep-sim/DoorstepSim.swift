import ArgumentParser
import Foundation
import Simulation

@main
struct DoorstepSim: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doorstep-sim",
    abstract: "Many laptops, an office, a network and misfortune, in one thread from one seed.",
    discussion: """
      The laptops' and the office's logic are the production code. The same seed always comes out \
      the same, so a failing seed is a failing test for ever.
      """,
    subcommands: [Run.self, Replay.self, Minimise.self, Table.self, Core.self])
}

/// What all subcommands may choose of a seed's swarm.
struct SwarmOptions: ParsableArguments {
  @Option(help: "Force one kind of lost memory: \(names(Swarm.Amnesia.self)).")
  var only: Swarm.Amnesia?

  @Option(help: "Where laptops keep their stores: \(names(Swarm.Backend.self)).")
  var backend: Swarm.Backend = .memory

  func swarm(_ seed: UInt64) -> Swarm { Swarm(seed, backend: backend, only: only) }

  /// The same options as they are written on the command line.
  var text: String {
    (only.map { " --only \($0.rawValue)" } ?? "")
      + (backend == .memory ? "" : " --backend \(backend.rawValue)")
  }
}

extension Swarm.Amnesia: ExpressibleByArgument {}
extension Swarm.Backend: ExpressibleByArgument {}

private func names<Choice: CaseIterable & RawRepresentable>(_ choice: Choice.Type) -> String
where Choice.RawValue == String {
  choice.allCases.map(\.rawValue).joined(separator: ", ")
}

/// Which code is run, for a report that somebody reads later.
func commit() -> String {
  if let given = ProcessInfo.processInfo.environment["DOORSTEP_COMMIT"] { return given }
  let git = Process()
  git.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  git.arguments = ["git", "rev-parse", "--short", "HEAD"]
  let pipe = Pipe()
  git.standardOutput = pipe
  git.standardError = FileHandle.nullDevice
  guard (try? git.run()) != nil else { return "unknown" }
  let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  git.waitUntilExit()
  return text.isEmpty ? "unknown" : text.trimmingCharacters(in: .whitespacesAndNewlines)
}
