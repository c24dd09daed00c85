import SyncCore
import Synchronization

/// The store in memory: for simulation and for tests of everything above it. The same contract as
/// on disk, but for power.
package final class MemoryStore: ServerStore {
  private let state: Mutex<MemoryState>

  package init(epoch: UInt64 = 1, secret: [UInt8] = Array(repeating: 7, count: 32)) {
    state = Mutex(MemoryState(epoch: epoch, secret: secret))
  }

  package func transaction<Result: Sendable>(
    _ body: @escaping @Sendable (any ServerTransaction) throws -> Result
  ) async throws -> Result { try now(body) }

  package func read<Result: Sendable>(
    _ body: @escaping @Sendable (any ServerReading) throws -> Result
  ) async throws -> Result { try body(MemoryTransaction(state.withLock { $0 })) }

  /// The same without waiting, for a simulation that runs in one thread.
  package func now<Result: Sendable>(_ body: (any ServerTransaction) throws -> Result) throws
    -> Result
  {
    try state.withLock { state in
      let transaction = MemoryTransaction(state)
      let result = try body(transaction)
      state = transaction.state
      return result
    }
  }
}

private struct MemoryState: Sendable {
  let epoch: UInt64
  let secret: [UInt8]
  var sequence: UInt64 = 0
  var changes: [Dot: LoggedChange] = [:]
  var heads: [ReplicaID: ChainHead] = [:]
  var records: [RecordID: StoredRecord] = [:]
  var contested: Set<RecordID> = []
  var byCase: [CaseID: Set<RecordID>] = [:]
  var caseHeads: [CaseID: CaseHead] = [:]
  var grants: [String: [CaseID: [Grant]]] = [:]
  var devices: [DeviceID: Device] = [:]
  var codes: [Hash: EnrolmentCode] = [:]
  var orders: [StoredOrder] = []
}

/// One transaction's own copy of the state, put in place when it ends well.
private final class MemoryTransaction: ServerTransaction {
  var state: MemoryState
  init(_ state: MemoryState) { self.state = state }

  func epoch() -> UInt64 { state.epoch }
  func sequence() -> UInt64 { state.sequence }
  func secret() -> [UInt8] { state.secret }
  func head(of replica: ReplicaID) -> ChainHead { state.heads[replica] ?? .start }
  func change(_ dot: Dot) -> LoggedChange? { state.changes[dot] }
  func replicas() -> [ReplicaID] { state.heads.keys.sorted() }

  func changes(of replica: ReplicaID, after counter: UInt64, limit: Int) -> [LoggedChange] {
    let end = state.heads[replica]?.counter ?? 0
    guard counter < end else { return [] }
    return (counter + 1...end).prefix(limit).compactMap { state.changes[Dot(replica, $0)] }
  }

  func record(_ id: RecordID) -> StoredRecord? { state.records[id] }

  func records(of caseID: CaseID, after sequence: UInt64, limit: Int) -> [StoredRecord] {
    let records = (state.byCase[caseID] ?? []).compactMap { state.records[$0] }
    return Array(
      records.filter { $0.sequence > sequence }.sorted { $0.sequence < $1.sequence }.prefix(limit))
  }

  func caseHead(_ caseID: CaseID) -> CaseHead? { state.caseHeads[caseID] }

  func caseHeads(after caseID: CaseID?, limit: Int) -> [CaseHead] {
    let heads = state.caseHeads.values.filter { head in caseID.map { head.caseID > $0 } ?? true }
    return Array(heads.sorted { $0.caseID < $1.caseID }.prefix(limit))
  }

  func grants(of user: String) -> [Grant] {
    (state.grants[user.lowercased()] ?? [:]).values.flatMap { $0 }
  }

  func device(_ id: DeviceID) -> Device? { state.devices[id] }
  func device(fingerprint: Hash) -> Device? {
    state.devices.values.first { $0.fingerprint == fingerprint }
  }
  func devices() -> [Device] { state.devices.values.sorted { $0.id < $1.id } }
  func enrolmentCode(_ hash: Hash) -> EnrolmentCode? { state.codes[hash] }
  func orders(for device: DeviceID) -> [StoredOrder] { state.orders.filter { $0.device == device } }

  func counts() -> StoreCounts {
    var counts = StoreCounts()
    counts.cases = UInt64(state.caseHeads.count)
    counts.records = UInt64(state.records.count)
    counts.changes = UInt64(state.changes.count)
    counts.refused = UInt64(
      state.changes.values.count { if case .refused = $0.verdict { true } else { false } })
    counts.contested = UInt64(state.contested.count)
    counts.devices = UInt64(state.devices.count)
    counts.grants = UInt64(
      state.grants.values.flatMap(\.values).joined().count { $0.endedAt == nil })
    for record in state.records.values { counts.types[record.type, default: 0] += 1 }
    return counts
  }

  func nextSequence() -> UInt64 {
    state.sequence += 1
    return state.sequence
  }

  func append(_ change: LoggedChange) throws {
    guard state.changes.updateValue(change, forKey: change.dot) == nil else {
      throw StoreError.changeLoggedTwice(change.dot)
    }
    state.heads[change.dot.replica] = ChainHead(counter: change.dot.counter, hash: change.hash)
  }

  func save(_ record: StoredRecord, resolved: String) throws {
    state.records[record.id] = record
    state.byCase[record.caseID, default: []].insert(record.id)
    if resolved.contains("\"_contested\":[]") {
      state.contested.remove(record.id)
    } else {
      state.contested.insert(record.id)
    }
  }

  func save(_ head: CaseHead) { state.caseHeads[head.caseID] = head }

  func save(_ grant: Grant) {
    var grants = state.grants[grant.user]?[grant.caseID] ?? []
    grants.removeAll { $0.grantedAt == grant.grantedAt }
    grants.append(grant)
    state.grants[grant.user, default: [:]][grant.caseID] = grants
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
    state.devices[device.id] = device
  }
  func save(_ code: EnrolmentCode) { state.codes[code.hash] = code }
  func add(_ order: StoredOrder) { state.orders.append(order) }
  func removeOrder(_ id: UInt64, of device: DeviceID) {
    state.orders.removeAll { $0.id == id && $0.device == device }
  }
}
