import SyncCore
import Synchronization

/// The store in memory: for simulation and for tests of everything above it. The same contract as
/// on disk, but for power.
package final class MemoryStore: ServerStore {
  private let book: Mutex<MemoryBook>

  package init(
    secret: [UInt8] = Array(repeating: 7, count: 32),
    replica: ReplicaID = ReplicaID(value: 0x0FF1CE)
  ) {
    let first = Life(replica: replica, epoch: 1, start: 0)
    book = Mutex(MemoryBook(MemoryState(secret: secret, lives: [first])))
  }

  /// All that it holds, as a value: what a backup keeps.
  package struct Image: Sendable { fileprivate let state: MemoryState }

  package var image: Image { book.withLock { Image(state: $0.state) } }

  /// What decided on access, in its order. A store that is put back from an image has none of it.
  package var notes: [AccessNote] { book.withLock { $0.notes } }

  /// A store put back from a backup.
  package init(_ image: Image) { book = Mutex(MemoryBook(image.state)) }

  package func transaction<Result: Sendable>(
    _ body: @escaping @Sendable (any ServerTransaction) throws -> Result
  ) async throws -> Result { try now(body) }

  package func read<Result: Sendable>(
    _ body: @escaping @Sendable (any ServerReading) throws -> Result
  ) async throws -> Result { try body(MemoryBook(image.state)) }

  /// The same without waiting, for a simulation that runs in one thread.
  package func now<Result: Sendable>(_ body: (any ServerTransaction) throws -> Result) throws
    -> Result
  {
    try book.withLock { book in
      do {
        let result = try body(book)
        book.commit()
        return result
      } catch {
        book.rollBack()
        throw error
      }
    }
  }
}

/// The state with the transaction that works on it: each write notes how to take it back.
private final class MemoryBook: ServerTransaction {
  private(set) var state: MemoryState
  private var undo: [(inout MemoryState) -> Void] = []
  private(set) var notes: [AccessNote] = []
  private var noted: [AccessNote] = []

  init(_ state: MemoryState) { self.state = state }

  func commit() {
    undo.removeAll(keepingCapacity: true)
    notes += noted
    noted.removeAll()
  }

  func rollBack() {
    for step in undo.reversed() { step(&state) }
    undo.removeAll()
    noted.removeAll()
  }

  func note(_ note: AccessNote) { noted.append(note) }

  func life() -> Life { state.lives[state.lives.count - 1] }
  func life(at sequence: UInt64) -> Life {
    state.lives.last { $0.start < sequence } ?? state.lives[0]
  }
  func lives(newest count: Int) -> [Life] { state.lives.suffix(count).reversed() }
  func end(of life: ReplicaID) -> UInt64? {
    guard let index = state.lives.lastIndex(where: { $0.replica == life }) else { return nil }
    return index + 1 < state.lives.count ? state.lives[index + 1].start : state.sequence
  }
  func sequence() -> UInt64 { state.sequence }
  func key() -> OfficeKey { state.key }
  func head(of replica: ReplicaID) -> ChainHead { state.heads[replica] ?? .start }
  func change(_ dot: Dot) -> LoggedChange? { state.changes[dot] }
  func change(issuedAgain origin: Change.Origin) -> LoggedChange? {
    state.issuedAgain[origin.hash].flatMap { state.changes[$0] }
  }
  func replicas() -> [ReplicaID] { state.heads.keys.sorted() }
  func casesChanged(after sequence: UInt64) -> [CaseID] {
    Set(state.changes.values.filter { $0.sequence > sequence }.compactMap(\.caseID)).sorted()
  }

  func changes(of replica: ReplicaID, after counter: UInt64, limit: Int) -> [LoggedChange] {
    let end = state.heads[replica]?.counter ?? 0
    guard counter < end else { return [] }
    return (counter + 1...end).prefix(limit).compactMap { state.changes[Dot(replica, $0)] }
  }

  func changes(of record: RecordID) -> [LoggedChange] {
    state.changes.values.filter { $0.record == record }.sorted { $0.sequence < $1.sequence }
  }

  func tallies(of caseID: CaseID) -> [ChangeTally] {
    var tallies: [RecordID: ChangeTally] = [:]
    for change in state.changes.values where change.caseID == caseID {
      guard let record = change.record else { continue }
      var tally =
        tallies[record] ?? ChangeTally(record: record, changes: 0, refused: 0, last: 0)
      tally.changes += 1
      if change.verdict.isRefusal { tally.refused += 1 }
      tally.last = max(tally.last, change.sequence)
      tallies[record] = tally
    }
    return tallies.values.sorted { $0.record < $1.record }
  }

  func records(endingIn end: String) -> [RecordID] {
    Set(state.changes.values.compactMap(\.record)).union(state.records.keys)
      .filter { hexText($0.bytes).hasSuffix(end) }.sorted()
  }

  func record(_ id: RecordID) -> StoredRecord? { state.records[id] }

