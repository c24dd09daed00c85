import Foundation
import GRDB
import SyncCore

/// What the engine asks of the store, each a transaction of its own.
extension Replica {
  /// What a request says of this replica.
  public struct Outgoing: Sendable {
    public var epoch: UInt64
    public var head: ChainHead
    public var checkpoint: [UInt8]
    public var firstCounter: UInt64
    public var changes: [Change]
    public var hasMore: Bool
    public var unsent: UInt64
    public var obeyed: [UInt64]
    /// Whether pages go to a generation that is being built.
    public var isResyncing: Bool
  }

  /// Gathers the outbox and the checkpoint.
  /// - Parameter first: send from this counter on, receipted or not, because the office asked for
  ///   it.
  public func outgoing(resendingFrom first: UInt64? = nil) throws(ReplicaError) -> Outgoing {
    try read { db in
      let overlay = Overlay(db: db, sealer: sealer, limits: limits)
      let (changes, hasMore) = try overlay.outbox(from: first)
      let unsent =
        try Int64.fetchOne(db, sql: "SELECT count(*) FROM changes WHERE verdict IS NULL") ?? 0
      let isBuilding = try db.metaNumber(.buildingGeneration) != nil
      return Outgoing(
        epoch: UInt64(stored: try db.metaNumber(.epoch)), head: try overlay.head(),
        checkpoint: try db.meta(isBuilding ? .buildingCheckpoint : .checkpoint) ?? [],
        firstCounter: changes.first?.dot.counter ?? 1, changes: changes, hasMore: hasMore,
        unsent: UInt64(stored: unsent), obeyed: try Self.obeyed(db), isResyncing: isBuilding)
    }
  }

  /// Takes receipts in: the outbox is emptied by these alone.
  public func acknowledge(_ receipts: [Receipt], epoch: UInt64) throws(ReplicaError) {
    try write { db in
      let overlay = Overlay(db: db, sealer: sealer, limits: limits)
      try db.setMeta(.epoch, Int64(storing: epoch))
      for receipt in receipts { try acknowledge(receipt, db, overlay) }
    }
  }

  private func acknowledge(_ receipt: Receipt, _ db: Database, _ overlay: Overlay) throws {
    let verdict: String
    var refusal: String?
    switch receipt.verdict {
    case .applied: verdict = "applied"
    case .merged: verdict = "merged"
    case .contested: verdict = "contested"
    case .late: verdict = "late"
    case .refused(let code, let field):
      verdict = "refused"
      refusal = field.isEmpty ? code : "\(code):\(field)"
    case .retry: return
    }
    let counter = Int64(storing: receipt.counter)
    try db.cachedStatement(
      sql: "UPDATE changes SET verdict = ?, refusal = ?, epoch = ?, sequence = ? WHERE counter = ?"
    ).execute(
      arguments: [
        verdict, refusal, receipt.place.map { Int64(storing: $0.epoch) },
        receipt.place.map { Int64(storing: $0.sequence) }, counter,
      ])
    guard let change = try overlay.change(receipt.counter) else { return }
    let body = change.body
    let generation = try db.targetGeneration()
    let records = StoredRecords(db: db, sealer: sealer, generation: generation)
    guard let isWhole = try db.isWhole(body.caseID, in: generation) else {
      // The case was dropped: its text goes once the office has it. A refused text stays for its
      // author.
      if verdict != "refused" { try Self.forgetText(of: counter, db) }
      return
    }
    let row = try records.row(body.record)
    var base = row?.base
    if receipt.settlesBase, isWhole {
      var settled = base ?? Record(id: body.record, type: body.type, caseID: body.caseID)
      settled.apply(change, at: receipt.place)
      base = settled
    }
    try records.show(body.record, body.caseID, body.type, base: base, over: overlay)
  }

  private static func forgetText(of counter: Int64, _ db: Database) throws {
    try db.cachedStatement(sql: "UPDATE changes SET body = NULL WHERE counter = ?")
      .execute(arguments: [counter])
  }

