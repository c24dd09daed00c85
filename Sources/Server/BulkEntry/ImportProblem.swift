/// What is wrong with a file that was to be imported, where, and what to do about it.
///
/// It names lines and columns and never quotes what stands there: a list of problems is read on
/// screens and sent by mail, where no case content belongs.
package struct ImportProblem: Hashable, Sendable, CustomStringConvertible {
  /// Counted from 1, as editors do; `nil` for the whole file.
  package let line: Int?
  /// The name of the column: the file's where a mapping gives it another than ours; `nil` for the
  /// whole line.
  package let column: String?
  package let problem: String
  package let remedy: String

  package var description: String {
    let place = [line.map { "line \($0)" }, column].compactMap { $0 }.joined(separator: ", ")
    return (place.isEmpty ? "" : place + ": ") + "\(problem); \(remedy)"
  }
}

/// Why nothing of a file was imported, or nothing of one case.
package struct ImportProblems: Error, Hashable, Sendable {
  /// In order of line, no more than the limit.
  package let problems: [ImportProblem]
  /// How many more there are.
  package let more: Int

  /// With a problem of the whole file before the others.
  func preceded(by fault: Fault) -> ImportProblems {
    let first = ImportProblem(line: nil, column: nil, problem: fault.problem, remedy: fault.remedy)
    return ImportProblems(problems: [first] + problems, more: more)
  }
}

/// Bounds of a file to import.
package struct ImportLimits: Hashable, Sendable {
  package var fileBytes = 256 << 20
  /// Bytes of one line, and of one row where quoted fields run over several lines.
  package var lineBytes = 1 << 20
  /// Problems that are listed; the others are counted.
  package var problems = 100
  /// Of a case that is left out, problems that are listed.
  package var caseProblems = 20
  /// Cases that may be left out of one file. More of them have one cause, such as a wrong mapping.
  package var leftOut = 10_000
  /// Rows to one transaction, or all of one case. More would take long to do again after a kill;
  /// fewer would wait for the disk more often.
  package var batchRows = 250

  package init() {}
}

/// What is wrong with a value, before it is known where it stands.
struct Fault: Error, Hashable {
  let problem: String
  let remedy: String

  init(_ problem: String, _ remedy: String) {
    self.problem = problem
    self.remedy = remedy
  }
}

/// Collects problems up to a limit.
struct ProblemList {
  private var problems: [ImportProblem] = []
  private var more = 0
  private let limit: Int

  init(limit: Int) { self.limit = max(1, limit) }

  var isEmpty: Bool { problems.isEmpty }

  /// - Parameter fault: written only while there is room for it. A first line may have a million
  ///   wrong columns, and to advise on each of them would take minutes.
  mutating func add(_ fault: @autoclosure () -> Fault, line: Int? = nil, column: String? = nil) {
    if problems.count < limit {
      let fault = fault()
      problems.append(
        ImportProblem(line: line, column: column, problem: fault.problem, remedy: fault.remedy))
    } else {
      more += 1
    }
  }

  /// Adds what another list found, as far as there is room.
  mutating func add(_ other: ProblemList) {
    add(ImportProblems(problems: other.problems, more: other.more))
  }

  mutating func add(_ other: ImportProblems) {
    let room = max(0, limit - problems.count)
    problems += other.problems.prefix(room)
    more += other.more + max(0, other.problems.count - room)
  }

  /// Everything found, to be thrown; lines ascending, and as found within a line.
  var all: ImportProblems {
    let order = problems.indices.sorted { left, right in
      let (a, b) = (problems[left].line ?? 0, problems[right].line ?? 0)
      return a == b ? left < right : a < b
    }
    return ImportProblems(problems: order.map { problems[$0] }, more: more)
  }
}
