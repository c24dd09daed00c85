import RecordCatalogue
import ServerStorage
import SyncClient
import SyncCore
import SyncReplica
import TestSupport
import Testing

/// A case that moves while its officer is away: nothing that was written is lost, nobody goes on
/// reading, and everybody is told.
@Suite struct `A transfer` {
  private static let order = Transfer(from: "Khan", to: "jones", reason: "Left.", by: "op")

  @discardableResult
  private static func make(
    _ order: Transfer = order, _ crns: [String] = ["X000001"], at office: OfficeInProcess
  ) async throws -> Transfer.Outcome {
    try await office.store.transaction { [clock = office.clock] transaction in
      try order.make(crns.compactMap { CRN($0) }, in: transaction, .standard, at: clock.now)
    }
  }

  /// Khan answers for the case and Jones does not hold it.
  private static func scene() async throws -> CaseScene {
    let scene = try await CaseScene(officer: "khan", senior: "pat")
    try await scene.office.end("jones", scene.caseID)
    try await scene.reconcile()
    return scene
  }

  private static func quarantine(_ office: OfficeInProcess, all: Bool = false) async throws
    -> [Quarantine.Item]
  {
    try await office.store.read { try Quarantine($0).items(after: 0, limit: 9, all: all).items }
  }

  private static func release(
    _ dot: Dot, to target: CaseID? = nil, at office: OfficeInProcess
  ) async throws {
    try await office.store.transaction { [clock = office.clock] transaction in
      var writer = try OfficeWriter(transaction, catalogue: .standard, now: clock.now)
      try writer.release(dot, to: target, by: "op", reason: "Meant well.")
    }
  }

  /// A change that the laptop's own program would not make: sent by another under its name, written
  /// with all that the office had told it.
  private static func push(
    _ edit: Edit, by laptop: Laptop, at office: OfficeInProcess
  ) async throws -> LoggedChange {
    let replica = laptop.replica.identity.replica
    let (head, place) = try await office.store.read { store in
      (try store.head(of: replica), try store.place(of: store.sequence()))
    }
    let change = Change(
      Change.Body(
        dot: Dot(replica, head.counter + 1), previous: head.hash, record: edit.record,
        type: edit.type, caseID: edit.caseID, context: edit.context, action: edit.action,
        author: laptop.user, role: laptop.device.role, recordedAt: laptop.clock.now,
        writtenUnder: place))
    var request = SyncRequest(
      requestID: 1, replica: replica, epoch: place.epoch,
      head: ChainHead(counter: change.dot.counter, hash: change.hash), checkpoint: [],
      catalogueVersion: Catalogue.standard.version, deviceTime: laptop.clock.now,
      firstCounter: change.dot.counter, changes: [.readable(change)], unsent: 1, hasMore: false,
      obeyed: [], wantsDigests: false)
    request.witness = []
    _ = try await office.receive(request, from: laptop.device.id)
    return try #require(try await office.logged(change.dot))
  }

  @Test func `takes what was written before, drops the case, and says who has it`() async throws {
    let scene = try await Self.scene()
    try scene.khan.note("Children seen at the address.", in: scene.caseID)
    let outcome = try await Self.make(at: scene.office)
    #expect(outcome.moved == 1 && outcome.left.isEmpty)
    let report = try await scene.khan.sync()
    #expect(report.receipts.map(\.verdict) == [.late])
    #expect(report.dropped == [scene.caseID])
    #expect(report.moved == [scene.caseID: "jones"])
    #expect(try scene.khan.replica.cases().isEmpty)
    #expect(try await scene.khan.sync().moved.isEmpty, "it is told once")
    try await scene.jones.sync()
    let held = try scene.jones.replica.records(caseID: scene.caseID)
    #expect(held.contains { $0.type == "contact-entry" })
    let header = try #require(held.first { $0.type == "case-header" })
    #expect(header.read("responsible-officer", by: .serverOwned)?.value == .text("jones"))
    #expect(try await scene.alerts()["late-work"] == [["jones", "pat"]])
  }