  /// Holds exactly these cases: drops every other, empties those that are about to be sent whole.
  ///
  /// Unsent work on a dropped case stays in the outbox until it has its receipt, and a draft stays
  /// its author's.
  /// - Returns: the cases that were dropped.
  @discardableResult
  public func adopt(_ scope: Scope) throws(ReplicaError) -> [CaseID] {
    try write { db in
      let target = try db.targetGeneration()
      let held = Set(scope.entries.map(\.caseID))
      var dropped: Set<CaseID> = []
      for row in try Row.fetchAll(db, sql: "SELECT DISTINCT case_id FROM cases") {
        guard let caseID = CaseID(bytes: row[0] as Data), !held.contains(caseID) else { continue }
        dropped.insert(caseID)
        try Self.drop(caseID, db)
      }
      let overlay = Overlay(db: db, sealer: sealer, limits: limits)
      let records = StoredRecords(db: db, sealer: sealer, generation: target)
      let hold = try db.makeStatement(
        sql: "INSERT OR IGNORE INTO cases (generation, case_id, is_whole) VALUES (?, ?, 0)")
      for entry in scope.entries {
        try hold.execute(arguments: [target, Data(entry.caseID.bytes)])
        if entry.isSentWhole { try empty(entry.caseID, db, records, overlay) }
      }
      try db.setMeta(.placeEpoch, Int64(storing: scope.place.epoch))
      try db.setMeta(.placeSequence, Int64(storing: scope.place.sequence))
      return dropped.sorted()
    }
  }

  private static func drop(_ caseID: CaseID, _ db: Database) throws {
    let id = Data(caseID.bytes)
    try db.execute(sql: "DELETE FROM records WHERE case_id = ?", arguments: [id])
    try db.execute(sql: "DELETE FROM cases WHERE case_id = ?", arguments: [id])
    try db.execute(
      sql: """
        UPDATE changes SET body = NULL
        WHERE case_id = ? AND verdict IS NOT NULL AND verdict != 'refused'
        """, arguments: [id])
  }

  private func empty(_ caseID: CaseID, _ db: Database, _ records: StoredRecords, _ overlay: Overlay)
    throws
  {
    try db.execute(
      sql: "UPDATE cases SET is_whole = 0 WHERE generation = ? AND case_id = ?",
      arguments: [records.generation, Data(caseID.bytes)])
    try db.execute(
      sql: "DELETE FROM records WHERE generation = ? AND case_id = ?",
      arguments: [records.generation, Data(caseID.bytes)])
    try db.execute(
      sql: "UPDATE changes SET in_base = 0 WHERE case_id = ?", arguments: [Data(caseID.bytes)])
    let own = try Row.fetchAll(
      db,
      sql: "SELECT DISTINCT record_id, type FROM changes WHERE case_id = ? AND body IS NOT NULL",
      arguments: [Data(caseID.bytes)])
    for row in own {
      guard let id = RecordID(bytes: row[0] as Data) else { continue }
      try records.show(id, caseID, row[1], base: nil, over: overlay)
    }
  }

  /// Takes one page in, with its checkpoint, in one transaction.
  public func apply(_ page: Page) throws(ReplicaError) {
    try write { db in
      let generation = try db.targetGeneration()
      let records = StoredRecords(db: db, sealer: sealer, generation: generation)
      let overlay = Overlay(db: db, sealer: sealer, limits: limits)
      let ownRecords = try Set(
        Data.fetchAll(db, sql: "SELECT DISTINCT record_id FROM changes WHERE in_base = 0"))
      var held: [CaseID: Bool] = [:]
      for bytes in page.records {
        let record = try Record(reading: bytes, limits: limits)
        let isHeld = try held[record.caseID] ?? (db.isWhole(record.caseID, in: generation) != nil)
        held[record.caseID] = isHeld
        guard isHeld else { throw ReplicaError.damaged("a page holds a record outside the scope") }
        try take(record, records, ownRecords, overlay)
      }
      for caseID in page.completed {
        try db.cachedStatement(
          sql: "UPDATE cases SET is_whole = 1 WHERE generation = ? AND case_id = ?"
        )
        .execute(arguments: [generation, Data(caseID.bytes)])
      }
      let isBuilding = try db.metaNumber(.buildingGeneration) != nil
      try db.setMeta(isBuilding ? .buildingCheckpoint : .checkpoint, bytes: page.checkpoint)
      try db.setMeta(.placeEpoch, Int64(storing: page.place.epoch))
      try db.setMeta(.placeSequence, Int64(storing: page.place.sequence))
    }
  }

  /// Within an epoch a page is merged into the base.
  private func take(
    _ record: Record, _ records: StoredRecords, _ ownRecords: Set<Data>, _ overlay: Overlay
  ) throws {
    let row = try records.row(record.id)
    if let row, row.type != record.type || row.caseID != record.caseID {
      throw ReplicaError.damaged("a page changes a record's type or case")
    }
    let base = row?.base.map { $0.merged(with: record) } ?? record
    if ownRecords.contains(Data(record.id.bytes)) {
      try records.show(record.id, record.caseID, record.type, base: base, over: overlay)
    } else {
      try records.save(
        StoredRecords.Row(
          id: record.id, caseID: record.caseID, type: record.type, base: base, shown: nil))
    }
  }

  private static func obeyed(_ db: Database) throws -> [UInt64] {
    try db.metaText(.obeyed)?.split(separator: ",").compactMap { UInt64($0) } ?? []
  }
}
