import ServerStorage
import SyncCore
import TestSupport
import Testing

private let note = RecordID(value: 0x1)
private let plan = RecordID(value: 0x2)
private let flag = RecordID(value: 0x3)

@Suite struct `The office's verdict` {
  @Test(arguments: StoreKind.allCases)
  func `is applied when nobody else wrote`(kind: StoreKind) async throws {
    let bench = try await Bench.make(kind)
    bench.sam.note("Seen at home.", as: note, in: bench.caseID)
    #expect(try await bench.sam.verdicts() == [.applied])
    let record = try #require(try await bench.office.record(note))
    #expect(record.read("text", by: .union)?.value == .text("Seen at home."))
  }

  @Test(arguments: StoreKind.allCases)
  func `is merged when two wrote different fields at once`(kind: StoreKind) async throws {
    let bench = try await Bench.make(kind)
    let kim = try await bench.colleague()
    bench.sam.write(when, of: plan, type: "visit-plan", in: bench.caseID)
    #expect(try await bench.sam.verdicts() == [.applied])
    let seen = try await bench.version(of: plan)
    bench.sam.write(
      ["safe-call": .text("0117")], of: plan, type: "visit-plan", in: bench.caseID, having: seen)
    kim.write(
      ["purpose": .text("compliance")], of: plan, type: "visit-plan", in: bench.caseID,
      having: seen)
    #expect(try await bench.sam.verdicts(from: 2) == [.applied])
    #expect(try await kim.verdicts() == [.merged])
  }

  @Test(arguments: StoreKind.allCases)
  func `is contested when two wrote the same field unequally`(kind: StoreKind) async throws {
    let bench = try await Bench.make(kind)
    let kim = try await bench.colleague()
    bench.sam.write(when, of: plan, type: "visit-plan", in: bench.caseID)
    _ = try await bench.sam.verdicts()
    let seen = try await bench.version(of: plan)
    for (purpose, verdict) in [("compliance", Verdict.applied), ("safeguarding", .contested)] {
      let isFirst = verdict == .applied
      let author = isFirst ? bench.sam : kim
      author.write(
        ["purpose": .text(purpose)], of: plan, type: "visit-plan", in: bench.caseID, having: seen)
      #expect(try await author.verdicts(from: isFirst ? 2 : 1) == [verdict])
    }
    let standing = try await bench.office.record(plan)?.standing("purpose").compactMap(\.value.text)
    #expect(standing?.sorted() == ["compliance", "safeguarding"])
    #expect(try await bench.office.store.read { try $0.counts().contested } == 1)
  }

  @Test(arguments: StoreKind.allCases)
  func `is contested when one deleted what another kept writing`(kind: StoreKind) async throws {
    let bench = try await Bench.make(kind)
    let kim = try await bench.colleague()
    bench.sam.write(when, of: plan, type: "visit-plan", in: bench.caseID)
    _ = try await bench.sam.verdicts()
    let seen = try await bench.version(of: plan)
    kim.write(
      ["purpose": .text("compliance")], of: plan, type: "visit-plan", in: bench.caseID,
      having: seen)
    _ = try await kim.verdicts()
    bench.sam.delete(plan, type: "visit-plan", in: bench.caseID, having: seen)
    #expect(try await bench.sam.verdicts(from: 2) == [.contested])
    #expect(try await bench.office.record(plan)?.isDeleted == false)
  }

  @Test(arguments: StoreKind.allCases)
  func `is late for work from before the author could know that the case had moved`(
    kind: StoreKind
  ) async throws {
    let bench = try await Bench.make(kind)
    bench.sam.note("Written offline.", as: note, in: bench.caseID)
    try await bench.office.end("sam", bench.caseID)
    #expect(try await bench.sam.verdicts() == [.late])
    #expect(try await bench.office.record(note) != nil)
  }

  @Test(arguments: StoreKind.allCases)
  func `is out of scope for work from after the author knew`(kind: StoreKind) async throws {
    let bench = try await Bench.make(kind)
    try await bench.office.end("sam", bench.caseID)
    try await bench.sam.pull()
    bench.sam.note("Written after the transfer.", as: note, in: bench.caseID)
    #expect(try await bench.sam.verdicts() == [.refused(code: "out-of-scope", field: "")])
    #expect(try await bench.office.record(note) == nil)
    let logged = try await bench.office.logged(Dot(bench.sam.replica, 1))
    #expect(logged.flatMap { try? Change(reading: $0.bytes) }?.body.record == note)
  }

