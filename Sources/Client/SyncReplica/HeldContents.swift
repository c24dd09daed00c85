import Foundation
import GRDB
import SyncCore

/// The contents of attachments on a laptop, by the ids of their records.
///
/// They lie in the store beside everything else, so that what destroys, closes or copies the store
/// does the same to them.
public struct HeldContents {
  private let rows: SQLiteRows

  init(_ rows: SQLiteRows) { self.rows = rows }

  /// Adds to the end of a content.
  /// - Parameters:
  ///   - size: bytes of all of it.
  ///   - waits: whether the office has yet to get it from here.
  public func append(
    _ piece: [UInt8], to record: RecordID, of caseID: CaseID, size: Int, waits: Bool
  ) throws {
    let start = try bytes(of: record)
    try rows.run(
      "INSERT OR IGNORE INTO contents (record_id, case_id, size, waits) VALUES (?, ?, ?, ?)",
      [Data(record.bytes), Data(caseID.bytes), size, waits])
    let body = try rows.sealer.seal(piece, for: Self.label(record, start))
    try rows.run(
      "INSERT INTO content_pieces (record_id, start, length, body) VALUES (?, ?, ?, ?)",
      [Data(record.bytes), start, piece.count, Data(body)])
  }

  /// How much of a content is here, from its first byte on.
  public func bytes(of record: RecordID) throws -> Int {
    let end = try rows.number(
      "SELECT start + length FROM content_pieces WHERE record_id = ? ORDER BY start DESC LIMIT 1",
      [Data(record.bytes)])
    return Int(end ?? 0)
  }

  /// What stands at a place of a content, to the end of the piece in which it is kept.
  public func piece(at offset: Int, of record: RecordID) throws -> [UInt8] {
    let row = try rows.one(
      """
      SELECT start, body FROM content_pieces
      WHERE record_id = ? AND start <= ? ORDER BY start DESC LIMIT 1
      """, [Data(record.bytes), offset])
    guard let row else { return [] }
    let start: Int = try row.at(0)
    guard start >= 0 else { throw ReplicaError.damaged("an attachment does not begin") }
    let piece = try rows.sealer.open(
      (row.at(1) as Blob).bytes, for: Self.label(record, start))
    return Array(piece.dropFirst(offset - start))
  }

  /// All of a content that is here.
  public func content(of record: RecordID) throws -> [UInt8] {
    var content: [UInt8] = []
    while true {
      let piece = try piece(at: content.count, of: record)
      guard !piece.isEmpty else { return content }
      content += piece
    }
  }

  /// The records whose contents the office has yet to get, ascending. Where it refused the record,
  /// the content stays here with its author's text, until somebody at the office releases that.
  public func waiting() throws -> [RecordID] {
    try Data.fetchAll(
      rows.db,
      sql: """
        SELECT record_id FROM contents WHERE waits = 1 AND NOT EXISTS (
          SELECT 1 FROM changes
          WHERE changes.record_id = contents.record_id AND verdict LIKE 'refused:%'
            AND decision IS NOT 'released')
        ORDER BY record_id
        """
    ).map { try rows.id($0, "a content") }
  }

  /// The office has all of it.
  public func arrived(_ record: RecordID) throws {
    try rows.run("UPDATE contents SET waits = 0 WHERE record_id = ?", [Data(record.bytes)])
  }

  /// An office that was put back from a backup may lack what is here whole.
  func owe() throws {
    try rows.run(
      """
      UPDATE contents SET waits = 1
      WHERE size = (
        SELECT max(start + length) FROM content_pieces
        WHERE content_pieces.record_id = contents.record_id)
      """)
  }

  public func remove(_ record: RecordID) throws {
    try rows.run("DELETE FROM content_pieces WHERE record_id = ?", [Data(record.bytes)])
    try rows.run("DELETE FROM contents WHERE record_id = ?", [Data(record.bytes)])
  }

  /// Removes what nothing here names: of an attachment that was deleted or has left. What waits for
  /// the office stays as long as its change is here.
  public func tidy() throws {
    let all = try Row.fetchAll(rows.db, sql: "SELECT record_id, waits FROM contents")
    let generation = try rows.state().generation
    for row in all {
      let record: RecordID = try rows.id(row.at(0), "a content")
      let current = try rows.record(record, in: generation)?.current
      let isNamed = current.map { !$0.isDeleted } ?? false
      let isOwn =
        try rows.number(
          "SELECT 1 FROM changes WHERE record_id = ? LIMIT 1", [Data(record.bytes)]) != nil
      let waits: Bool = try row.at(1)
      if !isNamed, !(waits && isOwn) { try remove(record) }
    }
  }

  /// Removes what belongs to a case that has left, but for what waits for the office.
  func drop(_ caseID: CaseID) throws {
    let gone = "SELECT record_id FROM contents WHERE case_id = ? AND waits = 0"
    try rows.run(
      "DELETE FROM content_pieces WHERE record_id IN (\(gone))", [Data(caseID.bytes)])
    try rows.run("DELETE FROM contents WHERE case_id = ? AND waits = 0", [Data(caseID.bytes)])
  }

  private static func label(_ record: RecordID, _ start: Int) -> SealLabel {
    let place = UInt64(clamping: start)
    return SealLabel(
      purpose: "content", type: "attachment", id: record.bytes,
      version: (0..<8).map { UInt8(truncatingIfNeeded: place >> (56 - 8 * $0)) })
  }
}

extension SQLiteRows {
  var contents: HeldContents { HeldContents(self) }
}

/// A laptop's store, where attachments are asked for.
public protocol ContentStore: Sendable {
  /// Runs one durable transaction; when `body` throws, nothing of it remains.
  func contents<Result>(
    _ body: (HeldContents) throws -> Result
  ) throws(ReplicaError) -> Result
}

extension Replica {
  /// Saves an attachment with its content, or neither of them.
  /// - Returns: the change.
  public func attach(
    _ content: [UInt8], by edit: Edit, at time: Timestamp
  ) throws(ReplicaError) -> [Change] {
    try writeSQL { db in
      let rows = SQLiteRows(db, sealer, limits)
      let changes = try enter([edit], nil, time, rows)
      for start in stride(from: 0, to: content.count, by: limits.pieceBytes) {
        let piece = content[start..<min(start + limits.pieceBytes, content.count)]
        try rows.contents.append(
          Array(piece), to: edit.record, of: edit.caseID, size: content.count, waits: true)
      }
      return changes
    }
  }
}

extension Replica: ContentStore {
  public func contents<Result>(
    _ body: (HeldContents) throws -> Result
  ) throws(ReplicaError) -> Result {
    try writeSQL { db in try body(SQLiteRows(db, sealer, limits).contents) }
  }

  /// The same for who only looks.
  public func readContents<Result>(
    _ body: (HeldContents) throws -> Result
  ) throws(ReplicaError) -> Result {
    try readSQL { db in try body(SQLiteRows(db, sealer, limits).contents) }
  }
}

extension SharedReplica: ContentStore {
  public func contents<Result>(
    _ body: (HeldContents) throws -> Result
  ) throws(ReplicaError) -> Result {
    try use { (replica) throws(ReplicaError) in try replica.contents(body) }
  }
}
