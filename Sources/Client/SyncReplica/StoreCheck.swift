import Foundation
import GRDB
import SyncCore

/// Looks a store over without changing it, whatever state it is in. Says nothing of what is in
/// cases.
public struct StoreCheck: Sendable {
  /// What is damaged, each for a person; empty for a store that is whole.
  public private(set) var damage: [String] = []
  /// Why it could not be looked at although it may be whole.
  public private(set) var obstacle: ReplicaError?
  public private(set) var isMissing = false
  /// The newest layout that it was brought to; `nil` where that cannot be read.
  public private(set) var layout: String?
  /// Changes without a receipt that can be read, and the oldest one's time by the laptop's clock.
  public private(set) var unsent: Int?
  public private(set) var oldestUnsent: Timestamp?
  /// `nil` where it cannot be read.
  public private(set) var state: ReplicaState?
  /// The latest time that the store knows, by the laptop's clock.
  public private(set) var newest: Timestamp?
  /// Who writes to it just now.
  public private(set) var holder: String?

  /// The layout that this program writes.
  public static var ownLayout: String { ReplicaSchema.migrator.migrations.last ?? "" }

  private let sealer: any Sealer
  private let limits: Limits

  public init(
    _ path: String, sealer: any Sealer = PlainSealer(), limits: Limits = .standard
  ) {
    self.sealer = sealer
    self.limits = limits
    holder = ReplicaLock.holder(ofLock: path + ".lock")
    guard FileManager.default.fileExists(atPath: path) else {
      isMissing = true
      damage.append("its file is not there")
      return
    }
    do {
      var configuration = Configuration()
      configuration.readonly = true
      configuration.busyMode = .timeout(5)
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      try queue.read { db in look(db, path) }
      try queue.close()
    } catch { note(error, path) }
  }

  /// Whether a rescue is needed.
  public var isDamaged: Bool { !damage.isEmpty }

  private mutating func note(_ error: any Error, _ path: String) {
    switch ReplicaError(error, path: path) {
    case .damaged(let what): damage.append(what)
    case let other: obstacle = obstacle ?? other
    }
  }

  private mutating func look(_ db: Database, _ path: String) {
    do {
      let migrator = ReplicaSchema.migrator
      layout = try migrator.appliedMigrations(db).last
      if try migrator.hasBeenSuperseded(db) {
        obstacle = .newer(path: path)
        return
      }
      let problems = try String.fetchAll(db, sql: "PRAGMA integrity_check(5)")
      if problems != ["ok"] { damage.append("SQLite's own check finds pages that are wrong") }
    } catch { note(error, path) }
    do { try lookAtState(db) } catch { note(error, path) }
    do { try lookAtChanges(db) } catch { note(error, path) }
    do { try lookAtRecords(db) } catch { note(error, path) }
  }

  private mutating func lookAtState(_ db: Database) throws {
    var values: [String: DatabaseValue] = [:]
    let cursor = try Row.fetchCursor(db, sql: "SELECT key, value FROM meta")
    while let row = try cursor.next() {
      guard let key = String.fromDatabaseValue(row[0] as DatabaseValue) else { continue }
      values[key] = row[1] as DatabaseValue
    }
    let state = try ReplicaState(values)
    self.state = state
    see(state.lease?.seen)
    see(state.lastSync.map { Timestamp(milliseconds: $0.milliseconds + state.clockOffset) })
    for key in ["device", "user", "role"] where values[key] == nil {
      throw ReplicaError.damaged("it does not say whose it is")
    }
  }

  private mutating func lookAtChanges(_ db: Database) throws {
    var unreadable = 0
    var waiting: [FoundChange] = []
    let cursor = try Row.fetchCursor(db, sql: "SELECT * FROM changes ORDER BY number")
    while let row = try cursor.next() {
      let values = Array(row.databaseValues)
      guard let number = values.first.flatMap(Int64.fromDatabaseValue),
        let change = FoundChange(number, values, sealer, limits)
      else {
        unreadable += 1
        continue
      }
      see(Timestamp(milliseconds: change.recordedAt))
      if change.verdict == nil { waiting.append(change) }
    }
    if unreadable > 0 { damage.append("\(unreadable) of your own entries cannot be read") }
    let isChain = zip(waiting, waiting.dropFirst()).allSatisfy { one, next in
      next.change?.body.previous == one.hash
    }
    if !isChain, unreadable == 0 { damage.append("your unsent entries do not follow one another") }
    unsent = waiting.count
    oldestUnsent = waiting.first.map { Timestamp(milliseconds: $0.recordedAt) }
  }

  private mutating func lookAtRecords(_ db: Database) throws {
    var unreadable = 0
    let sql = "SELECT record_id, case_id, type, version, base, shown_version, shown FROM records"
    let cursor = try Row.fetchCursor(db, sql: sql)
    while let row = try cursor.next() {
      if !isReadable(Array(row.databaseValues)) { unreadable += 1 }
    }
    if unreadable > 0 { damage.append("\(unreadable) records of your cases cannot be read") }
  }

  private func isReadable(_ values: [DatabaseValue]) -> Bool {
    func bytes(_ index: Int) -> [UInt8]? {
      if case .blob(let data) = values[index].storage { [UInt8](data) } else { nil }
    }
    guard let id = bytes(0), let caseID = bytes(1), case .string(let type) = values[2].storage
    else { return false }
    for (purpose, version, body) in [("base", 3, 4), ("shown", 5, 6)] where !values[body].isNull {
      guard let version = bytes(version), let sealed = bytes(body) else { return false }
      let label = SealLabel(purpose: purpose, type: type, id: id, version: version)
      do {
        let record = try SyncCore.Record(reading: try sealer.open(sealed, for: label))
        guard record.id.bytes == id, record.type == type, record.caseID.bytes == caseID,
          record.version.writtenForm == version
        else { return false }
      } catch { return false }
    }
    return true
  }

  private mutating func see(_ time: Timestamp?) {
    guard let time else { return }
    newest = newest.map { max($0, time) } ?? time
  }
}

extension ReplicaLock {
  /// Who holds a lock, asked without taking it or making its file; `nil` for nobody.
  static func holder(ofLock path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    guard flock(descriptor, LOCK_SH | LOCK_NB) != 0 else {
      flock(descriptor, LOCK_UN)
      return nil
    }
    return holder(path)
  }
}