  @Test(arguments: StoreKind.allCases)
  func `takes a risk concern even from somebody who never held the case`(
    kind: StoreKind
  ) async throws {
    let bench = try await Bench.make(kind)
    let kim = try await Author.enrol("kim", at: bench.office)
    kim.write(
      ["text": .text("A child was crying.")], of: note, type: "risk-concern", in: bench.caseID)
    kim.note("And a note.", as: RecordID(value: 9), in: bench.caseID)
    #expect(try await kim.verdicts() == [.late, .refused(code: "out-of-scope", field: "")])
  }

  @Test(arguments: StoreKind.allCases)
  func `takes a newer kind of record as it is`(kind: StoreKind) async throws {
    let bench = try await Bench.make(kind)
    bench.sam.write(
      ["shape": .unknown(9, [0x4A, 0x01, 0x07])], of: note, type: "drone-photo",
      in: bench.caseID)
    #expect(try await bench.sam.verdicts() == [.applied])
    let value = try await bench.office.record(note)?.standing("shape").first?.value
    #expect(value == .unknown(9, [0x4A, 0x01, 0x07]))
  }

  @Test(arguments: StoreKind.allCases)
  func `stays the first one however often a change is sent`(kind: StoreKind) async throws {
    let bench = try await Bench.make(kind)
    bench.sam.note("Once.", as: note, in: bench.caseID)
    bench.sam.write(["text": .text("again")], of: note, in: bench.caseID, having: own(bench, 1))
    let first = try await bench.sam.send().acceptance.receipts
    let sequence = try await bench.office.store.read { try $0.sequence() }
    let second = try await bench.sam.send().acceptance.receipts
    #expect(first.map(\.isAgain) == [false, false])
    #expect(second.map(\.isAgain) == [true, true])
    #expect(second.map(\.verdict) == first.map(\.verdict))
    #expect(second.map(\.place) == first.map(\.place))
    #expect(second.allSatisfy { !$0.settlesBase })
    #expect(try await bench.office.store.read { try $0.sequence() } == sequence)
  }

  private func own(_ bench: Bench, _ counter: UInt64) -> VersionVector {
    VersionVector([Dot(bench.sam.replica, counter)])
  }

  private var when: [String: Value] {
    ["when": .composite(["date": .text("2026-05-04"), "start": .text("09:00")])]
  }
}

/// One way to be refused: what is written, and the code and field that come back.
struct Refused: Sendable, CustomTestStringConvertible {
  let code: String
  var field = ""
  var prepare: @Sendable (Author, CaseID) -> Void = { _, _ in }
  let write: @Sendable (Author, CaseID) -> Void

  var testDescription: String { code }

  static let id = RecordID(value: 0x77)

  static let cases: [Refused] = [
    Refused(code: "role-may-not-write", field: "name") { sam, caseID in
      sam.write(
        ["text": .text("x"), "kind": .text("CHVS")], of: id, in: caseID, role: .dataProtection)
    },
    Refused(code: "role-may-not-delete", prepare: note) { sam, caseID in
      sam.delete(id, type: "contact-entry", in: caseID, having: seen(sam))
    },
    Refused(code: "office-only", field: "crn") { sam, caseID in
      let name = Value.composite(["forename": .text("A"), "surname": .text("B")])
      sam.write(["crn": .text("X000009"), "name": name], of: id, type: "case-header", in: caseID)
    },
    Refused(code: "written-once", field: "text", prepare: note) { sam, caseID in
      sam.write(["text": .text("rewritten")], of: id, in: caseID, having: seen(sam))
    },
    Refused(code: "easing", field: "sensitive", prepare: sensitive) { sam, caseID in
      sam.write(["sensitive": .text("no")], of: id, in: caseID, having: seen(sam), reason: "so")
    },
    Refused(code: "invalid", field: "kind") { sam, caseID in
      sam.write(["text": .text("x"), "kind": .text("NONE")], of: id, in: caseID)
    },
    Refused(code: "missing", field: "text") { sam, caseID in
      sam.write(["kind": .text("CHVS")], of: id, in: caseID)
    },
    Refused(code: "record-unknown") { sam, caseID in
      sam.write(["text": .text("x")], of: id, in: caseID, having: seen(sam, 9))
    },
    Refused(code: "identity-changed", prepare: note) { sam, caseID in
      sam.write(["text": .text("x")], of: id, type: "risk-concern", in: caseID)
    },
    Refused(code: "not-the-author") { sam, caseID in
      sam.write(["text": .text("x"), "kind": .text("CHVS")], of: id, in: caseID, as: "somebody")
    },
    Refused(code: "unreadable") { sam, _ in sam.push(.unreadable([1, 2, 3])) },
  ]

