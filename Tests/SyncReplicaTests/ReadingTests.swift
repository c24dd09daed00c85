import SyncCore
import SyncReplica
import TestSupport
import Testing

@Suite struct `Searching` {
  @Test(arguments: [
    "tŷ gwyn", "TY GWYN", "gwyn tŷ", "café", "CAFE", "ysbyty",
  ])
  func `finds a note whatever the case and the accents`(query: String) throws {
    let copy = try Copy()
    try copy.note("Met at Tŷ Gwyn, by the café opposite Ysbyty Gwynedd.")
    try copy.note("Nothing of interest.")
    let found = try copy.replica.search(query)
    #expect(found.count == 1)
  }

  @Test(arguments: ["", "   ", "nowhere", "gwyn nowhere", "%", "' OR 1=1"])
  func `finds nothing where nothing is asked for or written`(query: String) throws {
    let copy = try Copy()
    try copy.note("Met at Tŷ Gwyn.")
    #expect(try copy.replica.search(query).isEmpty)
  }

  @Test func `looks into every part of a record`() throws {
    let copy = try Copy()
    let address = Value.composite([
      "line-1": .text("12 Heol y Deri"), "town": .text("Caerdydd"), "postcode": .text("CF14 6HD"),
      "kind": .text("main"), "verified": .text("door"),
    ])
    let id = copy.newID()
    try copy.edit(.set(["address": address], of: id, type: "address", caseID: Copy.caseID))
    #expect(try copy.replica.search("caerdydd deri").map(\.id) == [id])
  }
}

@Suite struct `A conflict` {
  private func contested() throws -> (Copy, SyncCore.Record) {
    let copy = try Copy()
    let id = copy.newID()
    try copy.edit(.appointment(in: Copy.caseID, id: id, place: "here"))
    let opened = try #require(try copy.replica.record(id))
    try copy.edit(.change(opened, ["place": .text("there")]))
    try copy.edit(.change(opened, ["place": .text("elsewhere")]))
    return (copy, opened)
  }

  @Test func `lists both values with who wrote them`() throws {
    let (copy, _) = try contested()
    let conflict = try #require(try copy.replica.disputes().first)
    #expect(conflict.field == "place")
    #expect(conflict.reading.status == .contested)
    #expect(conflict.reading.standing.compactMap(\.value.text) == ["there", "elsewhere"])
    #expect(conflict.reading.standing.allSatisfy { $0.by.author == "sam" })
  }

  @Test func `is over once somebody who saw both decides`() throws {
    let (copy, opened) = try contested()
    let shown = try #require(try copy.replica.record(opened.id))
    try copy.edit(.change(shown, ["place": .text("there")]))
    #expect(try copy.replica.disputes().isEmpty)
  }

  @Test func `is none between equal values`() throws {
    let copy = try Copy()
    let id = copy.newID()
    try copy.edit(.appointment(in: Copy.caseID, id: id, place: "here"))
    let opened = try #require(try copy.replica.record(id))
    for _ in 1...2 { try copy.edit(.change(opened, ["place": .text("there")])) }
    #expect(try copy.replica.disputes().isEmpty)
  }
}

@Suite struct `The store in numbers` {
  @Test func `says what waits, since when, and what it holds`() throws {
    let copy = try Copy()
    try copy.note("1")
    try copy.note("2")
    try copy.acknowledge(Receipt(counter: 1, verdict: .applied))
    let status = try copy.replica.status()
    #expect(status.head == 2)
    #expect(status.unsent == 1)
    #expect(status.oldestUnsent == Copy.time)
    #expect(status.cases == 1)
    #expect(status.records == 2)
    #expect(status.lastSync == nil)
    #expect(!status.isSynced)
  }

  @Test func `knows who it belongs to`() throws {
    let copy = try Copy()
    try copy.reopen()
    #expect(copy.replica.identity == Copy.identity)
  }
}
