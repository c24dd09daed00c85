import Foundation
import ServerStorage
import SyncClient
import SyncCore
import TestSupport
import Testing

@testable import SyncReplica

/// A laptop and an office whose store can be copied and put back.
private struct Scene {
  let office: OfficeInProcess
  let caseID: CaseID
  let sam: Laptop

  static func make(
    _ store: MemoryStore = MemoryStore(), user: String = "sam"
  ) async throws -> Scene {
    let office = OfficeInProcess(store)
    let caseID = try await office.open("X000001")
    let sam = try await office.laptop(user, holding: [caseID])
    try await sam.sync()
    return Scene(office: office, caseID: caseID, sam: sam)
  }

  /// Two laptops where there was one: the same store, opened in two places.
  func split() throws -> (original: Laptop, copy: Laptop) {
    try sam.replica.close()
    let copied = try TemporaryDirectory()
    for (name, bytes) in try sam.directory.contents() where !name.hasSuffix("lock") {
      try bytes.write(to: URL(fileURLWithPath: copied.file(name)))
    }
    let line = OfficeLine(office, device: sam.device.id)
    return (
      try Laptop(sam.device, over: line, in: sam.directory, seed: 1),
      try Laptop(sam.device, over: line, in: copied, seed: 2)
    )
  }
}

extension OfficeInProcess {
  /// The office that goes on from a backup of its store, in a life of its own.
  /// - Parameter isDeclared: whether somebody said that it was put back.
  fileprivate func restored(
    from image: MemoryStore.Image, isDeclared: Bool = true
  ) async throws -> OfficeInProcess {
    let store = MemoryStore(image)
    try store.now { transaction in
      let start = try transaction.sequence()
      let epoch = try transaction.epoch() + (isDeclared ? 1 : 0)
      try transaction.begin(
        Life(replica: ReplicaID(value: 0xBEEF + UInt128(start)), epoch: epoch, start: start))
    }
    return OfficeInProcess(store)
  }
}

@Suite struct `A laptop that was copied` {
  @Test func `goes on under a new replica and loses nothing`() async throws {
    let scene = try await Scene.make()
    let (original, copy) = try scene.split()
    let first = try original.note("on the laptop", in: scene.caseID)
    try await original.sync()
    let second = try copy.note("on its copy", in: scene.caseID)
    let report = try await copy.sync()
    #expect(report.forks == 1)
    #expect(report.isSynced)
    #expect(try copy.text(of: "text", in: first) == ["on the laptop"])
    #expect(try await original.sync().isSynced)
    #expect(try original.text(of: "text", in: second) == ["on its copy"])
    #expect(try await scene.office.problems() == [])
    #expect(try await scene.office.device(scene.sam.device.id)?.forks == 1)
  }

  @Test func `has what both copies had made before taken once`() async throws {
    let scene = try await Scene.make()
    let shared = try scene.sam.note("before the copy", in: scene.caseID)
    let (original, copy) = try scene.split()
    try original.note("on the laptop", in: scene.caseID)
    try copy.note("on its copy", in: scene.caseID)
    try await original.sync()
    #expect(try await copy.sync().isSynced)
    #expect(try await scene.office.record(shared)?.standing("text").count == 1)
    #expect(try await scene.office.records(of: scene.caseID).count == 4)
  }

  @Test func `keeps an edit behind what its author had not seen`() async throws {
    let scene = try await Scene.make()
    let id = scene.sam.newID()
    try scene.sam.edit(.appointment(in: scene.caseID, id: id))
    try await scene.sam.sync()
    let (original, copy) = try scene.split()
    try original.change(id, ["officer": .text("kim")])
    try await original.sync()
    try copy.change(id, ["place": .text("at the door")])
    try copy.change(id, ["place": .text("at the office")])
    try await copy.sync()
    let booking = try #require(try await scene.office.record(id))
    #expect(booking.standing("officer").map(\.value) == [.text("kim")])
    #expect(booking.standing("place").map(\.value) == [.text("at the office")])
  }
}

