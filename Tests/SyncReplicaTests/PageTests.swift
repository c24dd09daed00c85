import GRDB
import SyncCore
import TestSupport
import Testing

@testable import SyncReplica

@Suite struct `A page from the office` {
  @Test func `is taken together with its place in the records`() throws {
    let copy = try Copy()
    var kim = Colleague()
    let note = kim.note("Kim’s note", at: copy.place(), id: copy.newID())
    let page = copy.page([note])
    try copy.replica.apply(page)
    #expect(try copy.replica.record(note.id) == note)
    #expect(try copy.replica.outgoing().checkpoint == page.checkpoint)
    try copy.reopen()
    #expect(try copy.replica.record(note.id) == note)
    #expect(try copy.replica.outgoing().checkpoint == page.checkpoint)
  }

  @Test(arguments: ["garbage", "foreign", "other type"])
  func `changes nothing at all when one record of it is bad`(fault: String) throws {
    let copy = try Copy()
    var kim = Colleague()
    let known = kim.note("known", at: copy.place(), id: copy.newID())
    try copy.replica.apply(copy.page([known]))
    let before = try copy.replica.outgoing().checkpoint
    let good = kim.note("good", at: copy.place(), id: copy.newID())
    var page = copy.page([good])
    switch fault {
    case "garbage": page.records.append([1, 2, 3])
    case "foreign":
      let foreign = kim.note("x", at: copy.place(), in: CaseID(value: 1), id: copy.newID())
      page.records.append(foreign.bytes)
    default:
      let other = SyncCore.Record(id: known.id, type: "risk-concern", caseID: Copy.caseID)
      page.records.append(kim.write(["text": .text("x")], into: other, at: copy.place()).bytes)
    }
    #expect(throws: ReplicaError.self) { try copy.replica.apply(page) }
    #expect(try copy.replica.record(good.id) == nil)
    #expect(try copy.replica.record(known.id) == known)
    #expect(try copy.replica.outgoing().checkpoint == before)
  }

  @Test func `that was taken twice changes nothing`() throws {
    let copy = try Copy()
    var kim = Colleague()
    let page = copy.page([kim.note("once", at: copy.place(), id: copy.newID())])
    try copy.replica.apply(page)
    let digests = try copy.replica.digests()
    try copy.replica.apply(page)
    #expect(try copy.replica.digests() == digests)
  }

  @Test func `leaves the laptop's own unsent work standing over it`() throws {
    let copy = try Copy()
    var kim = Colleague()
    let note = kim.note("Kim’s note", at: copy.place(), id: copy.newID())
    try copy.replica.apply(copy.page([note]))
    try copy.edit(.change(note, ["sensitive": .text("yes")]))
    let more = kim.write(["observed": .text("observed")], into: note, at: copy.place())
    try copy.replica.apply(copy.page([more]))
    let shown = try #require(try copy.replica.record(note.id))
    #expect(shown.fields == ["kind", "observed", "sensitive", "text"])
    #expect(try copy.replica.digests().map(\.sum) == [more.digest])
  }

  @Test func `that holds the laptop's own change ends its waiting to be seen`() throws {
    let copy = try Copy()
    let id = try copy.note("mine")
    var own = SyncCore.Record(id: id, type: "contact-entry", caseID: Copy.caseID)
    let change = try #require(try copy.replica.outgoing().changes.first)
    let place = copy.place()
    own.apply(change, at: place)
    try copy.acknowledge(Receipt(counter: 1, verdict: .applied, place: place))
    try copy.replica.apply(copy.page([own]))
    #expect(try copy.replica.record(id) == own)
    #expect(try copy.replica.digests().map(\.sum) == [own.digest])
  }
}

@Suite struct `A receipt` {
  @Test func `that settles makes the laptop's copy the office's`() throws {
    let copy = try Copy()
    let id = try copy.note("mine")
    let change = try #require(try copy.replica.outgoing().changes.first)
    let place = copy.place()
    try copy.acknowledge(
      Receipt(counter: 1, verdict: .applied, settlesBase: true, place: place))
    var expected = SyncCore.Record(id: id, type: "contact-entry", caseID: Copy.caseID)
    expected.apply(change, at: place)
    #expect(try copy.replica.record(id) == expected)
    #expect(try copy.replica.digests().map(\.sum) == [expected.digest])
  }

