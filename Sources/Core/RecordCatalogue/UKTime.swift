import Foundation
import SyncCore

extension Timestamp {
  /// When the clocks of the United Kingdom show a day and a time; `nil` where they go forward past
  /// it, or their zone is not known here. Where they go back, the earlier of the two.
  public init?(on day: CalendarDate, at time: LocalTime) {
    guard let zone = TimeZone(identifier: "Europe/London") else { return nil }
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = zone
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
