/// How long to wait before another try: doubling, with full jitter, so that a thousand laptops cut
/// off together do not come back together.
public struct Backoff: Sendable {
  /// The longest wait after the first failure.
  public var base: Duration
  /// The longest wait of all.
  public var cap: Duration

  public init(base: Duration = .seconds(1), cap: Duration = .seconds(300)) {
    self.base = base
    self.cap = cap
  }

  /// The wait after `failures` failures in a row.
  /// - Parameters:
  ///   - chance: 0 up to but not including 1.
  ///   - atLeast: what the office asked for, when it did. More than `cap` is not believed: it may
  ///     be somebody else's answer.
  public func delay(after failures: Int, chance: Double, atLeast: Duration = .zero) -> Duration {
    let doublings = min(max(failures, 1) - 1, 20)
    let ceiling = min(cap, base * (1 << doublings))
    return min(atLeast, cap) + ceiling * chance
  }
}
