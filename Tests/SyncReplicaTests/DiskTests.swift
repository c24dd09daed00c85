import Foundation
import GRDB
import SyncCore
import TestSupport
import Testing

@testable import SyncReplica

@Suite struct `The store on the laptop's disk` {
  @Test func `waits for the disk at every save`() throws {
    let copy = try Copy()
    try copy.replica.pool.writeWithoutTransaction { db throws in
      #expect(try Int.fetchOne(db, sql: "PRAGMA synchronous") == 2)
      #expect(try String.fetchOne(db, sql: "PRAGMA journal_mode") == "wal")
    }
  }

  @Test func `has every saved note although the program was killed`() throws {
    let copy = try Copy()
    let id = try copy.note("just saved")
    let salvage = try TemporaryDirectory()
    // What the disk holds at this moment is all that a killed program leaves.
    for (name, bytes) in try copy.directory.contents() where !name.hasSuffix("-shm") {
      try bytes.write(to: URL(fileURLWithPath: salvage.file(name)))
    }
    let survivor = try Replica(
      path: salvage.file("replica.db"), access: .write(), catalogue: .standard)
    #expect(try survivor.record(id) == copy.replica.record(id))
    #expect(try survivor.status().unsent == 1)
  }

  @Test func `is written by one program at a time, and the other hears by which`() throws {
    let copy = try Copy()
    let error = #expect(throws: ReplicaError.self) {
      try Replica(path: copy.path, access: .write(), catalogue: .standard)
    }
    guard case .held(let holder)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(holder.contains("process \(ProcessInfo.processInfo.processIdentifier)"))
    try copy.reopen()
  }

  @Test func `can be read while another program writes, and not written then`() throws {
    let copy = try Copy()
    let id = try copy.note("readable")
    let reader = try Replica(path: copy.path, access: .read, catalogue: .standard)
    #expect(try reader.record(id) == copy.replica.record(id))
    let later = try copy.note("and this too")
    #expect(try reader.record(later) != nil)
    #expect(throws: ReplicaError.readOnly) {
      try reader.edit([.note("no", in: Copy.caseID, id: RecordID(value: 1))], at: Copy.time)
    }
  }

  @Test func `is neither made twice nor opened where there is none`() throws {
    let copy = try Copy()
    #expect(throws: ReplicaError.alreadyThere(path: copy.path)) {
      try Replica.create(path: copy.path, identity: Copy.identity, catalogue: .standard)
    }
    let nowhere = copy.directory.file("nowhere.db")
    #expect(throws: ReplicaError.missing(path: nowhere)) {
      try Replica(path: nowhere, access: .read, catalogue: .standard)
    }
  }

  @Test(arguments: [true, false])
  func `is not touched by a program older than itself`(writing: Bool) throws {
    let copy = try Copy()
    try copy.replica.writeSQL { db in
      try db.execute(sql: "INSERT INTO grdb_migrations VALUES ('99 of next year')")
    }
    try copy.replica.close()
    #expect(throws: ReplicaError.newer(path: copy.path)) {
      try Replica(
        path: copy.path, access: writing ? .write() : .read, catalogue: .standard)
    }
  }

  @Test func `comes along from the first layout whole, read before and after`() throws {
    let copy = try Copy()
    var kim = Colleague()
    let theirs = kim.note("theirs", at: copy.place(), id: copy.newID())
    try copy.replica.apply(copy.page([theirs]))
    try copy.edit(.change(theirs, ["sensitive": .text("yes")]))
    try copy.note("mine")
    let shown = try copy.replica.records()
    try copy.replica.close()

    let directory = try TemporaryDirectory()
    let path = directory.file("replica.db")
    let pool = try DatabasePool(path: path)
    try ReplicaSchema.migrator.migrate(pool, upTo: "1")
    try pool.writeWithoutTransaction { db in
      try db.execute(sql: "ATTACH ? AS newer", arguments: [copy.path])
      let columns = """
        generation, record_id, case_id, type, version, base, shown_version, shown, proof,
        arrived_epoch, arrived_sequence, is_owed, is_disputed
        """
      let changes = """
        number, replica, counter, record_id, case_id, type, hash, body, recorded_at, verdict, epoch,
        sequence, proof, in_base, is_owed
        """
      try db.execute(
        sql: """
          INSERT INTO records (\(columns)) SELECT \(columns) FROM newer.records;
          INSERT INTO meta SELECT * FROM newer.meta;
          INSERT INTO cases SELECT * FROM newer.cases;
          INSERT INTO changes SELECT \(changes) FROM newer.changes;
          """)
    }
    try pool.close()
    for access in [Replica.Access.read, .write(), .read] {
      let replica = try Replica(path: path, access: access, catalogue: .standard)
      #expect(Set(try replica.records()) == Set(shown) && shown.count == 2)
      #expect(try replica.record(theirs.id) != nil)
      try replica.close()
    }
  }

  @Test func `is called damaged when it is no database`() throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("replica.db")
    try Data(repeating: 0x55, count: 9_000).write(to: URL(fileURLWithPath: path))
    let error = #expect(throws: ReplicaError.self) {
      try Replica(path: path, access: .write(), catalogue: .standard)
    }
    guard case .damaged? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }
}

