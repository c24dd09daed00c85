import Foundation
import GRDB
import SyncCore

/// What the office sent, to be taken in by one transaction: usually one page with all that came
/// before it. So a small sync costs one commit.
public struct Delivery: Sendable {
  public struct Ending: Sendable {
    /// The highest counter that the office has.
    public var known: UInt64
    /// The laptop's clock at the end.
    public var time: Timestamp
    public var serverTime: Timestamp

    public init(known: UInt64, time: Timestamp, serverTime: Timestamp) {
      self.known = known
      self.time = time
      self.serverTime = serverTime
    }
  }

  public var epoch: UInt64?
  public var receipts: [Receipt] = []
  public var scope: Scope?
  public var page: Page?
  /// Present when the answer came to its end.
  public var ending: Ending?

  public init() {}

  public var isEmpty: Bool { receipts.isEmpty && scope == nil && page == nil && ending == nil }
}

/// One delivery on its way into the store.
struct Taking {
  let db: Database
  let sealer: any Sealer
  let limits: Limits
  /// The generation that is shown.
  let current: StoredRecords
  /// The generation that pages go to: another one only while a resync builds it.
  let target: StoredRecords
  let overlay: Overlay

  init(_ db: Database, _ sealer: any Sealer, _ limits: Limits) throws {
    self.db = db
    self.sealer = sealer
    self.limits = limits
    current = StoredRecords(db: db, sealer: sealer, generation: try db.generation())
    target = StoredRecords(db: db, sealer: sealer, generation: try db.targetGeneration())
    overlay = Overlay(db: db, sealer: sealer, limits: limits)
  }

  private var isBuilding: Bool { current.generation != target.generation }

  /// - Returns: the cases that were dropped.
  func take(_ delivery: Delivery) throws -> [CaseID] {
    if let epoch = delivery.epoch { try db.setMeta(.epoch, Int64(storing: epoch)) }
    for receipt in delivery.receipts { try acknowledge(receipt) }
    let dropped = try delivery.scope.map(adopt) ?? []
    if let page = delivery.page { try apply(page) }
    if let ending = delivery.ending {
      try db.setMeta(.known, Int64(storing: ending.known))
      try db.setMeta(.lastSync, ending.serverTime.milliseconds)
      try db.setMeta(.clockOffset, ending.serverTime.milliseconds(until: ending.time))
    }
    return dropped
  }

  // MARK: Receipts

  private func acknowledge(_ receipt: Receipt) throws {
    guard let (verdict, refusal) = Self.text(of: receipt.verdict) else { return }
    let counter = Int64(storing: receipt.counter)
    try db.cachedStatement(
      sql: "UPDATE changes SET verdict = ?, refusal = ?, epoch = ?, sequence = ? WHERE counter = ?"
    ).execute(
      arguments: [
        verdict, refusal, receipt.place.map { Int64(storing: $0.epoch) },
        receipt.place.map { Int64(storing: $0.sequence) }, counter,
      ])
    guard let change = try overlay.change(receipt.counter) else { return }
    let isShown = try show(change, in: current, settling: isBuilding ? nil : receipt)
    let isBuilt = isBuilding ? try show(change, in: target, settling: receipt) : false
    if !isShown, !isBuilt, verdict != "refused" {
      // The case has left this laptop: its text goes once the office has it. A refused text stays
      // for its author.
      try db.cachedStatement(sql: "UPDATE changes SET body = NULL WHERE counter = ?")
        .execute(arguments: [counter])
    }
  }

  /// Computes the change's record again, in one generation.
  /// - Parameter receipt: passes the change into the base if it says so and the case is whole.
  /// - Returns: whether the case is held there.
  private func show(
    _ change: Change, in records: StoredRecords, settling receipt: Receipt?
  ) throws -> Bool {
    let body = change.body
    guard let isWhole = try db.isWhole(body.caseID, in: records.generation) else { return false }
    var base = try records.row(body.record)?.base
    if let receipt, receipt.settlesBase, isWhole {
      var settled = base ?? Record(id: body.record, type: body.type, caseID: body.caseID)
      settled.apply(change, at: receipt.place)
      base = settled
    }
    try records.show(
      body.record, body.caseID, body.type, base: base, over: overlay,
      marking: records.generation == current.generation)
    return true
  }

  private static func text(of verdict: Verdict) -> (verdict: String, refusal: String?)? {
    switch verdict {
    case .applied: ("applied", nil)
    case .merged: ("merged", nil)
    case .contested: ("contested", nil)
    case .late: ("late", nil)
    case .refused(let code, let field): ("refused", field.isEmpty ? code : "\(code):\(field)")
    case .retry: nil
    }
  }

  // MARK: Scope

