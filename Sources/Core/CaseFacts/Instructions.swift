import RecordCatalogue
import SyncCore

/// What a person has been told to do, as it holds on a day.
public struct Instruction: Sendable {
  public let record: Record
  /// Code of what it is about.
  public let about: String
  public let from: CalendarDate
  /// No other about the same begins on the same day.
  public let isAlone: Bool
}

extension CaseRecords {
  /// The instructions in force: of those about one thing, the one with the latest first day that
  /// has come. Of several that begin on that day all are shown, because no clock can tell which
  /// the person heard last. One that was corrected is left out.
  ///
  /// What is about something else than the listed things stands by itself until it ends.
  public func instructions(on today: CalendarDate) -> [Instruction] {
    let all = all("officer-instruction")
    let corrected = Set(all.compactMap { target("corrects", of: $0) })
    let begun = all.compactMap { record -> (about: String, from: CalendarDate, record: Record)? in
      guard !corrected.contains(record.id), let about = text("about", of: record),
        let from = day("effective-from", of: record), from <= today
      else { return nil }
      return (about, from, record)
    }
    return begun.filter { one in
      let isLatest = !begun.contains { $0.about == one.about && $0.from > one.from }
      let hasEnded = day("effective-to", of: one.record).map { $0 < today } ?? false
      return !hasEnded && (isLatest || one.about == Self.anything)
    }.map { one in
      let alike = begun.count { $0.about == one.about && $0.from == one.from }
      return Instruction(
        record: one.record, about: one.about, from: one.from,
        isAlone: alike == 1 || one.about == Self.anything)
    }
  }

  private static let anything = "other"
}
