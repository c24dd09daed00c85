import RecordCatalogue
import SyncCore

/// What a changed catalogue would make of the records that the office holds, before anybody adopts
/// it: each record's standing edits read by the old rules and by the new, and so each state that
/// concurrent changes ever left a record in, which later ones have settled since.
///
/// Merging asks no rule, so the records themselves stay the same whatever is adopted.
package struct RuleChange: Hashable, Sendable {
  /// One field of one record that would read differently. No content.
  package struct Difference: Hashable, Sendable {
    package let record: RecordID
    package let caseID: CaseID
    package let type: String
    package let field: String
    package let before: Outcome
    package let after: Outcome
  }

  package enum Outcome: String, Sendable {
    case settled
    case settledByRule = "settled-by-rule"
    case contested, unknown
  }

  /// Fields that were read.
  package var fields = 0
  /// Of these, with concurrent values, where alone a rule can choose.
  package var concurrent = 0
  package var differences: [Difference] = []
  /// Fields that concurrent changes once left with unequal values, in states that are past.
  package private(set) var pastConcurrent = 0
  /// How many of these would have read differently, by type and field.
  package private(set) var pastCounts: [String: Int] = [:]

  /// - Parameter limit: differences kept; all are counted by type and field in `counts`.
  package init(
    from old: Catalogue, to new: Catalogue, in store: any ServerReading, limit: Int = 1_000
  ) throws {
    try store.forEachCase { head in
      try store.forEachRecord(of: head.caseID) { compare($0, old, new, limit) }
    }
    for id in try store.recordsChangedAtOnce() {
      try RecordHistory(of: id, in: store)?.forEachPastState { comparePast($0, old, new) }
    }
  }

  private mutating func comparePast(_ record: Record, _ old: Catalogue, _ new: Catalogue) {
    let (before, after) = (old.policy(of: record.type), new.policy(of: record.type))
    for field in record.fields where Set(record.standing(field).map(\.value)).count > 1 {
      pastConcurrent += 1
      let (one, other) = (Self.read(record, field, before), Self.read(record, field, after))
      guard one.value != other.value || one.outcome != other.outcome else { continue }
      pastCounts["\(record.type) \(field)", default: 0] += 1
    }
  }

  /// How many fields differ, by type and field.
  package private(set) var counts: [String: Int] = [:]

  private mutating func compare(
    _ record: Record, _ old: Catalogue, _ new: Catalogue, _ limit: Int
  ) {
    let (before, after) = (old.policy(of: record.type), new.policy(of: record.type))
    for field in record.fields {
      fields += 1
      if Set(record.standing(field).map(\.value)).count > 1 { concurrent += 1 }
      let (one, other) = (Self.read(record, field, before), Self.read(record, field, after))
      guard one.value != other.value || one.outcome != other.outcome else { continue }
      counts["\(record.type) \(field)", default: 0] += 1
      if differences.count < limit {
        differences.append(
          Difference(
            record: record.id, caseID: record.caseID, type: record.type, field: field,
            before: one.outcome, after: other.outcome))
      }
    }
  }

  /// What a field reads as; nothing under a catalogue that does not have it.
  private static func read(
    _ record: Record, _ field: String, _ policy: TypePolicy?
  ) -> (value: Value?, outcome: Outcome) {
    guard let known = policy?.policy(of: field),
      let reading = record.read(field, by: known.rule)
    else { return (nil, .unknown) }
    let outcome: Outcome =
      switch reading.status {
      case .settled: .settled
      case .settledByRule: .settledByRule
      case .contested: .contested
      }
    return (reading.value, outcome)
  }
}
