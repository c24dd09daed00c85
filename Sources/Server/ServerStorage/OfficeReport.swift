import CaseFacts
import RecordCatalogue
import SyncCore

/// Figures that a manager asks of the office, computed from the records as they stand. Numbers,
/// user names and codes, nothing that anybody wrote of a person on probation.
package struct OfficeReport: Sendable {
  package enum Cell: Hashable, Sendable {
    case text(String)
    case number(Int64)

    package var text: String {
      switch self {
      case .text(let text): text
      case .number(let number): String(number)
      }
    }
  }

  package let columns: [String]
  package let rows: [[Cell]]

  /// - Parameter today: in the United Kingdom.
  package init(
    _ name: Name, from store: any ServerReading, _ catalogue: Catalogue, today: CalendarDate
  ) throws {
    let sheet = name.sheet
    var sums: [[String]: [Int64]] = [:]
    try store.forEachCase { head in
      let records = try Self.records(of: head.caseID, types: sheet.types, store)
      // What the office keeps of a case for itself is no case.
      guard records.contains(where: { $0.type == "case-header" && !$0.isDeleted }) else { return }
      let asked = Asked(records: CaseRecords(records, catalogue), today: today, store: store)
      for (key, numbers) in try sheet.lines(asked) {
        let sum = sums[key] ?? Array(repeating: 0, count: numbers.count)
        sums[key] = zip(sheet.figures, zip(sum, numbers)).map { figure, pair in
          figure.gather(pair.0, pair.1)
        }
      }
    }
    let sorted = sums.sorted { $0.key.lexicographicallyPrecedes($1.key) }
    guard sheet.isShareOfChanges else {
      columns = sheet.keys + sheet.figures.map(\.name)
      rows = sorted.map { key, numbers in key.map(Cell.text) + numbers.map(Cell.number) }
      return
    }
    let changes = Double(max(1, try store.counts().changes))
    columns = sheet.keys + sheet.figures.map(\.name) + ["per_thousand_changes"]
    rows = sorted.map { key, numbers in
      let share = (Double(numbers[0]) * 1000 / changes * 100).rounded() / 100
      return key.map(Cell.text) + numbers.map(Cell.number) + [.text(String(share))]
    }
  }

  private static func records(
    of caseID: CaseID, types: Set<String>?, _ store: any ServerReading
  ) throws -> [Record] {
    if let types {
      return try store.records(of: caseID, types: types).map { try Record(reading: $0.bytes) }
    }
    var records: [Record] = []
    try store.forEachRecord(of: caseID) { records.append($0) }
    return records
  }
}

extension OfficeReport {
  /// One case of the office.
  struct Asked {
    let records: CaseRecords
    let today: CalendarDate
    let store: any ServerReading

    var officer: String { records.responsibleOfficer ?? "(nobody)" }
  }

  struct Figure {
    let name: String
    /// How the figures of several cases become one.
    let gather: (Int64, Int64) -> Int64

    static func sum(_ name: String) -> Self {
      Self(name: name) { one, other in
        let (sum, overflow) = one.addingReportingOverflow(other)
        return overflow ? .max : sum
      }
    }
    static func most(_ name: String) -> Self { Self(name: name) { max($0, $1) } }
  }

  /// What a report asks of each case.
  struct Sheet {
    /// In a sentence.
    let about: String
    /// What the lines are by.
    var keys = ["officer"]
    let figures: [Figure]
    /// The types of records that it looks at; `nil` for all.
    let types: Set<String>?
    /// Whether the first figure is also told by thousand changes of the office.
    var isShareOfChanges = false
    /// The lines of one case, figures as above.
    let lines: (Asked) throws -> [(key: [String], numbers: [Int64])]

    /// One line a case, by its officer.
    static func byOfficer(
      _ about: String, _ figures: [Figure], types: Set<String>?,
      numbers: @escaping (Asked) throws -> [Int64]
    ) -> Self {
      Self(about: about, figures: figures, types: types) { [([$0.officer], try numbers($0))] }
    }
  }
}
