/// What an import did to the rows that went in, or would do. No case content.
package struct ImportCounts: Hashable, Sendable {
  package var new = 0
  package var changed = 0
  package var unchanged = 0
  /// Rows of records that were deleted here and stay deleted.
  package var leftDeleted = 0

  package init() {}

  /// Whether anything is written.
  var changes: Bool { new + changed > 0 }

  package var rows: Int { new + changed + unchanged + leftDeleted }

  mutating func add(_ other: ImportCounts) {
    new += other.new
    changed += other.changed
    unchanged += other.unchanged
    leftDeleted += other.leftDeleted
  }
}

/// What became of a file's cases, or would.
package struct ImportOutcome: Hashable, Sendable {
  package var counts = ImportCounts()
  /// Cases whose rows all stand at the office now.
  package var cases = 0
  /// Cases of which no row entered.
  package var leftOut: [LeftOutCase] = []
}

/// What an import would do, found out by doing it and taking it back.
package struct ImportPlan: Hashable, Sendable {
  package var outcome = ImportOutcome()
  /// The cases that would change the office. The others need not be entered.
  var differing: [CaseRows] = []
  /// The rows of the others.
  var alike = ImportCounts()

  /// How many cases are to be entered.
  package var casesToEnter: Int { differing.count }
}

/// A case of a file of which no row entered, and why.
package struct LeftOutCase: Hashable, Sendable {
  let rows: CaseRows
  package let problems: ImportProblems

  package var crn: String { rows.crn }
  /// On which its first row begins.
  var line: Int { rows.places.first?.line ?? 0 }
  /// How many rows it has.
  package var rowCount: Int { rows.places.count }
}

extension [LeftOutCase] {
  /// Why nothing is entered when so many cases have a problem.
  func asTooMany(_ limits: ImportLimits) -> ImportProblems {
    var problems = ProblemList(limit: limits.problems)
    for leftOut in self { problems.add(leftOut.problems) }
    return problems.all.preceded(
      by: Fault(
        "more than \(limits.leftOut) cases would be left out",
        "so many have one cause: put the file or its mapping right"))
  }
}