  func records(of caseID: CaseID, after sequence: UInt64, limit: Int) -> [StoredRecord] {
    return state.positions(of: caseID, after: sequence).prefix(limit)
      .compactMap { state.records[$0.id] }
  }

  func records(of caseID: CaseID, types: Set<String>) -> [StoredRecord] {
    state.positions(of: caseID, after: 0).compactMap { state.records[$0.id] }
      .filter { types.contains($0.type) }
  }

  func caseHead(_ caseID: CaseID) -> CaseHead? { state.caseHeads[caseID] }

  func caseHeads(after caseID: CaseID?, limit: Int) -> [CaseHead] {
    let heads = state.caseHeads.values.filter { head in caseID.map { head.caseID > $0 } ?? true }
    return Array(heads.sorted { $0.caseID < $1.caseID }.prefix(limit))
  }

  func grants(of user: String) -> [Grant] {
    (state.grants[user.lowercased()] ?? [:]).values.flatMap { $0 }
  }

  func grants(on caseID: CaseID) -> [Grant] {
    state.grants.values.flatMap { $0[caseID] ?? [] }
  }

  func device(_ id: DeviceID) -> Device? { state.devices[id] }
  func device(fingerprint: Hash) -> Device? {
    state.devices.values.first { $0.fingerprint == fingerprint }
  }
  func devices() -> [Device] { state.devices.values.sorted { $0.id < $1.id } }
  func device(of replica: ReplicaID) -> Device? {
    state.devices.values.first { $0.replica == replica }
  }
  func enrolmentCode(_ hash: Hash) -> EnrolmentCode? { state.codes[hash] }
  func orders(for device: DeviceID) -> [StoredOrder] { state.orders.filter { $0.device == device } }

  func counts() -> StoreCounts {
    var counts = StoreCounts()
    counts.cases = UInt64(state.caseHeads.count)
    counts.records = UInt64(state.records.count)
    counts.changes = UInt64(state.changes.count)
    counts.refused = UInt64(state.changes.values.count { $0.verdict.isRefusal })
    counts.contested = UInt64(state.contested.count)
    counts.devices = UInt64(state.devices.count)
    counts.grants = UInt64(
      state.grants.values.flatMap(\.values).joined().count { $0.endedAt == nil })
    for record in state.records.values { counts.types[record.type, default: 0] += 1 }
    return counts
  }

  func recordsChangedAtOnce() -> [RecordID] {
    let records = state.changes.values.filter { [.merged, .contested, .late].contains($0.verdict) }
      .compactMap(\.record)
    return Set(records).sorted()
  }

  func verdictCounts() -> [String: UInt64] {
    var counts: [String: UInt64] = [:]
    for change in state.changes.values { counts[change.verdict.kind, default: 0] += 1 }
    return counts
  }

  func contestedRecords(after id: RecordID?, limit: Int) -> [StoredRecord] {
    state.contested.filter { contested in id.map { $0 < contested } ?? true }.sorted()
      .prefix(limit).compactMap { state.records[$0] }
  }

  func begin(_ life: Life) {
    let before = state.lives
    undo.append { $0.lives = before }
    state.lives.removeAll { $0.start == life.start }
    state.lives.append(life)
  }

  func nextSequence() -> UInt64 {
    undo.append { $0.sequence -= 1 }
    state.sequence += 1
    return state.sequence
  }

  func append(_ change: LoggedChange) throws {
    guard state.changes[change.dot] == nil else {
      throw StoreError.changeLoggedTwice(change.dot)
    }
    undo.append { $0.changes[change.dot] = nil }
    state.changes[change.dot] = change
    if let origin = change.origin, state.issuedAgain[origin.hash] == nil {
      undo.append { $0.issuedAgain[origin.hash] = nil }
      state.issuedAgain[origin.hash] = change.dot
    }
    let replica = change.dot.replica
    guard change.dot.counter > head(of: replica).counter else { return }
    let head = ChainHead(counter: change.dot.counter, hash: change.hash)
    let old = state.heads.updateValue(head, forKey: replica)
    undo.append { $0.heads[replica] = old }
  }

  func save(_ record: StoredRecord, resolved: @autoclosure () -> ResolvedView) throws {
    let old = state.records.updateValue(record, forKey: record.id)
    if let old { state.displace(old) }
    state.place(record)
    undo.append {
      $0.displace(record)
      if let old { $0.place(old) }
      $0.records[record.id] = old
    }
    let isContested = resolved().isContested
    guard isContested != state.contested.contains(record.id) else { return }
    if isContested {
      undo.append { $0.contested.remove(record.id) }
      state.contested.insert(record.id)
    } else {
      undo.append { $0.contested.insert(record.id) }
      state.contested.remove(record.id)
    }
  }