  @Test func `of what is not there or not allowed says why, and moves the rest`() async throws {
    let scene = try await Self.scene()
    let other = try await scene.office.open("X000002")
    try await scene.office.grant("khan", [other])
    let limit = LimitEntry(try #require(CRN("X000002")), .exclusion, ["jones"])
    try await scene.office.store.transaction { [clock = scene.office.clock] transaction in
      _ = try limit.make(in: transaction, .standard, at: clock.now)
    }
    _ = try await scene.office.open("X000003")
    let crns = ["X000002", "X000001", "X000003", "X000004"]
    let outcome = try await Self.make(Self.order, crns, at: scene.office)
    #expect(outcome.moved == 1)
    #expect(outcome.left.map(\.crn) == ["X000002", "X000003", "X000004"])
    #expect(outcome.left.map(\.problem) == [.keptOut, .notHeld, .unknownCase])
    #expect(try await Self.make(at: scene.office).left.map(\.problem) == [.notHeld])
  }

  @Test func `of all cases goes on where the one before it ended`() async throws {
    let scene = try await Self.scene()
    for number in 10..<10 + Transfer.batch {
      try await scene.office.grant("khan", [try await scene.office.open("Y\(100_000 + number)")])
    }
    var after: CaseID?
    var moved: [Int] = []
    for _ in 0..<3 {
      let outcome = try await scene.office.store.transaction {
        [after, clock = scene.office.clock] transaction in
        try Self.order.makeAll(after: after, in: transaction, .standard, at: clock.now)
      }
      moved.append(outcome.moved)
      after = outcome.next
      if after == nil { break }
    }
    #expect(moved == [Transfer.batch, 1])
    try await scene.khan.sync()
    #expect(try scene.khan.replica.cases().isEmpty)
  }

  @Test func `leaves what is written after hearing of it in quarantine, until it is released`()
    async throws
  {
    let scene = try await Self.scene()
    try await Self.make(at: scene.office)
    try await scene.khan.sync()
    // A form that was open when the case left is saved by no command; another program could.
    let note = scene.khan.newID()
    let change = try await Self.push(
      .note("Said on the stairs.", in: scene.caseID, id: note), by: scene.khan, at: scene.office)
    #expect(change.verdict == .refused(code: "out-of-scope", field: ""))
    let item = try #require(try await Self.quarantine(scene.office).first)
    #expect(item.crn == "X000001" && item.body?.author == "khan" && item.decision == nil)

    try await Self.release(item.change.dot, at: scene.office)
    #expect(try await Self.quarantine(scene.office).isEmpty)
    let decided = try #require(try await Self.quarantine(scene.office, all: true).first?.decision)
    #expect(decided.kind == .released && decided.by == "op")
    try await scene.jones.sync()
    let record = try #require(try scene.jones.replica.record(note))
    #expect(record.standing("text").first?.by.author == "khan")
    #expect(record.standing("text").first?.value == .text("Said on the stairs."))
    #expect(try await scene.alerts()["late-work"] == [["jones", "pat"]], "and somebody is told")
    #expect(try await scene.office.problems().isEmpty)
    await #expect(throws: Quarantine.Problem.decidedAlready(.released)) {
      try await Self.release(item.change.dot, at: scene.office)
    }
  }

  @Test func `lets a released change into another case, and no edit`() async throws {
    let scene = try await Self.scene()
    let other = try await scene.office.open("X000002")
    try await scene.office.grant("jones", [other])
    let before = scene.khan.newID()
    try scene.khan.edit(.appointment(in: scene.caseID, id: before))
    try await scene.khan.sync()
    let seen = try #require(try scene.khan.replica.record(before)?.version)
    try await Self.make(at: scene.office)
    try await scene.khan.sync()
    let note = try await Self.push(
      .note("For the neighbour.", in: scene.caseID, id: scene.khan.newID()), by: scene.khan,
      at: scene.office)
    let edit = try await Self.push(
      .set(
        ["place": .text("The library.")], of: before, type: "appointment", caseID: scene.caseID,
        context: seen), by: scene.khan, at: scene.office)
    #expect([note, edit].map(\.verdict.isRefusal) == [true, true])
    try await Self.release(note.dot, to: other, at: scene.office)
    await #expect(throws: Quarantine.Problem.isAnEdit) {
      try await Self.release(edit.dot, to: other, at: scene.office)
    }
    try await Self.release(edit.dot, at: scene.office)
    try await scene.jones.sync()
    #expect(
      try scene.jones.replica.records(caseID: other).count { $0.type == "contact-entry" } == 1)
    let place = try scene.jones.replica.record(before)?.standing("place").map(\.value)
    #expect(place == [.text("The library.")])
  }

  @Test func `never lets a release ease what its author might not ease`() async throws {
    let scene = try await Self.scene()
    let note = scene.khan.newID()
    try scene.khan.edit(.note("Delicate.", in: scene.caseID, id: note))
    try scene.khan.change(note, ["sensitive": .text("yes")])
    try await scene.khan.sync()
    let seen = try #require(try scene.khan.replica.record(note)?.version)
    let eased = try await Self.push(
      .set(
        ["sensitive": .text("no")], of: note, type: "contact-entry", caseID: scene.caseID,
        context: seen), by: scene.khan, at: scene.office)
    #expect(eased.verdict == .refused(code: "easing", field: "sensitive"))
    await #expect(throws: Quarantine.Problem.refused(.easing(field: "sensitive"))) {
      try await Self.release(eased.dot, at: scene.office)
    }
    #expect(try await Self.quarantine(scene.office).count == 1, "it waits as before")
  }

  @Test func `tells an author once what became of a refused change`() async throws {
    let scene = try await Self.scene()
    try scene.khan.note("Seen on Monday.", in: scene.caseID)
    let limit = LimitEntry(try #require(CRN("X000001")), .exclusion, ["khan"])
    try await scene.office.store.transaction { [clock = scene.office.clock] transaction in
      _ = try limit.make(in: transaction, .standard, at: clock.now)
    }
    #expect(try await scene.khan.sync().receipts.map(\.verdict.isRefusal) == [true])
    let item = try #require(try await Self.quarantine(scene.office).first)
    try await scene.office.store.transaction { [clock = scene.office.clock] transaction in
      var writer = try OfficeWriter(transaction, catalogue: .standard, now: clock.now)
      try writer.returnToAuthor(item.change.dot, by: "op", reason: "Ask Jones to enter it.")
    }
    let report = try await scene.khan.sync()
    #expect(report.decided.map(\.decision) == ["returned"])
    #expect(report.decided.map(\.message) == ["Ask Jones to enter it."])
    #expect(try await scene.khan.sync().decided.isEmpty)
    #expect(try scene.khan.replica.ownChanges().first?.state == .refused("restricted"))
  }
}

