import SyncCore

/// Sorts the rows of a file by case, and the sound cases from those with a problem.
struct CaseSorter {
  private let names: ColumnNames
  private let limits: ImportLimits
  private let skipsBadCases: Bool
  /// In the order of their first rows.
  private var cases: [CaseRows] = []
  private var numbers: [String: Int] = [:]
  private var problems: [Int: ProblemList] = [:]
  /// Where each thing that rows are about was met first.
  private var met: [RecordID: (line: Int, number: Int)] = [:]

  init(_ names: ColumnNames, _ limits: ImportLimits, skipsBadCases: Bool) {
    self.names = names
    self.limits = limits
    self.skipsBadCases = skipsBadCases
  }

  var sound: [CaseRows] {
    problems.isEmpty ? cases : cases.indices.filter { problems[$0] == nil }.map { cases[$0] }
  }

  var leftOut: [LeftOutCase] {
    problems.keys.sorted().compactMap { number in
      problems[number].map { LeftOutCase(rows: cases[number], problems: $0.all) }
    }
  }

  /// Goes through all rows.
  /// - Parameter untold: problems of no one case.
  mutating func sort(
    _ reader: RowReader, _ checker: RowChecker, _ untold: inout ProblemList
  ) throws(ImportProblems) {
    var reader = reader
    while let row = reader.next(&untold) {
      guard let crn = checker.crn(of: row) else {
        // It cannot be one: this is for the problems, and there always is one.
        var found = ProblemList(limit: limits.problems)
        _ = checker.entry(of: row, &found)
        if found.isEmpty {
          found.add(
            Fault("the row names no case", "write its number as in X123456"), line: row.place.line,
            column: names.shown(names.kind.caseColumn))
        }
        untold.add(found)
        continue
      }
      let number = add(row.place, of: crn.description)
      var found = ProblemList(limit: limits.problems)
      if let entry = checker.entry(of: row, &found) { meet(entry, number, &found, &untold) }
      note(found, number, &untold)
      if problems.count > limits.leftOut { throw leftOut.asTooMany(limits) }
    }
    guard untold.isEmpty else {
      throw skipsBadCases ? untold.all.preceded(by: Self.nobodysRows) : untold.all
    }
  }

  private mutating func add(_ place: RowPlace, of crn: String) -> Int {
    if let number = numbers[crn] {
      cases[number].places.append(place)
      return number
    }
    numbers[crn] = cases.count
    cases.append(CaseRows(crn: crn, places: [place]))
    return cases.count - 1
  }

  /// Two rows about one thing contradict each other, or one is too many.
  private mutating func meet(
    _ entry: ImportEntry, _ number: Int, _ found: inout ProblemList, _ untold: inout ProblemList
  ) {
    guard let first = met[entry.key] else {
      met[entry.key] = (entry.line, number)
      return
    }
    let column = names.shown(names.kind.keyColumn)
    let remedy = "leave one of the two out"
    found.add(
      Fault("line \(first.line) is about the same", remedy), line: entry.line, column: column)
    guard first.number != number else { return }
    // Whose it is, nobody can say: so neither case is whole.
    var other = ProblemList(limit: 1)
    other.add(
      Fault("line \(entry.line) is about the same", remedy), line: first.line, column: column)
    note(other, first.number, &untold)
  }

  private mutating func note(_ found: ProblemList, _ number: Int, _ untold: inout ProblemList) {
    guard !found.isEmpty else { return }
    if skipsBadCases {
      problems[number, default: ProblemList(limit: limits.caseProblems)].add(found)
    } else {
      untold.add(found)
    }
  }

  private static let nobodysRows = Fault(
    "of some rows nobody can tell the case, so that leaving them out might halve one",
    "put these rows right first, or take them out of the file")
}
