import Foundation
import GRDB
import RecordCatalogue
import ServerStorage
import SyncCore

/// The office's store on SQLite: write-ahead log, `synchronous=FULL`, one writer.
///
/// Transactions that wait at the same moment share one commit (`CommitQueue`), each behind a
/// savepoint of its own: one durable commit costs as much as the disk takes, and a busy office must
/// not pay it for every laptop.
package final class SQLiteStore: ServerStore {
  let pool: DatabasePool
  private let queue: CommitQueue
  private let lock: FileLock
  private let accessLog: AccessLog
  /// The server's life that began when it was opened.
  package let life: Life
  /// Whether the store had been put back from a backup, so that the life begins a new epoch.
  package let wasRestored: Bool

  /// Opens the store in `path`, which begins a new life of the server.
  ///
  /// When the mark beside the store shows that more had been written than it holds, or is not
  /// there, the store was put back from a backup, and the life begins a new epoch.
  /// - Parameters:
  ///   - life: chance, which names the life.
  ///   - creating: make a new one with these values; fails if there is one already.
  package init(path: String, life: ReplicaID, creating new: New? = nil) throws(StoreError) {
    let exists = FileManager.default.fileExists(atPath: path)
    if new == nil, !exists { throw .missing(path: path) }
    if new != nil, exists { throw .alreadyThere(path: path) }
    lock = try FileLock(path: path + ".lock", holds: path)
    do {
      var configuration = Configuration()
      configuration.maximumReaderCount = 4
      configuration.prepareDatabase { db in try db.execute(sql: "PRAGMA cache_size=-65536") }
      pool = try DatabasePool(path: path, configuration: configuration)
      try Self.makeDurable(pool)
      let migrator = SQLiteSchema.migrator
      if try pool.read(migrator.hasBeenSuperseded) { throw StoreError.newer(path: path) }
      try migrator.migrate(pool)
      if let new { try pool.write { db in try new.write(to: db) } }
      let mark = try HighWaterMark(path: path + ".mark")
      (self.life, wasRestored) = try pool.write { db in
        try Self.begin(life, mark, db, isNew: new != nil)
      }
      accessLog = try AccessLog(path: path + ".access.log")
      queue = CommitQueue(pool, mark, accessLog)
    } catch { throw StoreError(error, path: path) }
  }

  /// What a new store starts with. Chance comes from the caller.
  package struct New: Sendable {
    package var secret: [UInt8]

    package init(secret: [UInt8]) { self.secret = secret }

    fileprivate func write(to db: Database) throws {
      let insert = "INSERT INTO meta (key, value) VALUES (?, ?)"
      try db.execute(sql: insert, arguments: ["sequence", 0])
      try db.execute(sql: insert, arguments: ["secret", Data(secret)])
    }
  }

  private static func begin(
    _ replica: ReplicaID, _ mark: HighWaterMark, _ db: Database, isNew: Bool
  ) throws -> (Life, wasRestored: Bool) {
    let transaction = SQLiteTransaction(db)
    let sequence = try transaction.sequence()
    guard !isNew else {
      try mark.note(Place(epoch: 1, sequence: 0))
      try mark.force()
      let first = Life(replica: replica, epoch: 1, start: 0)
      try transaction.begin(first)
      return (first, false)
    }
    let last = try transaction.life()
    let shown = try mark.read()
    var life = Life(replica: replica, epoch: last.epoch, start: sequence)
    if shown.map({ $0 > Place(epoch: last.epoch, sequence: sequence) }) ?? true {
      let (epoch, overflow) = max(last.epoch, shown?.epoch ?? 0).addingReportingOverflow(1)
      guard !overflow else { throw StoreError.damaged("its mark is not a number of ours") }
      life.epoch = epoch
    }
    try mark.note(Place(epoch: life.epoch, sequence: sequence))
    try mark.force()
    try transaction.begin(life)
    return (life, life.epoch > last.epoch)
  }

  /// GRDB sets NORMAL when it opens a pool; FULL is set afterwards and asserted.
  private static func makeDurable(_ pool: DatabasePool) throws {
    try pool.writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=8000")
      let synchronous = try Int.fetchOne(db, sql: "PRAGMA synchronous")
      let journal = try String.fetchOne(db, sql: "PRAGMA journal_mode")
      guard synchronous == 2, journal == "wal" else {
        throw StoreError.database("it could not be made durable")
      }
    }
  }

  /// Makes so again what was decided on access after this copy of the store: who was given or
  /// denied which case, and which devices were enrolled or withdrawn. To be done before anybody is
  /// served; done once an epoch, also when it was interrupted.
  /// - Returns: how many decisions the copy lacked, and how many lines of the log nobody can read.
  package func replayAccess(
    by catalogue: Catalogue, at now: Timestamp
  ) async throws -> (again: Int, unreadable: Int) {
    let due = try await pool.read { db -> Place? in
      let done = try Int64.fetchOne(db, sql: "SELECT value FROM meta WHERE key = 'access_epoch'")
      let life = try SQLiteTransaction(db).life()
      guard UInt64(stored: done ?? 1) < life.epoch else { return nil }
      let last = try Row.fetchOne(
        db,
        sql: """
          SELECT (SELECT epoch FROM lives WHERE epoch < ?1 ORDER BY number DESC LIMIT 1), min(start)
          FROM lives WHERE epoch = ?1
          """, arguments: [Int64(storing: life.epoch)])
      return Place(
        epoch: UInt64(stored: last?[0] ?? 0), sequence: UInt64(stored: last?[1] ?? 0))
    }
    guard let due else { return (0, 0) }
    let (notes, unreadable) = try accessLog.notes(from: due)
    let count = try await transaction { transaction in
      try AccessNote.replay(notes, in: transaction, catalogue, at: now)
    }
    try await pool.write { [life] db in
      try db.execute(
        sql: "INSERT OR REPLACE INTO meta (key, value) VALUES ('access_epoch', ?)",
        arguments: [Int64(storing: life.epoch)])
    }
    return (count, unreadable)
  }

  package func transaction<Result: Sendable>(
    _ body: @escaping @Sendable (any ServerTransaction) throws -> Result
  ) async throws -> Result {
    do { return try await queue.run(body) } catch { throw Self.meaning(of: error) }
  }

  package func read<Result: Sendable>(
    _ body: @escaping @Sendable (any ServerReading) throws -> Result
  ) async throws -> Result {
    do { return try await pool.read { db in try body(SQLiteTransaction(db)) } } catch {
      throw Self.meaning(of: error)
    }
  }

  /// An error of the database becomes the store's; what the body threw stays what it is.
  static func meaning(of error: any Error) -> any Error {
    error is DatabaseError || error is RowDecodingError ? StoreError(error, path: "") : error
  }

  /// Gives analysts one view a type of the catalogue, and takes away those of types that it lacks.
  package func adopt(_ views: [TypeView]) throws(StoreError) {
    do { try pool.write { db in try TypeView.adopt(views, in: db) } } catch {
      throw StoreError(error, path: "")
    }
  }

  /// Folds the write-ahead log into the file and closes.
  package func close() throws {
    queue.stop()
    try pool.writeWithoutTransaction { db in _ = try db.checkpoint(.truncate) }
    try pool.close()
    lock.release()
  }
}