/// Cover that begins and ends with days.
@Suite struct `A grant with days` {
  private static let day: Int64 = 86_400_000

  @Test func `that was made anew after a limit ended is the one that ends`() async throws {
    let scene = try await CaseScene(officer: "khan")
    let crn = try #require(CRN("X000001"))
    let until = try #require(
      CalendarDate(
        at: Timestamp(milliseconds: scene.office.clock.now.milliseconds + 2 * Self.day)))
    try await scene.office.store.transaction { [clock = scene.office.clock] transaction in
      _ = try LimitEntry(crn, .exclusion, ["khan"], until: until)
        .make(in: transaction, .standard, at: clock.now)
    }
    scene.office.clock.advance(milliseconds: 3 * Self.day)
    // Granted again before Khan's first contact of that day.
    try await scene.office.grant("khan", [scene.caseID])
    try await scene.office.end("khan", scene.caseID)
    try await scene.khan.sync()
    #expect(try scene.khan.replica.cases().isEmpty)
  }

  @Test func `begins and ends by itself, with the first contact of the day`() async throws {
    let office = OfficeInProcess()
    let caseID = try await office.open("X000001")
    let laptop = try await office.laptop("khan", holding: [])
    let today = try #require(CalendarDate(at: office.clock.now))
    func date(_ days: Int64) throws -> CalendarDate {
      try #require(
        CalendarDate(
          at: Timestamp(milliseconds: office.clock.now.milliseconds + days * Self.day)))
    }
    let terms = Grant.Terms(.cover, from: try date(2), until: try date(4))
    func grant(_ terms: Grant.Terms) async throws -> Bool {
      try await office.store.transaction { [clock = office.clock] in
        try Registry($0).grant(
          "khan", caseID, reason: "Leave.", terms: terms, by: .standard, at: clock.now)
      }
    }
    #expect(try await grant(terms))
    #expect(try await !grant(terms))
    var held: [Bool] = []
    for _ in 0..<6 {
      try await laptop.sync()
      held.append(try laptop.replica.cases() == [caseID])
      office.clock.advance(milliseconds: Self.day)
    }
    #expect(held == [false, false, true, true, false, false], "from \(today)")
    // Who answers for a case is not sent away by the end of an earlier cover.
    #expect(try await grant(.init()))
    #expect(try await !grant(.init(.cover, until: try date(1))))
    office.clock.advance(milliseconds: 9 * Self.day)
    try await laptop.sync()
    #expect(try laptop.replica.cases() == [caseID])
  }

  @Test func `is prolonged, and taken over for good`() async throws {
    let office = OfficeInProcess()
    let caseID = try await office.open("X000001")
    let laptop = try await office.laptop("khan", holding: [])
    func grant(_ kind: Grant.Kind, days: Int64?) async throws -> Bool {
      let until = try days.map { days in
        try #require(
          CalendarDate(
            at: Timestamp(milliseconds: office.clock.now.milliseconds + days * Self.day)))
      }
      return try await office.store.transaction { [clock = office.clock] in
        try Registry($0).grant(
          "khan", caseID, reason: "", terms: .init(kind, until: until), by: .standard,
          at: clock.now)
      }
    }
    #expect(try await grant(.cover, days: 1))
    #expect(try await grant(.cover, days: 3))
    office.clock.advance(milliseconds: 2 * Self.day)
    try await laptop.sync()
    #expect(try laptop.replica.cases() == [caseID])
    #expect(try await grant(.officer, days: nil))
    office.clock.advance(milliseconds: 9 * Self.day)
    try await laptop.sync()
    #expect(try laptop.replica.cases() == [caseID])
  }
}
