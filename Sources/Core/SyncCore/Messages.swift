/// The newest change of a replica: how far its chain goes and where it ends.
public struct ChainHead: Hashable, Sendable {
  public let counter: UInt64
  public let hash: Hash

  /// Before the first change.
  public static let start = ChainHead(counter: 0, hash: .zero)

  public init(counter: UInt64, hash: Hash) {
    self.counter = counter
    self.hash = hash
  }
}

/// A change as it arrived. One that cannot be read still has its place in the chain and is kept as
/// it came.
public enum PushedChange: Hashable, Sendable {
  case readable(Change)
  case unreadable([UInt8])

  public var bytes: [UInt8] {
    switch self {
    case .readable(let change): change.bytes
    case .unreadable(let bytes): bytes
    }
  }

  public var hash: Hash {
    switch self {
    case .readable(let change): change.hash
    case .unreadable(let bytes): Hash(of: bytes)
    }
  }
}

/// What a laptop asks in one round trip.
public struct SyncRequest: Sendable {
  public static let currentVersion: UInt32 = 1

  public var protocolVersion = SyncRequest.currentVersion
  /// Echoed in the answer, so that an answer to another request is noticed.
  public var requestID: UInt64
  public var replica: ReplicaID
  /// The epoch of the office's store as last heard; 0 before the first sync.
  public var epoch: UInt64
  /// The end of this replica's chain, also when nothing is sent.
  public var head: ChainHead
  /// As last stored with a page; empty to ask for everything.
  public var checkpoint: [UInt8]
  /// The newest word of the office on how far its store had come; empty when that is the
  /// checkpoint.
  public var witness: [UInt8] = []
  public var catalogueVersion: UInt32
  /// The laptop's clock, so that the office can record how far it is off.
  public var deviceTime: Timestamp
  /// Counter of the first change sent.
  public var firstCounter: UInt64
  /// In dot order, without gaps.
  public var changes: [PushedChange]
  /// Changes on the laptop without a receipt, those sent included; for the office's view of its
  /// fleet.
  public var unsent: UInt64
  /// Whether more changes wait than fit: the office answers with receipts alone.
  public var hasMore: Bool
  /// Orders that the laptop has carried out.
  public var obeyed: [UInt64]
  /// Whether to send the digest of each case at the end.
  public var wantsDigests: Bool
  /// After the office's store was put back: records that it may lack.
  public var returned: [ReturnedRecord] = []
  /// After the office's store was put back: this laptop's changes that had a receipt, under the
  /// dots that they had, ascending for each replica.
  public var offered: [OfferedChange] = []
  /// With these: of the epoch that they are of, the office still had what was placed up to here.
  public var survived: UInt64 = 0

  /// Whether it brings nothing that the office is to keep.
  public var bringsNothing: Bool { changes.isEmpty && returned.isEmpty && offered.isEmpty }

  public init(
    requestID: UInt64, replica: ReplicaID, epoch: UInt64, head: ChainHead, checkpoint: [UInt8],
    catalogueVersion: UInt32, deviceTime: Timestamp, firstCounter: UInt64, changes: [PushedChange],
    unsent: UInt64, hasMore: Bool, obeyed: [UInt64] = [], wantsDigests: Bool = false
  ) {
    self.requestID = requestID
    self.replica = replica
    self.epoch = epoch
    self.head = head
    self.checkpoint = checkpoint
    self.catalogueVersion = catalogueVersion
    self.deviceTime = deviceTime
    self.firstCounter = firstCounter
    self.changes = changes
    self.unsent = unsent
    self.hasMore = hasMore
    self.obeyed = obeyed
    self.wantsDigests = wantsDigests
  }
}

/// A record as the office once sent it, handed back with the office's own proof.
public struct ReturnedRecord: Hashable, Sendable {
  public let bytes: [UInt8]
  public let proof: Proof

  public init(bytes: [UInt8], proof: Proof) {
    self.bytes = bytes
    self.proof = proof
  }
}

/// A change that the office had receipted, offered again with its verdict.
public struct OfferedChange: Hashable, Sendable {
  public let dot: Dot
  public let hash: Hash
  /// `nil` when its text has left the laptop: then only its place in the chain is known.
  public let bytes: [UInt8]?
  public let verdict: Verdict
  public let proof: Proof

  public init(dot: Dot, hash: Hash, bytes: [UInt8]?, verdict: Verdict, proof: Proof) {
    self.dot = dot
    self.hash = hash
    self.bytes = bytes
    self.verdict = verdict
    self.proof = proof
  }
}

/// Something the office tells a laptop to do.
public struct Order: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    /// Fetch the whole scope anew beside the present copy, then swap; upload first.
    case resync
    /// The chain is not the one the office knows: this copy was cloned or restored.
    /// - common: up to where both agree, at least.
    /// - head: where the office's chain of this replica ends.
    case forked(common: UInt64, head: ChainHead)
    /// Changes from this counter on are missing at the office.
    case resend(from: UInt64)
    /// The office's store was put back from a backup.
    /// - survived: of the epoch that the request named, what was placed up to this sequence.
    case newEpoch(UInt64, survived: UInt64)
    /// Destroy all that is here, then say so. It comes before any data, and instead of it.
    /// - atOnce: also with drafts that nobody has saved.
    case wipe(atOnce: Bool)
    /// An order that this version does not know. It is shown, never guessed.
    case unknown(UInt32)
  }

  /// Names the order, so that it can be reported as obeyed; 0 for one that needs no report.
  public let id: UInt64
  public let kind: Kind

  public init(id: UInt64, kind: Kind) {
    self.id = id
    self.kind = kind
  }
}

