import SyncClient
import SyncCore
import Synchronization
import TestSupport
import Testing

/// Situations from the service's own work, told by name, each with the laptops syncing in either
/// order.
@Suite struct `Worked cases` {
  @Test(arguments: [true, false])
  func `two entries on one visit are both kept and nobody is asked`(khanFirst: Bool) async throws {
    let scene = try await CaseScene()
    let first = try scene.khan.note("Flat empty, neighbour says moved out.", in: scene.caseID)
    let second = try scene.jones.note("Phoned, says at home.", in: scene.caseID)
    try await scene.reconcile(khanFirst: khanFirst)
    for laptop in [scene.khan, scene.jones] {
      #expect(try laptop.replica.record(first) != nil)
      #expect(try laptop.replica.record(second) != nil)
      #expect(try laptop.replica.disputes().isEmpty)
    }
  }

  @Test(arguments: [true, false])
  func `an attendance clash reads as disputed until somebody decides`(khanFirst: Bool) async throws
  {
    let scene = try await CaseScene(jonesIs: .administrator)
    let appointment = scene.khan.newID()
    try scene.khan.edit(.appointment(in: scene.caseID, id: appointment))
    try await scene.reconcile(khanFirst: true)
    let outcome = RecordID.named("outcome-claim", appointment.description)
    try scene.khan.edit(.outcome("ATTC", of: appointment, in: scene.caseID))
    try scene.jones.edit(.outcome("UAAB", of: appointment, in: scene.caseID))
    try await scene.reconcile(khanFirst: khanFirst)
    for laptop in [scene.khan, scene.jones] {
      let reading = try #require(try scene.read(outcome, "claim", on: laptop))
      #expect(reading.value == .text("disputed"))
      #expect(reading.standing.count == 2)
    }
    let attended = Value.composite(["code": .text("ATTC")])
    try scene.khan.change(outcome, ["claim": attended], reason: "Present at the appointment.")
    try await scene.reconcile(khanFirst: true)
    for laptop in [scene.khan, scene.jones] {
      let reading = try #require(try scene.read(outcome, "claim", on: laptop))
      #expect(reading.value == attended && reading.status == .settled)
    }
  }

  @Test(arguments: [true, false])
  func `a removed risk flag that was raised meanwhile is active again`(khanFirst: Bool) async throws
  {
    let scene = try await CaseScene(jonesIs: .senior)
    let flag = scene.khan.newID()
    try scene.khan.edit(.flag(in: scene.caseID, id: flag))
    try await scene.reconcile(khanFirst: true)
    try scene.jones.change(flag, ["status": .text("removed")], reason: "Reviewed in the office.")
    try scene.khan.change(flag, ["status": .text("active"), "level": .text("high")])
    try await scene.reconcile(khanFirst: khanFirst)
    for laptop in [scene.khan, scene.jones] {
      #expect(try scene.read(flag, "status", on: laptop)?.value == .text("active"))
      #expect(try scene.read(flag, "level", on: laptop)?.value == .text("high"))
    }
  }

  @Test func `a reassigned case takes the last note late and leaves the old laptop`() async throws {
    let scene = try await CaseScene()
    let note = try scene.khan.note("Sunday: safeguarding.", in: scene.caseID)
    try await scene.office.end("khan", scene.caseID)
    let report = try await scene.khan.sync()
    #expect(report.receipts.map(\.verdict) == [.late])
    #expect(report.dropped == [scene.caseID])
    #expect(try scene.khan.replica.records().isEmpty)
    try await scene.jones.sync()
    #expect(try scene.jones.replica.record(note) != nil)
    #expect(try scene.khan.replica.status().unsent == 0)
  }

  @Test func `a booking whose reply was lost is sent again and stays one, with the same answer`()
    async throws
  {
    let scene = try await CaseScene()
    let appointment = scene.khan.newID()
    try scene.khan.edit(.appointment(in: scene.caseID, id: appointment))
    let fault = OneFault(.cutAfterCommit)
    let line = OfficeLine(scene.office, device: scene.khan.device.id) { fault.take() }
    let engine = scene.khan.engine(over: line)
    await #expect(throws: SyncFailure.self) { try await engine.sync() }
    let log = try await scene.office.log()
    #expect(try scene.khan.replica.status().unsent == 1)
    let report = try await engine.sync()
    #expect(report.receipts.map(\.verdict) == [.applied])
    #expect(report.receipts.map(\.isAgain) == [true])
    #expect(try await scene.office.log() == log)
    #expect(try scene.khan.replica.status().unsent == 0)
  }

  @Test(arguments: [true, false])
  func `an address verified at the door is shown before a report from a call`(
    khanFirst: Bool
  ) async throws {
    let scene = try await CaseScene(jonesIs: .administrator)
    let id = scene.khan.newID()
    func address(_ line: String, _ verified: String) -> Value {
      .composite([
        "line-1": .text(line), "town": .text("Vexbridge"), "postcode": .text("ZZ1 1ZZ"),
        "kind": .text("main"), "verified": .text(verified),
      ])
    }
    try scene.khan.edit(
      .set(
        ["address": address("1 Old Row", "document")], of: id, type: "address",
        caseID: scene.caseID))
    try await scene.reconcile(khanFirst: true)
    try scene.jones.change(id, ["address": address("2 New Row", "unverified")])
    try scene.khan.change(id, ["address": address("1 Old Row", "door")])
    try await scene.reconcile(khanFirst: khanFirst)
    for laptop in [scene.khan, scene.jones] {
      let reading = try #require(try scene.read(id, "address", on: laptop))
      #expect(reading.value == address("1 Old Row", "door"))
      #expect(reading.status == .contested)
    }
  }

  @Test(arguments: [true, false])
  func `a deletion does not win over an edit that it had not seen`(khanFirst: Bool) async throws {
    let scene = try await CaseScene(jonesIs: .administrator)
    let note = try scene.khan.note("Seen today.", in: scene.caseID)
    try await scene.reconcile(khanFirst: true)
    let seen = try #require(try scene.jones.replica.record(note))
    try scene.jones.edit(.delete(seen))
    try scene.khan.change(note, ["sensitive": .text("yes")])
    try await scene.reconcile(khanFirst: khanFirst)
    for laptop in [scene.khan, scene.jones] {
      let record = try #require(try laptop.replica.record(note))
      #expect(!record.isDeleted && record.isDeletionDisputed)
    }
  }
}

/// A fault that happens once.
private final class OneFault: Sendable {
  private let fault: Mutex<OfficeLine.Fault?>

  init(_ fault: OfficeLine.Fault) { self.fault = Mutex(fault) }

  func take() -> OfficeLine.Fault? {
    fault.withLock { fault in
      defer { fault = nil }
      return fault
    }
  }
}
