import Foundation
import GRDB
import RecordCatalogue
import SyncCore

/// The laptop's store: the office's state as last received, and the laptop's own changes over it.
///
/// Every edit and every page is one durable transaction: write-ahead log with `synchronous=FULL`,
/// so that what was called saved survives a power cut. One program writes at a time
/// (`ReplicaLock`); readers open the file read-only.
public final class Replica: ReplicaStore {
  public enum Access: Sendable {
    /// - Parameter wait: how long to wait for another writer.
    case write(wait: Duration = .zero)
    case read
  }

  public let identity: ReplicaIdentity
  public let catalogue: Catalogue
  let pool: DatabasePool
  let sealer: any Sealer
  public let limits: Limits
  let path: String

  /// Where the store is.
  public var storePath: String { path }
  private let lock: ReplicaLock?
  /// Cases that are not shown, because their lease is over.
  public let closedCases: Set<CaseID>

  /// Opens an existing store.
  /// - Parameters:
  ///   - now: the laptop's clock, by which its lease is held; `nil` for who only syncs or looks
  ///     after the file.
  ///   - isRecording: opened to write something new down, which a lease that is over does not
  ///     prevent; then nothing is shown.
  public convenience init(
    path: String, access: Access, catalogue: Catalogue, sealer: any Sealer = PlainSealer(),
    limits: Limits = .standard, at now: Timestamp? = nil, isRecording: Bool = false
  ) throws(ReplicaError) {
    guard FileManager.default.fileExists(atPath: path) else { throw .missing(path: path) }
    try self.init(
      path, access, nil, catalogue, sealer, limits, at: now, isRecording: isRecording)
  }

  /// Makes a new, empty store.
  public static func create(
    path: String, identity: ReplicaIdentity, catalogue: Catalogue,
    sealer: any Sealer = PlainSealer(),
    limits: Limits = .standard
  ) throws(ReplicaError) -> Replica {
    guard !FileManager.default.fileExists(atPath: path) else { throw .alreadyThere(path: path) }
    return try Replica(path, .write(), identity, catalogue, sealer, limits)
  }

  private init(
    _ path: String, _ access: Access, _ new: ReplicaIdentity?, _ catalogue: Catalogue,
    _ sealer: any Sealer, _ limits: Limits, at now: Timestamp? = nil, isRecording: Bool = false
  ) throws(ReplicaError) {
    self.path = path
    self.catalogue = catalogue
    self.sealer = sealer
    self.limits = limits
    switch access {
    case .write(let wait): lock = try ReplicaLock(path: path + ".lock", wait: wait)
    case .read: lock = nil
    }
    do {
      let migrator = ReplicaSchema.migrator
      var pool = try Self.open(path, isReadOnly: lock == nil)
      if lock != nil { try Self.makeDurable(pool) }
      if try pool.read(migrator.hasBeenSuperseded) { throw ReplicaError.newer(path: path) }
      if lock == nil, try !pool.read(migrator.hasCompletedMigrations) {
        // A newer program reads a store that nobody has written with it: its layout comes first.
        try pool.close()
        try Replica(path, .write(wait: .seconds(5)), nil, catalogue, sealer, limits).close()
        pool = try Self.open(path, isReadOnly: true)
      }
      self.pool = pool
      if lock != nil {
        try migrator.migrate(pool)
        if let new { try pool.write { db in try Self.write(new, db) } }
      }
      identity = try pool.read(Self.identity)
      closedCases =
        try now.map { now in
          try pool.read { db in
            try SQLiteRows(db, sealer, limits).closedCases(at: now, isRecording: isRecording)
          }
        } ?? []
    } catch { throw ReplicaError(error, path: path) }
  }

  private static func open(_ path: String, isReadOnly: Bool) throws -> DatabasePool {
    var configuration = Configuration()
    configuration.readonly = isReadOnly
    configuration.maximumReaderCount = 2
    // Who closes the file last folds the log into it, and nobody else gets in for that moment.
    configuration.busyMode = .timeout(5)
    configuration.prepareDatabase { db in try db.execute(sql: "PRAGMA cache_size=-16384") }
    return try DatabasePool(path: path, configuration: configuration)
  }

  /// GRDB sets NORMAL when it opens a pool; FULL is set afterwards and asserted, because NORMAL
  /// loses acknowledged commits at a power cut.
  private static func makeDurable(_ pool: DatabasePool) throws {
    try pool.writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=4000")
      let synchronous = try Int.fetchOne(db, sql: "PRAGMA synchronous")
      let journal = try String.fetchOne(db, sql: "PRAGMA journal_mode")
      guard synchronous == 2, journal == "wal" else {
        throw ReplicaError.database("it could not be made durable")
      }
    }
  }

  private static func write(_ identity: ReplicaIdentity, _ db: Database) throws {
    let insert = "INSERT INTO meta (key, value) VALUES (?, ?)"
    try db.execute(sql: insert, arguments: ["replica", Data(identity.replica.bytes)])
    try db.execute(sql: insert, arguments: ["device", Data(identity.device.bytes)])
    try db.execute(sql: insert, arguments: ["user", identity.user])
    try db.execute(sql: insert, arguments: ["role", identity.role.rawValue])
    try db.execute(sql: insert, arguments: ["office", identity.office])
  }

  private static func identity(_ db: Database) throws -> ReplicaIdentity {
    func value<Value: DatabaseValueConvertible>(_ key: String) throws -> Value? {
      try Value.fetchOne(db, sql: "SELECT value FROM meta WHERE key = ?", arguments: [key])
    }
    guard let replica = try (value("replica") as Data?).flatMap({ ReplicaID(bytes: $0) }),
      let device = try (value("device") as Data?).flatMap({ DeviceID(bytes: $0) }),
      let user: String = try value("user"), let role: String = try value("role")
    else { throw ReplicaError.damaged("it does not say whose it is") }
    return ReplicaIdentity(
      replica: replica, device: device, user: user, role: Role(rawValue: role),
      office: try value("office") ?? "")
  }

  public func write<Result>(
    _ body: (any ReplicaTransaction) throws -> Result
  ) throws(ReplicaError) -> Result {
    try writeSQL { db in try body(SQLiteRows(db, sealer, limits)) }
  }

  public func read<Result>(
    _ body: (any ReplicaReading) throws -> Result
  ) throws(ReplicaError) -> Result {
    try readSQL { db in try body(SQLiteRows(db, sealer, limits)) }
  }

  /// Runs one durable transaction.
  func writeSQL<Result>(_ body: (Database) throws -> Result) throws(ReplicaError) -> Result {
    do { return try pool.write(body) } catch { throw ReplicaError(error, path: path) }
  }

  func readSQL<Result>(_ body: (Database) throws -> Result) throws(ReplicaError) -> Result {
    do { return try pool.read(body) } catch { throw ReplicaError(error, path: path) }
  }

  /// Folds the write-ahead log into the file and closes. Further use fails.
  public func close() throws(ReplicaError) {
    do {
      if lock != nil { try pool.writeWithoutTransaction { db in _ = try db.checkpoint(.truncate) } }
    } catch { throw ReplicaError(error, path: path) }
    try letGo()
  }

  /// Closes and lets the next program in. The log stays as it is, which costs nothing.
  func letGo() throws(ReplicaError) {
    do { try pool.close() } catch { throw ReplicaError(error, path: path) }
    lock?.release()
  }
}
