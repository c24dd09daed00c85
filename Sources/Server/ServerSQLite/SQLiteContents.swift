import Foundation
import GRDB
import ServerStorage
import SyncCore

/// The contents of attachments, in SQL.
extension SQLiteTransaction {
  private func last(of key: ContentKey, at offset: Int64) throws -> (start: Int64, bytes: Data)? {
    try one(
      """
      SELECT start, bytes FROM content_pieces
      WHERE case_id = ? AND digest = ? AND start <= ? ORDER BY start DESC LIMIT 1
      """, [Data(key.caseID.bytes), Data(key.digest.bytes), offset]
    ).map { (try $0.at(0), try $0.at(1)) }
  }

  func contentBytes(_ key: ContentKey) throws -> UInt64 {
    let row = try one(
      """
      SELECT start + length(bytes) FROM content_pieces
      WHERE case_id = ? AND digest = ? ORDER BY start DESC LIMIT 1
      """, [Data(key.caseID.bytes), Data(key.digest.bytes)])
    return try row.map { try UInt64(stored: $0.at(0)) } ?? 0
  }

  func content(_ key: ContentKey, at offset: UInt64) throws -> [UInt8] {
    let offset = Int64(clamping: offset)
    guard let piece = try last(of: key, at: offset) else { return [] }
    guard piece.start >= 0 else { throw StoreError.damaged("a content does not begin") }
    return Array(piece.bytes.dropFirst(Int(clamping: offset - piece.start)))
  }

  func contents(of caseID: CaseID) throws -> [ContentKey] {
    try all(
      "SELECT DISTINCT digest FROM content_pieces WHERE case_id = ? ORDER BY digest",
      [Data(caseID.bytes)]
    ) { ContentKey(caseID: caseID, digest: try hash($0.at(0))) }
  }

  func append(_ piece: [UInt8], to key: ContentKey) throws {
    try run(
      "INSERT INTO content_pieces (case_id, digest, start, bytes) VALUES (?, ?, ?, ?)",
      [
        Data(key.caseID.bytes), Data(key.digest.bytes), Int64(storing: contentBytes(key)),
        Data(piece),
      ])
  }

  func removeContent(_ key: ContentKey) throws {
    try run(
      "DELETE FROM content_pieces WHERE case_id = ? AND digest = ?",
      [Data(key.caseID.bytes), Data(key.digest.bytes)])
  }
}
