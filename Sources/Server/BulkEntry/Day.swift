import SyncCore

/// A day as a number, so that a diary can count weeks. Day 0 is 1970-01-01.
struct Day: Hashable, Comparable, Sendable {
  let number: Int

  init(_ number: Int) { self.number = number }

  init(_ date: CalendarDate) { number = Self.number(date.year, date.month, date.day) }

  static func + (day: Self, days: Int) -> Self { Day(day.number + days) }
  static func - (day: Self, days: Int) -> Self { Day(day.number - days) }
  static func < (left: Self, right: Self) -> Bool { left.number < right.number }
  func days(until later: Self) -> Int { later.number - number }

  /// Written `YYYY-MM-DD`. Days outside the years 1 to 9999 read as the nearest one inside.
  var text: String {
    let (year, month, day) = Day(min(max(number, -719_162), 2_932_896)).parts
    let zeros = String(repeating: "0", count: year < 10 ? 3 : year < 100 ? 2 : year < 1000 ? 1 : 0)
    return "\(zeros)\(year)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
  }

  /// Its place in the calendar, by Howard Hinnant's `civil_from_days`.
  var parts: (year: Int, month: Int, day: Int) {
    let shifted = number + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marched = (5 * dayOfYear + 2) / 153
    let month = marched < 10 ? marched + 3 : marched - 9
    let day = dayOfYear - (153 * marched + 2) / 5 + 1
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }

  /// 0 is Sunday, 6 is Saturday.
  var weekday: Int { ((number + 4) % 7 + 7) % 7 }

  /// Monday to Friday, but for Christmas, Boxing Day and New Year's Day.
  var isWorkingDay: Bool {
    let (_, month, day) = parts
    let isHoliday = (month == 12 && (25...26).contains(day)) || (month == 1 && day == 1)
    return (1...5).contains(weekday) && !isHoliday
  }

  /// This day, or the next one that is worked.
  var workingDay: Day {
    var day = self
    while !day.isWorkingDay { day = day + 1 }
    return day
  }

  /// The last day before this one that is worked.
  var previousWorkingDay: Day {
    var day = self - 1
    while !day.isWorkingDay { day = day - 1 }
    return day
  }

  /// The moment of a local time in England and Wales on this day.
  ///
  /// British Summer Time runs from the last Sunday of March to that of October. The rule is spelt
  /// out because a machine may lack the zone files, and a population must not depend on them.
  /// - Parameter minute: minutes after midnight, from 02:00 on, when no clock changes any more.
  func moment(_ minute: Int) -> Timestamp {
    let minutes = number * 1440 + minute - (isSummerTime ? 60 : 0)
    return Timestamp(milliseconds: Int64(minutes) * 60_000)
  }

  private var isSummerTime: Bool {
    let year = parts.year
    let march = Day(Self.number(year, 3, 31))
    let october = Day(Self.number(year, 10, 31))
    return march - march.weekday <= self && self < october - october.weekday
  }

  /// By Howard Hinnant's `days_from_civil`.
  private static func number(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let year = month <= 2 ? year - 1 : year
    let era = (year >= 0 ? year : year - 399) / 400
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }
}

/// A local time written `HH:MM`, from minutes after midnight.
func clockText(_ minute: Int) -> String {
  let minute = min(max(minute, 0), 1439)
  func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
  return two(minute / 60) + ":" + two(minute % 60)
}
