import SyncCore

/// The facts that follow from other records: formulas, never entries.
///
/// The office computes them over all records of a case whenever one that they look at changes, and
/// writes what differs. A laptop computes the same over what it holds, its own unsent work
/// included, and shows the result as provisional.
public enum Derivation {
  /// What a record's derived fields should read.
  public struct Fact: Hashable, Sendable {
    public let record: RecordID
    public let type: String
    /// Those that differ from what stands.
    public let fields: [String: Value]
  }

  /// The types of which formulas compute every derived field. The tier of a case header is computed
  /// only where the case has a calculation of it.
  public static let outputs: Set<String> = [
    "alert", "case-header", "enforcement-act", "event", "premises-booking", "requirement",
    "service-appointment", "upw-attendance", "upw-requirement",
  ]

  /// The types that the formulas look at.
  public static let inputs: Set<String> = [
    "alert", "alert-clearing", "appointment", "case-header", "enforcement-act", "event",
    "licence-condition", "outcome-claim", "premises-arrival", "premises-booking",
    "programme-referral", "programme-session", "requirement", "service-appointment",
    "service-referral", "tier", "upw-adjustment", "upw-attendance", "upw-requirement",
    "upw-session",
  ]

  /// A change of one of these calls for formulas and notices anew.
  public static let triggers = inputs.union(Notice.inputs)

  /// What differs, ascending by record. Derived again from what these facts say, nothing does.
  public static func facts(of records: CaseRecords) -> [Fact] {
    var facts: [Fact] = []
    func add(_ record: Record, _ fields: [String: Value]) {
      let policy = records.catalogue.policy(of: record.type)
      let differing = fields.filter { policy?.policy(of: $0.key)?.rule == .derived }
        .map { ($0, Self.fitted($1, to: $0, of: record, records)) }
        .filter { field, value in
          guard record.standing(field).count <= 1 else { return true }
          return records.read(field, of: record)?.value != value
        }
      guard !differing.isEmpty else { return }
      facts.append(
        Fact(
          record: record.id, type: record.type,
          fields: Dictionary(differing) { first, _ in first }))
    }
    for event in records.all("event") {
      add(event, ["failures": .integer(Compliance.failures(of: event, records))])
    }
    for requirement in records.all("requirement") {
      let days = Compliance.activityDays(of: requirement, records)
      add(
        requirement,
        [
          "rar-days-completed": .integer(days.completed),
          "rar-days-scheduled": .integer(days.scheduled),
        ])
    }
    for alert in records.all("alert") {
      add(alert, ["open": .flag(Compliance.isOpen(alert, records))])
    }
    let latest = Compliance.latestActs(records)
    for act in records.all("enforcement-act") {
      add(
        act,
        [
          "latest": .flag(latest.contains(act.id)),
          "outstanding": .flag(Compliance.isOutstanding(act, records)),
        ])
    }
    let work = UnpaidWork(records)
    for credit in work.credits.values {
      add(
        credit.attendance,
        ["credit": .integer(credit.minutes), "credit-state": .text(credit.state.rawValue)])
    }
    for requirement in records.all("upw-requirement") {
      guard let total = work.totals[requirement.id] else { continue }
      add(
        requirement,
        [
          "completed-minutes": .integer(total.completed),
          "positive-adjustments": .integer(total.added),
          "negative-adjustments": .integer(total.takenOff),
          "held-minutes": .integer(total.held),
          "discount-minutes": .integer(work.discount(of: requirement)),
        ])
    }
    for booking in records.all("premises-booking") {
      let stay = PremisesStay.days(of: booking, records)
      let days = ["canonical-arrival": stay.arrival, "canonical-departure": stay.departure]
      add(booking, days.compactMapValues { $0.map { .text($0.description) } })
    }
    let replaced = Replacements.replaced("service-appointment", records)
    let amended = Replacements.replaced("service-referral", records)
    for meeting in records.all("service-appointment") {
      let referral = records.target("referral", of: meeting)
      add(
        meeting,
        [
          "superseded": .flag(replaced.contains(meeting.id)),
          "stale": .flag(referral.map(amended.contains) ?? false),
        ])
    }
    // The service calculates tiers; the header shows the newest.
    if let tier = newestTier(records).flatMap({ records.text("tier", of: $0) }) {
      for header in records.all("case-header") { add(header, ["tier": .text(tier)]) }
    }
    return facts.sorted { $0.record < $1.record }
  }

  private static func newestTier(_ records: CaseRecords) -> Record? {
    records.all("tier").max { first, second in
      let days = [first, second].map { records.text("calculated-on", of: $0) ?? "" }
      return (days[0], first.id) < (days[1], second.id)
    }
  }

  /// A number beyond what its field holds is shown as the most that it holds.
  private static func fitted(
    _ value: Value, to field: String, of record: Record, _ records: CaseRecords
  ) -> Value {
    guard case .integer(let number) = value,
      case .integer(let range) = records.catalogue.policy(of: record.type)?.policy(of: field)?.kind
    else { return value }
    return .integer(min(max(number, range.lowerBound), range.upperBound))
  }
}
