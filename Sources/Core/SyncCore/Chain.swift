/// How a replica's chain, as it shows it, compares with what the office has stored of it.
public enum ChainFinding: Hashable, Sendable {
  /// Sound; the pushed changes from this index on are new.
  case sound(firstNew: Int)
  /// The laptop is ahead of what it sent: changes from here on are missing.
  case resend(from: UInt64)
  /// The same counters name different changes: a clone, or a restored backup. Both agree up to
  /// `common` at least: so far the request's hashes show it.
  /// - head: where the stored chain ends.
  case forked(common: UInt64, head: ChainHead)
  /// The request contradicts itself.
  case incoherent

  /// Compares a request with what is stored.
  ///
  /// Without this check a restored laptop counts the same dots twice, and vector clocks alone then
  /// lose edits without a word; see `ARCHITECTURE.md`.
  /// - Parameters:
  ///   - known: the head that the office has stored; `ChainHead.start` for a new replica.
  ///   - hash: the stored hash of a known counter.
  public static func examining(
    _ request: SyncRequest, known: ChainHead, hash: (UInt64) throws -> Hash?
  ) rethrows -> ChainFinding {
    var reached = ChainHead(counter: known.counter, hash: known.hash)
    var common = try stem(of: request, known: known, hash: hash)
    var firstNew = request.changes.count
    var previous: Hash?
    for (index, change) in request.changes.enumerated() {
      let (counter, overflow) = request.firstCounter.addingReportingOverflow(UInt64(index))
      guard !overflow, counter > 0, counter <= request.head.counter,
        counter < request.head.counter || change.hash == request.head.hash
      else { return .incoherent }
      if case .readable(let readable) = change {
        guard readable.dot == Dot(request.replica, counter),
          previous.map({ $0 == readable.body.previous }) ?? true
        else { return .incoherent }
      }
      previous = change.hash
      if counter <= known.counter {
        guard try hash(counter) == change.hash else {
          return .forked(common: common, head: known)
        }
        common = counter
      } else if counter - 1 == reached.counter {
        if case .readable(let readable) = change, readable.body.previous != reached.hash {
          return .forked(common: common, head: known)
        }
        firstNew = min(firstNew, index)
        reached = ChainHead(counter: counter, hash: change.hash)
      } else {
        return .resend(from: reached.counter + 1)
      }
    }
    let head = request.head
    if head.counter == reached.counter {
      guard head.hash == reached.hash else { return .forked(common: common, head: known) }
    } else if head.counter < reached.counter {
      let isOurs = try head.counter > 0 && hash(head.counter) == head.hash
      return .forked(common: isOurs ? head.counter : common, head: known)
    } else if !request.hasMore {
      return .resend(from: reached.counter + 1)
    }
    return .sound(firstNew: firstNew)
  }

  /// Up to where the change that the first of the request follows on shows that both agree.
  private static func stem(
    of request: SyncRequest, known: ChainHead, hash: (UInt64) throws -> Hash?
  ) rethrows -> UInt64 {
    guard case .readable(let first)? = request.changes.first, request.firstCounter > 1,
      request.firstCounter - 1 <= known.counter,
      try hash(request.firstCounter - 1) == first.body.previous
    else { return 0 }
    return request.firstCounter - 1
  }
}
