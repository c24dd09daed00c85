import SyncCore

/// What came of one thing that the person was told to come to, once that is settled.
struct Attendance {
  /// The sentence that it was for; `nil` where no record says.
  let event: RecordID?
  let day: CalendarDate?
  let code: String
}

extension CaseRecords {
  /// Appointments, sessions of unpaid work and sessions of programmes. Those in dispute and those
  /// without an outcome are left out.
  ///
  /// Meetings with a commissioned service are not among them: whether an absence there is a failure
  /// is for the officer to say, as the outcome of an appointment.
  var attendances: [Attendance] {
    let appointments = all("appointment").compactMap { appointment in
      outcome(of: appointment).map {
        Attendance(
          event: target("event", of: appointment), day: day("when", "date", of: appointment),
          code: $0)
      }
    }
    let work = all("upw-attendance").compactMap { report -> Attendance? in
      guard let code = settled("claim", of: report)?[member: "code"]?.text else { return nil }
      let session = target("session", of: report).flatMap { self[$0] }
      let work = session.flatMap { target("requirement", of: $0) }.flatMap { self[$0] }
      return Attendance(
        event: work.flatMap { event(behind: "requirement", of: $0) },
        day: session.flatMap { day("when", "date", of: $0) }, code: code)
    }
    let programmes = all("programme-session").compactMap { session -> Attendance? in
      guard let code = settled("outcome", of: session)?.text else { return nil }
      let referral = target("referral", of: session).flatMap { self[$0] }
      return Attendance(
        event: referral.flatMap {
          event(behind: "requirement", of: $0) ?? event(behind: "licence-condition", of: $0)
        }, day: day("on", of: session), code: code)
    }
    return appointments + work + programmes
  }

  /// What a field reads as, unless people disagree about it.
  private func settled(_ field: String, of record: Record) -> Value? {
    guard let reading = read(field, of: record), reading.status != .contested else { return nil }
    return reading.value
  }

  /// The sentence of the requirement or condition that a field refers to.
  private func event(behind field: String, of record: Record) -> RecordID? {
    target(field, of: record).flatMap { self[$0] }.flatMap { target("event", of: $0) }
  }
}
