import SyncCore
import Testing

@Suite struct `A lease` {
  private static let lease = Lease(seconds: 1_000, limitedSeconds: 10)

  private static func standing(
    contact: Int64, seen: Int64? = nil, now: Int64, _ lease: Lease = lease
  ) -> Lease.Standing {
    lease.standing(
      contact: Timestamp(milliseconds: contact), seen: Timestamp(milliseconds: seen ?? contact),
      now: Timestamp(milliseconds: now))
  }

  @Test func `runs to its last millisecond, the shorter one first`() {
    #expect(Self.standing(contact: 5, now: 5) == .runs)
    #expect(Self.standing(contact: 5, now: 10_005) == .runs)
    #expect(Self.standing(contact: 5, now: 10_006) == .limitedIsOver)
    #expect(Self.standing(contact: 5, now: 1_000_005) == .limitedIsOver)
    #expect(Self.standing(contact: 5, now: 1_000_006) == .over)
  }

  @Test func `is not made longer by a clock that is set back`() {
    let tolerance = Lease.clockTolerance
    #expect(Self.standing(contact: 0, seen: 5_000, now: 5_000 - tolerance) == .runs)
    #expect(
      Self.standing(contact: 0, seen: 5_000, now: 4_999 - tolerance) == .clockWasSetBack)
    #expect(Self.standing(contact: 0, now: -tolerance - 1) == .clockWasSetBack)
  }

  @Test func `stands somehow whatever an office or a clock says`() {
    let times: [Int64] = [.min, -1, 0, 1, 1_776_000_000_000, .max]
    let lengths: [UInt64] = [0, 1, 86_400, UInt64(Int64.max), .max]
    for length in lengths {
      for contact in times {
        for (seen, now) in times.flatMap({ seen in times.map { (seen, $0) } }) {
          let lease = Lease(seconds: length, limitedSeconds: length / 2)
          let standing = Self.standing(contact: contact, seen: seen, now: now, lease)
          let wasBefore = now < max(contact, seen)
          #expect(wasBefore || standing != .clockWasSetBack)
          if contact == now, contact == seen { #expect(standing == .runs) }
          _ = lease.end(contact: Timestamp(milliseconds: contact))
        }
      }
    }
    #expect(
      Lease(seconds: .max, limitedSeconds: 0).end(contact: Timestamp(milliseconds: 5))
        == Timestamp(milliseconds: .max))
  }
}
