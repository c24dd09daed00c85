import RecordCatalogue
import SyncCore
import Synchronization

/// A laptop's store in memory: for simulation, and for tests of everything above it. The same
/// contract as on disk, but for power.
package final class MemoryReplica: ReplicaStore {
  package let identity: ReplicaIdentity
  package let catalogue: Catalogue
  package let limits: Limits
  private let rows: Mutex<MemoryRows>

  package init(
    identity: ReplicaIdentity, catalogue: Catalogue = .standard, limits: Limits = .standard
  ) {
    self.identity = identity
    self.catalogue = catalogue
    self.limits = limits
    rows = Mutex(MemoryRows(MemoryTables(ReplicaState(replica: identity.replica))))
  }

  /// The whole disk, as a value: copied for a clone, kept for a backup, put back for a restore.
  package struct Image: Sendable {
    fileprivate let identity: ReplicaIdentity
    fileprivate let tables: MemoryTables
  }

  package var image: Image {
    Image(identity: identity, tables: rows.withLock { $0.tables })
  }

  /// A store with what an image holds.
  package init(_ image: Image, catalogue: Catalogue = .standard, limits: Limits = .standard) {
    identity = image.identity
    self.catalogue = catalogue
    self.limits = limits
    rows = Mutex(MemoryRows(image.tables))
  }

  package func write<Result>(
    _ body: (any ReplicaTransaction) throws -> Result
  ) throws(ReplicaError) -> Result {
    try rows.withLock { rows throws(ReplicaError) in
      do {
        let result = try body(rows)
        rows.commit()
        return result
      } catch {
        rows.rollBack()
        throw ReplicaError(error)
      }
    }
  }

  package func read<Result>(
    _ body: (any ReplicaReading) throws -> Result
  ) throws(ReplicaError) -> Result {
    try rows.withLock { rows throws(ReplicaError) in
      do { return try body(rows) } catch { throw ReplicaError(error) }
    }
  }
}

/// A row that many hold at once, because it is dear to copy: tables, their images, and what takes a
/// write back.
private final class Kept<Row: Sendable>: Sendable {
  let row: Row
  /// Of a record's base, once somebody has asked: memory is not damaged, and the same row is asked
  /// about again and again.
  let digest = Mutex<Hash?>(nil)

  init(_ row: Row) { self.row = row }
}

private struct MemoryTables: Sendable {
  var state: ReplicaState
  var cases: [Int64: [CaseID: Bool]] = [:]
  var records: [Int64: [RecordID: Kept<RecordRow>]] = [:]
  /// By number, which counts from 1.
  var own: [Kept<OwnRow>] = []
  var numbers: [Dot: Int64] = [:]
  var byRecord: [RecordID: [Int64]] = [:]
  /// Every row before this number has a receipt.
  var firstWaiting: Int64 = 1

  init(_ state: ReplicaState) { self.state = state }
}

/// The tables with the transaction that works on them: each write notes how to take it back.
///
/// Unchecked: it is reached only through its store's lock.
private final class MemoryRows: ReplicaTransaction, @unchecked Sendable {
  private(set) var tables: MemoryTables
  private var undo: [(inout MemoryTables) -> Void] = []

  init(_ tables: MemoryTables) { self.tables = tables }

  func commit() { undo.removeAll(keepingCapacity: true) }

  func rollBack() {
    for step in undo.reversed() { step(&tables) }
    undo.removeAll()
  }

  /// Keeps whole tables as they are, before a write that goes through all of them.
  private func keepTables() {
    let old = tables
    undo.append { $0 = old }
  }

  func state() -> ReplicaState { tables.state }

