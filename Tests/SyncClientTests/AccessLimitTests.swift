import RecordCatalogue
import ServerStorage
import SyncClient
import SyncCore
import SyncReplica
import TestSupport
import Testing

/// Who may not see a case loses sight of it at once, whatever was granted, and nothing of the
/// colleague's work is lost.
@Suite struct `Limits of access` {
  /// One that names only Jones keeps Khan out, and the reverse of one that names Khan.
  enum Kept: CaseIterable { case byExclusion, byRestriction }

  private static let crn = CRN("X000001")

  private static func entry(_ kept: Kept, until: CalendarDate? = nil) throws -> LimitEntry {
    let crn = try #require(Self.crn)
    return switch kept {
    case .byExclusion: LimitEntry(crn, .exclusion, ["KHAN"], until: until, message: "Ask Jones.")
    case .byRestriction:
      LimitEntry(crn, .restriction, ["Jones"], until: until, message: "Ask Jones.")
    }
  }

  @discardableResult
  private static func make(_ entry: LimitEntry, at office: OfficeInProcess) async throws
    -> LimitEntry.Outcome
  {
    try await office.store.transaction { [clock = office.clock] transaction in
      try entry.make(in: transaction, .standard, at: clock.now)
    }
  }

  private static func end(_ entry: LimitEntry, at office: OfficeInProcess) async throws
    -> LimitEntry.Outcome
  {
    try await office.store.transaction { [clock = office.clock] transaction in
      try entry.end(in: transaction, .standard, at: clock.now)
    }
  }

  @Test func `a list of those who may see the case takes it from none of them`() async throws {
    let scene = try await CaseScene(officer: "khan")
    try await scene.reconcile()
    func grants() async throws -> [Grant] {
      try await scene.office.store.read { [id = scene.caseID] in try $0.grants(on: id) }
    }
    let before = try await grants()
    let list = LimitEntry(try #require(Self.crn), .restriction, ["jones", "khan"])
    let outcome = try await Self.make(list, at: scene.office)
    #expect(outcome.changed == 2 && outcome.keptOut.isEmpty)
    let limited = before.map { grant in
      var grant = grant
      grant.isLimited = true
      return grant
    }
    #expect(Set(try await grants()) == Set(limited), "nobody's case was sent whole again")
    try await scene.khan.sync()
    #expect(try scene.khan.replica.limitedCases() == [scene.caseID])
    #expect(try await Self.end(list, at: scene.office).changed == 2)
    #expect(Set(try await grants()) == Set(before))
    try await scene.khan.sync()
    #expect(try scene.khan.replica.limitedCases() == [])
  }

  @Test func `one that has not begun is ended like any other`() async throws {
    let scene = try await CaseScene(officer: "khan")
    let entry = try Self.entry(.byExclusion)
    try await scene.office.store.transaction {
      [clock = scene.office.clock, id = scene.caseID] transaction in
      var writer = try OfficeWriter(transaction, catalogue: .standard, now: clock.now)
      try writer.set(
        ["kind": .text("exclusion"), "user": .text("khan"), "from": .text("2099-01-01")],
        of: .named("access-limit", "coming"), type: "access-limit", caseID: id, author: "office")
      try writer.settle()
    }
    #expect(try await Self.end(entry, at: scene.office).changed == 1)
    #expect(try await Self.end(entry, at: scene.office).changed == 0)
  }

  @Test(arguments: Kept.allCases)
  func `the case leaves the laptop, and work that was not sent is kept beside it`(_ kept: Kept)
    async throws
  {
    let scene = try await CaseScene(officer: "khan")
    let note = try scene.khan.note("Met my cousin there.", in: scene.caseID)
    let concern = try scene.add(
      "risk-concern", ["text": .text("He had a knife.")], on: scene.khan)
    let outcome = try await Self.make(try Self.entry(kept), at: scene.office)
    #expect(outcome.changed == 1 && outcome.keptOut == ["khan"])
    let report = try await scene.khan.sync()
    #expect(
      report.receipts.map(\.verdict) == [.refused(code: "restricted", field: ""), .late])
    #expect(report.dropped == [scene.caseID])
    #expect(try scene.khan.replica.records().isEmpty)
    #expect(try scene.khan.replica.status().restricted == [scene.caseID: "Ask Jones."])
    // Not even the officer's own words stay on the laptop; the office has them.
    #expect(try scene.khan.replica.ownChanges().allSatisfy { $0.change == nil })
    let logged = try await scene.office.store.read { store in
      let device = try store.devices().first { $0.user == "khan" }
      return try device?.replica.map { try store.changes(of: $0, after: 0, limit: 10) } ?? []
    }
    #expect(try logged.map { try Change(reading: $0.bytes).body.record } == [note, concern])
    try await scene.jones.sync()
    #expect(try scene.jones.replica.record(note) == nil)
    #expect(try scene.jones.replica.record(concern) != nil)
    #expect(try await scene.alerts()["late-work"] == [["jones"]])
  }

