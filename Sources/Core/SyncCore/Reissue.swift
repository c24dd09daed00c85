/// Changes that are issued again, in their order, under a new replica.
///
/// Each names its first issue as its origin, by which the office takes it once, and each context
/// names the changes before it by the dots that they have now.
public struct Reissue: Sendable {
  public let successor: ReplicaID
  /// The replicas given up, with the counter up to which the office has what they counted.
  private let commons: [ReplicaID: UInt64]
  private var issued: [ReplicaID: [(counter: UInt64, now: UInt64)]] = [:]
  /// The end of the successor's chain so far.
  public private(set) var head = ChainHead.start

  public init(as successor: ReplicaID, givingUp commons: [ReplicaID: UInt64]) {
    self.successor = successor
    self.commons = commons
  }

  /// - Precondition: `changes` of one replica come in the order of their counters. Some may be
  ///   missing.
  public mutating func issue(_ change: Change) -> Change {
    var body = change.body
    body.context = renamed(body.context)
    body.origin = change.firstIssue
    body.dot = Dot(successor, head.counter + 1)
    body.previous = head.hash
    let new = Change(body)
    issued[change.dot.replica, default: []].append((change.dot.counter, new.dot.counter))
    head = ChainHead(counter: new.dot.counter, hash: new.hash)
    return new
  }

  /// The same history under the names that the changes have now. Nothing is added: an edit must
  /// not claim to have seen what its author had not.
  private func renamed(_ history: VersionVector) -> VersionVector {
    var result = history
    for (replica, common) in commons {
      let seen = history.counter(of: replica)
      guard seen > common else { continue }
      result = VersionVector(result.entries.filter { $0.replica != replica })
      result.insert(Dot(replica, common))
      if let last = issued[replica]?.last(where: { $0.counter <= seen }) {
        result.insert(Dot(successor, last.now))
      }
    }
    return result
  }
}
