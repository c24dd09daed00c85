import Foundation
import SyncCore

extension Timestamp {
  /// When the clocks of the United Kingdom show a day and a time; `nil` where they go forward past
  /// it, or their zone is not known here. Where they go back, the earlier of the two.
  public init?(on day: CalendarDate, at time: LocalTime) {
    guard let calendar = Calendar.unitedKingdom else { return nil }
    let (hour, minute) = time.minutes.quotientAndRemainder(dividingBy: 60)
    let parts = DateComponents(
      year: day.year, month: day.month, day: day.day, hour: hour, minute: minute)
    guard let date = calendar.date(from: parts),
      calendar.component(.hour, from: date) == hour,
      calendar.component(.minute, from: date) == minute
    else { return nil }
    self.init(milliseconds: Int64(date.timeIntervalSince1970 * 1000))
  }
}

extension CalendarDate {
  /// The day that it is in the United Kingdom at a moment; `nil` for one that no calendar holds.
  public init?(at moment: Timestamp) {
    guard let calendar = Calendar.unitedKingdom else { return nil }
    let date = Date(timeIntervalSince1970: Double(moment.milliseconds) / 1000)
    let parts = calendar.dateComponents([.era, .year, .month, .day], from: date)
    guard parts.era == 1, let year = parts.year, let month = parts.month, let day = parts.day else {
      return nil
    }
    self.init(year: year, month: month, day: day)
  }
}

extension Calendar {
  /// `nil` where the zone is not known here.
  fileprivate static let unitedKingdom: Calendar? = {
    guard let zone = TimeZone(identifier: "Europe/London") else { return nil }
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = zone
    return calendar
  }()
}
