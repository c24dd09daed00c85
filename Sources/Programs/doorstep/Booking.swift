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

  /// The warnings of an edit that gives somebody a time.
  static func warnings(of edit: Edit, _ when: Value?, in replica: Replica) throws -> [String] {
    guard ["appointment", "visit-plan"].contains(edit.type) else { return [] }
    return try Booking(when)?.warnings(in: replica, except: edit.record) ?? []
  }

  /// What is warned of and not refused, because the booking may be right all the same: a day on
  /// which the office is closed, and what else this laptop's user has within the hour.
  func warnings(in replica: Replica, except own: RecordID? = nil) throws -> [String] {
    var warnings: [String] = []
    if let name = day.closingReason {
      let what = ["Saturday", "Sunday"].contains(name) ? "a \(name)" : "a bank holiday (\(name))"
      warnings.append("\(day) is \(what).")
    }
    guard let start else { return warnings }
    let types: Set<String> = ["appointment", "case-header", "outcome-claim", "visit-plan"]
    let records = Dictionary(
      grouping: try replica.records(caseID: nil, types: types), by: \.caseID)
    for (caseID, records) in records.sorted(by: { $0.key < $1.key }) {
      let file = CaseFile(caseID, records, [], replica.catalogue)
      for other in file.booked(by: replica.identity.user) where other.id != own {
        guard let booking = Booking(file.read(other, "when")?.value), booking.day == day,
          let begins = booking.start, abs(begins.minutes - start.minutes) < 60
        else { continue }
        warnings.append("You have \(file.name) \(file.crn) at \(begins) that day.")
      }
    }
    return warnings
  }
}

extension CaseFile {
  /// Appointments and planned visits of a user that still stand. One that names no officer is
  /// taken for the user's.
  fileprivate func booked(by user: String) -> [Record] {
    let appointments = records("appointment").filter { appointment in
      let isTheirs = text(appointment, "officer").map { $0.lowercased() == user.lowercased() }
      let isMoved = facts.outcome(of: appointment).map(["RSSR", "RSSL", "RSOF"].contains)
      return isTheirs ?? true && !(isMoved ?? false)
    }
    let arranged = Set(appointments.map(\.id))
    return appointments
      + records("visit-plan").filter { plan in
        facts.target("appointment", of: plan).map { !arranged.contains($0) } ?? true
      }
  }
}
