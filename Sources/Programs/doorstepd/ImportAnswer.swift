import ArgumentParser
import BulkEntry
import Foundation
import ProgramKit

/// How an import answers: in one sentence for people with a line for each problem, or in JSON.
extension Import {
  struct Problem: Encodable {
    let line: Int?
    let column: String?
    let problem, remedy: String

    init(_ problem: ImportProblem) {
      line = problem.line
      column = problem.column
      self.problem = problem.problem
      remedy = problem.remedy
    }
  }

  /// A case of which nothing went in.
  struct LeftOut: Encodable {
    let crn: String
    let rows: Int
    let problems: [Problem]
    /// Those that are counted and not listed.
    let moreProblems: Int
  }

  struct Answer: Encodable {
    let imported: Bool
    /// What went in, or would: cases, and their rows.
    let cases, rows, new, changed, unchanged, leftDeleted: Int
    let leftOut: [LeftOut]
    /// Why nothing was imported.
    let problems: [Problem]
    let moreProblems: Int
    /// As every command fails: `nil` where it did not.
    let error, message: String?
  }

  /// - Throws: the status 1 when cases were left out.
  func report(_ outcome: ImportOutcome, _ file: String) throws {
    let counts = outcome.counts
    let leftOut = outcome.leftOut.map { one in
      LeftOut(
        crn: one.crn, rows: one.rowCount, problems: one.problems.problems.map(Problem.init),
        moreProblems: one.problems.more)
    }
    try output.answer(
      Answer(
        imported: !dryRun, cases: outcome.cases, rows: counts.rows, new: counts.new,
        changed: counts.changed, unchanged: counts.unchanged, leftDeleted: counts.leftDeleted,
        leftOut: leftOut, problems: [], moreProblems: 0, error: nil, message: nil))
    if !output.json { for one in outcome.leftOut { list(one, file) } }
    let rows = Show.count(counts.rows, "row")
    let cases = Show.count(outcome.cases, "case")
    output.say(
      "\(rows) of \(cases): \(counts.new) new, \(counts.changed) changed, \(counts.unchanged) as they stand."
    )
    if counts.leftDeleted > 0 {
      output.say("\(Show.count(counts.leftDeleted, "row")) of records deleted here; left so.")
    }
    if dryRun { output.say("Nothing was changed. Without --dry-run it will be.") }
    guard !leftOut.isEmpty else { return }
    let number = Show.count(leftOut.count, "case")
    let isOne = leftOut.count == 1
    output.say(
      dryRun
        ? "\(number) would be left out. Mend \(isOne ? "its" : "their") rows first."
        : "\(number) \(isOne ? "was" : "were") left out. Mend \(isOne ? "its" : "their") rows\(rejects.map { " in \($0)" } ?? "") and import them again."
    )
    throw ExitCode(ExitStatus.needsYou.rawValue)
  }

  private func list(_ leftOut: LeftOutCase, _ file: String) {
    for problem in leftOut.problems.problems {
      output.warn("\(file): case \(leftOut.crn), \(problem)")
    }
    if leftOut.problems.more > 0 {
      output.warn(
        "\(file): case \(leftOut.crn), and \(Show.count(leftOut.problems.more, "more problem"))")
    }
  }

  /// Nothing of a file was imported.
  func refuse(_ found: ImportProblems, _ file: String) throws {
    let count = Show.count(found.problems.count + found.more, "problem")
    let failure = Failure(.badData, code: "bad-file", "\(count). Nothing was imported.")
    guard output.json else {
      for problem in found.problems { output.warn("\(file): \(problem)") }
      throw failure
    }
    try output.answer(
      Answer(
        imported: false, cases: 0, rows: 0, new: 0, changed: 0, unchanged: 0, leftDeleted: 0,
        leftOut: [], problems: found.problems.map(Problem.init), moreProblems: found.more,
        error: failure.code, message: failure.message))
    throw ExitCode(failure.status.rawValue)
  }
}
