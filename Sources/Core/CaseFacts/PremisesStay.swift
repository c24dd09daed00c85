import RecordCatalogue
import SyncCore

/// The days of a stay in approved premises that count: when the person came and left, as far as
/// that is reported and not in dispute; otherwise when they should.
enum PremisesStay {
  static func days(
    of booking: Record, _ records: CaseRecords
  ) -> (arrival: CalendarDate?, departure: CalendarDate?) {
    let report = records.all("premises-arrival").first {
      records.target("booking", of: $0) == booking.id
    }
    return (
      report.flatMap { day("arrival", "arrived", of: $0, records) }
        ?? records.day("expected-arrival", "date", of: booking),
      report.flatMap { day("departure", "departed", of: $0, records) }
        ?? records.day("expected-departure", "date", of: booking)
    )
  }

  /// The day on which something happened. Where two clocks tell of it, the earlier.
  private static func day(
    _ field: String, _ happened: String, of report: Record, _ records: CaseRecords
  ) -> CalendarDate? {
    guard let claim = records.read(field, of: report), claim.status != .contested,
      claim.value.text == happened
    else { return nil }
    let moments = report.standing("\(field)-occurred").compactMap(\.value.integer)
    return moments.min().flatMap { CalendarDate(at: Timestamp(milliseconds: $0)) }
  }
}
