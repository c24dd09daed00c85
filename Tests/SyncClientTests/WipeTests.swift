import RecordCatalogue
import ServerStorage
import SyncClient
import SyncCore
import TestSupport
import Testing

/// What is on a laptop, and how it is taken out of service.
@Suite struct `A laptop that is taken out of service` {
  private static func order(
    _ laptop: Laptop, lost: Bool = false, cancel: Bool = false, at office: OfficeInProcess
  ) async throws {
    let id = laptop.device.id
    _ = try await office.store.transaction {
      try Registry($0).wipe(id, lost: lost, cancel: cancel)
    }
  }

  private static func held(by laptop: Laptop, at office: OfficeInProcess) async throws -> [CaseID] {
    let id = laptop.device.id
    return try await office.store.read { store in
      guard let device = try store.device(id) else { return [] }
      return try Holdings(of: device, in: store).items.map(\.caseID)
    }
  }

  @Test
  func `is told to wipe itself once the office has all that was saved on it, and gets no data`()
    async throws
  {
    let scene = try await CaseScene()
    let note = try scene.khan.note("Written before.", in: scene.caseID)
    try scene.jones.note("Not for that laptop.", in: scene.caseID)
    try await scene.jones.sync()
    try await Self.order(scene.khan, at: scene.office)
    let report = try await scene.khan.sync()
    #expect(report.wipe == .onceNoDraftIsLeft)
    #expect(report.receipts.map(\.verdict) == [.applied])
    #expect(report.records == 0 && report.pages == 0)
    #expect(try await scene.office.record(note) != nil)
    // Taken back, it goes on as before.
    try await Self.order(scene.khan, cancel: true, at: scene.office)
    let next = try await scene.khan.sync()
    #expect(next.wipe == nil && next.records > 0)
  }

  @Test func `is not wiped by an answer that takes nothing in`() async throws {
    for lost in [false, true] {
      let scene = try await CaseScene()
      try await Self.order(scene.khan, lost: lost, at: scene.office)
      let state = try scene.khan.replica.outgoing()
      // Its store was put back: what the office knows as its newest is not in it.
      let forked = SyncRequest(
        requestID: 1, replica: state.replica, epoch: state.epoch,
        head: ChainHead(counter: 3, hash: Hash(of: [1])), checkpoint: state.checkpoint,
        catalogueVersion: 1, deviceTime: Self.now, firstCounter: 1, changes: [], unsent: 2,
        hasMore: false)
      let outcome = try await scene.office.receive(forked, from: scene.khan.device.id)
      #expect(outcome.acceptance.orders.isEmpty)
      #expect(outcome.acceptance.finding != .sound(firstNew: 0))
      #expect(try await scene.khan.sync().wipe != nil)
    }
  }

  @Test func `is wiped at once when it is lost, and what it brings waits for a person`()
    async throws
  {
    let scene = try await CaseScene()
    try scene.khan.note("Before the theft.", in: scene.caseID)
    try scene.khan.edit(.concern("A knife.", in: scene.caseID, id: scene.khan.newID()))
    try await Self.order(scene.khan, lost: true, at: scene.office)
    // What was ordered before does not make it less lost.
    try await Self.order(scene.khan, at: scene.office)
    let report = try await scene.khan.sync()
    #expect(report.wipe == .atOnce)
    #expect(
      report.receipts.map(\.verdict)
        == Array(repeating: .refused(code: "laptop-lost", field: ""), count: 2))
    let waiting = try await scene.office.store.read { store in
      try Quarantine(store).items(after: 0, limit: 10, all: false).items.map(\.change.dot)
    }
    #expect(waiting.count == 2)
    try await scene.office.store.transaction { transaction in
      var writer = try OfficeWriter(transaction, catalogue: .standard, now: Self.now)
      for dot in waiting { try writer.release(dot, by: "spo", reason: "Khan wrote it") }
    }
    let texts = try await scene.office.records(of: scene.caseID).compactMap {
      $0.read("text", by: .union)?.value.text
    }
    #expect(Set(texts).isSuperset(of: ["Before the theft.", "A knife."]))
  }

  private static let now = FixedClock().now

  @Test func `is heard no more once it said that it is wiped, and holds nothing`() async throws {
    let scene = try await CaseScene()
    let id = scene.khan.device.id
    #expect(try await Self.held(by: scene.khan, at: scene.office) == [scene.caseID])
    try await Self.order(scene.khan, at: scene.office)
    #expect(try await Self.held(by: scene.khan, at: scene.office) == [scene.caseID])
    try await scene.office.store.transaction { try Registry($0).wasWiped(id, at: Self.now) }
    #expect(try await Self.held(by: scene.khan, at: scene.office) == [])
    await #expect(throws: SyncFailure.self) { try await scene.khan.sync() }
    await #expect(throws: Registry.WipeProblem.refusedAlready) {
      try await Self.order(scene.khan, cancel: true, at: scene.office)
    }
  }

  @Test func `holds a case until it has shown that it heard of its end`() async throws {
    let scene = try await CaseScene()
    let other = try await scene.office.open("X000002")
    try await scene.office.grant("khan", [other])
    #expect(try await Self.held(by: scene.khan, at: scene.office).count == 2)
    try await scene.khan.sync()
    let early = try scene.khan.replica.outgoing()
    try await scene.office.end("khan", scene.caseID)
    #expect(try await Self.held(by: scene.khan, at: scene.office).count == 2)
    let report = try await scene.khan.sync()
    #expect(report.dropped == [scene.caseID] && report.exchanges == 2)
    #expect(try await Self.held(by: scene.khan, at: scene.office) == [other])
    #expect(try await Self.erased(by: scene.khan, at: scene.office) == [scene.caseID])
    // A request that the network kept, or a store that was put back.
    let old = SyncRequest(
      requestID: 1, replica: early.replica, epoch: early.epoch, head: early.head,
      checkpoint: early.checkpoint, catalogueVersion: 1, deviceTime: Self.now, firstCounter: 1,
      changes: [], unsent: 0, hasMore: false)
    _ = try await scene.office.receive(old, from: scene.khan.device.id)
    #expect(try await Self.held(by: scene.khan, at: scene.office).count == 2)
    try await scene.khan.sync()
    #expect(try await Self.held(by: scene.khan, at: scene.office) == [other])
    // Given and taken again between two contacts.
    try await scene.office.grant("khan", [scene.caseID])
    try await scene.office.end("khan", scene.caseID)
    #expect(try await Self.held(by: scene.khan, at: scene.office).count == 2)
    for _ in 0..<2 { try await scene.khan.sync() }
    #expect(try await Self.held(by: scene.khan, at: scene.office) == [other])
  }

  private static func erased(
    by laptop: Laptop, at office: OfficeInProcess
  ) async throws -> [CaseID] {
    let id = laptop.device.id
    return try await office.store.read { try $0.erasures(by: id).map(\.caseID) }
  }
}
