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
}