  func save(_ state: ReplicaState) {
    let old = tables.state
    undo.append { $0.state = old }
    tables.state = state
  }

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
    let old = tables.cases[generation]?[held.caseID]
    undo.append { $0.cases[generation]?[held.caseID] = old }
    tables.cases[generation, default: [:]][held.caseID] = held.isWhole
  }

  func drop(_ caseID: CaseID) {
    keepTables()
    for generation in tables.cases.keys { tables.cases[generation]?[caseID] = nil }
    for generation in tables.records.keys { remove(caseID, from: generation) }
  }

  func empty(_ caseID: CaseID, in generation: Int64) {
    guard hasRecords(of: caseID, in: generation) else { return }
    keepTables()
    remove(caseID, from: generation)
  }

  private func remove(_ caseID: CaseID, from generation: Int64) {
    tables.records[generation] = tables.records[generation]?.filter {
      $0.value.row.caseID != caseID
    }
  }

  func delete(generation: Int64) {
    keepTables()
    tables.cases[generation] = nil
    tables.records[generation] = nil
  }

  func deleteGenerations(but generation: Int64) {
    keepTables()
    tables.cases = tables.cases.filter { $0.key == generation }
    tables.records = tables.records.filter { $0.key == generation }
  }

  // MARK: Records

  func record(_ id: RecordID, in generation: Int64) -> RecordRow? {
    tables.records[generation]?[id]?.row
  }

  func records(in generation: Int64, _ body: (RecordRow) throws -> Void) rethrows {
    let rows = tables.records[generation] ?? [:]
    for kept in rows.values.sorted(by: { $0.row.id < $1.row.id }) { try body(kept.row) }
  }

  func shown(
    in generation: Int64, of caseID: CaseID?, types: Set<String>?,
    _ body: (Record) throws -> Void
  ) rethrows {
    let rows = tables.records[generation] ?? [:]
    let found = rows.values.compactMap { kept in
      let isWanted =
        (caseID == nil || kept.row.caseID == caseID) && (types?.contains(kept.row.type) ?? true)
      return isWanted ? kept.row.current : nil
    }
    for record in found.sorted(by: { $0.id < $1.id }) { try body(record) }
  }

  func baseDigests(
    in generation: Int64, of caseID: CaseID?, _ body: (CaseID, RecordID, Hash?) throws -> Void
  ) rethrows {
    for kept in (tables.records[generation] ?? [:]).values {
      guard let base = kept.row.base, caseID == nil || caseID == kept.row.caseID else { continue }
      let digest = kept.digest.withLock { known in
        let digest = known ?? base.digest
        known = digest
        return digest
      }
      try body(kept.row.caseID, kept.row.id, digest)
    }
  }

  func disputed(in generation: Int64, _ body: (RecordRow) throws -> Void) rethrows {
    try records(in: generation) { row in
      if row.current?.hasConcurrentValues ?? false { try body(row) }
    }
  }

  func hasRecords(of caseID: CaseID, in generation: Int64) -> Bool {
    tables.records[generation]?.values.contains { $0.row.caseID == caseID } ?? false
  }

  func owedRecords(_ body: (RecordRow, Int64) throws -> Bool) rethrows {
    for (generation, rows) in tables.records.sorted(by: { $0.key < $1.key }) {
      let owed = rows.values.filter(\.row.isOwed).sorted { $0.row.id < $1.row.id }
      for kept in owed where try !body(kept.row, generation) { return }
    }
  }

  func save(_ row: RecordRow, in generation: Int64) {
    let old = tables.records[generation, default: [:]].updateValue(Kept(row), forKey: row.id)
    undo.append { $0.records[generation]?[row.id] = old }
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

  func deleteRecord(_ id: RecordID, in generation: Int64) {
    let old = tables.records[generation]?.removeValue(forKey: id)
    undo.append { $0.records[generation]?[id] = old }
  }

  // MARK: Own changes

  private func row(_ number: Int64) -> OwnRow { tables.own[Int(number) - 1].row }

  func head(of replica: ReplicaID) -> ChainHead {
    // Counters of one replica ascend with their numbers.
    guard let last = tables.own.last(where: { $0.row.dot.replica == replica })?.row else {
      return .start
    }
    return ChainHead(counter: last.dot.counter, hash: last.hash)
  }

  func own(_ dot: Dot) -> OwnRow? { tables.numbers[dot].map(row) }

  func overlay(of record: RecordID) -> [OwnRow] {
    (tables.byRecord[record] ?? []).compactMap { number in
      let row = tables.own[Int(number) - 1].row
      return !row.isInBase && row.change != nil && row.verdict?.isRefusal != true ? row : nil
    }
  }

  func overlaid() -> Set<RecordID> {
    var records: Set<RecordID> = []
    for kept in tables.own where !kept.row.isInBase { records.insert(kept.row.record) }
    return records
  }

  func isWrittenElsewhere(_ record: RecordID) -> Bool {
    (tables.byRecord[record] ?? []).contains { tables.own[Int($0) - 1].row.isInBase }
  }

  func ownRecords(of caseID: CaseID?) -> [OwnRecord] {
    var found: Set<OwnRecord> = []
    for kept in tables.own where kept.row.change != nil {
      guard caseID == nil || kept.row.caseID == caseID else { continue }
      found.insert(
        OwnRecord(id: kept.row.record, caseID: kept.row.caseID, type: kept.row.type))
    }
    return found.sorted { $0.id < $1.id }
  }

  func waiting(_ body: (OwnRow) throws -> Bool) rethrows {
    for kept in tables.own[(Int(tables.firstWaiting) - 1)...] where kept.row.verdict == nil {
      guard try body(kept.row) else { return }
    }
  }

  func waitingCount() -> UInt64 {
    UInt64(tables.own[(Int(tables.firstWaiting) - 1)...].count { $0.row.verdict == nil })
  }

  func own(
    of replica: ReplicaID, from counter: UInt64, _ body: (OwnRow) throws -> Bool
  ) rethrows {
    for kept in tables.own
    where kept.row.dot.replica == replica && kept.row.dot.counter >= counter {
      guard try body(kept.row) else { return }
    }
  }

  func owedChanges(_ body: (OwnRow) throws -> Bool) rethrows {
    for kept in tables.own where kept.row.isOwed {
      guard try body(kept.row) else { return }
    }
  }

  func append(_ change: Change) {
    let body = change.body
    let number = Int64(tables.own.count + 1)
    tables.own.append(
      Kept(
        OwnRow(
          number: number, dot: change.dot, record: body.record, caseID: body.caseID,
          type: body.type, hash: change.hash, change: change, recordedAt: body.recordedAt)))
    tables.numbers[change.dot] = number
    tables.byRecord[body.record, default: []].append(number)
    undo.append {
      $0.own.removeLast()
      $0.numbers[change.dot] = nil
      $0.byRecord[body.record]?.removeLast()
    }
  }

  func update(_ row: OwnRow) {
    let index = Int(row.number) - 1
    let (old, firstWaiting) = (tables.own[index], tables.firstWaiting)
    undo.append {
      $0.numbers[$0.own[index].row.dot] = nil
      $0.numbers[old.row.dot] = old.row.number
      $0.own[index] = old
      $0.firstWaiting = firstWaiting
    }
    tables.numbers[old.row.dot] = nil
    tables.numbers[row.dot] = row.number
    tables.own[index] = Kept(row)
    while Int(tables.firstWaiting) <= tables.own.count,
      self.row(tables.firstWaiting).verdict != nil
    {
      tables.firstWaiting += 1
    }
  }

  func takeOutOfBase(of caseID: CaseID?) {
    for kept in tables.own where kept.row.isInBase {
      guard caseID == nil || kept.row.caseID == caseID else { continue }
      var row = kept.row
      row.isInBase = false
      update(row)
    }
  }

  func forgetText(of caseID: CaseID, keepsOwn: Bool) {
    for kept in tables.own where kept.row.caseID == caseID && kept.row.change != nil {
      guard let verdict = kept.row.verdict, !(keepsOwn && verdict.isRefusal) else { continue }
      var row = kept.row
      row.change = nil
      update(row)
    }
  }

  // MARK: What a restored office may lack

  func owe(allBut survived: Place) {
    keepTables()
    for (generation, rows) in tables.records {
      tables.records[generation] = rows.mapValues { kept in
        var row = kept.row
        row.isOwed = row.proof != nil && !(row.arrived?.survives(as: survived) ?? false)
        return Kept(row)
      }
    }
    tables.own = tables.own.map { kept in
      var row = kept.row
      row.isOwed = row.proof != nil && !(row.place?.survives(as: survived) ?? false)
      return Kept(row)
    }
  }

  func handedBack(_ id: RecordID, in generation: Int64) {
    guard var row = record(id, in: generation) else { return }
    row.isOwed = false
    save(row, in: generation)
  }

  func offeredAgain(_ number: Int64) {
    var row = row(number)
    row.isOwed = false
    update(row)
  }
}

extension Place {
  fileprivate func survives(as survived: Place) -> Bool {
    epoch == survived.epoch && sequence <= survived.sequence
  }
}
