/// How a replica's chain, as it shows it, compares with what the office has stored of it.
public enum ChainFinding: Hashable, Sendable {
  /// Sound; the pushed changes from this index on are new.
  case sound(firstNew: Int)
  /// The laptop is ahead of what it sent: changes from here on are missing.
  case resend(from: UInt64)
  /// The same counters name different changes: a clone, or a restored backup. Both agree up to
  /// `common` at most.
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
          return .forked(common: counter - 1, head: known)
        }
      } else if counter - 1 == reached.counter {
        if case .readable(let readable) = change, readable.body.previous != reached.hash {
          return .forked(common: reached.counter == 0 ? 0 : reached.counter - 1, head: known)
        }
        firstNew = min(firstNew, index)
        reached = ChainHead(counter: counter, hash: change.hash)
      } else {
        return .resend(from: reached.counter + 1)
      }
    }
    return try finding(
      for: request, known: known, reached: reached, firstNew: firstNew, hash: hash)
  }

  private static func finding(
    for request: SyncRequest, known: ChainHead, reached: ChainHead, firstNew: Int,
    hash: (UInt64) throws -> Hash?
  ) rethrows -> ChainFinding {
    let head = request.head
    if head.counter == reached.counter {
      guard head.hash == reached.hash else {
        return .forked(common: head.counter == 0 ? 0 : head.counter - 1, head: known)
      }
    } else if head.counter < reached.counter {
      let isOurs = head.counter == 0 ? head.hash == .zero : try hash(head.counter) == head.hash
      return .forked(
        common: isOurs || head.counter == 0 ? head.counter : head.counter - 1, head: known)
    } else if !request.hasMore {
      return .resend(from: reached.counter + 1)
    }
    return .sound(firstNew: firstNew)
  }
}
