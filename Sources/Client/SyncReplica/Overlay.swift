import Foundation
import GRDB
import SyncCore

/// The laptop's own changes: its outbox, and what it shows over the office's state.
///
/// What is shown is always the base with these applied in order. Nothing is ever un-merged: a
/// refusal, a dropped case or a resync takes changes out of the overlay or replaces the base, and
/// the record is computed again.
struct Overlay {
  let db: Database
  let sealer: any Sealer
  let limits: Limits

  /// The end of this replica's chain.
  func head() throws -> ChainHead {
    let row = try Row.fetchOne(
      db.cachedStatement(sql: "SELECT counter, hash FROM changes ORDER BY counter DESC LIMIT 1"))
    guard let row else { return .start }
    guard let hash = Hash(bytes: row[1] as Data) else {
      throw ReplicaError.damaged("a change has no hash")
    }
    return ChainHead(counter: UInt64(stored: row[0]), hash: hash)
  }

  func append(_ change: Change) throws {
    let body = change.body
    try db.cachedStatement(
      sql: """
        INSERT INTO changes (counter, record_id, case_id, type, hash, body, group_id, recorded_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(
      arguments: [
        Int64(storing: body.dot.counter), Data(body.record.bytes), Data(body.caseID.bytes),
        body.type,
        Data(change.hash.bytes),
        Data(try sealer.seal(change.bytes, for: label(body.type, body.dot.counter))),
        body.group.map { Data($0.bytes) }, body.recordedAt.milliseconds,
      ])
  }

  /// The changes of a record that the base does not hold: not receipted yet, or accepted and not
  /// yet sent back.
  func changes(of record: RecordID) throws -> [Change] {
    let rows = try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT counter, type, body FROM changes
          WHERE record_id = ? AND in_base = 0 AND body IS NOT NULL AND (verdict IS NULL OR verdict != 'refused')
          ORDER BY counter
          """),
      arguments: [Data(record.bytes)])
    return try rows.map(open)
  }

  /// A change by its counter; `nil` when it or its text is no longer kept.
  func change(_ counter: UInt64) throws -> Change? {
    try Row.fetchOne(
      db.cachedStatement(
        sql: "SELECT counter, type, body FROM changes WHERE counter = ? AND body IS NOT NULL"),
      arguments: [Int64(storing: counter)]
    ).map(open)
  }

  /// The oldest changes without a receipt, at most a request's worth, never half of a group.
  func outbox(from first: UInt64? = nil) throws -> (changes: [Change], hasMore: Bool) {
    let waiting = first == nil ? "verdict IS NULL" : "counter >= ?"
    let cursor = try Row.fetchCursor(
      db.cachedStatement(
        sql:
          "SELECT counter, type, body FROM changes WHERE \(waiting) AND body IS NOT NULL ORDER BY counter"
      ),
      arguments: first.map { [Int64(storing: $0)] } ?? [])
    var changes: [Change] = []
    var bytes = 0
    while let row = try cursor.next() {
      let change = try open(row)
      let next = changes.last.map { $0.dot.counter &+ 1 } ?? first ?? change.dot.counter
      guard change.dot.counter == next || first == nil else {
        throw ReplicaError.damaged("the office asks for changes whose text has left this laptop")
      }
      guard changes.count < limits.pushChanges, bytes + change.bytes.count <= limits.pushBytes
      else {
        return (wholeGroups(changes, before: change), true)
      }
      bytes += change.bytes.count
      changes.append(change)
    }
    return (changes, false)
  }

  private func wholeGroups(_ changes: [Change], before next: Change) -> [Change] {
    guard let group = next.body.group,
      let start = changes.firstIndex(where: { $0.body.group == group }),
      start > 0
    else { return changes }
    return Array(changes[..<start])
  }

  private func open(_ row: Row) throws -> Change {
    let counter = UInt64(stored: row[0])
    let sealed: Data = row[2]
    let bytes = try sealer.open([UInt8](sealed), for: label(row[1], counter))
    let change = try Change(reading: bytes, limits: limits)
    guard change.dot.counter == counter else {
      throw ReplicaError.damaged("a change is not in its place")
    }
    return change
  }

  private func label(_ type: String, _ counter: UInt64) -> SealLabel {
    let number = withUnsafeBytes(of: counter.bigEndian) { Array($0) }
    return SealLabel(purpose: "change", type: type, id: number, version: number)
  }
}

extension StoredRecords {
  /// Computes again what is shown of a record: its base with the overlay over it.
  ///
  /// Changes in the overlay have no place, receipted or not: what they displace at the office, and
  /// so the place that they take over there, is known only once the record comes back.
  /// - Parameters:
  ///   - base: the new base, `nil` when the office holds nothing that we know of.
  ///   - marking: remember which changes the base holds. Only for the generation that is shown.
  func show(
    _ id: RecordID, _ caseID: CaseID, _ type: String, base: Record?, over overlay: Overlay,
    marking: Bool
  ) throws {
    var shown: Record?
    for change in try overlay.changes(of: id) {
      if let base, base.version.contains(change.dot) {
        if marking {
          try overlay.db.cachedStatement(sql: "UPDATE changes SET in_base = 1 WHERE counter = ?")
            .execute(arguments: [Int64(storing: change.dot.counter)])
        }
        continue
      }
      var record = shown ?? base ?? Record(id: id, type: type, caseID: caseID)
      record.apply(change, at: nil)
      shown = record
    }
    if base == nil, shown == nil {
      try delete(id)
    } else {
      try save(Row(id: id, caseID: caseID, type: type, base: base, shown: shown))
    }
  }
}
