import Foundation
import RecordCatalogue
import ServerStorage
import SyncCore
import TestSupport
import Testing

@testable import SyncClient
@testable import SyncReplica

/// Records that differ from the office's are found one by one, and put right without the rest.
@Suite struct `A repair` {
  /// A laptop with some notes in one case, and its line.
  private struct Scene {
    let office: OfficeInProcess
    let caseID: CaseID
    let khan: Laptop
    let line: OfficeLine
    var repair: CaseRepair { CaseRepair(khan.replica, line) }

    init(limits: Limits = .standard, notes: Int = 6) async throws {
      office = OfficeInProcess(limits: limits)
      caseID = try await office.open("X000001")
      let device = try await office.enrol("khan")
      try await office.grant("khan", [caseID])
      line = OfficeLine(office, device: device.id)
      khan = try Laptop(device, over: line, limits: limits)
      try await khan.sync()
      for number in 0..<notes { try khan.note("Note \(number).", in: caseID) }
      try await khan.sync()
    }

    func rows() throws -> [RecordID] { try khan.replica.baseDigests(of: caseID).map(\.record) }

    /// What a failing disk, or a fault of ours, may leave.
    func damage(_ sql: String, _ id: RecordID) throws {
      try khan.replica.writeSQL { db in
        try db.execute(sql: sql, arguments: [id.description.filter { $0 != "-" }.uppercased()])
      }
    }

    func agrees() async throws -> Bool { try await khan.sync(verifying: true).differences == [] }
  }

  private static let lose = "DELETE FROM records WHERE hex(record_id) = ?"
  private static let spoil = """
    UPDATE records SET base = substr(base, 1, length(base) - 3) || x'00FF00' WHERE hex(record_id) = ?
    """

  @Test func `finds what is missing and what cannot be read, and fetches nothing else`()
    async throws
  {
    let scene = try await Scene()
    let ids = try scene.rows()
    try scene.damage(Self.lose, ids[1])
    try scene.damage(Self.spoil, ids[3])
    #expect(try await scene.khan.sync(verifying: true).differences == [scene.caseID])
    let looked = try await scene.repair.compare(scene.caseID, mending: false)
    #expect(
      looked == [
        .init(caseID: scene.caseID, record: ids[1], kind: .missingHere),
        .init(caseID: scene.caseID, record: ids[3], kind: .differs),
      ])
    #expect(!(try await scene.agrees()), "looking changes nothing")
    #expect(try await scene.repair.compare(scene.caseID, mending: true) == looked)
    #expect(try await scene.agrees())
    #expect(try await scene.repair.compare(scene.caseID, mending: false) == [])
  }

  @Test func `leaves unsent work what it is`() async throws {
    let scene = try await Scene()
    let ids = try scene.rows()
    let note = try #require(
      ids.first { try scene.khan.replica.record($0)?.type == "contact-entry" })
    try scene.khan.change(note, ["sensitive": .text("yes")])
    let new = try scene.khan.note("Not sent.", in: scene.caseID)
    try scene.damage(Self.spoil, note)
    _ = try await scene.repair.compare(scene.caseID, mending: true)
    #expect(try scene.khan.text(of: "sensitive", in: note) == ["yes"])
    #expect(try scene.khan.text(of: "text", in: new) == ["Not sent."])
    let report = try await scene.khan.sync(verifying: true)
    #expect(report.isSynced && report.differences == [])
    #expect(try await scene.office.record(note)?.read("sensitive", by: .union)?.value.text == "yes")
  }

  @Test func `never removes what the office does not hold`() async throws {
    let scene = try await Scene()
    let ids = try scene.rows()
    let lost = try #require(ids.last)
    let other = RecordID(value: 7)
    try scene.khan.replica.writeSQL { db in
      try db.execute(
        sql: "UPDATE records SET record_id = ? WHERE hex(record_id) = ?",
        arguments: [
          Data(other.bytes), lost.description.filter { $0 != "-" }.uppercased(),
        ])
    }
    let found = try await scene.repair.compare(scene.caseID, mending: true)
    #expect(Set(found.map(\.kind)) == [.missingHere, .unknownThere])
    #expect(try scene.rows().contains(other))
    #expect(try scene.rows().contains(lost))
  }

  @Test func `goes through a large case in parts`() async throws {
    var limits = Limits.standard
    limits.pageRecords = 3
    limits.deliveryBytes = 400
    let scene = try await Scene(limits: limits, notes: 20)
    let ids = try scene.rows()
    for id in ids.enumerated().filter({ $0.offset % 2 == 0 }).map(\.element) {
      try scene.damage(id.value % 3 == 0 ? Self.lose : Self.spoil, id)
    }
    let before = scene.line.exchanges
    let found = try await scene.repair.compare(scene.caseID, mending: true)
    #expect(found.map(\.record) == ids.enumerated().filter { $0.offset % 2 == 0 }.map(\.element))
    #expect(scene.line.exchanges - before >= ids.count / 3)
    #expect(try await scene.agrees())
  }

  @Test func `is nothing for who does not hold the case`() async throws {
    let scene = try await Scene()
    try await scene.office.end("khan", scene.caseID)
    await #expect(throws: SyncFailure.self) {
      try await scene.repair.compare(scene.caseID, mending: true)
    }
  }
}
