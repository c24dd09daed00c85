import ServerStorage
import SyncCore
import Testing

@testable import BulkEntry

@Suite struct ImportStepTests {
  static let cases = """
    crn,forename,middle,surname,date_of_birth,noms,sentence_type,sentence_start,officer,interpreter
    X000001,Nia,,Parry,17/5/1980,A1234BC,community,1/2/2025,a.khan,no
    X000002,Owen,Rhys,Rees,,,custody,,b.jones,yes

    """
  static let contacts = """
    crn,kind,date,time,text,sensitive,author,reference
    X000001,CTOA,1/2/2025,9:05,"Rang to say, late.",no,a.khan,r-1
    X000001,CTOB,2/2/2025,,Rang back.,,b.jones,r-2

    """

  @Test func `cases are entered with their numbers and parts`() async throws {
    let store = MemoryStore()
    let counts = try await Samples.apply(try Samples.read(.cases, Self.cases), to: store)
    #expect(counts.new == 2)
    let found = try await Samples.record(.named("case-header", "X000001"), in: store)
    let record = try #require(found)
    #expect(record.caseID == .named("case", "X000001"))
    let name = record.read("name", by: .serverOwned)?.value
    #expect(name == .composite(["forename": .text("Nia"), "surname": .text("Parry")]))
    #expect(record.read("date-of-birth", by: .serverOwned)?.value == .text("1980-05-17"))
    #expect(record.read("interpreter", by: .serverOwned)?.value == .flag(false))
    let report = try await store.read { try StoreVerifier($0).verify() }
    #expect(report.problems.isEmpty)
  }

  @Test(arguments: [
    ("cases", cases), ("contacts", contacts),
    ("grants", "crn,user,reason\nX000001,A.Khan,allocated\nX000001,b.jones,\n"),
    ("event", "crn,number,active,court\nX000001,1,yes,Leeds\nX000001,2,no,\n"),
  ])
  func `a file imported twice changes nothing the second time`(
    name: String, text: String
  ) async throws {
    let store = try await Samples.storeWithCase()
    let kind = try #require(ImportKind(name, in: .standard))
    let file = try Samples.read(kind, text)
    let first = try await Samples.apply(file, to: store)
    #expect(first.new + first.changed == 2)
    let before = try await Samples.counts(store)
    let again = try await Samples.apply(file, to: store)
    #expect(again.unchanged == 2 && again.new == 0 && again.changed == 0)
    #expect(try await Samples.counts(store) == before)
  }

  @Test func `a dry run says what would happen, and nothing happens`() async throws {
    let store = try await Samples.storeWithCase()
    let before = try await store.read { try $0.sequence() }
    let file = try Samples.read(.cases, Self.cases)
    let plan = try await Samples.plan(file, in: store).outcome.counts
    #expect(plan.new == 1 && plan.changed == 1 && plan.unchanged == 0)
    #expect(try await store.read { try $0.sequence() } == before)
    #expect(try await Samples.apply(file, to: store) == plan)
  }

