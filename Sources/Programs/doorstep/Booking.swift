import CaseFacts
import ProgramKit
import RecordCatalogue
import SyncCore
import SyncReplica

/// A time that is about to be given to a person.
struct Booking {
  let day: CalendarDate
  let start: LocalTime?

  /// - Parameter when: a composite with a date and maybe a start; `nil` where there is no date.
  init?(_ when: Value?) {
    guard let day = when?[member: "date"]?.text.flatMap({ CalendarDate($0) }) else { return nil }
    self.day = day
    start = when?[member: "start"]?.text.flatMap { LocalTime($0) }
  }

  /// What is warned of and not refused, because the booking may be right all the same: a day on
  /// which the office is closed, and what else this laptop's user has within the hour.
  func warnings(in replica: Replica, except own: RecordID? = nil) throws -> [String] {
    var warnings: [String] = []
    if let name = day.weekendName { warnings.append("\(day) is a \(name).") }
    guard let start else { return warnings }
    let records = Dictionary(
      grouping: try replica.records(caseID: nil, types: ["appointment", "case-header"]),
      by: \.caseID)
    for (caseID, records) in records.sorted(by: { $0.key < $1.key }) {
      let file = CaseFile(caseID, records, [], replica.catalogue)
      for other in file.appointments where other.date == day.description {
        guard other.record.id != own, let begins = LocalTime(other.start),
          abs(begins.minutes - start.minutes) < 60
        else { continue }
        warnings.append("You have \(file.name) \(file.crn) at \(other.start) that day.")
      }
    }
    return warnings
  }
}

extension CaseFile {
  /// Nothing is arranged for who has died, so that no letter goes to the bereaved.
  func refuseBookingForTheDead() throws {
    guard isDeceased else { return }
    throw Failure(
      .badData, code: "deceased",
      "\(name) has died. Nothing can be arranged. If that is wrong, ring your office: only the office can put it right."
    )
  }
}

extension CalendarDate {
  /// `nil` from Monday to Friday.
  fileprivate var weekendName: String? {
    // 1 January 1970, day 0, was a Thursday.
    switch ((dayNumber % 7) + 7) % 7 {
    case 2: "Saturday"
    case 3: "Sunday"
    default: nil
    }
  }
}
