import SyncCore

/// The office's store. One door: a body that runs in one transaction, all or nothing, durable when
/// it returns.
///
/// Conformances: `MemoryStore`, and `SQLiteStore` of ServerSQLite. One contract suite runs on each.
package protocol ServerStore: Sendable {
  /// Runs `body` alone and commits; when it throws, nothing of it remains.
  func transaction<Result: Sendable>(
    _ body: @escaping @Sendable (any ServerTransaction) throws -> Result
  ) async throws -> Result

  /// Runs `body` on one unchanging view of what is committed.
  func read<Result: Sendable>(
    _ body: @escaping @Sendable (any ServerReading) throws -> Result
  ) async throws -> Result
}

/// What can be asked of the store.
package protocol ServerReading {
  /// The server's present life.
  func life() throws -> Life
  /// The life in which a sequence was given out.
  func life(at sequence: UInt64) throws -> Life
  /// The newest first.
  func lives(newest count: Int) throws -> [Life]
  /// The highest sequence given out in a life; `nil` for one that the store never had.
  func end(of life: ReplicaID) throws -> UInt64?
  /// Records in which something is in dispute, by the rules under which they were last written;
  /// ascending.
  func contestedRecords(after id: RecordID?, limit: Int) throws -> [StoredRecord]
  /// The highest sequence given out so far.
  func sequence() throws -> UInt64
  /// Of a secret made with the store: what the office knows its own word by.
  func key() throws -> OfficeKey

  /// The end of a replica's chain; `ChainHead.start` for one never seen.
  func head(of replica: ReplicaID) throws -> ChainHead
  func change(_ dot: Dot) throws -> LoggedChange?
  /// The change that was issued again under another dot and was first issued as this.
  func change(issuedAgain origin: Change.Origin) throws -> LoggedChange?
  /// A replica's changes with counters above `counter`, ascending.
  func changes(of replica: ReplicaID, after counter: UInt64, limit: Int) throws -> [LoggedChange]
  func replicas() throws -> [ReplicaID]
  /// The cases that changes named which were logged after a sequence, ascending.
  func casesChanged(after sequence: UInt64) throws -> [CaseID]
  /// The changes that name a record, refused ones included, ascending by sequence.
  func changes(of record: RecordID) throws -> [LoggedChange]
  /// The changes of each record that some name in a case, ascending by record.
  func tallies(of caseID: CaseID) throws -> [ChangeTally]
  /// The records whose ids end so, as the log or the store knows them, ascending.
  /// - Parameter end: hexadecimal digits in lower case.
  func records(endingIn end: String) throws -> [RecordID]

  func record(_ id: RecordID) throws -> StoredRecord?
  /// Records of a case changed after `sequence`, ascending by sequence.
  func records(of caseID: CaseID, after sequence: UInt64, limit: Int) throws -> [StoredRecord]
  /// Records of a case that are of some types, ascending by sequence.
  func records(of caseID: CaseID, types: Set<String>) throws -> [StoredRecord]
  func caseHead(_ caseID: CaseID) throws -> CaseHead?
  /// All cases ascending, after `caseID`.
  func caseHeads(after caseID: CaseID?, limit: Int) throws -> [CaseHead]

  /// A user's grants, ended ones included. Users are compared without letters' case.
  func grants(of user: String) throws -> [Grant]
  /// All grants of a case, ended ones included.
  func grants(on caseID: CaseID) throws -> [Grant]

  func device(_ id: DeviceID) throws -> Device?
  func device(fingerprint: Hash) throws -> Device?
  func device(of replica: ReplicaID) throws -> Device?
  func devices() throws -> [Device]
  /// What left a device, ascending by case.
  func erasures(by device: DeviceID) throws -> [Erasure]
  func enrolmentCode(_ hash: Hash) throws -> EnrolmentCode?
  func orders(for device: DeviceID) throws -> [StoredOrder]

  /// Refused changes, ascending by sequence, after one.
  func refusedChanges(after sequence: UInt64, limit: Int) throws -> [LoggedChange]
  /// What somebody decided on a refused change; `nil` while nobody has.
  func decision(on dot: Dot) throws -> QuarantineDecision?
  /// The decisions on changes of one replica, ascending by sequence, after one.
  func decisions(of replica: ReplicaID, after sequence: UInt64) throws -> [QuarantineDecision]

  /// What a device brought back in an epoch; `nil` while it was not heard in it.
  func returnTally(of device: DeviceID, in epoch: UInt64) throws -> ReturnTally?
  /// The newest changes that were seen of each replica by records which came back.
  func shownHeads() throws -> [ShownHead]

  /// How much of an attachment's content is there, from its first byte on.
  func contentBytes(_ key: ContentKey) throws -> UInt64
  /// What stands at a place of it, as it was taken in; empty behind its end.
  func content(_ key: ContentKey, at offset: UInt64) throws -> [UInt8]
  /// The contents of a case, whole or not, ascending by digest.
  func contents(of caseID: CaseID) throws -> [ContentKey]

  func counts() throws -> StoreCounts
  /// Records of which the log holds a change that was not made with knowledge of all before it.
  func recordsChangedAtOnce() throws -> [RecordID]
  /// How many changes of the log had each verdict, by its name.
  func verdictCounts() throws -> [String: UInt64]
}

