/// Days in the United Kingdom as the model counts them, from 1 January 1970, which is 0.
enum PlainDay {
  private static let length: Int64 = 86_400_000

  /// The day at a moment, in milliseconds since 1970.
  static func at(_ moment: Int64) -> Int {
    Int((moment + (isSummer(moment) ? 3_600_000 : 0)) / length)
  }

  /// As it is written: `2026-04-09`.
  static func text(_ day: Int) -> String {
    let (year, month, date) = parts(day)
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(year)-\(two(month))-\(two(date))"
  }

  /// Clocks are an hour ahead from one in the morning, universal time, of the last Sunday of March
  /// to the same of October.
  private static func isSummer(_ moment: Int64) -> Bool {
    let year = parts(Int(moment / length)).year
    let (start, end) = (lastSunday(year, 3), lastSunday(year, 10))
    return moment >= Int64(start) * length + 3_600_000
      && moment < Int64(end) * length + 3_600_000
  }

  /// The last Sunday of a month that has 31 days. Day 3 was a Sunday.
  private static func lastSunday(_ year: Int, _ month: Int) -> Int {
    let last = first(of: year) + beforeMonths(year)[month - 1] + 30
    return last - (last - 3) % 7
  }

  private static func parts(_ day: Int) -> (year: Int, month: Int, date: Int) {
    var year = 1970 + day / 366
    while first(of: year + 1) <= day { year += 1 }
    let rest = day - first(of: year)
    let before = beforeMonths(year)
    let month = before.lastIndex { $0 <= rest } ?? 0
    return (year, month + 1, rest - before[month] + 1)
  }

  private static func first(of year: Int) -> Int {
    let past = year - 1
    return (year - 1970) * 365 + (past / 4 - past / 100 + past / 400) - 477
  }

  private static func beforeMonths(_ year: Int) -> [Int] {
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30]
    return lengths.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
  }
}
