import Foundation
import GRDB
import ServerStorage

/// The office's store as somebody reads it beside the running server: nothing is written, no life
/// begins, and nobody waits.
package final class SQLiteReader: Sendable {
  private let queue: DatabaseQueue

  package init(path: String) throws(StoreError) {
    guard FileManager.default.fileExists(atPath: path) else { throw .missing(path: path) }
    do {
      var configuration = Configuration()
      configuration.readonly = true
      // A server that ends folds its log into the file, and nobody else gets in for that moment.
      configuration.busyMode = .timeout(5)
      queue = try DatabaseQueue(path: path, configuration: configuration)
      let migrator = SQLiteSchema.migrator
      if try queue.read(migrator.hasBeenSuperseded) { throw StoreError.newer(path: path) }
      guard try queue.read(migrator.hasCompletedMigrations) else {
        throw StoreError.database("it is of an older version: start its server once")
      }
    } catch { throw StoreError(error, path: path) }
  }

  /// Runs `body` on one unchanging view.
  package func read<Result>(_ body: (any ServerReading) throws -> Result) throws -> Result {
    do { return try queue.read { db in try body(SQLiteTransaction(db)) } } catch {
      throw SQLiteStore.meaning(of: error)
    }
  }

  /// Writes a copy of the store as it stands at one moment, beside a server that goes on, and
  /// checks it whole: pages and indexes by SQLite, digests and chains by their own sums.
  /// - Parameter path: of a file that is not there yet. It is removed when the copy fails.
  /// - Returns: what was found wrong with it; nothing in a sound one.
  package func copy(to path: String) throws -> [String] {
    do {
      let target = try DatabaseQueue(path: path)
      try queue.backup(to: target)
      try target.writeWithoutTransaction { db in try db.execute(sql: "PRAGMA journal_mode=DELETE") }
      let problems = try target.read { db in
        let found = try String.fetchAll(db, sql: "PRAGMA integrity_check(20)")
        guard found == ["ok"] else { return found }
        return try StoreVerifier(SQLiteTransaction(db)).verify().problems.map(\.problem)
      }
      try target.close()
      return problems
    } catch {
      try? FileManager.default.removeItem(atPath: path)
      throw SQLiteStore.meaning(of: error)
    }
  }
}