extension ServerReading {
  /// Raised whenever the store was put back from a backup.
  package func epoch() throws -> UInt64 { try life().epoch }

  /// The change that was first issued as this, under whichever dot it was taken. One whose text was
  /// lost was not.
  package func change(firstIssuedAs origin: Change.Origin) throws -> LoggedChange? {
    if let logged = try change(origin.dot), logged.hash == origin.hash, !logged.bytes.isEmpty {
      return logged
    }
    return try change(issuedAgain: origin)
  }

  /// How far it has come, for a checkpoint to remember.
  package func history() throws -> StoreHistory {
    StoreHistory(reach: try sequence(), lives: try lives(newest: StoreHistory.livesRemembered))
  }

  package func place(of sequence: UInt64) throws -> Place {
    Place(epoch: try life(at: sequence).epoch, sequence: sequence)
  }
}

/// What can be changed in the store.
package protocol ServerTransaction: ServerReading {
  /// Begins another life of the server, in its epoch, at the highest sequence given out.
  ///
  /// Lives in which nothing was given out are forgotten: no history ended in them, and a store that
  /// is opened and closed every night must not push out those that a restore is compared by.
  func begin(_ life: Life) throws
  /// The next place in the order of everything.
  func nextSequence() throws -> UInt64
  /// Adds to the change log. A dot is logged once; a second time throws.
  func append(_ change: LoggedChange) throws
  /// - Parameter resolved: the record as it reads by its rules, for reporting in SQL; worked out
  ///   only for a store that keeps it.
  func save(_ record: StoredRecord, resolved: @autoclosure () -> ResolvedView) throws
  /// Gives a record another place in the feed, with or without its content, which stays as it is.
  func place(_ id: RecordID, at sequence: UInt64, hasLeft: Bool) throws
  func save(_ head: CaseHead) throws
  func save(_ grant: Grant) throws
  func save(_ device: Device) throws
  func save(_ erasure: Erasure) throws
  func save(_ code: EnrolmentCode) throws
  func add(_ order: StoredOrder) throws
  func save(_ decision: QuarantineDecision) throws
  func save(_ tally: ReturnTally) throws
  /// Keeps the higher of this and what is known.
  func save(_ head: ShownHead) throws
  /// Writes down apart from the store what decides on access: on the disk before the transaction is
  /// committed, so that no restored copy can lack what somebody was told is done.
  func note(_ note: AccessNote) throws
  func removeOrder(_ id: UInt64, of device: DeviceID) throws
  /// Adds to the end of an attachment's content.
  func append(_ piece: [UInt8], to key: ContentKey) throws
  func removeContent(_ key: ContentKey) throws
}

/// One change as the office keeps it, whatever became of it.
package struct LoggedChange: Hashable, Sendable {
  package var dot: Dot
  package var hash: Hash
  /// Empty when the text was lost at a restore, and only its place in the chain is known.
  package var bytes: [UInt8]
  package var verdict: Verdict
  /// Where it stands; refused ones have one too.
  package var sequence: UInt64
  /// The record and case that it names; `nil` when it could not be read.
  package var record: RecordID?
  package var caseID: CaseID?
  /// The office's clock at its arrival.
  package var receivedAt: Timestamp
  /// What it was first issued as; `nil` when this is its first issue.
  package var origin: Change.Origin?
  /// The clock of the laptop that brought it minus the office's at its arrival, in milliseconds;
  /// `nil` for what the office entered itself.
  package var clockOffset: Int64?

  package init(
    dot: Dot, hash: Hash, bytes: [UInt8], verdict: Verdict, sequence: UInt64, record: RecordID?,
    caseID: CaseID?, receivedAt: Timestamp, origin: Change.Origin? = nil, clockOffset: Int64? = nil
  ) {
    self.origin = origin
    self.clockOffset = clockOffset
    self.dot = dot
    self.hash = hash
    self.bytes = bytes
    self.verdict = verdict
    self.sequence = sequence
    self.record = record
    self.caseID = caseID
    self.receivedAt = receivedAt
  }
}

/// How many changes of a record there are in the log.
package struct ChangeTally: Hashable, Sendable {
  package var record: RecordID
  package var changes: UInt64
  /// Of these, refused.
  package var refused: UInt64
  /// The sequence of the newest.
  package var last: UInt64

  package init(record: RecordID, changes: UInt64, refused: UInt64, last: UInt64) {
    self.record = record
    self.changes = changes
    self.refused = refused
    self.last = last
  }
}

