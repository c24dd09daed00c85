import SyncCore
import SyncReplica
import TestSupport
import Testing

@Suite struct `A resync` {
  private static let other = CaseID(value: 0x07E5)

  @Test func `replaces the copy, and the unsent note survives`() throws {
    let copy = try Copy()
    var kim = Colleague()
    let old = kim.note("old", at: copy.place(), id: copy.newID())
    try copy.replica.apply(copy.page([old]))
    let unsent = try copy.note("unsent")
    try copy.replica.beginResync()
    #expect(try copy.replica.outgoing().checkpoint == [])
    let new = kim.note("new", at: copy.place(), id: copy.newID())
    try copy.hold([Copy.caseID], records: [new])
    // Until the swap, the present copy is shown.
    #expect(try Set(copy.replica.records().map(\.id)) == [old.id, unsent])
    #expect(try copy.replica.finishResync())
    #expect(try Set(copy.replica.records().map(\.id)) == [new.id, unsent])
    #expect(try copy.text(unsent) == "unsent")
    #expect(try copy.replica.outgoing().changes.map(\.body.record) == [unsent])
    #expect(try !copy.replica.isResyncing())
  }

  @Test(arguments: 0...4)
  func `goes on after a restart at any page`(restart: Int) throws {
    let copy = try Copy(holding: [Copy.caseID, Self.other])
    var kim = Colleague()
    let unsent = try copy.note("unsent")
    let records = (0..<4).map { _ in kim.note("new", at: copy.place(), id: copy.newID()) }
    try copy.replica.beginResync()
    if restart == 0 { try copy.reopen() }
    let both = [Copy.caseID, Self.other]
    try copy.replica.adopt(copy.scope(both, whole: both))
    var checkpoint: [UInt8] = []
    for (number, record) in records.enumerated() {
      let completed = number == 3 ? both : []
      let page = copy.page([record], completed: completed)
      try copy.replica.apply(page)
      checkpoint = page.checkpoint
      #expect(try copy.replica.finishResync() == (number == 3))
      if restart == number + 1 { try copy.reopen() }
      if number < 3 {
        #expect(try copy.replica.isResyncing())
        #expect(try copy.replica.outgoing().checkpoint == checkpoint)
        #expect(try copy.replica.records().map(\.id) == [unsent])
      }
    }
    #expect(try Set(copy.replica.records().map(\.id)) == Set(records.map(\.id) + [unsent]))
    #expect(try copy.replica.outgoing().checkpoint == checkpoint)
  }

  @Test func `that is given up leaves the present copy as it was`() throws {
    let copy = try Copy()
    var kim = Colleague()
    let old = kim.note("old", at: copy.place(), id: copy.newID())
    try copy.replica.apply(copy.page([old]))
    let checkpoint = try copy.replica.outgoing().checkpoint
    try copy.replica.beginResync()
    try copy.hold([Copy.caseID], records: [])
    try copy.replica.abandonResync()
    #expect(try copy.replica.records() == [old])
    #expect(try copy.replica.outgoing().checkpoint == checkpoint)
    #expect(try !copy.replica.isResyncing())
  }

  @Test func `that is given up still shows what the office took meanwhile`() throws {
    let copy = try Copy()
    let id = try copy.note("mine")
    let change = try #require(try copy.replica.outgoing().changes.first)
    try copy.replica.beginResync()
    try copy.acknowledge(Receipt(counter: 1, verdict: .applied, place: copy.place()))
    var taken = SyncCore.Record(id: id, type: "contact-entry", caseID: Copy.caseID)
    taken.apply(change, at: copy.place())
    try copy.hold([Copy.caseID], records: [taken])
    try copy.replica.abandonResync()
    // A later change of the same record is refused, and the record is worked out again.
    let shown = try #require(try copy.replica.record(id))
    try copy.edit(.change(shown, ["sensitive": .text("yes")]))
    try copy.acknowledge(
      Receipt(counter: 2, verdict: .refused(code: "invalid", field: "sensitive")))
    #expect(try copy.text(id) == "mine")
  }

  @Test func `takes receipts in before its first page, and no text is lost`() throws {
    let copy = try Copy()
    let (kept, refused) = (try copy.note("kept"), try copy.note("refused"))
    try copy.replica.beginResync()
    try copy.acknowledge(
      Receipt(counter: 1, verdict: .applied, place: copy.place()),
      Receipt(counter: 2, verdict: .refused(code: "invalid", field: "text")))
    #expect(try copy.text(kept) == "kept")
    #expect(try copy.replica.record(refused) == nil)
    #expect(try copy.replica.ownChanges().allSatisfy { $0.change != nil })
  }

  @Test func `drops a case from both copies`() throws {
    let copy = try Copy(holding: [Copy.caseID, Self.other])
    try copy.replica.beginResync()
    let both = [Copy.caseID, Self.other]
    try copy.replica.adopt(copy.scope(both, whole: both))
    #expect(try copy.replica.adopt(copy.scope([Self.other])) == [Copy.caseID])
    #expect(try copy.replica.cases() == [Self.other])
    try copy.replica.abandonResync()
    #expect(try copy.replica.cases() == [Self.other])
  }

  @Test func `lets the officer go on writing`() throws {
    let copy = try Copy()
    try copy.replica.beginResync()
    let id = try copy.note("meanwhile")
    #expect(try copy.text(id) == "meanwhile")
    try copy.hold([Copy.caseID])
    try copy.replica.finishResync()
    #expect(try copy.text(id) == "meanwhile")
  }

  @Test func `that was not begun does not end`() throws {
    let copy = try Copy()
    let id = try copy.note("x")
    #expect(try !copy.replica.finishResync())
    try copy.replica.abandonResync()
    #expect(try copy.text(id) == "x")
  }

  @Test func `finds the cases that differ from the office's`() throws {
    let copy = try Copy(holding: [Copy.caseID, Self.other])
    var digests = try copy.replica.digests()
    #expect(try copy.replica.differences(from: digests) == [])
    digests[0].records += 1
    digests.append(CaseDigest(caseID: CaseID(value: .max)))
    #expect(
      try copy.replica.differences(from: digests) == [digests[0].caseID, CaseID(value: .max)])
    #expect(try copy.replica.differences(from: []) == [Self.other, Copy.caseID].sorted())
  }
}