  func place(_ id: RecordID, at sequence: UInt64, hasLeft: Bool) throws {
    guard let old = state.records[id] else { throw StoreError.damaged("no record \(id)") }
    var record = old
    record.sequence = sequence
    record.hasLeft = hasLeft
    state.displace(old)
    state.place(record)
    state.records[id] = record
    undo.append { [record] in
      $0.displace(record)
      $0.place(old)
      $0.records[id] = old
    }
  }

  func save(_ head: CaseHead) {
    let old = state.caseHeads.updateValue(head, forKey: head.caseID)
    undo.append { $0.caseHeads[head.caseID] = old }
  }

  func save(_ grant: Grant) {
    var grants = state.grants[grant.user] ?? [:]
    grants[grant.caseID, default: []].removeAll { $0.grantedAt == grant.grantedAt }
    grants[grant.caseID, default: []].append(grant)
    let old = state.grants.updateValue(grants, forKey: grant.user)
    undo.append { $0.grants[grant.user] = old }
  }

  func save(_ device: Device) throws {
    let isTaken = state.devices.values.contains { other in
      other.id != device.id
        && (other.fingerprint == device.fingerprint
          || (device.replica != nil && other.replica == device.replica))
    }
    guard !isTaken else {
      throw StoreError.database("another device has its certificate or its replica")
    }
    let old = state.devices.updateValue(device, forKey: device.id)
    undo.append { $0.devices[device.id] = old }
  }

  func save(_ code: EnrolmentCode) {
    let old = state.codes.updateValue(code, forKey: code.hash)
    undo.append { $0.codes[code.hash] = old }
  }

  func refusedChanges(after sequence: UInt64, limit: Int) -> [LoggedChange] {
    let refused = state.changes.values.filter { $0.verdict.isRefusal && $0.sequence > sequence }
    return Array(refused.sorted { $0.sequence < $1.sequence }.prefix(limit))
  }

  func decision(on dot: Dot) -> QuarantineDecision? { state.decisions[dot] }

  func decisions(of replica: ReplicaID, after sequence: UInt64) -> [QuarantineDecision] {
    state.decisions.values.filter { $0.dot.replica == replica && $0.sequence > sequence }
      .sorted { $0.sequence < $1.sequence }
  }

  func save(_ decision: QuarantineDecision) {
    let old = state.decisions.updateValue(decision, forKey: decision.dot)
    undo.append { $0.decisions[decision.dot] = old }
  }

  func erasures(by device: DeviceID) -> [Erasure] {
    (state.erasures[device] ?? [:]).values.sorted { $0.caseID < $1.caseID }
  }

  func save(_ erasure: Erasure) {
    let old = state.erasures[erasure.device]?[erasure.caseID]
    undo.append { $0.erasures[erasure.device, default: [:]][erasure.caseID] = old }
    state.erasures[erasure.device, default: [:]][erasure.caseID] = erasure
  }

  func returnTally(of device: DeviceID, in epoch: UInt64) -> ReturnTally? {
    state.tallies[device]?[epoch]
  }

  func shownHeads() -> [ShownHead] { state.shown.values.sorted { $0.replica < $1.replica } }

  func contentBytes(_ key: ContentKey) -> UInt64 {
    UInt64(state.contents[key.caseID]?[key.digest]?.count ?? 0)
  }
  func content(_ key: ContentKey, at offset: UInt64) -> [UInt8] {
    Array((state.contents[key.caseID]?[key.digest] ?? []).dropFirst(Int(clamping: offset)))
  }
  func contents(of caseID: CaseID) -> [ContentKey] {
    (state.contents[caseID] ?? [:]).keys.map { ContentKey(caseID: caseID, digest: $0) }.sorted()
  }

  func append(_ piece: [UInt8], to key: ContentKey) {
    set(key, to: (state.contents[key.caseID]?[key.digest] ?? []) + piece)
  }
  func removeContent(_ key: ContentKey) { set(key, to: nil) }

  private func set(_ key: ContentKey, to content: [UInt8]?) {
    let old = state.contents[key.caseID]?[key.digest]
    undo.append { $0.contents[key.caseID, default: [:]][key.digest] = old }
    state.contents[key.caseID, default: [:]][key.digest] = content
  }

  func save(_ tally: ReturnTally) {
    let old = state.tallies[tally.device]
    undo.append { $0.tallies[tally.device] = old }
    state.tallies[tally.device, default: [:]][tally.epoch] = tally
  }

  func save(_ head: ShownHead) {
    let old = state.shown[head.replica]
    guard old.map({ head.counter > $0.counter }) ?? true else { return }
    undo.append { $0.shown[head.replica] = old }
    state.shown[head.replica] = head
  }

  func add(_ order: StoredOrder) { replace(state.orders + [order]) }

  func removeOrder(_ id: UInt64, of device: DeviceID) {
    guard state.orders.contains(where: { $0.id == id && $0.device == device }) else { return }
    replace(state.orders.filter { $0.id != id || $0.device != device })
  }

  private func replace(_ orders: [StoredOrder]) {
    let old = state.orders
    undo.append { $0.orders = old }
    state.orders = orders
  }
}
