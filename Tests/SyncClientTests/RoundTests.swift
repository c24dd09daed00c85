import ServerStorage
import SyncClient
import SyncCore
import SyncReplica
import SyncWire
import TestSupport
import Testing

@Suite struct `A round of syncing` {
  @Test(arguments: WireForm.allCases)
  func `brings the caseload, takes the notes, and says so`(form: WireForm) async throws {
    let office = OfficeInProcess()
    let caseID = try await office.open("X000001")
    let device = try await office.enrol("sam")
    try await office.grant("sam", [caseID])
    let laptop = try Laptop(device, over: OfficeLine(office, device: device.id), form: form)
    let first = try await laptop.sync()
    #expect(first.records == 1)
    #expect(first.isSynced)
    #expect(try laptop.replica.cases() == [caseID])
    let id = try laptop.note("Seen at home.", in: caseID)
    let second = try await laptop.sync(verifying: true)
    #expect(second.receipts.map(\.verdict) == [.applied])
    #expect(second.differences == [])
    #expect(try await office.record(id) == laptop.replica.record(id))
  }

  @Test func `shows both officers what the other wrote`() async throws {
    let office = OfficeInProcess()
    let caseID = try await office.open("X000001")
    let sam = try await office.laptop("sam", holding: [caseID])
    let kim = try await office.laptop("kim", holding: [caseID])
    for laptop in [sam, kim] { try await laptop.sync() }
    let id = sam.newID()
    try sam.edit(.appointment(in: caseID, id: id, place: "the office"))
    for laptop in [sam, kim] { try await laptop.sync() }
    try sam.change(id, ["place": .text("at home")])
    try kim.change(id, ["place": .text("the library")])
    for laptop in [sam, kim, sam] { try await laptop.sync() }
    for laptop in [sam, kim] {
      #expect(Set(try laptop.text(of: "place", in: id)) == ["at home", "the library"])
      #expect(try laptop.replica.disputes().map(\.field) == ["place"])
    }
  }

  @Test func `sends a long outbox in several requests and loses none of it`() async throws {
    let office = OfficeInProcess()
    let caseID = try await office.open("X000001")
    var limits = Limits.standard
    limits.pushChanges = 3
    let sam = try await office.laptop("sam", holding: [caseID], limits: limits)
    try await sam.sync()
    try sam.note("one", in: caseID)
    try sam.note("two", in: caseID)
    let act = GroupID(value: 4)
    try sam.edit(
      .note("three", in: caseID, id: sam.newID()), .note("four", in: caseID, id: sam.newID()),
      group: act)
    for number in 5...9 { try sam.note("\(number)", in: caseID) }
    let report = try await sam.sync()
    #expect(report.exchanges == 4)
    #expect(report.receipts.map(\.counter) == Array(1...9))
    #expect(report.isSynced)
    #expect(try await office.records(of: caseID).count == 10)
  }

  @Test func `sends an outbox of any length in one sync`() async throws {
    let office = OfficeInProcess()
    let caseID = try await office.open("X000001")
    var limits = Limits.standard
    limits.pushChanges = 1
    let sam = try await office.laptop("sam", holding: [caseID], limits: limits)
    try await sam.sync()
    for number in 1...100 { try sam.note("\(number)", in: caseID) }
    let report = try await sam.sync()
    #expect(report.exchanges == 100)
    #expect(report.isSynced)
  }

  @Test func `takes along what is saved while it runs, at the latest in the next`() async throws {
    let office = OfficeInProcess()
    let caseID = try await office.open("X000001")
    let device = try await office.enrol("sam")
    try await office.grant("sam", [caseID])
    let (frames, gate) = (Notes<Int>(), Gate())
    let line = OfficeLine(
      office, device: device.id,
      beforeFrame: { frame in
        frames.add(frame)
        if frames.all.count == 6 { await gate.pass() }
      })
    let sam = try Laptop(device, over: line)
    try await sam.sync()
    let round = Task { try await sam.sync() }
    await gate.arrived(1)
    let id = try sam.note("while it runs", in: caseID)
    await gate.open()
    #expect(try await round.value.isSynced == false)
    #expect(try await sam.sync().isSynced)
    #expect(try await office.record(id) != nil)
  }

  @Test func `carries a newer kind of record from laptop to laptop`() async throws {
    let office = OfficeInProcess()
    let caseID = try await office.open("X000001")
    let sam = try await office.laptop("sam", holding: [caseID])
    let kim = try await office.laptop("kim", holding: [caseID])
    for laptop in [sam, kim] { try await laptop.sync() }
    let id = sam.newID()
    let shape = Value.unknown(11, [0x5A, 2, 1, 2])
    try sam.edit(.set(["shape": shape], of: id, type: "drone-photo", caseID: caseID))
    for laptop in [sam, kim] { try await laptop.sync() }
    #expect(try kim.replica.record(id)?.standing("shape").map(\.value) == [shape])
    #expect(try kim.replica.record(id) == sam.replica.record(id))
  }

