import Foundation
import Simulation

/// What a run of many seeds came to, for people and for programs.
struct Report {
  let progress: Progress
  let seconds: Double
  let options: SwarmOptions

  init(_ progress: Progress, seconds: Double, options: SwarmOptions) {
    self.progress = progress
    self.seconds = seconds
    self.options = options
  }

  var failures: [Outcome] { progress.failures.sorted { $0.seed < $1.seed } }

  private var tally: Tally { progress.tally }
  private var faults: Int { Fault.allCases.reduce(0) { $0 + tally.count($1) } }

  /// Labels and faults that never came up.
  var missed: [String] {
    Label.allCases.filter { tally.count($0) == 0 }.map(\.rawValue)
      + Fault.allCases.filter { tally.count($0) == 0 }.map(\.rawValue)
  }

  var text: String {
    var lines = failures.map(text(of:))
    lines.append(
      "\(tally.seeds) seeds, \(tally.sessions) sessions, \(tally.edits) edits, \(faults) faults in "
        + "\(Int(seconds)) s: \(Int(Double(tally.sessions) / max(seconds, 0.001))) sessions/s")
    if !missed.isEmpty { lines.append("never reached: \(missed.joined(separator: " "))") }
    lines.append(failures.isEmpty ? "no promise was broken" : "\(failures.count) seeds failed")
    return lines.joined(separator: "\n")
  }

  func text(of outcome: Outcome) -> String {
    guard let failure = outcome.failure else {
      return "seed \(outcome.seed): no promise was broken"
    }
    return """
      SEED=\(outcome.seed) COMMIT=\(commit()) INVARIANT=\(failure.invariant.rawValue)
        \(failure.what)
        \(outcome.swarm.summary)
        doorstep-sim replay \(outcome.seed)\(options.text) --trace
      """
  }

  /// One object on one line, its keys in a fixed order.
  var json: String {
    let named = failures.map { outcome in
      "{\"seed\":\(outcome.seed),\"invariant\":\"\(outcome.failure?.invariant.rawValue ?? "")\","
        + "\"what\":\(quoted(outcome.failure?.what ?? ""))}"
    }
    let faults = Fault.allCases.map { "\"\($0.rawValue)\":\(tally.count($0))" }
    let labels = Label.allCases.map { "\"\($0.rawValue)\":\(tally.count($0))" }
    return "{\"commit\":\"\(commit())\",\"seeds\":\(tally.seeds),\"sessions\":\(tally.sessions),"
      + "\"edits\":\(tally.edits),\"seconds\":\(Int(seconds)),\"hash\":\"\(progress.hash)\","
      + "\"faults\":{\(faults.joined(separator: ","))},"
      + "\"labels\":{\(labels.joined(separator: ","))},"
      + "\"failures\":[\(named.joined(separator: ","))]}"
  }

  private func quoted(_ text: String) -> String {
    let data = try? JSONEncoder().encode(text)
    return data.map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
  }
}
