import SyncCore

/// What appointments came to: failures to comply, days of rehabilitation activity, open acts and
/// alerts.
public enum Compliance {
  /// Days with a failure since the sentence was imposed or the last breach ended. One that is in
  /// dispute counts for nobody.
  ///
  /// As nDelius counts: a day once, however much was missed on it, and the day of the reset too.
  static func failures(of event: Record, _ records: CaseRecords) -> Int64 {
    let resets = [
      records.day("breach-ended-on", of: event), records.day("disposal", "date", of: event),
    ]
    let since = resets.compactMap(\.self).max()
    let days = records.attendances.filter { attendance in
      guard attendance.event == event.id, OutcomeMeaning.failed.contains(attendance.code) else {
        return false
      }
      guard let since, let day = attendance.day else { return true }
      return day >= since
    }
    return Int64(Set(days.map(\.day)).count)
  }

  /// Days of activity under a requirement: those complied with, and those still in the diary.
  ///
  /// A day counts once however many appointments it had, and under whichever version of the
  /// requirement. An outcome that changes to a failure takes its day back, because days are counted
  /// anew each time.
  static func activityDays(
    of requirement: Record, _ records: CaseRecords
  ) -> (completed: Int64, scheduled: Int64) {
    let versions = Set(
      records.all("requirement").filter { other in
        records.text("number", of: other) == records.text("number", of: requirement)
      }.map(\.id))
    var completed: Set<CalendarDate> = []
    var scheduled: Set<CalendarDate> = []
    for appointment in records.all("appointment")
    where records.target("requirement", of: appointment).map(versions.contains) == true
      && records.value("rar-activity", of: appointment)?.flag == true
    {
      guard let day = records.day("when", "date", of: appointment) else { continue }
      if let code = records.outcome(of: appointment) {
        if OutcomeMeaning.complied.contains(code) { completed.insert(day) }
      } else if !records.hasClaim(appointment) {
        scheduled.insert(day)
      }
    }
    return (Int64(completed.count), Int64(scheduled.subtracting(completed).count))
  }

  /// An alert is open until a senior, or each person that it is for, has cleared it. One that names
  /// nobody is cleared by anybody.
  public static func isOpen(_ alert: Record, _ records: CaseRecords) -> Bool {
    let clearings = clearings(of: alert, records)
    guard !clearings.isEmpty else { return true }
    let isBySenior = clearings.contains { clearing in
      clearing.standing("alert").contains { $0.by.role == .senior || $0.by.role == .office }
    }
    let addressees = addressees(of: alert)
    let users = users(of: clearings, records)
    // Who answers for the case by now clears for the officers who held it when the alert was
    // raised, and not for the senior.
    let officer = records.responsibleOfficer?.lowercased()
    let isTakenOver = officer.map { !addressees.contains($0) && users.contains($0) } ?? false
    let senior = records.senior?.lowercased()
    let left = addressees.subtracting(users).filter { !isTakenOver || $0 == senior }
    return !isBySenior && !addressees.isEmpty && !left.isEmpty
  }

  /// The user names that an alert is for and who have not cleared it.
  public static func waiting(for alert: Record, _ records: CaseRecords) -> [String] {
    let users = users(of: clearings(of: alert, records), records)
    return addressees(of: alert).subtracting(users).sorted()
  }

  private static func clearings(of alert: Record, _ records: CaseRecords) -> [Record] {
    records.all("alert-clearing").filter { records.target("alert", of: $0) == alert.id }
  }

  private static func addressees(of alert: Record) -> Set<String> {
    Set(alert.elements(of: "addressees", by: .union).map { $0.element.lowercased() })
  }

  private static func users(of clearings: [Record], _ records: CaseRecords) -> Set<String> {
    Set(clearings.compactMap { records.text("user", of: $0)?.lowercased() })
  }

  /// How far each action goes. Acts that are not here set no stage.
  private static let stages = [
    "NFA": 0, "ROM": 1, "EA12": 1, "WLS": 2, "EA05": 2, "LCL": 2, "EA02": 3, "EA03": 4, "EA08": 5,
    "BRE": 6, "EA11": 6, "IBR": 7, "IMB": 7, "BRE02": 8, "EA09": 9, "EA10": 9,
  ]

  /// The act that counts now for each outcome: of the highest stage, the earliest.
  ///
  /// A withdrawn act counts no longer, and both stay.
  static func latestActs(_ records: CaseRecords) -> Set<RecordID> {
    let acts = records.all("enforcement-act").filter {
      records.value("withdrawn-by", of: $0) == nil
    }
    var latest: [RecordID: (stage: Int, day: String, id: RecordID)] = [:]
    for act in acts {
      guard let outcome = records.target("outcome", of: act),
        let stage = records.text("action", of: act).flatMap({ stages[$0] })
      else { continue }
      let day = records.text("on", "date", of: act) ?? ""
      let candidate = (stage, day, act.id)
      guard let known = latest[outcome] else {
        latest[outcome] = candidate
        continue
      }
      if stage > known.stage || stage == known.stage && (day, act.id) < (known.day, known.id) {
        latest[outcome] = candidate
      }
    }
    return Set(latest.values.map(\.id))
  }

  /// Whether a response is still awaited: it asked for one, was not withdrawn, and the outcome that
  /// it answers is a failure still.
  public static func isOutstanding(_ act: Record, _ records: CaseRecords) -> Bool {
    guard records.value("respond-by", of: act) != nil,
      records.value("withdrawn-by", of: act) == nil,
      let outcome = records.target("outcome", of: act).flatMap({ records[$0] })
    else { return false }
    guard let reading = records.read("claim", of: outcome), reading.status != .contested,
      let code = reading.value[member: "code"]?.text
    else { return true }
    return OutcomeMeaning.failed.contains(code) || code == "AFTA"
  }
}