@Suite struct `When the office's store is put back from a backup, a laptop` {
  @Test func `brings back what it had sent and what it had been sent`() async throws {
    let store = MemoryStore()
    let scene = try await Scene.make(store)
    let kim = try await scene.office.laptop("kim", holding: [scene.caseID])
    try await kim.sync()
    let backup = store.image
    let own = try scene.sam.note("receipted, then lost", in: scene.caseID)
    try await scene.sam.sync()
    let hers = try kim.note("kim's, then lost", in: scene.caseID)
    try await kim.sync()
    try await scene.sam.sync()
    let unsent = try scene.sam.note("never sent", in: scene.caseID)

    let restored = try await scene.office.restored(from: backup)
    let report = try await scene.sam.sync(with: restored)
    #expect(report.isSynced)
    #expect(report.handedBack > 0)
    for (id, text) in [
      (own, "receipted, then lost"), (hers, "kim's, then lost"), (unsent, "never sent"),
    ] {
      #expect(try await restored.record(id)?.standing("text").map(\.value) == [.text(text)])
      #expect(try scene.sam.text(of: "text", in: id) == [text])
    }
    #expect(try await kim.sync(with: restored).isSynced)
    #expect(try await restored.record(hers)?.standing("text").count == 1)
    #expect(try await restored.problems() == [])
    #expect(try await scene.sam.sync(with: restored).handedBack == 0)
  }

  @Test func `leaves a gap in the history of what another laptop wrote, until that brings it`()
    async throws
  {
    let store = MemoryStore()
    let scene = try await Scene.make(store)
    let kim = try await scene.office.laptop("kim", holding: [scene.caseID])
    try await kim.sync()
    let backup = store.image
    let hers = try kim.note("kim's, then lost", in: scene.caseID)
    try await kim.sync()
    try await scene.sam.sync()
    let restored = try await scene.office.restored(from: backup)
    try await scene.sam.sync(with: restored)
    let gap = try #require(try await restored.history(of: hers))
    #expect(gap.entries.isEmpty && !gap.isWhole)
    #expect(gap.lost.flatMap(\.standing).contains { $0.value == .text("kim's, then lost") })
    try await kim.sync(with: restored)
    let whole = try #require(try await restored.history(of: hers))
    #expect(whole.entries.count == 1 && whole.lost.isEmpty)
    #expect(whole.record(at: .max) == whole.stored)
  }

  @Test func `shows by its checkpoint that it was, though nobody said so`() async throws {
    let store = MemoryStore()
    let scene = try await Scene.make(store)
    let backup = store.image
    let id = try scene.sam.note("lost", in: scene.caseID)
    try await scene.sam.sync()
    let silent = OfficeInProcess(MemoryStore(backup))
    #expect(try await scene.sam.sync(with: silent).isSynced)
    #expect(try await silent.store.read { try $0.epoch() } == 2)
    #expect(try await silent.record(id) != nil)
  }

