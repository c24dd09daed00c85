import SyncCore

/// Something that people recorded differently and somebody must decide: a query over standing
/// edits, so that the inbox cannot drift from the records.
public struct Dispute: Sendable {
  public let record: Record
  public let field: String
  public let reading: Reading
  /// Who may decide; anybody who may write the field where the catalogue names nobody.
  public let deciders: Set<Role>

  /// The edit that made it a dispute: the first in server order that says something else.
  public var began: StandingEdit {
    reading.standing.first { $0.value != reading.standing[0].value } ?? reading.standing[0]
  }

  /// Working days after which a senior is to look, as nDelius holds an outcome for evidence.
  public static let patience: Int64 = 5
}

extension CaseRecords {
  /// The disputes of the case, ascending by record and field.
  public var disputes: [Dispute] {
    present.filter(\.hasConcurrentValues).flatMap { record -> [Dispute] in
      let policy = catalogue.policy(of: record.type)
      return record.fields.compactMap { field -> Dispute? in
        guard let reading = read(field, of: record), reading.status == .contested else {
          return nil
        }
        let known = policy?.policy(of: field)
        let deciders = known.map { $0.deciders.isEmpty ? $0.writers : $0.deciders } ?? []
        return Dispute(record: record, field: field, reading: reading, deciders: deciders)
      }
    }
  }

  /// Whose case it is, as the office last said.
  public var responsibleOfficer: String? {
    all("case-header").first.flatMap { text("responsible-officer", of: $0) }
  }
}

extension CalendarDate {
  /// Mondays to Fridays after this day, up to another; 0 when that is not later.
  public func workingDays(until other: CalendarDate) -> Int64 {
    let (from, to) = (dayNumber, other.dayNumber)
    guard from < to else { return 0 }
    return Self.workingDays(before: to + 1) - Self.workingDays(before: from + 1)
  }

  /// Working days from the Monday 5 January 1970 up to a day, not included; negative before it.
  private static func workingDays(before day: Int64) -> Int64 {
    let sinceMonday = day - 4
    let weeks = sinceMonday >= 0 ? sinceMonday / 7 : -((6 - sinceMonday) / 7)
    return weeks * 5 + min(sinceMonday - weeks * 7, 5)
  }
}