  @Test func `one line that cannot be entered keeps the whole file out`() async throws {
    let store = try await Samples.storeWithCase()
    let before = try await store.read { try $0.sequence() }
    let text = Self.contacts + "X999999,CTOA,1/2/2025,,Rang.,,a.khan,r-3\n"
    let file = try Samples.read(.contacts, text)
    await #expect {
      try await Samples.apply(file, to: store)
    } throws: { error in
      let problems = (error as? ImportProblems)?.problems
      return problems?.map(\.line) == [4] && problems?.first?.column == "crn"
    }
    await #expect(throws: ImportProblems.self) { try await Samples.plan(file, in: store) }
    #expect(try await store.read { try $0.sequence() } == before)
  }

  @Test func `only what differs is changed, and an empty field says nothing`() async throws {
    let store = MemoryStore()
    try await Samples.apply(try Samples.read(.cases, Self.cases), to: store)
    let changes = try await Samples.counts(store).changes
    let text = "crn,forename,surname,officer\nX000002,Owen,Price,\nX000001,Nia,Parry,a.khan\n"
    let counts = try await Samples.apply(try Samples.read(.cases, text), to: store)
    #expect(counts.changed == 1 && counts.unchanged == 1)
    #expect(try await Samples.counts(store).changes == changes + 1)
    let record = try await Samples.record(.named("case-header", "X000002"), in: store)
    let name = try #require(record?.read("name", by: .serverOwned)?.value)
    #expect(name[member: "surname"] == .text("Price"))
    #expect(name[member: "middle"] == .text("Rhys"))
    #expect(record?.read("responsible-officer", by: .serverOwned)?.value == .text("b.jones"))
  }

  @Test func `the words of an entry are never changed by an import`() async throws {
    let store = try await Samples.storeWithCase()
    try await Samples.apply(try Samples.read(.contacts, Self.contacts), to: store)
    let other = Self.contacts.replacing("Rang back.", with: "Rang back twice.")
    let file = try Samples.read(.contacts, other)
    await #expect {
      try await Samples.plan(file, in: store)
    } throws: { error in
      let problem = (error as? ImportProblems)?.problems.first
      return problem?.line == 3 && problem?.column == "text"
        && problem?.remedy.contains("reference of its own") ?? false
    }
  }

  @Test func `an entry marked sensitive here stays so, and the file may mark it`() async throws {
    let store = try await Samples.storeWithCase()
    try await Samples.apply(try Samples.read(.contacts, Self.contacts), to: store)
    let marked = Self.contacts.replacing(",no,a.khan", with: ",yes,a.khan")
    let raised = try await Samples.apply(try Samples.read(.contacts, marked), to: store)
    #expect(raised.changed == 1 && raised.unchanged == 1)
    let again = try await Samples.apply(try Samples.read(.contacts, Self.contacts), to: store)
    #expect(again.unchanged == 2)
    let record = try await Samples.record(.named("contact", "r-1"), in: store)
    #expect(record?.standing("sensitive").map(\.value) == [.text("yes")])
  }

  @Test func `an entry keeps the author whom the file names`() async throws {
    let store = try await Samples.storeWithCase()
    try await Samples.apply(try Samples.read(.contacts, Self.contacts), to: store)
    let record = try await Samples.record(.named("contact", "r-2"), in: store)
    #expect(record?.standing("text").first?.by.author == "b.jones")
    #expect(record?.standing("text").first?.by.role == .office)
  }

  @Test func `a reference that another case uses is refused`() async throws {
    let store = try await Samples.storeWithCase()
    try await Samples.apply(try Samples.read(.cases, Self.cases), to: store)
    try await Samples.apply(try Samples.read(.contacts, Self.contacts), to: store)
    let moved = Self.contacts.replacing("X000001,CTOB", with: "X000002,CTOB")
    let file = try Samples.read(.contacts, moved)
    await #expect(throws: ImportProblems.self) { try await Samples.plan(file, in: store) }
  }

  @Test func `a grant opens a case to a user once, and again after it ended`() async throws {
    let store = try await Samples.storeWithCase()
    let file = try Samples.read(.grants, "crn,user\nX000001,A.Khan\n")
    #expect(try await Samples.apply(file, to: store).new == 1)
    let caseID = CaseID.named("case", "X000001")
    _ = try await store.transaction { try Registry($0).end("a.khan", caseID, reason: "moved") }
    #expect(try await Samples.plan(file, in: store).outcome.counts.new == 1)
    #expect(try await Samples.apply(file, to: store).new == 1)
    let grants = try await store.read { try $0.grants(of: "a.khan") }
    #expect(grants.filter { $0.endedAt == nil }.count == 1)
  }

  @Test func `an entry that was deleted is not brought back`() async throws {
    let store = try await Samples.storeWithCase()
    let file = try Samples.read(.contacts, Self.contacts)
    try await Samples.apply(file, to: store)
    try await delete(.named("contact", "r-1"), in: store)
    let counts = try await Samples.apply(file, to: store)
    #expect(counts.leftDeleted == 1 && counts.unchanged == 1)
    let record = try await Samples.record(.named("contact", "r-1"), in: store)
    #expect(record?.isDeleted ?? false)
  }

  /// As data protection would; the record alone matters here, not the log of changes.
  private func delete(_ id: RecordID, in store: MemoryStore) async throws {
    let found = try await Samples.record(id, in: store)
    var record = try #require(found)
    let change = Change(
      Change.Body(
        dot: Dot(ReplicaID(value: 9), 1), previous: .zero, record: id, type: record.type,
        caseID: record.caseID, context: record.version, action: .delete, author: "d.protection",
        role: .dataProtection, recordedAt: Samples.now))
    record.apply(change, at: nil)
    let stored = StoredRecord(
      id: id, type: record.type, caseID: record.caseID, sequence: 99, bytes: record.bytes,
      proof: Proof(bytes: Array(repeating: 1, count: Proof.byteCount))!)
    try await store.transaction {
      try $0.save(stored, resolved: ResolvedView(json: "{}", isContested: false))
    }
  }
}