  /// Office and laptop both go back, and go on before anybody notices: the laptop counts a dot for
  /// the second time, and the office takes it.
  @Test func `finds two changes under one dot and keeps both`() async throws {
    let store = MemoryStore()
    let scene = try await Scene.make(store)
    let pat = try await scene.office.laptop("pat", holding: [scene.caseID])
    let id = scene.sam.newID()
    try scene.sam.edit(.appointment(in: scene.caseID, id: id))
    try await scene.sam.sync()
    try await pat.sync()
    let (sam, restoredSam) = try scene.split()
    let backup = store.image

    let lost = try sam.change(id, ["officer": .text("kim"), "place": .text("at home")])
    try await sam.sync()
    try await pat.sync()
    let silent = try await scene.office.restored(from: backup, isDeclared: false)
    let taken = try restoredSam.change(id, ["place": .text("at the door"), "notes": .text("late")])
    #expect(taken.dot == lost.dot)
    #expect(try await restoredSam.sync(with: silent).isSynced)
    let later = try restoredSam.change(id, ["notes": .text("very late")])
    #expect(try await restoredSam.sync(with: silent).isSynced)

    #expect(try await pat.sync(with: silent).isSynced)
    #expect(try await restoredSam.sync(with: silent).isSynced)
    #expect(try await pat.sync(with: silent).isSynced)
    let atOffice = try #require(try await silent.record(id))
    for record in [atOffice, try pat.replica.record(id), try restoredSam.replica.record(id)] {
      let record = try #require(record)
      #expect(record.standing("officer").map(\.value) == [.text("kim")])
      #expect(
        Set(record.standing("place").map(\.value)) == [.text("at home"), .text("at the door")])
      // What the later change had seen, it displaced for good.
      #expect(record.standing("notes").map(\.hash) == [later.hash])
    }
    #expect(try await silent.problems() == [])
    #expect(try await pat.sync(with: silent).handedBack == 0)
  }

  @Test func `keeps refused what was refused`() async throws {
    let store = MemoryStore()
    let scene = try await Scene.make(store)
    let backup = store.image
    let id = try scene.sam.note("for a case that is gone", in: scene.caseID)
    try await scene.office.end("sam", scene.caseID)
    try scene.sam.replica.write { rows in
      var state = try rows.state()
      state.place = Place(epoch: 1, sequence: 1_000)
      try rows.save(state)
    }
    let late = try scene.sam.note("after it was gone", in: scene.caseID)
    try await scene.sam.sync()
    #expect(try await scene.office.record(late) == nil)
    let restored = try await scene.office.restored(from: backup)
    #expect(try await scene.sam.sync(with: restored).isSynced)
    #expect(try await restored.record(late) == nil)
    // The text of the other had left the laptop with its case; that it was there is known.
    let replica = scene.sam.replica.identity.replica
    #expect(try await restored.logged(Dot(replica, 1))?.bytes == [])
    #expect(try await restored.logged(Dot(replica, 1))?.record == nil)
    #expect(try await restored.logged(Dot(replica, 2))?.record == late)
    #expect(try await restored.record(id) == nil)
    #expect(try await restored.problems() == [])
    #expect(try scene.sam.replica.ownChanges().map(\.state).contains(.refused("out-of-scope")))
  }

  @Test func `does not get in what the office never said`() async throws {
    let store = MemoryStore()
    let scene = try await Scene.make(store)
    let flag = scene.sam.newID()
    try scene.sam.edit(.flag(level: "high", in: scene.caseID, id: flag))
    try await scene.sam.sync()
    let forged = Proof(bytes: Array(repeating: 1, count: Proof.byteCount))!
    let record = try #require(try scene.sam.replica.record(flag))
    var request = SyncRequest(
      requestID: 1, replica: ReplicaID(value: 77), epoch: 1, head: .start, checkpoint: [],
      catalogueVersion: 1, deviceTime: scene.sam.clock.now, firstCounter: 1, changes: [],
      unsent: 0, hasMore: false)
    var eased = Record(id: RecordID(value: 5), type: record.type, caseID: record.caseID)
    let change = Change(
      Change.Body(
        dot: Dot(ReplicaID(value: 78), 1), previous: .zero, record: eased.id, type: eased.type,
        caseID: eased.caseID, context: VersionVector(), action: .set([]), author: "sam",
        role: .senior, recordedAt: scene.sam.clock.now))
    eased.apply(change, at: Place(epoch: 1, sequence: 1))
    request.returned = [ReturnedRecord(bytes: eased.bytes, proof: forged)]
    request.offered = [
      OfferedChange(
        dot: change.dot, hash: change.hash, bytes: change.bytes, verdict: .applied, proof: forged)
    ]
    let outcome = try await scene.office.receive(request, from: scene.sam.device.id)
    #expect(outcome.unproven == 2)
    #expect(try await scene.office.record(eased.id) == nil)
    #expect(try await scene.office.logged(change.dot) == nil)
  }

  @Test(arguments: 1...6)
  func `begins again wherever it was cut`(cut: Int) async throws {
    let store = MemoryStore()
    let scene = try await Scene.make(store)
    let backup = store.image
    var notes: [RecordID] = []
    for number in 1...5 {
      notes.append(try scene.sam.note("note \(number)", in: scene.caseID))
      if number % 2 == 1 { try await scene.sam.sync() }
    }
    let restored = try await scene.office.restored(from: backup)
    let faults = Countdown(cut)
    let line = OfficeLine(restored, device: scene.sam.device.id, fault: { await faults.next() })
    let engine = scene.sam.engine(over: line)
    var isSynced = false
    for _ in 0..<8 where !isSynced { isSynced = (try? await engine.sync().isSynced) ?? false }
    #expect(isSynced)
    for id in notes { #expect(try await restored.record(id)?.standing("text").count == 1) }
    #expect(try await restored.problems() == [])
  }
}

