import Foundation
import GRDB
import RecordCatalogue
import ServerStorage
import SyncCore
import TestSupport
import Testing

@testable import ServerSQLite

/// What an analyst finds in the office's store.
@Suite struct `A view of one type` {
  private static let views = TypeView.all(of: .standard)

  private func rows(_ sql: String, _ store: SQLiteStore) async throws -> [[String: DatabaseValue]] {
    try await store.read { reading in
      let db = try #require(reading as? SQLiteTransaction).db
      return try Row.fetchAll(db, sql: sql).map { row in
        Dictionary(uniqueKeysWithValues: row.map { ($0.0, $0.1) })
      }
    }
  }

  @Test func `has a name and columns that clash with nothing`() async throws {
    let store = try SQLiteStore.new(in: try TemporaryDirectory())
    let taken = try await rows("SELECT name FROM sqlite_schema", store)
    let names = Self.views.map(\.name)
    #expect(Set(names).count == Catalogue.standard.types.count)
    #expect(Set(names).isDisjoint(with: taken.compactMap { String.fromDatabaseValue($0["name"]!) }))
    for view in Self.views {
      #expect(Set(view.columns).count == view.columns.count, "\(view.name)")
    }
    try store.adopt(Self.views)
    for view in Self.views {
      let columns = view.columns.map { "\"\($0)\"" }.joined(separator: ", ")
      #expect(try await rows("SELECT \(columns) FROM \(view.name)", store).isEmpty)
      // However much else the store holds, only records of the type are read.
      let plan = try await rows("EXPLAIN QUERY PLAN SELECT * FROM \(view.name)", store)
      let steps = plan.compactMap { String.fromDatabaseValue($0["detail"]!) }
      #expect(steps.contains { $0.contains("USING INDEX records_by_type") }, "\(steps)")
    }
  }

  @Test func `reads as the rules read, joins by ids, and tells what is in dispute`() async throws {
    let store = try SQLiteStore.new(in: try TemporaryDirectory())
    try store.adopt(Self.views)
    let office = OfficeInProcess(store)
    let caseID = try await office.open("X000001")
    let khan = try await office.laptop("khan", holding: [caseID])
    let jones = try await office.laptop("jones", holding: [caseID])
    let id = khan.newID()
    try await khan.sync()
    try khan.edit(.appointment(in: caseID, id: id))
    try await khan.sync()
    try await jones.sync()
    try khan.edit(.outcome("ATTC", of: id, in: caseID))
    try jones.edit(.outcome("UAAB", of: id, in: caseID))
    let plan = khan.newID()
    try khan.edit(.plan(in: caseID, id: plan))
    try khan.change(plan, ["accompanying/jones": .flag(true), "accompanying/sam": .flag(false)])
    try await khan.sync()
    try await jones.sync()
    let joined = try await rows(
      """
      SELECT h.crn, h.name_surname, a.when_start, o.claim, o.claim_code, o.contested
      FROM outcome_claim o JOIN appointment a ON a.record_id = o.appointment
      JOIN case_header h ON h.case_id = a.case_id
      """, store)
    let row = try #require(joined.first)
    #expect(joined.count == 1)
    #expect(row["crn"] == "X000001".databaseValue && row["name_surname"] == "Test".databaseValue)
    #expect(row["when_start"] == "14:10".databaseValue)
    #expect(row["claim"] == "disputed".databaseValue && row["claim_code"] == .null)
    #expect(row["contested"] == #"["claim"]"#.databaseValue)
    let plans = try await rows("SELECT record_id, accompanying FROM visit_plan", store)
    #expect(plans.first?["record_id"] == plan.description.databaseValue)
    #expect(plans.first?["accompanying"] == #"["jones"]"#.databaseValue)
    // A decision is read as such, and what is deleted is left out.
    try await khan.sync()
    try khan.replica.record(.named("outcome-claim", id.description)).map { record in
      _ = try khan.edit(
        .change(record, ["claim": .composite(["code": .text("ATTC")])], reason: "Seen."))
    }
    try await jones.sync()
    try await khan.sync()
    if let deleted = try khan.replica.record(plan) { try khan.edit(.delete(deleted)) }
    try await khan.sync()
    let decided = try await rows("SELECT claim, claim_code FROM outcome_claim", store)
    #expect(try await rows("SELECT 1 FROM visit_plan", store).isEmpty)
    #expect(decided.count == 1 && decided[0]["claim_code"] == "ATTC".databaseValue)
    #expect(decided[0]["claim"] == .null)
  }