/// All cases that this user holds. What is not in it is dropped.
public struct Scope: Hashable, Sendable {
  public struct Entry: Hashable, Sendable {
    public let caseID: CaseID
    /// Whether the case is about to be sent whole: the laptop empties it first and opens it when it
    /// is complete.
    public let isSentWhole: Bool
    /// Whether access to it is limited: then its lease is shorter.
    public let isLimited: Bool
    /// Whether the office holds records of it that have left the laptops' window.
    public let hasOlder: Bool

    public init(
      caseID: CaseID, isSentWhole: Bool, isLimited: Bool = false, hasOlder: Bool = false
    ) {
      self.caseID = caseID
      self.isSentWhole = isSentWhole
      self.isLimited = isLimited
      self.hasOlder = hasOlder
    }
  }

  /// Ascending by case.
  public var entries: [Entry]
  /// Shown with the next request, it proves that what this scope tells of is still there; empty
  /// when the store has not gone on since the checkpoint.
  public var witness: [UInt8] = []

  /// A case that this user would hold, were there no limit of access to it.
  public struct Restricted: Hashable, Sendable {
    public let caseID: CaseID
    /// What the office says to who is kept out; may be empty.
    public let message: String

    public init(caseID: CaseID, message: String) {
      self.caseID = caseID
      self.message = message
    }
  }

  /// Ascending by case. None of them is among the entries.
  public var restricted: [Restricted] = []

  /// A case of this user that somebody else was given in their place.
  public struct Moved: Hashable, Sendable {
    public let caseID: CaseID
    /// The user name of who holds it now.
    public let user: String

    public init(caseID: CaseID, user: String) {
      self.caseID = caseID
      self.user = user
    }
  }

  /// Those transferred since the checkpoint, ascending by case.
  public var moved: [Moved] = []

  /// What somebody at the office decided on a refused change of this replica.
  public struct Decided: Hashable, Sendable {
    /// Of the change.
    public let counter: UInt64
    /// `released`, `redirected` or `returned`; others of a newer office.
    public let decision: String
    /// For its author; may be empty.
    public let message: String

    public init(counter: UInt64, decision: String, message: String) {
      self.counter = counter
      self.decision = decision
      self.message = message
    }
  }

  /// Decisions since the checkpoint, in their order.
  public var decided: [Decided] = []

  public init(entries: [Entry]) { self.entries = entries }
}

/// Records of cases in scope, and the checkpoint to store in the same transaction.
public struct Page: Sendable {
  /// Canonical bytes of records; see `Record.init(reading:)`.
  public var records: [[UInt8]]
  /// The office's proof of each record, in the same order; empty when it gives none.
  public var proofs: [Proof]
  /// Records that left the laptops' window since the checkpoint; the office keeps them.
  public var departed: [RecordID] = []
  /// Cases that are complete with this page.
  public var completed: [CaseID]
  public var checkpoint: [UInt8]
  /// The office's position that the checkpoint stands for.
  public var place: Place

  public init(
    records: [[UInt8]], proofs: [Proof] = [], completed: [CaseID], checkpoint: [UInt8],
    place: Place
  ) {
    self.records = records
    self.proofs = proofs
    self.completed = completed
    self.checkpoint = checkpoint
    self.place = place
  }
}

/// The digest of one case: the sum of its records' digests, and how many there are.
public struct CaseDigest: Hashable, Sendable {
  public var caseID: CaseID
  public var records: UInt64
  public var sum: Hash

  public init(caseID: CaseID, records: UInt64 = 0, sum: Hash = .zero) {
    self.caseID = caseID
    self.records = records
    self.sum = sum
  }

  /// Takes a record's digest out (when it stood before) and a new one in.
  public mutating func replace(_ old: Hash?, with new: Hash) {
    if let old { sum = sum &- old } else { records &+= 1 }
    sum = sum &+ new
  }

  /// Takes the digest out of a record that leaves.
  public mutating func remove(_ old: Hash) {
    sum = sum &- old
    records &-= 1
  }
}

/// One part of the streamed answer, in this order: opening, receipts, orders, scope, pages,
/// digests, end.
public enum Frame: Sendable {
  case opening(Opening)
  case receipts([Receipt])
  case order(Order)
  case scope(Scope)
  case page(Page)
  case digests([CaseDigest])
  case end(Ending)

  public struct Opening: Hashable, Sendable {
    public var protocolVersion: UInt32
    public var requestID: UInt64
    public var epoch: UInt64
    public var serverTime: Timestamp
    /// A checkpoint without a position, when the request brought something: the laptop keeps it to
    /// show that the office had this.
    public var witness: [UInt8]
    /// Of the office; 0 from one that does not say.
    public var catalogueVersion: UInt32

    public init(
      protocolVersion: UInt32, requestID: UInt64, epoch: UInt64, serverTime: Timestamp,
      witness: [UInt8] = [], catalogueVersion: UInt32 = 0
    ) {
      self.witness = witness
      self.catalogueVersion = catalogueVersion
      self.protocolVersion = protocolVersion
      self.requestID = requestID
      self.epoch = epoch
      self.serverTime = serverTime
    }
  }

  /// The last frame. An answer without it was cut.
  public struct Ending: Hashable, Sendable {
    /// Frames before this one.
    public var frames: UInt64
    /// The highest counter of this replica that the office has stored or refused.
    public var known: UInt64
    /// `nil` from an office that gives none.
    public var lease: Lease?

    public init(frames: UInt64, known: UInt64, lease: Lease? = nil) {
      self.frames = frames
      self.known = known
      self.lease = lease
    }
  }
}