/// Loses one reply, another one each time.
private actor Countdown {
  private var left: Int
  init(_ left: Int) { self.left = left }

  func next() -> OfficeLine.Fault? {
    left -= 1
    return left % 3 == 0
      ? .cutAfterCommit : left % 3 == 1 ? .cutReply(after: 90, closing: true) : nil
  }
}

extension Laptop {
  /// Syncs with an office that stands in the place of the one it knows.
  fileprivate func sync(with office: OfficeInProcess) async throws -> SyncEngine.Report {
    let line = OfficeLine(office, device: device.id)
    return try await engine(over: line, random: UInt64(truncatingIfNeeded: device.id.value)).sync()
  }
}

@Suite struct `A context that was seen under a former replica` {
  private let old = ReplicaID(value: 1)
  private let new = ReplicaID(value: 2)
  private let other = ReplicaID(value: 3)

  private func renamed(_ counter: UInt64, first: UInt64 = 6, count: UInt64 = 3) -> VersionVector {
    let former = FormerReplica(
      replica: old, common: 4, first: first, count: count, successor: new)
    return former.renamed(VersionVector([Dot(old, counter), Dot(other, 9)]))
  }

  @Test func `is cut to what the office knows, and names own changes anew`() {
    let own = Dot(old, 4)
    #expect(renamed(4) == VersionVector([own, Dot(other, 9)]))
    #expect(renamed(5) == VersionVector([own, Dot(other, 9)]))
    #expect(renamed(6) == VersionVector([own, Dot(new, 1), Dot(other, 9)]))
    #expect(renamed(8) == VersionVector([own, Dot(new, 3), Dot(other, 9)]))
    // Whoever claims to have seen more has seen no more of ours.
    #expect(renamed(.max) == VersionVector([own, Dot(new, 3), Dot(other, 9)]))
    #expect(renamed(.max, first: 0, count: 0) == VersionVector([own, Dot(other, 9)]))
  }

  @Test func `follows every later name`() throws {
    let scene = try Former()
    try scene.note()
    try scene.note()
    let form = try #require(try scene.store.record(scene.last)?.version)
    try scene.store.write { try $0.issueAgain(above: 0, as: new) }
    try scene.store.write { try $0.issueAgain(above: 0, as: other) }
    try scene.edit(having: form, under: old)
    let record = try #require(try scene.store.record(scene.last))
    #expect(record.standing("sensitive").map(\.value) == [.text("yes")])
    let own = try #require(try scene.store.read { try $0.own(Dot(other, 3)) }?.change)
    #expect(own.body.context == VersionVector([Dot(other, 2)]))
  }
}

/// A store in memory that holds one case.
private final class Former {
  let store: MemoryReplica
  let caseID = CaseID(value: 0xCA5E)
  private(set) var last = RecordID(value: 0)

  init() throws {
    store = MemoryReplica(
      identity: ReplicaIdentity(
        replica: ReplicaID(value: 1), device: DeviceID(value: 1), user: "sam", role: .officer,
        office: "Office"))
    let place = Place(epoch: 1, sequence: 1)
    try store.adopt(Scope(entries: [.init(caseID: caseID, isSentWhole: true)]))
    try store.apply(Page(records: [], completed: [caseID], checkpoint: [1], place: place))
  }

  func note() throws {
    last = RecordID(value: last.value + 1)
    try store.edit([.note("text", in: caseID, id: last)], at: Timestamp(milliseconds: 1))
  }

  func edit(having context: VersionVector, under replica: ReplicaID) throws {
    var edit = Edit.set(
      ["sensitive": .text("yes")], of: last, type: "contact-entry", caseID: caseID,
      context: context)
    edit.openedUnder = replica
    try store.edit([edit], at: Timestamp(milliseconds: 2))
  }
}