  @Sendable private static func note(_ sam: Author, _ caseID: CaseID) {
    sam.note("The first words.", as: id, in: caseID)
  }

  @Sendable private static func sensitive(_ sam: Author, _ caseID: CaseID) {
    sam.write(
      ["text": .text("x"), "kind": .text("CHVS"), "sensitive": .text("yes")], of: id, in: caseID)
  }

  private static func seen(_ sam: Author, _ counter: UInt64 = 1) -> VersionVector {
    VersionVector([Dot(sam.replica, counter)])
  }
}

@Suite struct `A refused change` {
  @Test(arguments: StoreKind.allCases, Refused.cases)
  func `is kept with its bytes, changes nothing, and holds up nothing after it`(
    kind: StoreKind, refused: Refused
  ) async throws {
    let bench = try await Bench.make(kind)
    refused.prepare(bench.sam, bench.caseID)
    let prepared = bench.sam.head.counter
    if prepared > 0 { try await bench.sam.send() }
    let before = try await bench.office.record(Refused.id)
    refused.write(bench.sam, bench.caseID)
    let bytes = bench.sam.request().changes.last?.bytes
    bench.sam.note("What came after.", as: note, in: bench.caseID)
    let verdicts = try await bench.sam.verdicts(from: prepared + 1)
    guard case .refused(let code, let field) = try #require(verdicts.first) else {
      Issue.record("it was not refused")
      return
    }
    // A role that is not the device's is found out before anything else.
    #expect(code == (refused.code == "role-may-not-write" ? "not-the-author" : refused.code))
    #expect(refused.code == "role-may-not-write" || field == refused.field)
    #expect(verdicts.dropFirst() == [.applied])
    #expect(try await bench.office.record(Refused.id) == before)
    #expect(try await bench.office.logged(Dot(bench.sam.replica, prepared + 1))?.bytes == bytes)
    #expect(try await bench.office.problems() == [])
  }

  @Test(arguments: StoreKind.allCases)
  func `is refused by role as the register knows it`(kind: StoreKind) async throws {
    let bench = try await Bench.make(kind)
    let admin = try await bench.colleague("ada", role: .administrator)
    admin.write(
      ["code": .text("RVAD"), "status": .text("active")], of: flag, type: "risk-flag",
      in: bench.caseID)
    #expect(
      try await admin.verdicts() == [.refused(code: "role-may-not-write", field: "code")])
  }

  @Test(arguments: StoreKind.allCases)
  func `is too large once the record would be`(kind: StoreKind) async throws {
    var limits = Limits.standard
    limits.recordBytes = 600
    let bench = try await Bench.make(kind, limits: limits)
    bench.sam.note("Short.", as: note, in: bench.caseID)
    bench.sam.note(String(repeating: "long ", count: 120), as: plan, in: bench.caseID)
    #expect(
      try await bench.sam.verdicts() == [.applied, .refused(code: "too-large", field: "")])
  }

  @Test(arguments: StoreKind.allCases)
  func `is a decision between claims by a role that may not decide`(
    kind: StoreKind
  ) async throws {
    let bench = try await Bench.make(kind)
    let ada = try await bench.colleague("ada", role: .administrator)
    func claim(_ code: String) -> [String: Value] {
      ["appointment": .text(plan.description), "claim": .composite(["code": .text(code)])]
    }
    bench.sam.write(claim("ATTC"), of: note, type: "outcome-claim", in: bench.caseID)
    #expect(try await bench.sam.verdicts() == [.applied])
    ada.write(claim("UAAB"), of: note, type: "outcome-claim", in: bench.caseID)
    #expect(try await ada.verdicts() == [.contested])
    let seen = try await bench.version(of: note)
    ada.write(
      ["claim": .composite(["code": .text("UAAB")])], of: note, type: "outcome-claim",
      in: bench.caseID, having: seen)
    #expect(
      try await ada.verdicts(from: 2) == [.refused(code: "role-may-not-decide", field: "claim")])
  }
}