@Suite struct `Every body on the disk` {
  private static let canary = "canary-5f2c"

  /// A store in which a canary went through every kind of row.
  private func written(_ sealer: any Sealer) throws -> Copy {
    let other = CaseID(value: 0x07E5)
    let copy = try Copy(holding: [Copy.caseID, other], sealer: sealer)
    var kim = Colleague()
    let theirs = kim.note("theirs \(Self.canary)", at: copy.place(), id: copy.newID())
    try copy.replica.apply(copy.page([theirs]))
    let mine = try copy.note("mine \(Self.canary)")
    try copy.edit(.concern("harm \(Self.canary)", in: Copy.caseID, id: copy.newID()))
    try copy.edit(.change(theirs, ["sensitive": .text("yes")], reason: Self.canary))
    try copy.acknowledge(
      Receipt(counter: 1, verdict: .applied, settlesBase: true, place: copy.place()),
      Receipt(counter: 2, verdict: .refused(code: "invalid", field: "text")))
    try copy.replica.save(
      Draft(
        id: copy.newID(), caseID: Copy.caseID, type: "contact-entry", savedAt: Copy.time,
        text: "draft \(Self.canary)"))
    try copy.replica.beginResync()
    let settled = try #require(try copy.replica.record(mine))
    try copy.hold([Copy.caseID, other], records: [theirs, settled])
    try copy.replica.finishResync()
    try copy.replica.adopt(copy.scope([Copy.caseID]))
    return copy
  }

  @Test func `goes through the one seam: nothing of it can be read`() throws {
    #expect(try written(PlainSealer()).diskHolds(Self.canary))
    let copy = try written(MaskingSealer())
    #expect(try !copy.diskHolds(Self.canary))
    #expect(try copy.replica.search(Self.canary).count == 2)
    try copy.reopen()
    #expect(try !copy.diskHolds(Self.canary))
    #expect(try copy.replica.drafts().map(\.text) == ["draft \(Self.canary)"])
  }

  @Test(arguments: ["base", "shown", "change", "draft"])
  func `is noticed when a byte of it was altered`(row: String) throws {
    let copy = try written(MaskingSealer())
    let found = try copy.replica.writeSQL { db in
      let (table, column) =
        switch row {
        case "base": ("records", "base")
        case "shown": ("records", "shown")
        case "change": ("changes", "body")
        default: ("drafts", "body")
        }
      let rows = try Row.fetchAll(
        db, sql: "SELECT \(column) FROM \(table) WHERE \(column) IS NOT NULL")
      for row in rows {
        let old: Data = row[0]
        var new = old
        new[new.startIndex + new.count / 2] ^= 1
        try db.execute(
          sql: "UPDATE \(table) SET \(column) = ? WHERE \(column) = ?", arguments: [new, old])
      }
      return rows.count
    }
    #expect(found > 0)
    #expect(throws: ReplicaError.damaged("a sealed body is not what was written")) {
      switch row {
      case "draft": _ = try copy.replica.drafts()
      case "change": _ = try copy.replica.ownChanges()
      case "base":
        for record in try copy.replica.records() { _ = try copy.replica.record(record.id) }
      default: _ = try copy.replica.records()
      }
    }
  }

  @Test func `is noticed when it stands in another's place`() throws {
    let copy = try Copy(sealer: MaskingSealer())
    let ids = [try copy.note("one"), try copy.note("two")]
    try copy.replica.writeSQL { db in
      let bodies = try ids.map { id in
        try Data.fetchOne(
          db, sql: "SELECT shown FROM records WHERE record_id = ?", arguments: [Data(id.bytes)])
      }
      for (id, body) in zip(ids, bodies.reversed()) {
        try db.execute(
          sql: "UPDATE records SET shown = ? WHERE record_id = ?",
          arguments: [body, Data(id.bytes)])
      }
    }
    #expect(throws: ReplicaError.self) { try copy.replica.record(ids[0]) }
  }
}
