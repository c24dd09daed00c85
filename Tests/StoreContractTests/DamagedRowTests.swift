import Foundation
import GRDB
import ServerStorage
import SyncCore
import TestSupport
import Testing

@testable import ServerSQLite

@Suite struct `A row of the office that lacks what it should hold` {
  private static let key = ContentKey(caseID: Sample.caseID, digest: Hash(of: [1, 2, 3]))

  /// A store with something in each table, closed.
  private static func filled() async throws -> TemporaryDirectory {
    let directory = try TemporaryDirectory()
    let store = try SQLiteStore.new(in: directory)
    try await store.transaction { transaction throws in
      for counter: UInt64 in 1...3 {
        let refused = Verdict.refused(code: "invalid", field: "text")
        try transaction.append(
          Sample.change(
            counter, sequence: try transaction.nextSequence(),
            verdict: counter == 2 ? refused : .applied))
      }
      try transaction.save(Sample.record(1, sequence: 1), resolved: Sample.contested)
      try transaction.save(CaseHead(caseID: Sample.caseID, sequence: 3))
      try transaction.save(
        Grant(user: "sam", caseID: Sample.caseID, grantedAt: 1, reason: "allocated"))
      try transaction.save(Sample.device(1))
      try transaction.save(
        Erasure(
          device: DeviceID(value: 1), caseID: Sample.caseID, endedAt: 2,
          receivedAt: Timestamp(milliseconds: 3)))
      try transaction.save(
        EnrolmentCode(
          hash: Hash(of: [7]), user: "sam", role: .officer, label: "new", isOperator: false,
          expiresAt: Timestamp(milliseconds: 9)))
      try transaction.add(StoredOrder(id: 1, device: DeviceID(value: 1), kind: .resync))
      try transaction.save(
        QuarantineDecision(
          on: Dot(Sample.replica, 2), .redirected, by: "op", at: Timestamp(milliseconds: 5),
          reason: "Meant well.", sequence: 3, issuedAs: Dot(ReplicaID(value: 5), 6)))
      try transaction.save(
        ReturnTally(
          epoch: 1, device: DeviceID(value: 1), heardAt: Timestamp(milliseconds: 1_000)))
      try transaction.save(ShownHead(replica: Sample.replica, counter: 9))
      try transaction.append([1, 2, 3], to: key)
    }
    try store.close()
    return directory
  }

  /// Everything that is asked of a store. Each answers or throws.
  private static func ask(_ store: SQLiteStore) async -> Int {
    let questions: [@Sendable (any ServerReading) throws -> Void] = [
      { _ = try $0.life() }, { _ = try $0.life(at: 1) }, { _ = try $0.lives(newest: 9) },
      { _ = try $0.end(of: $0.life().replica) },
      { _ = try $0.contestedRecords(after: nil, limit: 9) }, { _ = try $0.sequence() },
      { _ = try $0.key() }, { _ = try $0.head(of: Sample.replica) },
      { _ = try $0.change(Dot(Sample.replica, 1)) },
      { _ = try $0.changes(of: Sample.replica, after: 0, limit: 9) }, { _ = try $0.replicas() },
      { _ = try $0.casesChanged(after: 0) },
      { _ = try $0.changes(of: RecordID(value: 1)) }, { _ = try $0.tallies(of: Sample.caseID) },
      { _ = try $0.records(endingIn: "0001") }, { _ = try $0.record(RecordID(value: 1)) },
      { _ = try $0.records(of: Sample.caseID, after: 0, limit: 9) },
      { _ = try $0.records(of: Sample.caseID, types: ["contact-entry"]) },
      { _ = try $0.caseHead(Sample.caseID) }, { _ = try $0.caseHeads(after: nil, limit: 9) },
      { _ = try $0.grants(of: "sam") }, { _ = try $0.grants(on: Sample.caseID) },
      { _ = try $0.device(DeviceID(value: 1)) }, { _ = try $0.devices() },
      { _ = try $0.device(fingerprint: Sample.device(1).fingerprint) },
      { _ = try $0.erasures(by: DeviceID(value: 1)) },
      { _ = try $0.enrolmentCode(Hash(of: [7])) }, { _ = try $0.orders(for: DeviceID(value: 1)) },
      { _ = try $0.refusedChanges(after: 0, limit: 9) },
      { _ = try $0.decision(on: Dot(Sample.replica, 2)) },
      { _ = try $0.decisions(of: Sample.replica, after: 0) },
      { _ = try $0.returnTally(of: DeviceID(value: 1), in: 1) }, { _ = try $0.shownHeads() },
      { _ = try $0.contentBytes(key) }, { _ = try $0.content(key, at: 1) },
      { _ = try $0.contents(of: Sample.caseID) }, { _ = try $0.counts() },
      { _ = try $0.recordsChangedAtOnce() }, { _ = try $0.verdictCounts() },
      { _ = try RestoreReport($0) },
      { _ = try Quarantine($0).items(after: 0, limit: 9, all: true) },
    ]
    var failures = 0
    for question in questions {
      do { try await store.read(question) } catch { failures += 1 }
    }
    return failures
  }

  @Test func `stops no server`() async throws {
    let whole = try await Self.filled()
    let columns = try await DatabaseQueue(path: whole.file("office.db")).read { db in
      try String.fetchAll(
        db, sql: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%grdb%'"
      ).flatMap { table in try db.columns(in: table).map { (table, $0.name) } }
    }
    var found = 0
    for (table, column) in columns {
      for value in ["NULL", "x'01'", "'x'", "-1", "9223372036854775807", "1.5"] {
        let directory = try TemporaryDirectory()
        for (name, bytes) in try whole.contents() where !name.hasSuffix("-shm") {
          try bytes.write(to: URL(fileURLWithPath: directory.file(name)))
        }
        guard try Self.spoil(directory.file("office.db"), table, column, value) else { continue }
        do {
          let store = try SQLiteStore.reopened(in: directory)
          if await Self.ask(store) > 0 { found += 1 }
          try store.close()
        } catch { found += 1 }
      }
    }
    #expect(found > 100)
  }

  /// - Returns: whether SQLite did it; keys that it keeps whole itself stay as they are.
  private static func spoil(
    _ path: String, _ table: String, _ column: String, _ value: String
  ) throws -> Bool {
    let lifting = try DatabaseQueue(path: path)
    try lifting.writeWithoutTransaction { db in
      try db.execute(
        sql: """
          PRAGMA writable_schema = ON;
          UPDATE sqlite_master SET sql = replace(sql, ' NOT NULL', '') WHERE type = 'table';
          PRAGMA writable_schema = OFF;
          """)
    }
    try lifting.close()
    let queue = try DatabaseQueue(path: path)
    let wasDone =
      (try? queue.write { try $0.execute(sql: "UPDATE \(table) SET \(column) = \(value)") }) != nil
    try queue.close()
    return wasDone
  }
}
