import RecordCatalogue
import SyncCore

/// A laptop's store as its logic sees it: two doors, and behind them rows.
///
/// Everything that a laptop does with its store (editing, taking deliveries in, resync, recovery)
/// is written once, over this. Conformances: `Replica` on SQLite, and `MemoryReplica`.
public protocol ReplicaStore: Sendable {
  var identity: ReplicaIdentity { get }
  var catalogue: Catalogue { get }
  var limits: Limits { get }
  /// Cases that are not shown, because their lease is over.
  var closedCases: Set<CaseID> { get }

  /// Runs one durable transaction; when `body` throws, nothing of it remains. `body` must not open
  /// another door of the same store: a store may hold a lock for as long as it runs.
  func write<Result>(
    _ body: (any ReplicaTransaction) throws -> Result
  ) throws(ReplicaError) -> Result

  /// Runs `body` on one unchanging view. As for `write`, `body` must not open another door.
  func read<Result>(_ body: (any ReplicaReading) throws -> Result) throws(ReplicaError) -> Result
}

extension ReplicaStore {
  public var closedCases: Set<CaseID> { [] }
}

/// Who a store belongs to.
public struct ReplicaIdentity: Hashable, Sendable {
  /// The replica that the store began with. The present one is in `ReplicaState`.
  public var replica: ReplicaID
  public var device: DeviceID
  public var user: String
  public var role: Role
  /// The office's name, for people.
  public var office: String

  public init(replica: ReplicaID, device: DeviceID, user: String, role: Role, office: String) {
    self.replica = replica
    self.device = device
    self.user = user
    self.role = role
    self.office = office
  }
}

/// What can be asked of a store.
public protocol ReplicaReading {
  func state() throws -> ReplicaState

  /// Whether a case is held whole; `nil` when it is not held.
  func isWhole(_ caseID: CaseID, in generation: Int64) throws -> Bool?
  /// The cases held in one generation, ascending.
  func cases(in generation: Int64) throws -> [HeldCase]

  func record(_ id: RecordID, in generation: Int64) throws -> RecordRow?
  /// All rows of a generation, as they come.
  func records(in generation: Int64, _ body: (RecordRow) throws -> Void) throws
  /// What is shown of all records of a generation, or of those of one case or of some types, as
  /// they come.
  func shown(
    in generation: Int64, of caseID: CaseID?, types: Set<String>?,
    _ body: (Record) throws -> Void
  ) throws
  /// The digest of each record's base, of one case or of all, in any order; `nil` for one that
  /// cannot be read. Read anew, so that damage is found.
  func baseDigests(
    in generation: Int64, of caseID: CaseID?, _ body: (CaseID, RecordID, Hash?) throws -> Void
  ) throws
  /// Rows of a generation whose record has concurrent values.
  func disputed(in generation: Int64, _ body: (RecordRow) throws -> Void) throws
  func hasRecords(of caseID: CaseID, in generation: Int64) throws -> Bool
  /// Rows of any generation that are to be handed back, until `body` says no more.
  func owedRecords(_ body: (RecordRow, Int64) throws -> Bool) throws

  /// The end of a replica's chain.
  func head(of replica: ReplicaID) throws -> ChainHead
  func own(_ dot: Dot) throws -> OwnRow?
  /// Changes of a record that its base does not hold and that were not refused, in their order.
  func overlay(of record: RecordID) throws -> [OwnRow]
  /// Records with a change that the base does not hold.
  func overlaid() throws -> Set<RecordID>
  /// Whether a base holds own changes of a record. Where it is not here, it has left for being too
  /// old.
  func isWrittenElsewhere(_ record: RecordID) throws -> Bool
  /// Records with own changes whose text is kept, of one case or of all.
  func ownRecords(of caseID: CaseID?) throws -> [OwnRecord]
  /// Changes without a receipt in their order, until `body` says no more.
  func waiting(_ body: (OwnRow) throws -> Bool) throws
  func waitingCount() throws -> UInt64
  /// A replica's changes from a counter on in their order, until `body` says no more.
  func own(of replica: ReplicaID, from counter: UInt64, _ body: (OwnRow) throws -> Bool) throws
  /// Changes that are to be offered again, in their order, until `body` says no more.
  func owedChanges(_ body: (OwnRow) throws -> Bool) throws
}

/// What can be changed in a store.
public protocol ReplicaTransaction: ReplicaReading {
  func save(_ state: ReplicaState) throws

  func hold(_ held: HeldCase, in generation: Int64) throws
  /// Every case held in any generation.
  func allCases() throws -> [CaseID]
  /// Removes a case and its records from every generation.
  func drop(_ caseID: CaseID) throws
  /// Removes a case's records from one generation.
  func empty(_ caseID: CaseID, in generation: Int64) throws
  func delete(generation: Int64) throws
  func deleteGenerations(but generation: Int64) throws

  func save(_ row: RecordRow, in generation: Int64) throws
  /// Adds a record as it came, its bytes untouched.
  /// - Returns: `false`, and nothing is done, when a record of this id is there already.
  func insert(_ arrival: Arrival, in generation: Int64) throws -> Bool
  func deleteRecord(_ id: RecordID, in generation: Int64) throws

  func append(_ change: Change) throws
  /// Writes a row of the laptop's own changes again, found by its number.
  func update(_ row: OwnRow) throws
  /// The base holds none of these any longer; those of one case, or all.
  func takeOutOfBase(of caseID: CaseID?) throws
  /// Forgets the text of a case's changes that have a receipt.
  /// - Parameter keepsOwn: keep refused texts and drafts, which are their author's.
  func forgetText(of caseID: CaseID, keepsOwn: Bool) throws

  /// Marks what the office may lack: all that it proved, but for what arrived or was placed in this
  /// epoch up to this sequence.
  func owe(allBut survived: Place) throws
  func handedBack(_ id: RecordID, in generation: Int64) throws
  func offeredAgain(_ number: Int64) throws
}