  /// One type whose field is read by a rule.
  private static func memos(version: Int, rule: String) throws -> Catalogue {
    let memo = """
      label: Memo
      plural: Memos
      why: Two may write one at once.
      priority: 3
      window: while-held
      writers: [officer]
      deleters: []
      fields:
        place:
          label: Place
          kind: text
          bytes: 20
          rule: \(rule)

      """
    return try Catalogue(files: [
      (name: "catalogue.yaml", text: "# For a test.\nversion: \(version)\n"),
      (name: "memo.yaml", text: "# What somebody notes.\n" + memo),
    ])
  }

  /// Two write the place of a memo at once.
  private static func disputed() -> SyncCore.Record {
    var record = SyncCore.Record(id: RecordID(value: 7), type: "memo", caseID: CaseID(value: 1))
    for (number, place) in [(UInt128(1), "Here"), (2, "There")] {
      let change = Change(
        Change.Body(
          dot: Dot(ReplicaID(value: number), 1), previous: .zero, record: record.id, type: "memo",
          caseID: record.caseID, context: VersionVector(),
          action: .set([Value.Member("place", .text(place))]), author: "sam", role: .officer,
          recordedAt: Timestamp(milliseconds: 0)))
      record.apply(change, at: Place(epoch: 1, sequence: UInt64(number)))
    }
    return record
  }

  @Test func `and the inbox are read again when another version of the catalogue is adopted`()
    async throws
  {
    let store = try SQLiteStore.new(in: try TemporaryDirectory())
    let old = try Self.memos(version: 1, rule: "field-merge\n    prefer: first")
    let new = try Self.memos(version: 2, rule: "union")
    try store.adopt(old)
    let record = Self.disputed()
    try await store.transaction { transaction in
      let stored = StoredRecord(
        id: record.id, type: record.type, caseID: record.caseID, sequence: 2,
        bytes: record.bytes, proof: .ofRecord(record.bytes, key: try transaction.key()))
      try transaction.save(
        stored, resolved: ResolvedView(of: record, policy: old.policy(of: "memo")))
    }
    func shown() async throws -> (contested: String?, waiting: Int) {
      let views = try await rows("SELECT contested FROM memo", store)
      let waiting = try await store.read { try $0.contestedRecords(after: nil, limit: 9).count }
      return (String.fromDatabaseValue(try #require(views.first?["contested"])), waiting)
    }
    #expect(try await shown() == (#"["place"]"#, 1))
    try store.adopt(new)
    #expect(try await shown() == ("[]", 0))
    try store.adopt(old)
    #expect(try await shown() == (#"["place"]"#, 1))
  }

  @Test func `follows the catalogue, and leaves the views of others alone`() async throws {
    let directory = try TemporaryDirectory()
    var store = try SQLiteStore.new(in: directory)
    try store.adopt(Self.views)
    try store.close()
    store = try .reopened(in: directory)
    try await store.transaction { transaction in
      let db = try #require(transaction as? SQLiteTransaction).db
      try db.execute(sql: "CREATE VIEW mine AS SELECT crn FROM case_header")
      let sql = try String.fetchOne(
        db, sql: "SELECT sql FROM sqlite_schema WHERE name = 'address'")
      try db.execute(
        sql: try #require(sql).replacing("VIEW \"address\"", with: "VIEW copied"))
      try db.execute(sql: "DROP VIEW event; CREATE VIEW event AS SELECT 1 AS theirs")
    }
    try store.adopt(Self.views.filter { $0.name != "tier" })
    let left = try await rows("SELECT name FROM sqlite_schema WHERE type = 'view'", store)
      .compactMap { String.fromDatabaseValue($0["name"] ?? .null) }
    #expect(left.contains("mine") && left.contains("case_header") && !left.contains("tier"))
    #expect(left.contains("copied"))
    #expect(try await rows("SELECT theirs FROM event", store).count == 1)
    try store.adopt(Self.views)
    #expect(try await rows("SELECT tier FROM tier", store).isEmpty)
  }
}