/// A record's merged state in its written form, with the sequence of its newest change.
package struct StoredRecord: Hashable, Sendable {
  package var id: RecordID
  package var type: String
  package var caseID: CaseID
  package var sequence: UInt64
  package var bytes: [UInt8]
  /// The office's proof of these bytes, made once when they are written.
  package var proof: Proof
  /// Whether it has left the laptops' window: the feed tells of that and not of its content.
  package var hasLeft = false

  package init(
    id: RecordID, type: String, caseID: CaseID, sequence: UInt64, bytes: [UInt8], proof: Proof
  ) {
    self.proof = proof
    self.id = id
    self.type = type
    self.caseID = caseID
    self.sequence = sequence
    self.bytes = bytes
  }
}

/// A case's newest change, and the digest of its records that laptops may hold.
package struct CaseHead: Hashable, Sendable {
  package var caseID: CaseID
  package var sequence: UInt64
  package var digest: CaseDigest
  /// How many of its records have left the laptops' window.
  package var departed: UInt64 = 0
  /// Its sequence when the window was last looked at.
  package var windowedAt: UInt64 = 0
  /// The day on which the window is to be looked at though nothing has changed, as `dayNumber`;
  /// `nil` for none.
  package var windowDue: Int64?

  /// One of its records is in the laptops' window again.
  mutating func comeBack() { departed = max(1, departed) - 1 }

  package init(caseID: CaseID, sequence: UInt64 = 0) {
    self.caseID = caseID
    self.sequence = sequence
    digest = CaseDigest(caseID: caseID)
  }

  package init(caseID: CaseID, sequence: UInt64, digest: CaseDigest) {
    self.caseID = caseID
    self.sequence = sequence
    self.digest = digest
  }
}

/// A registered laptop or operator's machine.
package struct Device: Hashable, Sendable {
  package enum State: String, Sendable {
    case active
    /// To be wiped once it has sent what it has.
    case leaving
    /// Nobody knows who has it: to be wiped at once, and what it sends is kept apart.
    case lost
    /// It said that it is wiped.
    case wiped
    case revoked

    /// Whether its requests are answered at all.
    package var isHeard: Bool { [.active, .leaving, .lost].contains(self) }
  }

  package var id: DeviceID
  package var user: String
  package var role: Role
  package var label: String
  package var isOperator: Bool
  package var state = State.active
  /// SHA-256 of its certificate's DER form.
  package var fingerprint: Hash
  package var certificateExpires: Timestamp
  package var enrolledAt: Timestamp
  /// How far the store had come when it was enrolled: no case that was taken away before is on it.
  package var since: UInt64 = 0
  /// The position of the checkpoint that it last showed: so far it has heard which cases are its
  /// user's, and has dropped all others.
  package var heard: UInt64 = 0
  package var replica: ReplicaID?
  package var lastContact: Timestamp?
  /// Laptop's clock minus the office's, in milliseconds, at its last contact.
  package var clockOffset: Int64 = 0
  /// Changes that the laptop said were waiting, those just received left out.
  package var unsent: UInt64 = 0
  /// How often its store turned out to be a copy, or put back from a backup.
  package var forks: UInt64 = 0
  package var catalogueVersion: UInt32 = 0

  package init(
    id: DeviceID, user: String, role: Role, label: String, isOperator: Bool, fingerprint: Hash,
    certificateExpires: Timestamp, enrolledAt: Timestamp
  ) {
    self.id = id
    self.user = user
    self.role = role
    self.label = label
    self.isOperator = isOperator
    self.fingerprint = fingerprint
    self.certificateExpires = certificateExpires
    self.enrolledAt = enrolledAt
  }
}

/// A single-use invitation. Only its hash is kept.
package struct EnrolmentCode: Hashable, Sendable {
  package var hash: Hash
  package var user: String
  package var role: Role
  package var label: String
  package var isOperator: Bool
  package var expiresAt: Timestamp
  package var usedAt: Timestamp?

  package init(
    hash: Hash, user: String, role: Role, label: String, isOperator: Bool, expiresAt: Timestamp,
    usedAt: Timestamp? = nil
  ) {
    self.hash = hash
    self.user = user
    self.role = role
    self.label = label
    self.isOperator = isOperator
    self.expiresAt = expiresAt
    self.usedAt = usedAt
  }
}

/// An operator's order that waits for a device.
package struct StoredOrder: Hashable, Sendable {
  package enum Kind: String, Sendable { case resync }

  package var id: UInt64
  package var device: DeviceID
  package var kind: Kind

  package init(id: UInt64, device: DeviceID, kind: Kind) {
    self.id = id
    self.device = device
    self.kind = kind
  }
}

/// The store in numbers. No case content.
package struct StoreCounts: Hashable, Sendable {
  package var cases: UInt64 = 0
  package var records: UInt64 = 0
  package var changes: UInt64 = 0
  package var refused: UInt64 = 0
  package var contested: UInt64 = 0
  package var devices: UInt64 = 0
  package var grants: UInt64 = 0
  package var types: [String: UInt64] = [:]

  package init() {}
}
