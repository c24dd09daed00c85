/// How long a laptop may be used without a word from its office.
///
/// It is counted by the laptop's own clock from its last whole sync, so that neither side needs the
/// other's to be right. Its end locks the store, and the next sync unlocks it: nothing is lost by a
/// clock that jumps. See `Protocol/README.md` section 6.12.
public struct Lease: Hashable, Sendable {
  /// For the laptop as a whole.
  public var seconds: UInt64
  /// For cases to which access is limited.
  public var limitedSeconds: UInt64

  public init(seconds: UInt64, limitedSeconds: UInt64) {
    self.seconds = seconds
    self.limitedSeconds = limitedSeconds
  }

  /// A fortnight, and a day.
  public static let standard = Lease(seconds: 14 * 86_400, limitedSeconds: 86_400)

  /// How a lease stands.
  public enum Standing: Hashable, Sendable {
    case runs
    /// Only cases without limits of access may be used.
    case limitedIsOver
    case over
    /// The clock shows a time before one that it has shown since the last sync, so nobody knows how
    /// long ago that was.
    case clockWasSetBack
  }

  /// A clock is set by its network now and then, by less than this.
  public static let clockTolerance: Int64 = 10 * 60_000

  /// - Parameters:
  ///   - contact: what the laptop's clock showed at the end of its last whole sync.
  ///   - seen: the latest that it is known to have shown since.
  ///   - now: what it shows.
  public func standing(contact: Timestamp, seen: Timestamp, now: Timestamp) -> Standing {
    guard now.milliseconds(until: max(contact, seen)) <= Self.clockTolerance else {
      return .clockWasSetBack
    }
    let gone = contact.milliseconds(until: now)
    if gone > Self.milliseconds(seconds) { return .over }
    return gone > Self.milliseconds(limitedSeconds) ? .limitedIsOver : .runs
  }

  /// When it ends as a whole, by the laptop's clock.
  public func end(contact: Timestamp) -> Timestamp {
    let (end, overflow) = contact.milliseconds.addingReportingOverflow(Self.milliseconds(seconds))
    return Timestamp(milliseconds: overflow ? .max : end)
  }

  private static func milliseconds(_ seconds: UInt64) -> Int64 {
    let (product, overflow) = Int64(clamping: seconds).multipliedReportingOverflow(by: 1_000)
    return overflow ? .max : product
  }
}
