import RecordCatalogue
import SyncCore
import Testing

@Suite struct `A day in the United Kingdom` {
  @Test func `follows the clocks there`() {
    // 2026-03-28T23:30Z is still winter time; a day later, at 23:30Z, it is past midnight.
    let winter = Timestamp(milliseconds: 1_774_740_600_000)
    let summer = Timestamp(milliseconds: 1_774_740_600_000 + 86_400_000)
    #expect(CalendarDate(at: winter)?.description == "2026-03-28")
    #expect(CalendarDate(at: summer)?.description == "2026-03-30")
  }

  @Test(arguments: [Int64.min, .min + 1, -62_200_000_000_000, 253_500_000_000_000, .max - 1, .max])
  func `is none for a moment that no calendar holds`(milliseconds: Int64) {
    #expect(CalendarDate(at: Timestamp(milliseconds: milliseconds)) == nil)
  }
}