  /// Holds exactly these cases: drops every other, empties those that are about to be sent whole.
  private func adopt(_ scope: Scope) throws -> [CaseID] {
    let held = Set(scope.entries.map(\.caseID))
    var dropped: Set<CaseID> = []
    for row in try Row.fetchAll(db, sql: "SELECT DISTINCT case_id FROM cases") {
      guard let caseID = CaseID(bytes: row[0] as Data), !held.contains(caseID) else { continue }
      dropped.insert(caseID)
      try drop(caseID)
    }
    for entry in scope.entries {
      try run(
        "INSERT OR IGNORE INTO cases (generation, case_id, is_whole) VALUES (?, ?, 0)",
        [target.generation, Data(entry.caseID.bytes)])
      if entry.isSentWhole { try empty(entry.caseID) }
    }
    try setPlace(scope.place)
    return dropped.sorted()
  }

  private func drop(_ caseID: CaseID) throws {
    let id = Data(caseID.bytes)
    try run("DELETE FROM records WHERE case_id = ?", [id])
    try run("DELETE FROM cases WHERE case_id = ?", [id])
    try run(
      """
      UPDATE changes SET body = NULL
      WHERE case_id = ? AND verdict IS NOT NULL AND verdict != 'refused'
      """, [id])
  }

  private func empty(_ caseID: CaseID) throws {
    let id = Data(caseID.bytes)
    try run(
      "UPDATE cases SET is_whole = 0 WHERE generation = ? AND case_id = ?", [target.generation, id])
    try run("DELETE FROM records WHERE generation = ? AND case_id = ?", [target.generation, id])
    if !isBuilding { try run("UPDATE changes SET in_base = 0 WHERE case_id = ?", [id]) }
    let own = try Row.fetchAll(
      db.cachedStatement(
        sql:
          "SELECT DISTINCT record_id, type FROM changes WHERE case_id = ? AND body IS NOT NULL"),
      arguments: [id])
    for row in own {
      guard let record = RecordID(bytes: row[0] as Data) else { continue }
      try target.show(record, caseID, row[1], base: nil, over: overlay, marking: !isBuilding)
    }
  }

  // MARK: Pages

  private func apply(_ page: Page) throws {
    let own = try Set(
      Data.fetchAll(db, sql: "SELECT DISTINCT record_id FROM changes WHERE in_base = 0"))
    var cases: [CaseID: CaseState] = [:]
    for bytes in page.records {
      let record = try Record(reading: bytes, limits: limits)
      let state = try cases[record.caseID] ?? state(of: record.caseID)
      cases[record.caseID] = state
      try take(record, bytes, isFirst: state == .empty, isOwn: own.contains(Data(record.id.bytes)))
    }
    for caseID in page.completed {
      try run(
        "UPDATE cases SET is_whole = 1 WHERE generation = ? AND case_id = ?",
        [target.generation, Data(caseID.bytes)])
    }
    try db.setMeta(isBuilding ? .buildingCheckpoint : .checkpoint, bytes: page.checkpoint)
    try setPlace(page.place)
  }

  private enum CaseState { case empty, filled }

  /// How a case stands before a page; throws when it is not held.
  private func state(of caseID: CaseID) throws -> CaseState {
    guard try db.isWhole(caseID, in: target.generation) != nil else {
      throw ReplicaError.damaged("a page holds a record outside the scope")
    }
    let isFilled = try Bool.fetchOne(
      db.cachedStatement(
        sql: "SELECT EXISTS (SELECT 1 FROM records WHERE generation = ? AND case_id = ?)"),
      arguments: [target.generation, Data(caseID.bytes)])
    return isFilled == true ? .filled : .empty
  }

  /// Within an epoch a page is merged into the base.
  /// - Parameter isFirst: the case was empty before this page, so there is nothing to merge with.
  private func take(_ record: Record, _ bytes: [UInt8], isFirst: Bool, isOwn: Bool) throws {
    if isFirst, !isOwn, try target.insert(record, bytes) { return }
    let row = try target.row(record.id)
    if let row, row.type != record.type || row.caseID != record.caseID {
      throw ReplicaError.damaged("a page changes a record's type or case")
    }
    let base = row?.base.map { $0.merged(with: record) } ?? record
    if isOwn {
      try target.show(
        record.id, record.caseID, record.type, base: base, over: overlay, marking: !isBuilding)
    } else {
      try target.save(
        StoredRecords.Row(
          id: record.id, caseID: record.caseID, type: record.type, base: base, shown: nil))
    }
  }

  private func setPlace(_ place: Place) throws {
    try db.setMeta(.placeEpoch, Int64(storing: place.epoch))
    try db.setMeta(.placeSequence, Int64(storing: place.sequence))
  }

  private func run(_ sql: String, _ arguments: StatementArguments) throws {
    try db.cachedStatement(sql: sql).execute(arguments: arguments)
  }
}
