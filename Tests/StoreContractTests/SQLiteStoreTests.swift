import Foundation
import GRDB
import ServerStorage
import SyncCore
import TestSupport
import Testing

@testable import ServerSQLite

@Suite struct `The office's store on disk` {
  @Test func `has everything after a restart`() async throws {
    let directory = try TemporaryDirectory()
    var store = try SQLiteStore.new(in: directory)
    let replica = try await store.read { try $0.life().replica }
    try await store.transaction { transaction throws in
      try transaction.append(Sample.change(1, sequence: try transaction.nextSequence()))
      try transaction.save(Sample.record(1, sequence: 1), resolved: Sample.resolved)
      try transaction.save(Sample.device(1))
    }
    try store.close()
    store = try .reopened(in: directory)
    try await store.read { store throws in
      #expect(try store.life(at: 1).replica == replica)
      #expect(try store.life().replica != replica)
      #expect(try store.epoch() == 1)
      #expect(try store.sequence() == 1)
      #expect(try store.head(of: Sample.replica).counter == 1)
      #expect(try store.record(RecordID(value: 1)) == Sample.record(1, sequence: 1))
      #expect(try store.devices() == [Sample.device(1)])
      #expect(
        try Proof.ofRecord([1], key: store.key())
          == Proof.ofRecord([1], key: OfficeKey(secret: Array(repeating: 7, count: 32))))
    }
  }

  @Test func `has every receipted change although the program was killed`() async throws {
    let directory = try TemporaryDirectory()
    let copy = try TemporaryDirectory()
    let store = try SQLiteStore.new(in: directory)
    try await store.transaction { try $0.append(Sample.change(1, sequence: $0.nextSequence())) }
    // What the disk holds at this moment is all that a killed program leaves.
    for (name, bytes) in try directory.contents() where !name.hasSuffix("-shm") {
      try bytes.write(to: URL(fileURLWithPath: copy.file(name)))
    }
    let survivor = try SQLiteStore.reopened(in: copy)
    #expect(try await survivor.read { try $0.head(of: Sample.replica).counter } == 1)
  }

  @Test func `waits for the disk at every commit`() async throws {
    let store = try SQLiteStore.new(in: try TemporaryDirectory())
    let settings = try await store.transaction { transaction throws in
      let db = try #require(transaction as? SQLiteTransaction).db
      return [
        try String.fetchOne(db, sql: "PRAGMA journal_mode"),
        try String.fetchOne(db, sql: "PRAGMA synchronous"),
      ]
    }
    #expect(settings == ["wal", "2"])
  }

  @Test func `is opened by one server at a time`() throws {
    let directory = try TemporaryDirectory()
    let store = try SQLiteStore.new(in: directory)
    #expect(throws: StoreError.held(path: directory.file("office.db"))) {
      try SQLiteStore.reopened(in: directory)
    }
    try store.close()
  }

  @Test func `is neither made twice nor opened where there is none`() throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("office.db")
    #expect(throws: StoreError.missing(path: path)) { try SQLiteStore.reopened(in: directory) }
    try SQLiteStore.new(in: directory).close()
    #expect(throws: StoreError.alreadyThere(path: path)) { try SQLiteStore.new(in: directory) }
  }

  @Test func `refuses a file that a newer program has changed`() async throws {
    let directory = try TemporaryDirectory()
    let store = try SQLiteStore.new(in: directory)
    try await store.transaction { transaction throws in
      try #require(transaction as? SQLiteTransaction).db
        .execute(sql: "INSERT INTO grdb_migrations VALUES ('99 of next year')")
    }
    try store.close()
    #expect(throws: StoreError.newer(path: directory.file("office.db"))) {
      try SQLiteStore.reopened(in: directory)
    }
  }

  @Test func `refuses a file that is no database`() throws {
    let directory = try TemporaryDirectory()
    try Data("not a database, but long enough to look like one".utf8)
      .write(to: URL(fileURLWithPath: directory.file("office.db")))
    #expect(throws: StoreError.self) { try SQLiteStore.reopened(in: directory) }
  }

  @Test func `answers with an error once it is closed`() async throws {
    let store = try SQLiteStore.new(in: try TemporaryDirectory())
    try store.close()
    await #expect(throws: StoreError.self) {
      try await store.transaction { try $0.nextSequence() }
    }
  }

  @Test func `never drops a record for another that claims its place`() async throws {
    let store = try SQLiteStore.new(in: try TemporaryDirectory())
    await #expect(throws: StoreError.self) {
      try await store.transaction { transaction throws in
        try transaction.save(Sample.record(1, sequence: 4), resolved: Sample.resolved)
        try transaction.save(Sample.record(2, sequence: 4), resolved: Sample.resolved)
      }
    }
  }

  @Test func `shows each record as it reads, for reports`() async throws {
    let store = try SQLiteStore.new(in: try TemporaryDirectory())
    let text = try await store.transaction { transaction throws in
      try transaction.save(Sample.record(1, sequence: 1), resolved: Sample.resolved)
      return try String.fetchOne(
        try #require(transaction as? SQLiteTransaction).db,
        sql: "SELECT json_extract(resolved, '$.text') FROM resolved_records")
    }
    #expect(text == "hello")
  }
}
