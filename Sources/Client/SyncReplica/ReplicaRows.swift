import SyncCore

/// The single values of a store.
public struct ReplicaState: Hashable, Sendable {
  /// Under which new changes are counted. A fork or a restored office begins another.
  public var replica: ReplicaID
  /// Replicas that this store gave up, oldest first.
  public var former: [FormerReplica] = []
  /// The generation of records that is shown.
  public var generation: Int64 = 1
  /// The one that is built beside it; `nil` when no resync runs.
  public var building: Int64?
  public var checkpoint: [UInt8] = []
  public var buildingCheckpoint: [UInt8] = []
  /// The newest word of the office on how far its store had come: a checkpoint, or what came before
  /// one.
  public var witness: [UInt8] = []
  /// The office's position as last heard.
  public var place: Place?
  /// The epoch of the office's store as last heard; 0 before the first sync.
  public var epoch: UInt64 = 0
  /// The highest counter of `replica` that the office has confirmed.
  public var known: UInt64 = 0
  /// The office's clock at the last whole sync; `nil` before the first.
  public var lastSync: Timestamp?
  /// Laptop minus office, in milliseconds.
  public var clockOffset: Int64 = 0
  /// Orders that were carried out, to be told with the next request.
  public var obeyed: [UInt64] = []
  /// Whether something is still to be handed back or offered again to a restored office.
  public var owes = false
  /// While it is: of the epochs that it knew, what was placed up to here is there.
  public var survived: UInt64 = 0
  /// Cases that a limit of access keeps from this laptop's user, with what the office says of it.
  public var restricted: [CaseID: String] = [:]
  /// Held cases to which access is limited.
  public var limited: Set<CaseID> = []
  /// Held cases of which the office has records that are too old for a laptop.
  public var older: Set<CaseID> = []
  /// As last given; `nil` before the first whole sync.
  public var lease: Leased?

  /// A lease with what it is counted by, all of it the laptop's clock.
  public struct Leased: Hashable, Sendable {
    public var terms: Lease
    /// At the last whole sync.
    public var contact: Timestamp
    /// The latest at which something was saved here.
    public var seen: Timestamp

    public init(terms: Lease, contact: Timestamp, seen: Timestamp) {
      self.terms = terms
      self.contact = contact
      self.seen = seen
    }

    /// How it stands at a time.
    public func standing(at now: Timestamp) -> Lease.Standing {
      terms.standing(contact: contact, seen: seen, now: now)
    }
  }

  public init(replica: ReplicaID) { self.replica = replica }

  /// The generation that pages go to.
  public var target: Int64 { building ?? generation }
}

public struct HeldCase: Hashable, Sendable {
  public var caseID: CaseID
  public var isWhole: Bool

  public init(caseID: CaseID, isWhole: Bool) {
    self.caseID = caseID
    self.isWhole = isWhole
  }
}

/// One record of one generation.
public struct RecordRow: Hashable, Sendable {
  public let id: RecordID
  public let caseID: CaseID
  public let type: String
  /// The office's state; `nil` when only this laptop knows the record.
  public var base: Record?
  /// With the laptop's own changes; `nil` when equal to `base`.
  public var shown: Record?
  /// The office's word on exactly this base; `nil` when it gave none.
  public var proof: Proof?
  /// The office's position when this base was its state.
  public var arrived: Place?
  /// Whether it is to be handed back to a restored office.
  public var isOwed = false

  /// What people see.
  public var current: Record? { shown ?? base }
}

/// A record as a page brings it.
public struct Arrival: Sendable {
  public let record: Record
  /// Its bytes as they came.
  public let bytes: [UInt8]
  public let proof: Proof?
  public let place: Place
}

/// One of the laptop's own changes, with what the office said of it.
public struct OwnRow: Hashable, Sendable {
  /// The order in which they were made, over all replicas of this store.
  public let number: Int64
  public var dot: Dot
  public let record: RecordID
  public let caseID: CaseID
  public let type: String
  public var hash: Hash
  /// `nil` once its text has left the laptop.
  public var change: Change?
  public let recordedAt: Timestamp
  /// `nil` until the office has receipted it.
  public var verdict: Verdict?
  public var place: Place?
  public var proof: Proof?
  /// What somebody at the office decided on it after it was refused; `nil` while nobody has.
  public var decision: String?
  public var isInBase = false
  /// Whether it is to be offered again to a restored office.
  public var isOwed = false
}

/// A record that the laptop itself has changed.
public struct OwnRecord: Hashable, Sendable {
  public let id: RecordID
  public let caseID: CaseID
  public let type: String
}
