import SyncCore
import TestSupport
import Testing

@testable import SyncReplica

@Suite struct `What was called saved` {
  @Test func `is there after a restart, and waits to be sent`() throws {
    let copy = try Copy()
    let id = try copy.note("Seen at home.")
    try copy.reopen()
    #expect(try copy.text(id) == "Seen at home.")
    #expect(try copy.replica.status().unsent == 1)
    #expect(try copy.replica.outgoing().changes.map(\.body.record) == [id])
  }

  @Test func `stands in the chain of this laptop without a gap`() throws {
    let copy = try Copy()
    for number in 1...3 { try copy.note("\(number)") }
    let outgoing = try copy.replica.outgoing()
    #expect(outgoing.changes.map(\.dot.counter) == [1, 2, 3])
    #expect(outgoing.changes[0].body.previous == .zero)
    #expect(outgoing.changes[1].body.previous == outgoing.changes[0].hash)
    #expect(outgoing.changes[2].body.previous == outgoing.changes[1].hash)
    #expect(outgoing.head == ChainHead(counter: 3, hash: outgoing.changes[2].hash))
  }

  @Test func `says who, in what part, when, and up to where the office was known`() throws {
    let copy = try Copy()
    let change = try copy.edit(.note("x", in: Copy.caseID, id: copy.newID()))[0]
    #expect(change.body.author == "sam")
    #expect(change.body.role == .officer)
    #expect(change.body.recordedAt == Copy.time)
    #expect(change.body.writtenUnder == Place(epoch: 1, sequence: 11))
  }

  @Test func `is all of an act, or nothing of it`() throws {
    let copy = try Copy()
    let (good, bad) = (copy.newID(), copy.newID())
    let before = try copy.replica.status()
    #expect(throws: ReplicaError.refused(.invalid(field: "kind"))) {
      try copy.edit(
        .note("good", in: Copy.caseID, id: good),
        .set(
          ["kind": .text("NONE"), "text": .text("bad")], of: bad, type: "contact-entry",
          caseID: Copy.caseID), group: GroupID(value: 1))
    }
    #expect(try copy.replica.status() == before)
    #expect(try copy.replica.record(good) == nil)
    #expect(try copy.note("after") != good)
    #expect(try copy.replica.outgoing().changes.map(\.dot.counter) == [1])
  }

  @Test func `saw only what was on the screen when the form opened`() throws {
    let copy = try Copy()
    var kim = Colleague()
    let plan = SyncCore.Record(id: copy.newID(), type: "appointment", caseID: Copy.caseID)
    let opened = kim.write(
      ["type": .text("CHVS"), "when": .text("x"), "place": .text("here")], into: plan,
      at: copy.place())
    try copy.replica.apply(copy.page([opened]))
    let arrived = kim.write(["place": .text("there")], into: opened, at: copy.place())
    try copy.replica.apply(copy.page([arrived]))
    try copy.edit(.change(opened, ["place": .text("mine")]))
    let standing = try copy.replica.record(plan.id)?.standing("place").compactMap(\.value.text)
    #expect(Set(standing ?? []) == ["there", "mine"])
    #expect(try copy.replica.disputes().map(\.field) == ["place"])
  }

  @Test func `is refused in words for its author when a rule forbids it`() throws {
    let copy = try Copy()
    let id = try copy.note("the first words")
    let record = try #require(try copy.replica.record(id))
    #expect(throws: ReplicaError.refused(.writtenOnce(field: "text"))) {
      try copy.edit(.change(record, ["text": .text("other words")]))
    }
    #expect(throws: ReplicaError.refused(.roleMayNotDelete)) { try copy.edit(.delete(record)) }
    #expect(try copy.text(id) == "the first words")
  }

  @Test func `can only be on a case that this laptop holds whole`() throws {
    let copy = try Copy()
    let other = CaseID(value: 0xBAD)
    #expect(throws: ReplicaError.unknownCase) { try copy.note("x", in: other) }
    try copy.replica.adopt(copy.scope([Copy.caseID, other], whole: [other]))
    #expect(throws: ReplicaError.caseNotWhole) { try copy.note("x", in: other) }
    #expect(try copy.replica.status().unsent == 0)
  }

  @Test func `fits the office's limits, or is refused while its author can still split it`()
    throws
  {
    var limits = Limits.standard
    limits.changeBytes = 500
    let copy = try Copy(limits: limits)
    #expect(throws: ReplicaError.tooLarge(limit: 500)) {
      try copy.note(String(repeating: "long ", count: 120))
    }
    #expect(try copy.replica.status().unsent == 0)
  }

  @Test func `never is an act too large for one request, which would be cut in two`() throws {
    var limits = Limits.standard
    limits.pushChanges = 2
    let copy = try Copy(limits: limits)
    let edits = (1...3).map { Edit.note("\($0)", in: Copy.caseID, id: copy.newID()) }
    #expect(throws: ReplicaError.self) {
      try copy.replica.edit(edits, group: GroupID(value: 1), at: Copy.time)
    }
    #expect(try copy.replica.status().unsent == 0)
    try copy.replica.edit(edits, at: Copy.time)
    limits.pushChanges = 500
    limits.pushBytes = 700
    let small = try Copy(limits: limits)
    let long = (1...3).map {
      Edit.note(String(repeating: "\($0)", count: 200), in: Copy.caseID, id: small.newID())
    }
    #expect(throws: ReplicaError.self) {
      try small.replica.edit(long, group: GroupID(value: 1), at: Copy.time)
    }
  }

  @Test func `is gone from the lists once deleted, and back when somebody kept writing`() throws {
    let copy = try Copy()
    let id = copy.newID()
    try copy.edit(.plan(in: Copy.caseID, id: id))
    let opened = try #require(try copy.replica.record(id))
    try copy.edit(.delete(opened))
    #expect(try copy.replica.records().isEmpty)
    try copy.edit(.change(opened, ["purpose": .text("compliance")]))
    #expect(try copy.replica.records().map(\.id) == [id])
    #expect(try copy.replica.record(id)?.isDeletionDisputed == true)
  }
}

