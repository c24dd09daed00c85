import RecordCatalogue
import SyncCore
import Synchronization

/// A laptop's store in memory: for simulation, and for tests of everything above it. The same
/// contract as on disk, but for power.
package final class MemoryReplica: ReplicaStore {
  package let identity: ReplicaIdentity
  package let catalogue: Catalogue
  package let limits: Limits
  private let tables: Mutex<MemoryTables>

  package init(
    identity: ReplicaIdentity, catalogue: Catalogue = .standard, limits: Limits = .standard
  ) {
    self.identity = identity
    self.catalogue = catalogue
    self.limits = limits
    tables = Mutex(MemoryTables(ReplicaState(replica: identity.replica)))
  }

  /// The whole disk, as a value: copied for a clone, kept for a backup, put back for a restore.
  package struct Image: Sendable {
    fileprivate let identity: ReplicaIdentity
    fileprivate let tables: MemoryTables
  }

  package var image: Image {
    Image(identity: identity, tables: tables.withLock { $0 })
  }

  /// A store with what an image holds.
  package init(_ image: Image, catalogue: Catalogue = .standard, limits: Limits = .standard) {
    identity = image.identity
    self.catalogue = catalogue
    self.limits = limits
    tables = Mutex(image.tables)
  }

  package func write<Result>(
    _ body: (any ReplicaTransaction) throws -> Result
  ) throws(ReplicaError) -> Result {
    let outcome: Swift.Result<Result, ReplicaError> = tables.withLock { tables in
      let before = tables
      let rows = MemoryRows(tables)
      do {
        let result = try body(rows)
        tables = rows.tables
        return .success(result)
      } catch {
        tables = before
        return .failure(ReplicaError(error))
      }
    }
    return try outcome.get()
  }

  package func read<Result>(
    _ body: (any ReplicaReading) throws -> Result
  ) throws(ReplicaError) -> Result {
    let rows = MemoryRows(tables.withLock { $0 })
    do { return try body(rows) } catch { throw ReplicaError(error) }
  }
}

private struct MemoryTables: Sendable {
  var state: ReplicaState
  var cases: [Int64: [CaseID: Bool]] = [:]
  var records: [Int64: [RecordID: RecordRow]] = [:]
  /// By number, which counts from 1.
  var own: [OwnRow] = []
  var numbers: [Dot: Int64] = [:]
  var byRecord: [RecordID: [Int64]] = [:]
  /// Every row before this number has a receipt.
  var firstWaiting: Int64 = 1

  init(_ state: ReplicaState) { self.state = state }
}

/// One transaction's copy of the tables, put in place when it ends well.
private final class MemoryRows: ReplicaTransaction {
  var tables: MemoryTables
  init(_ tables: MemoryTables) { self.tables = tables }

  func state() -> ReplicaState { tables.state }
  func save(_ state: ReplicaState) { tables.state = state }

  // MARK: Cases

  func isWhole(_ caseID: CaseID, in generation: Int64) -> Bool? {
    tables.cases[generation]?[caseID]
  }

  func cases(in generation: Int64) -> [HeldCase] {
    (tables.cases[generation] ?? [:]).sorted { $0.key < $1.key }
      .map { HeldCase(caseID: $0.key, isWhole: $0.value) }
  }

  func allCases() -> [CaseID] {
    Set(tables.cases.values.flatMap(\.keys)).sorted()
  }

  func hold(_ held: HeldCase, in generation: Int64) {
    tables.cases[generation, default: [:]][held.caseID] = held.isWhole
  }

  func drop(_ caseID: CaseID) {
    for generation in tables.cases.keys { tables.cases[generation]?[caseID] = nil }
    for generation in tables.records.keys { empty(caseID, in: generation) }
  }

  func empty(_ caseID: CaseID, in generation: Int64) {
    guard hasRecords(of: caseID, in: generation) else { return }
    tables.records[generation] = tables.records[generation]?.filter { $0.value.caseID != caseID }
  }

  func delete(generation: Int64) {
    tables.cases[generation] = nil
    tables.records[generation] = nil
  }

  func deleteGenerations(but generation: Int64) {
    tables.cases = tables.cases.filter { $0.key == generation }
    tables.records = tables.records.filter { $0.key == generation }
  }

  // MARK: Records

  func record(_ id: RecordID, in generation: Int64) -> RecordRow? {
    tables.records[generation]?[id]
  }

  func records(
    in generation: Int64, of caseID: CaseID?, type: String?, _ body: (RecordRow) throws -> Void
  ) rethrows {
    let rows = (tables.records[generation] ?? [:]).values.filter {
      (caseID == nil || $0.caseID == caseID) && (type == nil || $0.type == type)
    }
    for row in rows.sorted(by: { $0.id < $1.id }) { try body(row) }
  }

  func hasRecords(of caseID: CaseID, in generation: Int64) -> Bool {
    tables.records[generation]?.values.contains { $0.caseID == caseID } ?? false
  }