  @Test func `that settles nothing leaves the change shown until it is sent back`() throws {
    let copy = try Copy()
    let id = try copy.note("mine")
    try copy.acknowledge(Receipt(counter: 1, verdict: .merged, place: copy.place()))
    #expect(try copy.text(id) == "mine")
    #expect(try copy.replica.digests().map(\.records) == [0])
  }

  @Test func `of a refusal takes the change off the screen and keeps its text`() throws {
    let copy = try Copy()
    let id = try copy.note("mine")
    try copy.acknowledge(
      Receipt(counter: 1, verdict: .refused(code: "invalid", field: "text")))
    #expect(try copy.replica.record(id) == nil)
    let own = try #require(try copy.replica.ownChanges(of: id).first)
    #expect(own.state == .refused("invalid:text"))
    #expect(own.change?.body.record == id)
    #expect(try copy.replica.status().refused == 1)
    #expect(try copy.replica.status().unsent == 0)
  }

  @Test func `of a refusal leaves what the office had`() throws {
    let copy = try Copy()
    var kim = Colleague()
    let note = kim.note("Kim’s note", at: copy.place(), id: copy.newID())
    try copy.replica.apply(copy.page([note]))
    try copy.edit(.change(note, ["sensitive": .text("yes")]))
    try copy.acknowledge(Receipt(counter: 1, verdict: .refused(code: "easing", field: "")))
    #expect(try copy.replica.record(note.id) == note)
  }

  @Test func `that comes twice changes nothing`() throws {
    let copy = try Copy()
    let id = try copy.note("mine")
    let place = copy.place()
    try copy.acknowledge(Receipt(counter: 1, verdict: .applied, settlesBase: true, place: place))
    let shown = try copy.replica.record(id)
    try copy.acknowledge(Receipt(counter: 1, verdict: .applied, isAgain: true, place: place))
    #expect(try copy.replica.record(id) == shown)
  }
}

@Suite struct `A case that leaves this laptop` {
  private static let other = CaseID(value: 0x07E5)

  @Test func `leaves no row, and its unsent work still waits to be sent`() throws {
    let copy = try Copy(holding: [Copy.caseID, Self.other])
    var kim = Colleague()
    try copy.replica.apply(copy.page([kim.note("theirs", at: copy.place(), id: copy.newID())]))
    let id = try copy.note("unsent")
    let dropped = try copy.replica.adopt(copy.scope([Self.other]))
    #expect(dropped == [Copy.caseID])
    #expect(try copy.replica.cases() == [Self.other])
    #expect(try copy.replica.records().isEmpty)
    #expect(try copy.replica.record(id) == nil)
    #expect(try copy.replica.outgoing().changes.map(\.body.record) == [id])
    #expect(try Self.rows(of: Copy.caseID, in: copy.replica) == 0)
  }

  @Test func `takes the text of what the office has with it`() throws {
    let copy = try Copy(holding: [Copy.caseID, Self.other])
    try copy.note("receipted before")
    try copy.note("refused before")
    try copy.note("unsent")
    try copy.acknowledge(
      Receipt(counter: 1, verdict: .applied),
      Receipt(counter: 2, verdict: .refused(code: "invalid", field: "")))
    try copy.replica.adopt(copy.scope([Self.other]))
    #expect(try copy.replica.ownChanges().map { $0.change != nil } == [true, true, false])
    try copy.acknowledge(Receipt(counter: 3, verdict: .late))
    #expect(try copy.replica.ownChanges().map { $0.change != nil } == [false, true, false])
  }

  @Test func `is closed until it has come whole when it is given again`() throws {
    let copy = try Copy()
    var kim = Colleague()
    let note = kim.note("theirs", at: copy.place(), id: copy.newID())
    try copy.replica.adopt(copy.scope([Copy.caseID], whole: [Copy.caseID]))
    try copy.replica.apply(copy.page([note]))
    #expect(try copy.replica.cases().isEmpty)
    #expect(try copy.replica.records().isEmpty)
    #expect(try copy.replica.status().casesNotWhole == 1)
    try copy.replica.apply(copy.page([], completed: [Copy.caseID]))
    #expect(try copy.replica.cases() == [Copy.caseID])
    #expect(try copy.replica.records() == [note])
  }

  private static func rows(of caseID: CaseID, in replica: Replica) throws -> Int? {
    try replica.readSQL { db in
      try Int.fetchOne(
        db, sql: "SELECT count(*) FROM records WHERE hex(case_id) = ?",
        arguments: [hexText(caseID.bytes).uppercased()])
    }
  }
}
