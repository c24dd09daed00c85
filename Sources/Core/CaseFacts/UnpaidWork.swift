import SyncCore

/// The hours of unpaid work: each session once, a dispute by its lower claim, and more than is left
/// to do held for a person to decide.
struct UnpaidWork {
  struct Credit {
    let attendance: Record
    /// Minutes that count.
    var minutes: Int64
    var state: State

    enum State: String { case provisional, final, held }
  }

  struct Total {
    var completed: Int64 = 0
    var added: Int64 = 0
    var takenOff: Int64 = 0
    var held: Int64 = 0
    /// Minutes that count for the incentive scheme.
    var qualifying: Int64 = 0
    var isDisqualified = false
  }

  private let records: CaseRecords
  /// By attendance.
  private(set) var credits: [RecordID: Credit] = [:]
  /// By requirement.
  private(set) var totals: [RecordID: Total] = [:]

  init(_ records: CaseRecords) {
    self.records = records
    for requirement in records.all("upw-requirement") {
      totals[requirement.id] = adjustments(of: requirement)
    }
    for (session, attendance) in sessions() { count(attendance, of: session) }
  }

  private func adjustments(of requirement: Record) -> Total {
    var total = Total()
    for adjustment in records.all("upw-adjustment")
    where records.target("requirement", of: adjustment) == requirement.id {
      let minutes = minutes("minutes", of: adjustment)
      if minutes > 0 { total.added += minutes } else { total.takenOff -= minutes }
    }
    return total
  }

  /// Attendances in the order of their sessions, which is the order in which hours fill up.
  private func sessions() -> [(session: Record, attendance: Record)] {
    records.all("upw-attendance").compactMap { attendance in
      records.target("session", of: attendance).flatMap { records[$0] }.map { ($0, attendance) }
    }.sorted { left, right in
      let (a, b) = (start(of: left.session), start(of: right.session))
      return a == b ? left.attendance.id < right.attendance.id : a < b
    }
  }

  private func start(of session: Record) -> String {
    (records.text("when", "date", of: session) ?? "") + " "
      + (records.text("when", "start", of: session) ?? "")
  }

  private mutating func count(_ attendance: Record, of session: Record) {
    let claims = Set(attendance.standing("claim").map(\.value))
    let minutes = claims.map(Self.minutes).min() ?? 0
    var credit = Credit(
      attendance: attendance, minutes: minutes, state: claims.count > 1 ? .provisional : .final)
    // Concurrent hours are the one way in which a session counts to two requirements.
    let second = claims.count == 1 ? claims.first.flatMap(Self.secondRequirement) : nil
    let requirements = Set([records.target("requirement", of: session), second].compactMap(\.self))
      .filter { totals[$0] != nil }
    let isTooMuch = requirements.contains { minutes > left(of: $0) }
    if isTooMuch {
      credit.state = .held
      credit.minutes = 0
    }
    for id in requirements {
      if isTooMuch { totals[id]?.held += minutes } else { totals[id]?.completed += minutes }
      if credit.state == .final { totals[id]?.qualify(claims.first, minutes) }
    }
    credits[attendance.id] = credit
  }

  /// Minutes by which the work is shortened that was done so far, for who is in the incentive
  /// scheme: half of what was worked beyond a quarter of the requirement, and a quarter of it at
  /// most, as the service's calculation has it (hmpps-community-payback-api,
  /// docs/incentive-scheme/calculations.md). What is in dispute or on hold does not count yet.
  func discount(of requirement: Record) -> Int64 {
    guard records.value("in-incentive-scheme", of: requirement)?.flag == true,
      let total = totals[requirement.id]
    else { return 0 }
    let required = max(0, minutes("required-minutes", of: requirement))
    return min(max(0, total.qualifying - required / 4) / 2, required / 4)
  }

  /// Minutes still to do.
  private func left(of requirement: RecordID) -> Int64 {
    guard let total = totals[requirement], let record = records[requirement] else { return 0 }
    let required = minutes("required-minutes", of: record)
    return max(0, required + total.added - total.takenOff - total.completed)
  }

  /// What a record that was taken by other rules may hold beyond what its field takes now counts as
  /// a year of minutes, so that no sum overflows.
  private func minutes(_ field: String, of record: Record) -> Int64 {
    min(max(records.number(field, of: record) ?? 0, -Self.most), Self.most)
  }

  private static let most: Int64 = 366 * 1_440

  /// What one claim credits: what it says, or the time from start to finish; nothing to who was not
  /// there.
  static func minutes(of claim: Value) -> Int64 {
    guard let code = claim[member: "code"]?.text, OutcomeMeaning.attended.contains(code) else {
      return 0
    }
    if let said = claim[member: "credited-minutes"]?.integer { return min(max(0, said), 1_440) }
    let times = ["start", "end"].map { claim[member: $0]?.text.flatMap { LocalTime($0) }?.minutes }
    guard let start = times[0], let end = times[1] else { return 0 }
    let penalty = min(max(0, claim[member: "penalty-minutes"]?.integer ?? 0), 1_440)
    return max(0, Int64(end - start) - penalty)
  }

  private static func secondRequirement(_ claim: Value) -> RecordID? {
    guard claim[member: "code"]?.text == "ATCH" else { return nil }
    return claim[member: "second-requirement"]?.text.flatMap { RecordID($0) }
  }
}

extension UnpaidWork.Total {
  /// Work that was attended and complied with counts until a session is missed without an
  /// acceptable reason; from then on nothing more is earned.
  fileprivate mutating func qualify(_ claim: Value?, _ minutes: Int64) {
    switch claim?[member: "code"]?.text {
    case "UAAB": isDisqualified = true
    case "ATTC", "ATCH": if !isDisqualified { qualifying += minutes }
    default: break
    }
  }
}
