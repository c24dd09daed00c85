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

  /// - Parameters:
  ///   - level: what its lines stand for; a report that is by something else is the same by each.
  ///   - staff: who works where. Without it lines can be by officer and by senior only.
  ///   - now: by the office's clock.
  package init(
    _ name: Name, from store: any ServerReading, _ catalogue: Catalogue,
    by level: OfficeStaff.Level = .officer, staff: OfficeStaff = .none, now: Timestamp
  ) throws {
    let sheet = name.sheet
    let place = { (officer: String?, senior: String?) in staff.group(officer, senior, by: level) }
    var lines = Lines(sheet.figures)
    try sheet.ofOffice?(store, now) { key, numbers in
      lines.add(numbers, to: [sheet.isByOfficer ? place(key, nil) : key])
    }
    if let ofCase = sheet.ofCase, let today = CalendarDate(at: now) {
      try store.forEachCase { head in
        let records = try Self.records(of: head.caseID, types: sheet.types, store)
        // What the office keeps of a case for itself is no case.
        guard records.contains(where: { $0.type == "case-header" && !$0.isDeleted }) else { return }
        let asked = Asked(
          records: CaseRecords(records, catalogue), today: today, store: store, place: place)
        for (key, numbers) in try ofCase(asked) { lines.add(numbers, to: key) }
      }
    }
    var columns = (sheet.isByOfficer ? [level.rawValue] : sheet.keys) + sheet.figures.map(\.name)
    let capacities = sheet.hasCapacity ? staff.capacities(by: level) : [:]
    for group in capacities.keys where !lines.knows([group]) {
      lines.add(sheet.figures.map { _ in 0 }, to: [group])
    }
    let changes = sheet.isShareOfChanges ? try store.counts().changes : nil
    if !capacities.isEmpty { columns += ["capacity", "per_cent"] }
    if changes != nil { columns.append("per_thousand_changes") }
    self.columns = columns
    rows = lines.sorted.map { key, numbers in
      var cells = key.map(Cell.text) + numbers.map(Cell.number)
      if !capacities.isEmpty {
        let capacity = Self.find(key[0], in: capacities)
        cells.append(capacity.map(Cell.number) ?? .text(""))
        cells.append(
          capacity.flatMap { $0 > 0 ? .number(Self.share(numbers[0], of: $0)) : nil } ?? .text(""))
      }
      if let changes {
        let share = (Double(numbers[0]) * 1000 / Double(max(1, changes)) * 100).rounded() / 100
        cells.append(.text(String(share)))
      }
      return cells
    }
  }

  /// In per cent, rounded to the nearest.
  private static func share(_ part: Int64, of whole: Int64) -> Int64 {
    let share = (Double(part) * 100 / Double(whole)).rounded()
    return share < 1e15 ? Int64(share) : .max
  }

  /// Lists of staff write user names with capitals, records perhaps without.
  private static func find(_ group: String, in capacities: [String: Int64]) -> Int64? {
    capacities[group] ?? capacities[group.lowercased()]
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
    /// Which line an officer and their senior belong to.
    fileprivate let place: (String?, String?) -> String

    var group: String { place(records.responsibleOfficer, records.senior) }
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

  /// What a report asks.
  struct Sheet {
    /// In a sentence.
    let about: String
    /// What the lines are by, where that is not officers and what they belong to.
    var keys: [String] = []
    let figures: [Figure]
    /// The types of records that it looks at; `nil` for all.
    var types: Set<String>?
    /// Whether the first figure is also told by thousand changes of the office.
    var isShareOfChanges = false
    /// Whether the first figure is set beside what a list of staff says of it.
    var hasCapacity = false
    /// The lines of one case, figures as above.
    var ofCase: ((Asked) throws -> [(key: [String], numbers: [Int64])])?
    /// The lines that no case tells, each with its key and figures.
    var ofOffice: ((any ServerReading, Timestamp, (String, [Int64]) -> Void) throws -> Void)?

    var isByOfficer: Bool { keys.isEmpty }

    /// One line a case, by its officer.
    static func byOfficer(
      _ about: String, _ figures: [Figure], types: Set<String>?, hasCapacity: Bool = false,
      numbers: @escaping (Asked) throws -> [Int64]
    ) -> Self {
      Self(about: about, figures: figures, types: types, hasCapacity: hasCapacity) {
        [([$0.group], try numbers($0))]
      }
    }
  }

  /// Figures gathered by what their lines stand for. User names that differ in capitals alone are
  /// one.
  private struct Lines {
    private var sums: [[String]: (key: [String], numbers: [Int64])] = [:]
    private let figures: [Figure]

    init(_ figures: [Figure]) { self.figures = figures }

    mutating func add(_ numbers: [Int64], to key: [String]) {
      let folded = key.map { $0.lowercased() }
      guard let known = sums[folded] else {
        sums[folded] = (key, numbers)
        return
      }
      let gathered = zip(figures, zip(known.numbers, numbers)).map { figure, pair in
        figure.gather(pair.0, pair.1)
      }
      sums[folded] = (known.key, gathered)
    }

    func knows(_ key: [String]) -> Bool { sums[key.map { $0.lowercased() }] != nil }

    var sorted: [(key: [String], numbers: [Int64])] {
      sums.values.sorted { $0.key.lexicographicallyPrecedes($1.key) }
    }
  }
}