extension StoreError {
  init(_ error: any Error, path: String) {
    switch error {
    case let error as StoreError: self = error
    case is RowDecodingError: self = .damaged("a column does not hold what it should")
    case let error as DatabaseError:
      switch error.resultCode {
      case .SQLITE_FULL: self = .diskFull
      case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_READONLY:
        self = .noAccess(path: path, reason: "it cannot be opened for writing")
      case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .damaged("SQLite reports \(error.resultCode)")
      default: self = .database("SQLite reports \(error.resultCode): \(error.message ?? "")")
      }
    default: self = .database("\(type(of: error))")
    }
  }
}

/// One program at a time; the kernel lets go when it ends.
private final class FileLock: Sendable {
  private let descriptor: Int32

  init(path: String, holds store: String) throws(StoreError) {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw .noAccess(path: path, reason: String(cString: strerror(errno)))
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      Foundation.close(descriptor)
      throw .held(path: store)
    }
    self.descriptor = descriptor
  }

  /// Lets the next program in, while this value may still be around.
  func release() { flock(descriptor, LOCK_UN) }

  deinit { Foundation.close(descriptor) }
}

extension Int64 {
  init(storing number: UInt64) { self = Int64(clamping: number) }
}

extension UInt64 {
  init(stored number: Int64) { self = UInt64(exactly: number) ?? 0 }
}