  @Test(arguments: [2_145_916_800_000, 0, .max, .min])
  func `works with a clock that is years off, which is noted and decides nothing`(
    clock: Int64
  ) async throws {
    let office = OfficeInProcess()
    let caseID = try await office.open("X000001")
    let sam = try await office.laptop("sam", holding: [caseID])
    let kim = try await office.laptop("kim", holding: [caseID], clock: FixedClock(clock))
    for laptop in [sam, kim] { try await laptop.sync() }
    let id = sam.newID()
    try sam.edit(.appointment(in: caseID, id: id, place: "here"))
    for laptop in [sam, kim] { try await laptop.sync() }
    try kim.change(id, ["place": .text("the odd clock’s")])
    try sam.change(id, ["place": .text("the right clock’s")])
    for laptop in [sam, kim, sam] { try await laptop.sync() }
    // The appointment shows whose change the office took first, whatever the clocks say.
    for laptop in [sam, kim] {
      let reading = try laptop.replica.record(id)?.read("place", by: .fieldMerge(.first))
      #expect(reading?.value == .text("the right clock’s"))
    }
    let expected = office.clock.now.milliseconds(until: Timestamp(milliseconds: clock))
    let device = try await office.device(kim.device.id)
    #expect(device?.clockOffset == expected)
    #expect(try kim.replica.status().clockOffset == expected)
  }

  @Test func `drops a case that was transferred, and what was unsent arrives`() async throws {
    let office = OfficeInProcess()
    let cases = [try await office.open("X000001"), try await office.open("X000002")]
    let sam = try await office.laptop("sam", holding: cases)
    try await sam.sync()
    let late = try sam.note("Written before I knew.", in: cases[0])
    try await office.end("sam", cases[0])
    let report = try await sam.sync()
    #expect(report.receipts.map(\.verdict) == [.late])
    #expect(report.dropped == [cases[0]])
    #expect(try sam.replica.cases() == [cases[1]])
    #expect(try sam.replica.records(caseID: cases[0]).isEmpty)
    #expect(try await office.record(late) != nil)
  }

  @Test func `tells the author why a change was refused and keeps its text`() async throws {
    let office = OfficeInProcess()
    let caseID = try await office.open("X000001")
    let device = try await office.enrol("sam")
    try await office.grant("sam", [caseID])
    let outdated = try Workload.outdated()
    let sam = try Laptop(device, over: OfficeLine(office, device: device.id), catalogue: outdated)
    try await sam.sync()
    let id = sam.newID()
    let fields: [String: Value] = ["kind": .text("NONE"), "text": .text("words")]
    try sam.edit(.set(fields, of: id, type: "contact-entry", caseID: caseID))
    let after = try sam.note("what came after", in: caseID)
    try await sam.sync()
    let own = try #require(try sam.replica.ownChanges(of: id).first)
    #expect(own.state == .refused("invalid:kind"))
    let members = fields.map { Value.Member($0.key, $0.value) }.sorted { $0.name < $1.name }
    #expect(own.change?.body.action == .set(members))
    #expect(try sam.replica.record(id) == nil)
    #expect(try sam.replica.record(after) != nil)
  }
}

@Suite struct `“Synced” is said` {
  @Test func `only from the office's own receipt`() async throws {
    let office = OfficeInProcess()
    let caseID = try await office.open("X000001")
    let device = try await office.enrol("sam")
    try await office.grant("sam", [caseID])
    let faults = Notes<OfficeLine.Fault>()
    let line = OfficeLine(
      office, device: device.id, fault: { faults.all.count == 1 ? faults.all[0] : nil })
    let sam = try Laptop(device, over: line)
    #expect(try !sam.replica.status().isSynced)
    try await sam.sync()
    #expect(try sam.replica.status().isSynced)
    let id = try sam.note("on its way", in: caseID)
    #expect(try !sam.replica.status().isSynced)
    faults.add(.cutAfterCommit)
    await #expect(throws: SyncFailure.offline("The connection was cut.")) { try await sam.sync() }
    #expect(try await office.record(id) != nil)
    #expect(try !sam.replica.status().isSynced)
    faults.add(.cutBeforeCommit)
    let report = try await sam.sync()
    #expect(report.receipts.map(\.isAgain) == [true])
    #expect(report.isSynced)
  }

  @Test(arguments: 0..<60)
  func `never of an answer that was cut`(tenth: Int) async throws {
    let office = OfficeInProcess()
    let caseID = try await office.open("X000001")
    let device = try await office.enrol("sam")
    try await office.grant("sam", [caseID])
    // The cut comes at any place of an answer of some 600 bytes.
    let line = OfficeLine(
      office, device: device.id,
      fault: { .cutReply(after: tenth * 10, closing: tenth % 2 == 0) })
    let sam = try Laptop(device, over: line)
    var hasFailed = false
    do throws(SyncFailure) {
      let report = try await sam.sync()
      #expect(report.isSynced)
    } catch {
      #expect(error.isOffline)
      hasFailed = true
    }
    #expect(try sam.replica.status().isSynced == !hasFailed)
    if !hasFailed { #expect(try sam.replica.cases() == [caseID]) }
  }
}