  @Test(arguments: Kept.allCases)
  func `the grant runs again when the limit ends, and the case comes whole`(_ kept: Kept)
    async throws
  {
    let scene = try await CaseScene()
    let entry = try Self.entry(kept)
    try await Self.make(entry, at: scene.office)
    #expect(try await Self.make(entry, at: scene.office).changed == 0)
    try await scene.khan.sync()
    try scene.jones.note("While Khan was out.", in: scene.caseID)
    try await scene.jones.sync()
    let outcome = try await Self.end(entry, at: scene.office)
    #expect(outcome.changed == 1 && outcome.keptOut.isEmpty)
    try await scene.khan.sync()
    #expect(try scene.khan.replica.status().restricted.isEmpty)
    #expect(try scene.khan.replica.digests() == scene.jones.replica.digests())
  }

  @Test func `a limit ends with its last day, at the next contact`() async throws {
    let scene = try await CaseScene()
    let later = Timestamp(milliseconds: scene.office.clock.now.milliseconds + 86_400_000)
    let tomorrow = try #require(CalendarDate(at: later))
    try await Self.make(try Self.entry(.byExclusion, until: tomorrow), at: scene.office)
    try await scene.khan.sync()
    #expect(try scene.khan.replica.cases().isEmpty)
    scene.office.clock.advance(milliseconds: 86_400_000)
    try await scene.khan.sync()
    #expect(try scene.khan.replica.cases() == [scene.caseID])
  }

  @Test func `nobody is given a case from which a limit keeps them`() async throws {
    let scene = try await CaseScene()
    let restriction = try Self.entry(.byRestriction)
    try await Self.make(restriction, at: scene.office)
    for user in ["khan", "somebody-unknown"] {
      await #expect(throws: Registry.KeptOut.self) {
        try await scene.office.grant(user, [scene.caseID])
      }
    }
    try await scene.office.grant("JONES", [scene.caseID])
  }

  @Test func `a grant that is ended meanwhile does not run again`() async throws {
    let scene = try await CaseScene()
    let entry = try Self.entry(.byExclusion)
    try await Self.make(entry, at: scene.office)
    try await scene.office.end("khan", scene.caseID)
    _ = try await Self.end(entry, at: scene.office)
    try await scene.khan.sync()
    #expect(try scene.khan.replica.cases().isEmpty)
  }

  /// In either order: the limit stands whatever was granted, and its message is what is told.
  @Test(arguments: [true, false])
  func `keep out whoever's grant is ended, too`(limitFirst: Bool) async throws {
    let scene = try await CaseScene(officer: "jones")
    let note = try scene.khan.note("Met my cousin there.", in: scene.caseID)
    if limitFirst {
      try await Self.make(try Self.entry(.byExclusion), at: scene.office)
      try await scene.office.end("khan", scene.caseID)
    } else {
      try await scene.office.end("khan", scene.caseID)
      try await Self.make(try Self.entry(.byExclusion), at: scene.office)
    }
    let report = try await scene.khan.sync()
    #expect(report.receipts.map(\.verdict) == [.refused(code: "restricted", field: "")])
    #expect(try scene.khan.replica.status().restricted == [scene.caseID: "Ask Jones."])
    #expect(try scene.khan.replica.ownChanges().allSatisfy { $0.change == nil })
    #expect(try await scene.office.record(note) == nil)
    #expect(try await scene.alerts()["late-work"] == [["jones"]])
    // Nothing runs again by itself.
    _ = try await Self.end(try Self.entry(.byExclusion), at: scene.office)
    try await scene.khan.sync()
    #expect(try scene.khan.replica.cases().isEmpty)
    #expect(try scene.khan.replica.status().restricted.isEmpty)
  }

  @Test func `a limit that comes in by import holds at once`() async throws {
    let scene = try await CaseScene()
    try await scene.enter(
      "access-limit", ["kind": .text("exclusion"), "user": .text("Khan")])
    try await scene.khan.sync()
    #expect(try scene.khan.replica.cases().isEmpty)
  }

  /// Between two pages of one pull nothing goes out any more.
  @Test func `a limit takes effect between two pages`() async throws {
    let scene = try await CaseScene()
    let device = try #require(
      try await scene.office.store.read { try $0.devices().first { $0.user == "khan" } })
    var limits = Limits()
    limits.pageRecords = 1
    for number in 0..<4 { try scene.jones.note("Note \(number).", in: scene.caseID) }
    try await scene.jones.sync()
    let first = try await scene.office.store.read { [limits] store in
      try Feed(store, limits: limits).page(after: .start(epoch: store.epoch()), for: device)
    }
    let next = try #require(first.next)
    try await Self.make(try Self.entry(.byExclusion), at: scene.office)
    let second = try await scene.office.store.read { [limits] store in
      try Feed(store, limits: limits).page(after: next, for: device)
    }
    #expect(!first.page.records.isEmpty && second.page.records.isEmpty)
    #expect(second.scope.entries.isEmpty)
    #expect(second.scope.restricted == [.init(caseID: scene.caseID, message: "Ask Jones.")])
  }
}