@Suite struct `The outbox` {
  @Test func `is given out in requests that never cut an act in two`() throws {
    var limits = Limits.standard
    limits.pushChanges = 3
    let copy = try Copy(limits: limits)
    for number in 1...2 { try copy.note("\(number)") }
    try copy.edit(
      .note("3", in: Copy.caseID, id: copy.newID()), .note("4", in: Copy.caseID, id: copy.newID()),
      group: GroupID(value: 1))
    var outgoing = try copy.replica.outgoing()
    #expect(outgoing.changes.map(\.dot.counter) == [1, 2])
    #expect(outgoing.hasMore)
    #expect(outgoing.unsent == 4)
    try copy.acknowledge(
      Receipt(counter: 1, verdict: .applied), Receipt(counter: 2, verdict: .applied))
    outgoing = try copy.replica.outgoing()
    #expect(outgoing.changes.map(\.dot.counter) == [3, 4])
    #expect(outgoing.firstCounter == 3)
    #expect(!outgoing.hasMore)
  }

  @Test(arguments: 1...6)
  func `holds no more in a request than the office takes`(size: Int) throws {
    var limits = Limits.standard
    limits.pushBytes = 250 * size
    let copy = try Copy(limits: limits)
    for number in 1...9 { try copy.note("a note of usual length, number \(number)") }
    var counters: [UInt64] = []
    while true {
      let outgoing = try copy.replica.outgoing()
      #expect(outgoing.changes.reduce(0) { $0 + $1.bytes.count } <= limits.pushBytes)
      counters += outgoing.changes.map(\.dot.counter)
      for counter in outgoing.changes.map(\.dot.counter) {
        try copy.acknowledge(Receipt(counter: counter, verdict: .applied))
      }
      guard outgoing.hasMore, !outgoing.changes.isEmpty else { break }
    }
    #expect(counters == Array(1...9))
  }

  @Test func `gives out again what the office asks for`() throws {
    let copy = try Copy()
    for number in 1...3 { try copy.note("\(number)") }
    try copy.acknowledge(
      Receipt(counter: 1, verdict: .applied), Receipt(counter: 2, verdict: .applied))
    #expect(try copy.replica.outgoing(resendingFrom: 2).changes.map(\.dot.counter) == [2, 3])
  }

  @Test func `is emptied by receipts alone, and not by “retry”`() throws {
    let copy = try Copy()
    try copy.note("1")
    try copy.note("2")
    try copy.acknowledge(
      Receipt(counter: 1, verdict: .late), Receipt(counter: 2, verdict: .retry))
    #expect(try copy.replica.outgoing().changes.map(\.dot.counter) == [2])
    #expect(try copy.replica.status().oldestUnsent == Copy.time)
    #expect(try copy.replica.ownChanges().map(\.state) == [.waiting, .accepted("late")])
  }

  @Test func `passes over a receipt for what it never sent`() throws {
    let copy = try Copy()
    try copy.note("1")
    try copy.acknowledge(Receipt(counter: 9, verdict: .applied))
    #expect(try copy.replica.status().unsent == 1)
  }
}

@Suite struct `A draft` {
  @Test func `survives a restart, is replaced by its newer self, and goes when discarded`() throws {
    let copy = try Copy()
    let id = copy.newID()
    func draft(_ text: String, at milliseconds: Int64) -> Draft {
      Draft(
        id: id, caseID: Copy.caseID, type: "contact-entry",
        savedAt: Timestamp(milliseconds: milliseconds), text: text)
    }
    try copy.replica.save(draft("half a sen", at: 1))
    try copy.replica.save(draft("half a sentence", at: 2))
    try copy.reopen()
    #expect(try copy.replica.drafts() == [draft("half a sentence", at: 2)])
    try copy.replica.discardDraft(id)
    #expect(try copy.replica.drafts().isEmpty)
  }
}
