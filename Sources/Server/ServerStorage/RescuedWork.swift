import RecordCatalogue
import SyncCore

/// Work of a laptop that came in a file in place of a request, taken in as if the laptop had sent
/// it: its own dots and chain where these go on from what the office has of it. So the laptop may
/// send the same later, or the file be read again, and each change is known.
package struct RescuedWork: Sendable {
  package let replica: ReplicaID
  package let firstCounter: UInt64
  /// In dot order, without gaps.
  package let changes: [PushedChange]
  /// Laptop's clock minus the office's, in milliseconds, as the laptop last knew it.
  package let clockOffset: Int64
  package let catalogueVersion: UInt32

  package init(
    replica: ReplicaID, firstCounter: UInt64, changes: [PushedChange], clockOffset: Int64,
    catalogueVersion: UInt32
  ) {
    self.replica = replica
    self.firstCounter = firstCounter
    self.changes = changes
    self.clockOffset = clockOffset
    self.catalogueVersion = catalogueVersion
  }

  /// What became of one change.
  package struct Taken: Sendable {
    package let dot: Dot
    /// `nil` where it cannot be read.
    package let change: Change?
    package let verdict: Verdict
    /// Whether the office had it before.
    package let isAgain: Bool
  }

  /// Why nothing of it is taken.
  package enum Problem: Error, Equatable, Sendable {
    /// The office has withdrawn the laptop, or destroyed what was on it.
    case notHeard
    /// Its dots do not go on from what the office has, and a change that must get another dot
    /// cannot be read by this program.
    case unreadable
    /// It contradicts itself.
    case incoherent
  }

  /// Takes it in, all in the one transaction.
  /// - Parameters:
  ///   - device: that signed it.
  ///   - newLife: chance, as for `Intake`.
  package func take(
    from device: Device, in transaction: any ServerTransaction, catalogue: Catalogue,
    now: Timestamp, newLife: ReplicaID
  ) throws -> [Taken] {
    guard device.state.isHeard else { throw Problem.notHeard }
    let known = try transaction.head(of: replica)
    var taken: [Taken] = []
    var shared: UInt64 = 0
    for (index, pushed) in changes.enumerated() {
      let dot = Dot(replica, firstCounter + UInt64(index))
      guard dot.counter <= known.counter else { break }
      guard let logged = try transaction.change(dot), logged.hash == pushed.hash else {
        return try taken
          + underOtherDots(above: shared, from: device, in: transaction, catalogue, now, newLife)
      }
      shared = dot.counter
      taken.append(
        Taken(dot: dot, change: pushed.change, verdict: logged.verdict, isAgain: true))
    }
    let fresh = changes.dropFirst(taken.count)
    guard let first = fresh.first, let last = fresh.last else { return taken }
    let start = firstCounter + UInt64(taken.count)
    let follows = first.change.map { $0.body.previous == known.hash } ?? true
    guard start == known.counter + 1, follows else {
      // Behind a gap, what the office has is taken for this laptop's; beside it, it is not.
      let common = start > known.counter + 1 ? known.counter : shared
      return try taken
        + underOtherDots(above: common, from: device, in: transaction, catalogue, now, newLife)
    }
    let end = start + UInt64(fresh.count) - 1
    let request = SyncRequest(
      requestID: 0, replica: replica, epoch: 0, head: ChainHead(counter: end, hash: last.hash),
      checkpoint: [], catalogueVersion: catalogueVersion,
      deviceTime: Timestamp(milliseconds: now.milliseconds + clockOffset), firstCounter: start,
      changes: Array(fresh), unsent: UInt64(fresh.count), hasMore: false)
    let outcome: Intake.Outcome
    do {
      outcome = try Intake(transaction, catalogue: catalogue, now: now, newLife: newLife)
        .accept(request, from: device)
    } catch is Intake.Denial { throw Problem.incoherent }
    guard case .sound = outcome.acceptance.finding else { throw Problem.incoherent }
    try keepWhatItSaid(of: device, in: transaction)
    for (pushed, receipt) in zip(fresh, outcome.acceptance.receipts) {
      taken.append(
        Taken(
          dot: Dot(replica, receipt.counter), change: pushed.change, verdict: receipt.verdict,
          isAgain: receipt.isAgain))
    }
    return taken
  }

  /// A file is no contact: what the office knows of the laptop's state stays as it was.
  private func keepWhatItSaid(of device: Device, in transaction: any ServerTransaction) throws {
    guard var after = try transaction.device(device.id) else { return }
    after.lastContact = device.lastContact
    after.clockOffset = device.clockOffset
    after.catalogueVersion = device.catalogueVersion
    after.unsent = device.unsent
    try transaction.save(after)
  }

  /// The office was put back from a backup, or the laptop copied: other changes have these dots, or
  /// some before them are missing. Each gets a dot of a chain of its own, and names its first
  /// issue.
  private func underOtherDots(
    above common: UInt64, from device: Device, in transaction: any ServerTransaction,
    _ catalogue: Catalogue, _ now: Timestamp, _ newLife: ReplicaID
  ) throws -> [Taken] {
    let readable = changes.compactMap(\.change)
    guard readable.count == changes.count else { throw Problem.unreadable }
    // Its name follows from what is in it, so that the same file read again is known again.
    let seed = readable.reduce(replica.bytes) { $0 + $1.hash.bytes }
    guard let successor = ReplicaID(bytes: Hash(of: seed).bytes.prefix(16)) else {
      throw Problem.incoherent
    }
    guard successor != replica else { throw Problem.incoherent }
    var reissue = Reissue(as: successor, givingUp: [replica: common])
    let again = RescuedWork(
      replica: successor, firstCounter: 1,
      changes: readable.filter { $0.dot.counter > common }.map { .readable(reissue.issue($0)) },
      clockOffset: clockOffset, catalogueVersion: catalogueVersion)
    return try again.take(
      from: device, in: transaction, catalogue: catalogue, now: now, newLife: newLife)
  }
}

extension PushedChange {
  fileprivate var change: Change? {
    if case .readable(let change) = self { change } else { nil }
  }
}
