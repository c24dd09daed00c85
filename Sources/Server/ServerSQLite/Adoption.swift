import Foundation
import GRDB
import RecordCatalogue
import ServerStorage
import SyncCore

/// What changes in a store with the catalogue that it is read by. The records stay as they are.
extension SQLiteStore {
  /// Makes the views of analysts those of a catalogue, and reads again, by its rules, every record
  /// in which concurrent values stand: only these can read otherwise than they did.
  ///
  /// That reads a whole office, once for each version.
  package func adopt(_ catalogue: Catalogue) throws(StoreError) {
    try adopt(TypeView.all(of: catalogue))
    do {
      try pool.write { db in
        let version = Int64(catalogue.version)
        let known = try Int64.fetchOne(db, sql: "SELECT value FROM meta WHERE key = 'read_by'")
        guard known != version else { return }
        try Self.readAgain(by: catalogue, in: db)
        // Its windows may be others.
        try db.execute(sql: "UPDATE cases SET windowed_at = 0")
        try db.execute(
          sql: "INSERT OR REPLACE INTO meta (key, value) VALUES ('read_by', ?)",
          arguments: [version])
      }
    } catch { throw StoreError(error, path: "") }
  }

  private static let page = 1_000

  private static func readAgain(by catalogue: Catalogue, in db: Database) throws {
    var last = Data()
    while true {
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT record_id, body, resolved, is_contested FROM records
          WHERE record_id > ? ORDER BY record_id LIMIT ?
          """, arguments: [last, page])
      guard let end = rows.last else { return }
      last = end[0]
      for row in rows {
        // A record that cannot be read is the verifier's to find, and keeps what it showed.
        guard let record = try? SyncCore.Record(reading: [UInt8](row.at(1) as Data)),
          record.hasConcurrentValues
        else { continue }
        let view = ResolvedView(of: record, policy: catalogue.policy(of: record.type))
        guard try view.json != row.at(2) || view.isContested != row.at(3) else { continue }
        try db.execute(
          sql: "UPDATE records SET resolved = ?, is_contested = ? WHERE record_id = ?",
          arguments: [view.json, view.isContested, row.at(0) as Data])
      }
    }
  }
}
