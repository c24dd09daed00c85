import CaseFacts
import SyncCore
import Testing

@Suite struct `Working days` {
  /// As gov.uk/bank-holidays lists them for England and Wales.
  private static let published = [
    "2022-01-03", "2022-04-15", "2022-04-18", "2022-05-02", "2022-06-02", "2022-06-03",
    "2022-08-29", "2022-09-19", "2022-12-26", "2022-12-27",
    "2023-01-02", "2023-04-07", "2023-04-10", "2023-05-01", "2023-05-08", "2023-05-29",
    "2023-08-28", "2023-12-25", "2023-12-26",
    "2026-01-01", "2026-04-03", "2026-04-06", "2026-05-04", "2026-05-25", "2026-08-31",
    "2026-12-25", "2026-12-28",
    "2027-01-01", "2027-03-26", "2027-03-29", "2027-05-03", "2027-05-31", "2027-08-30",
    "2027-12-27", "2027-12-28",
  ]

  @Test(arguments: [2022, 2023, 2026, 2027])
  func `are broken by the bank holidays that are published, and no others`(year: Int) {
    let found = (1...12).flatMap { month in
      (1...31).compactMap { CalendarDate(year: year, month: month, day: $0) }
    }.filter { $0.closingReason.map { !["Saturday", "Sunday"].contains($0) } ?? false }
    #expect(found.map(\.description) == Self.published.filter { $0.hasPrefix("\(year)") })
  }

  @Test func `are counted as a walk over the calendar counts them`() {
    let days = (2019...2029).flatMap { year in
      (1...12).flatMap { month in
        (1...31).compactMap { CalendarDate(year: year, month: month, day: $0) }
      }
    }
    for start in stride(from: 0, to: days.count - 800, by: 37) {
      var walked: Int64 = 0
      for end in start..<start + 800 {
        if end > start, days[end].closingReason == nil { walked += 1 }
        #expect(days[start].workingDays(until: days[end]) == walked, "\(days[start]) \(days[end])")
      }
    }
  }

  @Test func `over all the years that can be written are counted too`() throws {
    let first = try #require(CalendarDate("0001-01-01"))
    let last = try #require(CalendarDate("9999-12-31"))
    #expect(first.workingDays(until: last) > 2_500_000)
    #expect(last.workingDays(until: first) == 0)
  }
}