  func owedRecords(_ body: (RecordRow, Int64) throws -> Bool) rethrows {
    for (generation, rows) in tables.records.sorted(by: { $0.key < $1.key }) {
      let owed = rows.values.filter(\.isOwed).sorted { $0.id < $1.id }
      for row in owed where try !body(row, generation) { return }
    }
  }

  func save(_ row: RecordRow, in generation: Int64) {
    tables.records[generation, default: [:]][row.id] = row
  }

  func insert(_ arrival: Arrival, in generation: Int64) -> Bool {
    let record = arrival.record
    guard tables.records[generation]?[record.id] == nil else { return false }
    save(
      RecordRow(
        id: record.id, caseID: record.caseID, type: record.type, base: record,
        proof: arrival.proof, arrived: arrival.place), in: generation)
    return true
  }

  func deleteRecord(_ id: RecordID, in generation: Int64) { tables.records[generation]?[id] = nil }

  // MARK: Own changes

  private func row(_ number: Int64) -> OwnRow { tables.own[Int(number) - 1] }

  func head(of replica: ReplicaID) -> ChainHead {
    // Counters of one replica ascend with their numbers.
    guard let last = tables.own.last(where: { $0.dot.replica == replica }) else { return .start }
    return ChainHead(counter: last.dot.counter, hash: last.hash)
  }

  func own(_ dot: Dot) -> OwnRow? { tables.numbers[dot].map(row) }

  func overlay(of record: RecordID) -> [OwnRow] {
    (tables.byRecord[record] ?? []).map(row).filter {
      !$0.isInBase && $0.change != nil && $0.verdict?.isRefusal != true
    }
  }

  func overlaid() -> Set<RecordID> { Set(tables.own.lazy.filter { !$0.isInBase }.map(\.record)) }

  func ownRecords(of caseID: CaseID?) -> [OwnRecord] {
    let rows = tables.own.lazy.filter {
      $0.change != nil && (caseID == nil || $0.caseID == caseID)
    }
    return Set(rows.map { OwnRecord(id: $0.record, caseID: $0.caseID, type: $0.type) })
      .sorted { $0.id < $1.id }
  }

  func waiting(_ body: (OwnRow) throws -> Bool) rethrows {
    for row in tables.own[(Int(tables.firstWaiting) - 1)...] where row.verdict == nil {
      guard try body(row) else { return }
    }
  }

  func waitingCount() -> UInt64 {
    UInt64(tables.own[(Int(tables.firstWaiting) - 1)...].count { $0.verdict == nil })
  }

  func own(
    of replica: ReplicaID, from counter: UInt64, _ body: (OwnRow) throws -> Bool
  ) rethrows {
    for row in tables.own where row.dot.replica == replica && row.dot.counter >= counter {
      guard try body(row) else { return }
    }
  }

  func owedChanges(_ body: (OwnRow) throws -> Bool) rethrows {
    for row in tables.own where row.isOwed {
      guard try body(row) else { return }
    }
  }

  func append(_ change: Change) {
    let body = change.body
    let number = Int64(tables.own.count + 1)
    tables.own.append(
      OwnRow(
        number: number, dot: change.dot, record: body.record, caseID: body.caseID, type: body.type,
        hash: change.hash, change: change, recordedAt: body.recordedAt))
    tables.numbers[change.dot] = number
    tables.byRecord[body.record, default: []].append(number)
  }

  func update(_ row: OwnRow) {
    let index = Int(row.number) - 1
    if tables.own[index].dot != row.dot {
      tables.numbers[tables.own[index].dot] = nil
      tables.numbers[row.dot] = row.number
    }
    tables.own[index] = row
    while Int(tables.firstWaiting) <= tables.own.count,
      self.row(tables.firstWaiting).verdict != nil
    {
      tables.firstWaiting += 1
    }
  }

  func takeOutOfBase(of caseID: CaseID?) {
    for index in tables.own.indices where caseID == nil || tables.own[index].caseID == caseID {
      tables.own[index].isInBase = false
    }
  }

  func forgetText(of caseID: CaseID) {
    for index in tables.own.indices where tables.own[index].caseID == caseID {
      if let verdict = tables.own[index].verdict, !verdict.isRefusal {
        tables.own[index].change = nil
      }
    }
  }

  // MARK: What a restored office may lack

  func owe(allBut survived: Place) {
    for (generation, rows) in tables.records {
      tables.records[generation] = rows.mapValues { row in
        var row = row
        row.isOwed = row.proof != nil && !(row.arrived?.survives(as: survived) ?? false)
        return row
      }
    }
    for index in tables.own.indices {
      let row = tables.own[index]
      tables.own[index].isOwed = row.proof != nil && !(row.place?.survives(as: survived) ?? false)
    }
  }

  func handedBack(_ id: RecordID, in generation: Int64) {
    tables.records[generation]?[id]?.isOwed = false
  }

  func offeredAgain(_ number: Int64) { tables.own[Int(number) - 1].isOwed = false }
}

extension Place {
  fileprivate func survives(as survived: Place) -> Bool {
    epoch == survived.epoch && sequence <= survived.sequence
  }
}
