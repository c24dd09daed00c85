import Foundation
import GRDB
import SyncCore
import TestSupport
import Testing

@testable import SyncReplica

@Suite struct `A row that lacks what it should hold` {
  /// A store with something in each table, closed.
  private static func filled() throws -> Copy {
    let copy = try Copy()
    let note = try copy.note("On the office's record.")
    try copy.acknowledge(Receipt(counter: 1, verdict: .applied, place: copy.place()))
    try copy.note("Not sent yet.")
    try copy.replica.save(
      Draft(
        id: copy.newID(), caseID: Copy.caseID, type: "contact-entry", savedAt: Copy.time,
        text: "Half a sente"))
    let content = Array("What the letter says.".utf8)
    let attachment = Edit.set(
      [
        "name": .text("Letter"), "kind": .text("text"), "size": .integer(Int64(content.count)),
        "digest": .text(Hash(of: content).description), "about": .text(note.description),
      ], of: copy.newID(), type: "attachment", caseID: Copy.caseID)
    _ = try copy.replica.attach(content, by: attachment, at: Copy.time)
    var record = SyncCore.Record(id: copy.newID(), type: "contact-entry", caseID: Copy.caseID)
    record.apply(
      Change(
        Change.Body(
          dot: Dot(ReplicaID(value: 0xB), 1), previous: .zero, record: record.id,
          type: record.type, caseID: record.caseID, context: VersionVector(),
          action: .set([.init("kind", .text("CHVS")), .init("text", .text("Theirs."))]),
          author: "kim", role: .officer, recordedAt: Copy.time, reason: "")),
      at: copy.place())
    try copy.replica.apply(copy.page([record]))
    try copy.replica.close()
    return copy
  }

  /// Everything that commands ask of a store. Each answers or throws.
  private static func ask(_ path: String) -> Int {
    var failures = 0
    func attempt(_ body: () throws -> Void) { do { try body() } catch { failures += 1 } }
    attempt {
      let replica = try Replica(path: path, access: .write(), catalogue: .standard, at: Copy.time)
      attempt { _ = try replica.status() }
      attempt { _ = try replica.cases() }
      attempt { _ = try replica.records(caseID: nil, type: nil) }
      attempt { _ = try replica.records(caseID: Copy.caseID, types: ["contact-entry"]) }
      attempt { _ = try replica.disputes() }
      attempt { _ = try replica.search("letter") }
      attempt { _ = try replica.drafts() }
      attempt { _ = try replica.ownChanges() }
      attempt { _ = try replica.baseDigests(of: Copy.caseID) }
      attempt { _ = try replica.outgoing() }
      attempt {
        try replica.contents { contents in
          for one in try contents.waiting() { _ = try contents.content(of: one) }
        }
      }
      attempt { try replica.contents { try $0.tidy() } }
      attempt {
        try replica.edit(
          [
            .set(
              ["kind": .text("CHVS"), "text": .text("Beside it.")], of: RecordID(value: 9),
              type: "contact-entry", caseID: Copy.caseID)
          ], at: Copy.time)
      }
      attempt { try replica.write { try $0.owe(allBut: Place(epoch: 1, sequence: 1)) } }
      attempt { try replica.beginResync() }
      attempt { try replica.close() }
    }
    return failures
  }

  private static func columns(of path: String) throws -> [(table: String, column: String)] {
    try DatabaseQueue(path: path).read { db in
      let tables = try String.fetchAll(
        db, sql: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%grdb%'")
      return try tables.flatMap { table in
        try db.columns(in: table).map { (table, $0.name) }
      }
    }
  }

  @Test func `stops no program`() throws {
    let whole = try Self.filled()
    #expect(Self.ask(try Self.copy(whole.path)) == 0)
    var found = 0
    for (table, column) in try Self.columns(of: whole.path) {
      for value in ["NULL", "x'01'", "'x'", "-1", "1.5"] {
        let path = try Self.copy(whole.path)
        try Self.lift(path)
        let queue = try DatabaseQueue(path: path)
        // Keys that SQLite itself keeps whole stay as they are.
        let wasDone =
          (try? queue.write { try $0.execute(sql: "UPDATE \(table) SET \(column) = \(value)") })
          != nil
        try queue.close()
        if wasDone, Self.ask(path) > 0 { found += 1 }
        // A rescue gets past all of it.
        _ = StoreCheck(path)
        _ = Salvage(reading: path, of: "sam").told
      }
    }
    #expect(found > 40)
  }

  private static func copy(_ path: String) throws -> String {
    let other = path + ".\(UUID().uuidString)"
    try FileManager.default.copyItem(atPath: path, toPath: other)
    return other
  }

  /// Takes away what keeps a column from being empty.
  private static func lift(_ path: String) throws {
    let queue = try DatabaseQueue(path: path)
    try queue.writeWithoutTransaction { db in
      try db.execute(
        sql: """
          PRAGMA writable_schema = ON;
          UPDATE sqlite_master SET sql = replace(sql, ' NOT NULL', '') WHERE type = 'table';
          PRAGMA writable_schema = OFF;
          """)
    }
    try queue.close()
  }
}
