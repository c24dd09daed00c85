import SyncCore

extension CalendarDate {
  /// What closes the offices of England and Wales on this day: a weekend or a bank holiday, by its
  /// name; `nil` on a working day.
  public var closingReason: String? {
    switch Self.weekday(of: dayNumber) {
    case 6: "Saturday"
    case 0: "Sunday"
    default: BankHoliday.all(in: year).first { $0.dayNumber == dayNumber }?.name
    }
  }

  /// Working days from this day to a later one: 1 from one to the next, 0 where the other is not
  /// later.
  public func workingDays(until other: CalendarDate) -> Int64 {
    let (from, to) = (dayNumber, other.dayNumber)
    guard from < to else { return 0 }
    let weekdays = Self.weekdays(before: to + 1) - Self.weekdays(before: from + 1)
    let holidays = (year...other.year).reduce(0) { count, year in
      count + BankHoliday.all(in: year).count { $0.dayNumber > from && $0.dayNumber <= to }
    }
    return weekdays - Int64(holidays)
  }

  /// Days from Monday to Friday, from the Monday 5 January 1970 up to a day, not included; negative
  /// before it.
  private static func weekdays(before day: Int64) -> Int64 {
    let sinceMonday = day - 4
    let weeks = sinceMonday >= 0 ? sinceMonday / 7 : -((6 - sinceMonday) / 7)
    return weeks * 5 + min(sinceMonday - weeks * 7, 5)
  }

  /// 0 is Sunday, 6 is Saturday. 1 January 1970, day 0, was a Thursday.
  fileprivate static func weekday(of day: Int64) -> Int64 { ((day + 4) % 7 + 7) % 7 }
}

/// Bank holidays in England and Wales that fall on a weekday, by the rules of the Banking and
/// Financial Dealings Act 1971 and the proclamations made under it (gov.uk/bank-holidays).
struct BankHoliday: Hashable, Sendable {
  let name: String
  let dayNumber: Int64

  /// - Parameter year: from 1978 on, when the one in early May began; none before.
  static func all(in year: Int) -> [BankHoliday] {
    guard year >= 1978, let christmas = day(year, 12, 25), let newYear = day(year, 1, 1) else {
      return []
    }
    let easter = easter(in: year)
    var holidays = [
      BankHoliday(name: "New Year’s Day", dayNumber: workday(from: newYear)),
      BankHoliday(name: "Good Friday", dayNumber: easter - 2),
      BankHoliday(name: "Easter Monday", dayNumber: easter + 1),
    ]
    if let may = firstMonday(year, 5), let last = lastMonday(year, 5, days: 31),
      let august = lastMonday(year, 8, days: 31)
    {
      holidays += [
        BankHoliday(name: "Early May bank holiday", dayNumber: may),
        BankHoliday(name: "Spring bank holiday", dayNumber: last),
        BankHoliday(name: "Summer bank holiday", dayNumber: august),
      ]
    }
    // On a Sunday, Christmas gives way to Boxing Day and is kept on the Tuesday.
    let isSunday = CalendarDate.weekday(of: christmas) == 0
    let kept = isSunday ? christmas + 2 : workday(from: christmas)
    holidays += [
      BankHoliday(name: "Christmas Day", dayNumber: kept),
      BankHoliday(name: "Boxing Day", dayNumber: workday(from: christmas + 1, after: kept)),
    ]
    return proclaimed(year, holidays)
  }

  /// Moved or added by proclamation, since 2020.
  private static func proclaimed(_ year: Int, _ holidays: [BankHoliday]) -> [BankHoliday] {
    func moved(_ name: String, _ month: Int, _ day: Int) -> [BankHoliday] {
      holidays.map {
        $0.name == name
          ? BankHoliday(name: name, dayNumber: self.day(year, month, day) ?? $0.dayNumber) : $0
      }
    }
    func one(_ name: String, _ month: Int, _ day: Int) -> [BankHoliday] {
      self.day(year, month, day).map { [BankHoliday(name: name, dayNumber: $0)] } ?? []
    }
    return switch year {
    case 2020: moved("Early May bank holiday", 5, 8)
    case 2022:
      moved("Spring bank holiday", 6, 2) + one("Platinum Jubilee", 6, 3)
        + one("State funeral of Queen Elizabeth II", 9, 19)
    case 2023: holidays + one("Coronation of King Charles III", 5, 8)
    default: holidays
    }
  }

  private static func day(_ year: Int, _ month: Int, _ day: Int) -> Int64? {
    CalendarDate(year: year, month: month, day: day)?.dayNumber
  }

  /// This day, or the next that is no weekend and not the one given.
  private static func workday(from day: Int64, after taken: Int64? = nil) -> Int64 {
    var day = day
    while [0, 6].contains(CalendarDate.weekday(of: day)) || day == taken { day += 1 }
    return day
  }

  private static func firstMonday(_ year: Int, _ month: Int) -> Int64? {
    day(year, month, 1).map { $0 + (8 - CalendarDate.weekday(of: $0)) % 7 }
  }

  private static func lastMonday(_ year: Int, _ month: Int, days: Int) -> Int64? {
    day(year, month, days).map { $0 - (CalendarDate.weekday(of: $0) + 6) % 7 }
  }

  /// Easter Sunday, by the computus of the Gregorian calendar (Meeus, Astronomical Algorithms,
  /// chapter 8).
  private static func easter(in year: Int) -> Int64 {
    let (a, b, c) = (year % 19, year / 100, year % 100)
    let (d, e) = (b / 4, b % 4)
    let g = (b - (b + 8) / 25 + 1) / 3
    let h = (19 * a + b - d - g + 15) % 30
    let l = (32 + 2 * e + 2 * (c / 4) - h - c % 4) % 7
    let m = (a + 11 * h + 22 * l) / 451
    let sum = h + l - 7 * m + 114
    return day(year, sum / 31, sum % 31 + 1) ?? 0
  }
}
