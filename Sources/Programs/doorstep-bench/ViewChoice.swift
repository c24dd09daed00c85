import ServerStorage
import SyncCore

/// An office's transaction that keeps the resolved view or does not, and else is the one within:
/// both contestants pass through it, so that only the view differs.
struct ViewChoice: ServerTransaction {
  let inner: any ServerTransaction
  let keepsView: Bool

  func save(_ record: StoredRecord, resolved: @autoclosure () -> ResolvedView) throws {
    let nothing = ResolvedView(json: "{}", isContested: false)
    try inner.save(record, resolved: keepsView ? resolved() : nothing)
  }

  func life() throws -> Life { try inner.life() }
  func life(at sequence: UInt64) throws -> Life { try inner.life(at: sequence) }
  func lives(newest count: Int) throws -> [Life] { try inner.lives(newest: count) }
  func end(of life: ReplicaID) throws -> UInt64? { try inner.end(of: life) }
  func sequence() throws -> UInt64 { try inner.sequence() }
  func contestedRecords(after id: RecordID?, limit: Int) throws -> [StoredRecord] {
    try inner.contestedRecords(after: id, limit: limit)
  }
  func key() throws -> OfficeKey { try inner.key() }
  func head(of replica: ReplicaID) throws -> ChainHead { try inner.head(of: replica) }
  func change(_ dot: Dot) throws -> LoggedChange? { try inner.change(dot) }
  func change(issuedAgain origin: Change.Origin) throws -> LoggedChange? {
    try inner.change(issuedAgain: origin)
  }
  func changes(of replica: ReplicaID, after counter: UInt64, limit: Int) throws -> [LoggedChange] {
    try inner.changes(of: replica, after: counter, limit: limit)
  }
  func replicas() throws -> [ReplicaID] { try inner.replicas() }
  func changes(of record: RecordID) throws -> [LoggedChange] { try inner.changes(of: record) }
  func tallies(of caseID: CaseID) throws -> [ChangeTally] { try inner.tallies(of: caseID) }
  func records(endingIn end: String) throws -> [RecordID] { try inner.records(endingIn: end) }
  func record(_ id: RecordID) throws -> StoredRecord? { try inner.record(id) }
  func records(of caseID: CaseID, after sequence: UInt64, limit: Int) throws -> [StoredRecord] {
    try inner.records(of: caseID, after: sequence, limit: limit)
  }
  func records(of caseID: CaseID, types: Set<String>) throws -> [StoredRecord] {
    try inner.records(of: caseID, types: types)
  }
  func caseHead(_ caseID: CaseID) throws -> CaseHead? { try inner.caseHead(caseID) }
  func caseHeads(after caseID: CaseID?, limit: Int) throws -> [CaseHead] {
    try inner.caseHeads(after: caseID, limit: limit)
  }
  func grants(of user: String) throws -> [Grant] { try inner.grants(of: user) }
  func grants(on caseID: CaseID) throws -> [Grant] { try inner.grants(on: caseID) }
  func device(_ id: DeviceID) throws -> Device? { try inner.device(id) }
  func device(fingerprint: Hash) throws -> Device? { try inner.device(fingerprint: fingerprint) }
  func device(of replica: ReplicaID) throws -> Device? { try inner.device(of: replica) }
  func devices() throws -> [Device] { try inner.devices() }
  func erasures(by device: DeviceID) throws -> [Erasure] { try inner.erasures(by: device) }
  func enrolmentCode(_ hash: Hash) throws -> EnrolmentCode? { try inner.enrolmentCode(hash) }
  func casesChanged(after sequence: UInt64) throws -> [CaseID] {
    try inner.casesChanged(after: sequence)
  }
  func orders(for device: DeviceID) throws -> [StoredOrder] { try inner.orders(for: device) }
  func refusedChanges(after sequence: UInt64, limit: Int) throws -> [LoggedChange] {
    try inner.refusedChanges(after: sequence, limit: limit)
  }
  func decision(on dot: Dot) throws -> QuarantineDecision? { try inner.decision(on: dot) }
  func decisions(of replica: ReplicaID, after sequence: UInt64) throws -> [QuarantineDecision] {
    try inner.decisions(of: replica, after: sequence)
  }
  func returnTally(of device: DeviceID, in epoch: UInt64) throws -> ReturnTally? {
    try inner.returnTally(of: device, in: epoch)
  }
  func shownHeads() throws -> [ShownHead] { try inner.shownHeads() }
  func contentBytes(_ key: ContentKey) throws -> UInt64 { try inner.contentBytes(key) }
  func content(_ key: ContentKey, at offset: UInt64) throws -> [UInt8] {
    try inner.content(key, at: offset)
  }
  func contents(of caseID: CaseID) throws -> [ContentKey] { try inner.contents(of: caseID) }
  func append(_ piece: [UInt8], to key: ContentKey) throws { try inner.append(piece, to: key) }
  func removeContent(_ key: ContentKey) throws { try inner.removeContent(key) }
  func save(_ tally: ReturnTally) throws { try inner.save(tally) }
  func save(_ head: ShownHead) throws { try inner.save(head) }
  func counts() throws -> StoreCounts { try inner.counts() }
  func recordsChangedAtOnce() throws -> [RecordID] { try inner.recordsChangedAtOnce() }
  func verdictCounts() throws -> [String: UInt64] { try inner.verdictCounts() }
  func begin(_ life: Life) throws { try inner.begin(life) }
  func nextSequence() throws -> UInt64 { try inner.nextSequence() }
  func append(_ change: LoggedChange) throws { try inner.append(change) }
  func place(_ id: RecordID, at sequence: UInt64, hasLeft: Bool) throws {
    try inner.place(id, at: sequence, hasLeft: hasLeft)
  }
  func save(_ head: CaseHead) throws { try inner.save(head) }
  func save(_ grant: Grant) throws { try inner.save(grant) }
  func save(_ device: Device) throws { try inner.save(device) }
  func save(_ erasure: Erasure) throws { try inner.save(erasure) }
  func save(_ code: EnrolmentCode) throws { try inner.save(code) }
  func add(_ order: StoredOrder) throws { try inner.add(order) }
  func save(_ decision: QuarantineDecision) throws { try inner.save(decision) }
  func note(_ note: AccessNote) throws { try inner.note(note) }
  func removeOrder(_ id: UInt64, of device: DeviceID) throws {
    try inner.removeOrder(id, of: device)
  }
}
