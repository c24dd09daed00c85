import Foundation
import ServerStorage
import SyncClient
import SyncCore
import TestSupport
import Testing

@testable import SyncReplica

/// A laptop whose unsent work reaches its office in a file.
private struct Scene {
  let office: OfficeInProcess
  let caseID: CaseID
  let sam: Laptop

  static func make(_ store: any ServerStore = MemoryStore()) async throws -> Scene {
    let office = OfficeInProcess(store)
    let caseID = try await office.open("X000001")
    let sam = try await office.laptop("sam", holding: [caseID])
    try await sam.sync()
    return Scene(office: office, caseID: caseID, sam: sam)
  }

  /// What waits, as a file holds it.
  func packed() throws -> RescuedWork {
    let outgoing = try sam.replica.outgoing()
    return RescuedWork(
      replica: outgoing.replica, firstCounter: outgoing.firstCounter,
      changes: outgoing.changes.map(PushedChange.readable), clockOffset: 0, catalogueVersion: 1)
  }

  /// The same as it comes out of a damaged store.
  func salvaged(as replica: ReplicaID) throws -> RescuedWork {
    let changes = Salvage(reading: sam.directory.file("replica.db"), of: "sam")
      .issuedAgain(as: replica)
    return RescuedWork(
      replica: replica, firstCounter: 1, changes: changes.map(PushedChange.readable),
      clockOffset: 0, catalogueVersion: 1)
  }

  @discardableResult
  func take(_ work: RescuedWork) async throws -> [RescuedWork.Taken] {
    let id = sam.device.id
    let (catalogue, now) = (office.catalogue, office.clock.now)
    return try await office.store.transaction { transaction in
      guard let device = try transaction.device(id) else { return [] }
      return try work.take(
        from: device, in: transaction, catalogue: catalogue, now: now,
        newLife: ReplicaID(value: 0x11FE))
    }
  }

  func texts() async throws -> [String] {
    try await office.records(of: caseID).filter { $0.type == "contact-entry" }
      .flatMap { $0.read("text", by: .union)?.value.text.map { [$0] } ?? [] }.sorted()
  }

  func verify() async throws {
    #expect(try await office.problems() == [])
    let report = try await sam.sync(verifying: true)
    #expect(report.isSynced && report.forks == 0)
  }
}

@Suite struct `Unsent work that comes in a file` {
  @Test func `is taken as if the laptop had sent it, and known when it does`() async throws {
    let scene = try await Scene.make()
    try scene.sam.note("One.", in: scene.caseID)
    try scene.sam.note("Two.", in: scene.caseID)
    let work = try scene.packed()
    let before = try await scene.office.device(scene.sam.device.id)
    let taken = try await scene.take(work)
    #expect(taken.map(\.verdict) == [.applied, .applied] && taken.allSatisfy { !$0.isAgain })
    #expect(try await scene.take(work).map(\.isAgain) == [true, true])
    #expect(try await scene.office.device(scene.sam.device.id) == before)
    try scene.sam.note("Three.", in: scene.caseID)
    try await scene.verify()
    #expect(try await scene.texts() == ["One.", "Three.", "Two."])
  }

  @Test func `is known when the laptop was faster`() async throws {
    let scene = try await Scene.make()
    try scene.sam.note("One.", in: scene.caseID)
    let work = try scene.packed()
    try scene.sam.note("Two.", in: scene.caseID)
    try await scene.sam.sync()
    #expect(try await scene.take(work).map(\.isAgain) == [true])
    try await scene.verify()
    #expect(try await scene.texts() == ["One.", "Two."])
  }

  @Test(arguments: [true, false])
  func `counts once under another replica, whichever comes first`(fileFirst: Bool) async throws {
    let scene = try await Scene.make()
    let note = try scene.sam.note("One.", in: scene.caseID)
    try scene.sam.change(note, ["sensitive": .text("yes")])
    let work = try scene.salvaged(as: ReplicaID(value: 0x5A1))
    if !fileFirst { try await scene.sam.sync() }
    let taken = try await scene.take(work)
    #expect(taken.count == 2 && taken.allSatisfy { !$0.verdict.isRefusal })
    let log = try await scene.office.log().count
    let again = try await scene.take(work)
    #expect(again.map(\.isAgain) == [true, true])
    #expect(try await scene.office.log().count == log)
    try await scene.verify()
    #expect(try await scene.texts() == ["One."])
    let record = try #require(try await scene.office.record(note))
    #expect(record.read("sensitive", by: .fieldMerge(.first))?.status != .contested)
  }

  @Test func `gets other dots where the office was put back, and counts once`() async throws {
    let store = MemoryStore()
    let scene = try await Scene.make(store)
    let image = store.image
    try scene.sam.note("Lost by the office.", in: scene.caseID)
    try await scene.sam.sync()
    try scene.sam.note("In the file.", in: scene.caseID)
    let work = try scene.packed()
    let restored = MemoryStore(image)
    try restored.now { transaction in
      let start = try transaction.sequence()
      try transaction.begin(
        Life(replica: ReplicaID(value: 0xBEEF), epoch: 2, start: start))
    }
    let after = OfficeInProcess(restored)
    let scene2 = Scene(
      office: after, caseID: scene.caseID,
      sam: try reopened(scene.sam, at: after))
    let taken = try await scene2.take(work)
    #expect(taken.map(\.dot.replica) != [work.replica] && taken.map(\.verdict) == [.applied])
    #expect(try await scene2.take(work).map(\.isAgain) == [true])
    let report = try await scene2.sam.sync()
    #expect(report.isSynced)
    #expect(try await scene2.texts() == ["In the file.", "Lost by the office."])
    #expect(try await after.problems() == [])
  }

  private func reopened(_ laptop: Laptop, at office: OfficeInProcess) throws -> Laptop {
    try laptop.replica.close()
    return try Laptop(
      laptop.device, over: OfficeLine(office, device: laptop.device.id), in: laptop.directory,
      seed: 3)
  }

  @Test func `of a laptop that was lost is kept apart, of a withdrawn one not taken`() async throws
  {
    let scene = try await Scene.make()
    try scene.sam.note("One.", in: scene.caseID)
    let work = try scene.packed()
    try await scene.office.change(scene.sam.device.id) { $0.state = .revoked }
    await #expect(throws: RescuedWork.Problem.notHeard) { try await scene.take(work) }
    try await scene.office.change(scene.sam.device.id) { $0.state = .lost }
    let taken = try await scene.take(work)
    #expect(taken.map(\.verdict.isRefusal) == [true])
    #expect(try await scene.texts() == [])
  }

  @Test func `of another user is refused`() async throws {
    let scene = try await Scene.make()
    try scene.sam.note("One.", in: scene.caseID)
    let work = try scene.packed()
    try await scene.office.change(scene.sam.device.id) { $0.user = "kim" }
    #expect(try await scene.take(work).map(\.verdict.isRefusal) == [true])
  }
}
