import RecordCatalogue
import SyncCore

/// Which records of a case have left the laptops' window, and when the next will.
///
/// The office alone decides it, from all that it holds of the case, and says so in the feed: no
/// laptop drops a record by its own clock.
public struct CaseWindow: Sendable {
  /// Records that laptops keep no longer.
  public let departed: Set<RecordID>
  /// The first day on which another leaves though nobody changes anything, as `dayNumber`; `nil`
  /// where none will.
  public let due: Int64?

  /// - Parameters:
  ///   - records: every record that the office holds of one case, in any order.
  ///   - today: in the United Kingdom.
  public init(
    _ records: some Sequence<Record>, _ catalogue: Catalogue, today: CalendarDate
  ) {
    var reader = WindowReader(CaseRecords(records, catalogue), today: today.dayNumber)
    departed = reader.departed()
    due = reader.due
  }

  /// The record with which one stays and leaves; `nil` for one that goes by itself.
  public static func holder(of record: Record, _ catalogue: Catalogue) -> RecordID? {
    guard let type = catalogue[record.type], case .with(let field) = type.window,
      let rule = type.policy.fields[field]?.rule
    else { return nil }
    return record.read(field, by: rule)?.value.text.flatMap { RecordID($0) }
  }
}

/// One look at a case. A deleted record is not among what it looks at, so that who still holds one
/// hears of its end; nor does anything leave about which people disagree.
private struct WindowReader {
  let records: CaseRecords
  let today: Int64
  private(set) var due: Int64?
  private var standing: [RecordID: Bool] = [:]
  private var newest: [String: Set<RecordID>] = [:]

  init(_ records: CaseRecords, today: Int64) {
    self.records = records
    self.today = today
  }

  mutating func departed() -> Set<RecordID> {
    var departed: Set<RecordID> = []
    for record in records.present where !stays(record, through: []) { departed.insert(record.id) }
    return departed
  }

  /// - Parameter path: the records whose stay hangs on this one, so that a circle of references
  ///   ends.
  private mutating func stays(_ record: Record, through path: Set<RecordID>) -> Bool {
    if let known = standing[record.id] { return known }
    let stays =
      stays(record, by: records.catalogue[record.type]?.window, through: path)
      || isDisputed(record)
    standing[record.id] = stays
    return stays
  }

  private mutating func stays(
    _ record: Record, by window: Window?, through path: Set<RecordID>
  ) -> Bool {
    switch window {
    case nil, .whileHeld, .never: return true
    case .days(let days, let place):
      guard let day = number(at: place, of: record) else { return true }
      let (end, overflow) = day.addingReportingOverflow(Int64(days))
      guard !overflow, end < today else {
        if !overflow { due = min(due ?? .max, end + 1) }
        return true
      }
      return false
    case .latest(let count, let place):
      guard number(at: place, of: record) != nil else { return true }
      return newest(count, by: place, of: record.type).contains(record.id)
    case .with(let field):
      guard let target = records.target(field, of: record), !path.contains(target),
        let other = records[target]
      else { return true }
      return stays(other, through: path.union([record.id]))
    }
  }

  private mutating func newest(
    _ count: Int, by place: Check.Path, of type: String
  ) -> Set<RecordID> {
    if let known = newest[type] { return known }
    let ordered = records.all(type).compactMap { record in
      number(at: place, of: record).map { ($0, record.id) }
    }.sorted { $0 > $1 }
    let found = Set(ordered.prefix(count).map(\.1))
    newest[type] = found
    return found
  }

  /// A day as `dayNumber`, or a number as it is.
  private func number(at place: Check.Path, of record: Record) -> Int64? {
    let value = records.value(place.field, place.member, of: record)
    if let day = value?.text.flatMap({ CalendarDate($0) }) { return day.dayNumber }
    guard let number = value?.integer else { return nil }
    let isInstant = records.catalogue[record.type]?.kind(at: place) == .instant
    return isInstant
      ? CalendarDate(at: Timestamp(milliseconds: number))?.dayNumber : number
  }

  private func isDisputed(_ record: Record) -> Bool {
    let policy = records.catalogue.policy(of: record.type)
    return record.isDeletionDisputed || !record.disputes(by: policy).isEmpty
  }
}
