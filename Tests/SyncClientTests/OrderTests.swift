import Foundation
import ServerStorage
import SyncClient
import SyncCore
import TestSupport
import Testing

@testable import SyncReplica

@Suite struct `An order of the office` {
  @Test func `to resync is obeyed, reported once, and costs no work`() async throws {
    let office = OfficeInProcess()
    let caseID = try await office.open("X000001")
    let sam = try await office.laptop("sam", holding: [caseID])
    try await sam.sync()
    try await office.orderResync(of: sam.device.id)
    let id = try sam.note("unsent", in: caseID)
    let report = try await sam.sync()
    #expect(report.didResync)
    #expect(report.isSynced)
    #expect(report.differences == [])
    #expect(try await office.orders(for: sam.device.id) == [])
    #expect(try await office.record(id) == sam.replica.record(id))
    let next = try await sam.sync()
    #expect(!next.didResync)
    #expect(next.exchanges == 1)
  }

  @Test(arguments: 0..<8)
  func `to resync is carried on wherever the line was cut`(at: Int) async throws {
    let office = OfficeInProcess(limits: Self.tinyPages)
    let cases = [try await office.open("X000001"), try await office.open("X000002")]
    let device = try await office.enrol("sam")
    try await office.grant("sam", cases)
    let counted = Notes<Int>()
    let line = OfficeLine(
      office, device: device.id,
      fault: {
        counted.add(1)
        return counted.all.count % 2 == 0 ? nil : .cutReply(after: 60 + at * 90, closing: true)
      })
    let sam = try Laptop(device, over: line)
    _ = try? await sam.sync()
    try await sam.sync()
    let id = try sam.note("unsent", in: cases[0])
    try await office.orderResync(of: device.id)
    for _ in 0..<6 { _ = try? await sam.sync() }
    #expect(try !sam.replica.isResyncing())
    #expect(try sam.replica.record(id) == (try await office.record(id)))
    #expect(try sam.replica.digests() == (try await office.digests(for: "sam")))
    #expect(try await office.orders(for: device.id) == [])
  }

  private static var tinyPages: Limits {
    var limits = Limits.standard
    limits.pageRecords = 1
    return limits
  }

  @Test func `to resync keeps the present copy when the fresh one does not agree`() async throws {
    let office = OfficeInProcess()
    let caseID = try await office.open("X000001")
    let sam = try await office.laptop("sam", holding: [caseID])
    try await sam.sync()
    let id = try sam.note("kept", in: caseID)
    try await sam.sync()
    try await office.store.transaction { transaction in
      var head = try transaction.caseHead(caseID) ?? CaseHead(caseID: caseID)
      head.digest.records += 1
      try transaction.save(head)
    }
    try sam.replica.beginResync()
    let failure = await #expect(throws: SyncFailure.self) { try await sam.sync() }
    guard case .garbled? = failure else {
      Issue.record("\(String(describing: failure))")
      return
    }
    #expect(try !sam.replica.isResyncing())
    #expect(try sam.replica.record(id)?.read("text", by: .union)?.value == .text("kept"))
  }

  /// An office that sends the laptop round in circles, each time with another reason.
  @Test(arguments: [Order.Kind.resync, .newEpoch(0, survived: 0)])
  func `that comes again for ever ends the round with all work kept`(kind: Order.Kind) throws {
    let store = MemoryReplica(
      identity: ReplicaIdentity(
        replica: ReplicaID(value: 1), device: DeviceID(value: 1), user: "sam", role: .officer,
        office: "Office"))
    let caseID = CaseID(value: 0xCA5E)
    try store.adopt(Scope(entries: [.init(caseID: caseID, isSentWhole: true)]))
    try store.apply(
      Page(records: [], completed: [caseID], checkpoint: [1], place: Place(epoch: 1, sequence: 1)))
    let id = RecordID(value: 7)
    try store.edit([.note("kept", in: caseID, id: id)], at: Timestamp(milliseconds: 1))
    var chance = Seeded(3)
    var round = SyncRound(
      store, chance: .init(now: { Timestamp(milliseconds: 2) }, random: { chance.next() }))
    var step = SyncRound.Step.again
    let failure = #expect(throws: SyncFailure.self) {
      for number in UInt64(1)...1_000 {
        let request = try round.request()
        let epoch = UInt64(request.epoch)
        let isEpoch = if case .newEpoch = kind { true } else { false }
        let order = Order(id: number, kind: isEpoch ? .newEpoch(epoch + 1, survived: 0) : kind)
        let frames: [Frame] = [
          .opening(
            Frame.Opening(
              protocolVersion: request.protocolVersion, requestID: request.requestID, epoch: epoch,
              serverTime: Timestamp(milliseconds: 3))),
          .order(order), .end(Frame.Ending(frames: 2, known: request.firstCounter - 1)),
        ]
        for frame in frames { step = try round.take(.frame(frame)) }
        guard case .again = step else { return }
      }
    }
    #expect(failure == .garbled("The sync does not come to an end."))
    #expect((10...200).contains(round.report.exchanges))
    var unsent: [RecordID] = []
    try store.read { rows in
      try rows.waiting {
        unsent.append($0.record)
        return true
      }
    }
    #expect(unsent == [id])
  }

  @Test func `to send missing changes is obeyed`() async throws {
    let office = OfficeInProcess()
    let caseID = try await office.open("X000001")
    let sam = try await office.laptop("sam", holding: [caseID])
    try await sam.sync()
    let id = try sam.note("the office never heard of it", in: caseID)
    // A receipt that no office stands behind: the office will find a gap.
    try sam.replica.acknowledge([Receipt(counter: 1, verdict: .applied)], epoch: 1)
    let report = try await sam.sync()
    #expect(report.exchanges == 2)
    #expect(report.isSynced)
    #expect(try await office.record(id) != nil)
  }

  @Test func `is not needed to get receipts past a page that cannot be read`() async throws {
    let office = OfficeInProcess()
    let caseID = try await office.open("X000001")
    let sam = try await office.laptop("sam", holding: [caseID])
    try await sam.sync()
    try await office.store.transaction { transaction in
      let sequence = try transaction.nextSequence()
      let bad = StoredRecord(
        id: RecordID(value: 1), type: "contact-entry", caseID: caseID, sequence: sequence,
        bytes: [1, 2, 3], proof: Proof(bytes: Array(repeating: 1, count: Proof.byteCount))!)
      try transaction.save(bad, resolved: ResolvedView(json: "{}", isContested: false))
      var head = try transaction.caseHead(caseID) ?? CaseHead(caseID: caseID)
      head.sequence = sequence
      try transaction.save(head)
    }
    let id = try sam.note("sent beside it", in: caseID)
    await #expect(throws: SyncFailure.self) { try await sam.sync() }
    #expect(try await office.record(id) != nil)
    #expect(try sam.replica.status().unsent == 0)
    #expect(try !sam.replica.status().isSynced)
  }

  @Test func `ends an answer at once when the laptop is revoked`() async throws {
    let office = OfficeInProcess()
    let caseID = try await office.open("X000001")
    let sam = try await office.laptop("sam", holding: [caseID])
    try await office.change(sam.device.id) { $0.state = .revoked }
    await #expect(throws: SyncFailure.refused(code: "revoked", message: "Ring your office.")) {
      try await sam.sync()
    }
    #expect(try sam.replica.cases().isEmpty)
  }
}
