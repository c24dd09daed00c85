import SyncClient
import SyncCore
import SyncReplica
import TestSupport
import Testing

/// What becomes of notes, bookings, outcomes, letters and breaches that two people wrote without
/// seeing each other's, whoever sends first, at the office and on both laptops.
@Suite struct `Rules of the diary` {
  @Test(arguments: [true, false])
  func `a note stays as it was written, and a correction stands beside it`(khanFirst: Bool)
    async throws
  {
    let scene = try await CaseScene()
    let note = try scene.khan.note("Seen at 14:10.", in: scene.caseID)
    try await scene.reconcile(khanFirst: khanFirst)
    let again = try scene.refusal(
      "contact-entry", ["text": .text("Seen at 15:10.")], of: note, on: scene.jones)
    #expect(again == .writtenOnce(field: "text"))
    let correction = try scene.add(
      "contact-entry",
      ["kind": .text("CHVS"), "text": .text("It was 15:10."), "corrects": .text("\(note)")],
      on: scene.jones)
    try await scene.reconcile(khanFirst: khanFirst)
    #expect(try await scene.reads("text", of: note).value == .text("Seen at 14:10."))
    #expect(try await scene.reads("corrects", of: correction).value == .text("\(note)"))
  }

  @Test(arguments: [true, false])
  func `a note that anybody marks as sensitive is sensitive, and no officer takes it back`(
    khanFirst: Bool
  ) async throws {
    let scene = try await CaseScene()
    let note = try scene.khan.note("Whom she met.", in: scene.caseID)
    try await scene.reconcile()
    try scene.khan.change(note, ["sensitive": .text("yes")])
    try scene.jones.change(note, ["sensitive": .text("no")])
    try await scene.reconcile(khanFirst: khanFirst)
    #expect(try await scene.reads("sensitive", of: note).value == .text("yes"))
    let eased = try scene.refusal(
      "contact-entry", ["sensitive": .text("no")], of: note, on: scene.jones)
    #expect(eased == .easing(field: "sensitive"))
  }

  @Test(arguments: [true, false])
  func `a booking that two people move shows what the office heard first, and both are asked`(
    khanFirst: Bool
  ) async throws {
    let scene = try await CaseScene()
    let id = try await scene.appointment()
    func when(_ start: String) -> Value {
      .composite(["date": .text("2026-04-22"), "start": .text(start)])
    }
    try scene.khan.change(id, ["when": when("09:00"), "place": .text("Office")])
    try scene.jones.change(id, ["when": when("11:00"), "officer": .text("jones")])
    try await scene.reconcile(khanFirst: khanFirst)
    let reading = try await scene.reads("when", of: id)
    #expect(reading.status == .contested)
    #expect(reading.value == when(khanFirst ? "09:00" : "11:00"))
    #expect(try await scene.reads("place", of: id).value == .text("Office"))
    #expect(try await scene.reads("officer", of: id).value == .text("jones"))
    for laptop in [scene.khan, scene.jones] {
      #expect(try laptop.replica.disputes().map(\.field) == ["when"])
    }
  }

  @Test(arguments: [true, false])
  func `two bookings at one time are both kept`(khanFirst: Bool) async throws {
    let scene = try await CaseScene()
    for laptop in [scene.khan, scene.jones] {
      try laptop.edit(.appointment(in: scene.caseID, id: laptop.newID()))
    }
    try await scene.reconcile(khanFirst: khanFirst)
    for laptop in [scene.khan, scene.jones] {
      #expect(try laptop.replica.records(type: "appointment").count == 2)
    }
  }

  @Test(arguments: [true, false])
  func `equal reports of an outcome are one, and nobody is asked`(khanFirst: Bool) async throws {
    let scene = try await CaseScene()
    let id = try await scene.appointment()
    for laptop in [scene.khan, scene.jones] {
      try laptop.edit(.outcome("ATTC", of: id, in: scene.caseID))
    }
    try await scene.reconcile(khanFirst: khanFirst)
    let reading = try await scene.reads("claim", of: .named("outcome-claim", "\(id)"))
    #expect(reading.status == .settled)
    #expect(reading.value == .composite(["code": .text("ATTC")]))
  }

  /// Whoever was there says so beside the outcome, and somebody else gives evidence.
  @Test(arguments: [true, false])
  func `equal reports are one whatever each adds, and whoever was there is shown`(
    khanFirst: Bool
  ) async throws {
    let scene = try await CaseScene()
    let id = try await scene.appointment()
    let outcome = RecordID.named("outcome-claim", "\(id)")
    let there = Value.composite(["code": .text("ATTC"), "present": .flag(true)])
    let told = Value.composite(["code": .text("ATTC"), "evidence": .text("The usher said so.")])
    for (laptop, claim) in [(scene.khan, told), (scene.jones, there)] {
      try laptop.edit(
        .set(
          ["appointment": .text(id.description), "claim": claim], of: outcome,
          type: "outcome-claim", caseID: scene.caseID))
    }
    try await scene.reconcile(khanFirst: khanFirst)
    let reading = try await scene.reads("claim", of: outcome)
    #expect(reading.status == .settledByRule && reading.value == there)
    #expect(Set(reading.standing.map(\.value)) == [there, told], "nothing of either is lost")
    for laptop in [scene.khan, scene.jones] {
      #expect(try laptop.replica.disputes().isEmpty)
    }
    // One who disagrees makes it a dispute again, and whoever was there is named first in it.
    try scene.khan.change(outcome, ["claim": .composite(["code": .text("ATTC")])])
    try scene.jones.change(
      outcome, ["claim": .composite(["code": .text("UAAB"), "present": .flag(true)])])
    try await scene.reconcile(khanFirst: khanFirst)
    for laptop in [scene.khan, scene.jones] {
      let dispute = try #require(try laptop.replica.disputes().first)
      #expect(dispute.choices.first?.value[member: "present"]?.flag == true)
    }
  }

  @Test(arguments: [true, false])
  func `a disputed outcome starts no enforcement and stops none`(khanFirst: Bool) async throws {
    let scene = try await CaseScene(jonesIs: .administrator, officer: "khan")
    let id = try await scene.appointment()
    let outcome = RecordID.named("outcome-claim", "\(id)")
    try scene.jones.edit(.outcome("UAAB", of: id, in: scene.caseID))
    try await scene.reconcile()
    let letter = try scene.letter("EA02", on: scene.jones, outcome)
    try scene.khan.change(outcome, ["claim": .composite(["code": .text("AFTC")])])
    try scene.jones.change(outcome, ["claim": .composite(["code": .text("ATTC")])])
    try await scene.reconcile(khanFirst: khanFirst)
    #expect(try await scene.reads("claim", of: outcome).status == .contested)
    let acts = try await scene.office.records(of: scene.caseID).filter {
      $0.type == "enforcement-act"
    }
    #expect(acts.map(\.id) == [letter])
    #expect(acts.allSatisfy { $0.standing("withdrawn-by").isEmpty })
  }

  @Test(arguments: [true, false])
  func `a letter about a failure that turned out to be none is to be withdrawn`(khanFirst: Bool)
    async throws
  {
    let scene = try await CaseScene(jonesIs: .administrator, officer: "khan")
    let id = try await scene.appointment()
    let outcome = RecordID.named("outcome-claim", "\(id)")
    try scene.jones.edit(.outcome("UAAB", of: id, in: scene.caseID))
    try await scene.reconcile()
    let letter = try scene.letter("EA02", on: scene.jones, outcome)
    try scene.khan.change(
      outcome, ["claim": .composite(["code": .text("AAME")])], reason: "He was at hospital.")
    try await scene.reconcile(khanFirst: khanFirst)
    #expect(try await scene.office.record(letter) != nil, "what was sent cannot be unsent")
    #expect(try await scene.alerts()["withdraw-act"] == [["jones", "khan"]])
    // It is told once, whatever else happens to the case, and the withdrawal is none to withdraw.
    _ = try scene.letter("EA06", on: scene.jones, outcome)
    try scene.khan.edit(.appointment(in: scene.caseID, id: scene.khan.newID()))
    try await scene.reconcile()
    #expect(try await scene.alerts()["withdraw-act"]?.count == 1)
  }

  @Test func `letters that an import brings alert nobody until somebody here says otherwise`()
    async throws
  {
    let scene = try await CaseScene(officer: "khan")
    let id = try await scene.appointment()
    let outcome = try await scene.enter(
      "outcome-claim",
      ["appointment": .text("\(id)"), "claim": .composite(["code": .text("UAAB")])])
    for number in ["1", "2"] {
      try await scene.enter(
        "enforcement-act",
        [
          "outcome": .text("\(outcome)"), "action": .text("EA02"),
          "on": .composite(["date": .text("2026-04-21")]),
        ], id: .named("enforcement-act", number))
    }
    try await scene.enter(
      "outcome-claim", ["claim": .composite(["code": .text("AAME")])], id: outcome)
    try await scene.office.derive(scene.caseID)
    #expect(try await scene.alerts() == [:])
    try await scene.reconcile()
    try scene.khan.change(
      outcome, ["claim": .composite(["code": .text("AAEM")])], reason: "He was at work.")
    try await scene.reconcile()
    #expect(try await scene.alerts() == ["withdraw-act": [["khan"], ["khan"]]])
  }

  @Test(arguments: [true, false])
  func `two letters that were sent are two facts, and the higher step counts`(khanFirst: Bool)
    async throws
  {
    let scene = try await CaseScene(jonesIs: .senior, officer: "khan")
    let id = try await scene.appointment()
    try scene.khan.edit(.outcome("UAAB", of: id, in: scene.caseID))
    try await scene.reconcile()
    let outcome = RecordID.named("outcome-claim", "\(id)")
    let first = try scene.letter("EA02", on: scene.khan, outcome)
    let other = try scene.letter("EA02", on: scene.jones, outcome)
    let breach = try scene.letter("IBR", on: scene.jones, outcome)
    try await scene.reconcile(khanFirst: khanFirst)
    for act in [first, other] {
      #expect(try await scene.reads("latest", of: act).value == .flag(false))
    }
    #expect(try await scene.reads("latest", of: breach).value == .flag(true))
    #expect(try await scene.alerts()["duplicate"] == [["jones", "khan"]])
  }

  @Test(arguments: [true, false])
  func `of opposite decisions the breach stands, and who saw it otherwise is told`(khanFirst: Bool)
    async throws
  {
    let scene = try await CaseScene(jonesIs: .senior)
    let event = try await scene.enter("event", ["number": .integer(1)])
    let id = try await scene.appointment()
    try scene.khan.edit(.outcome("UAAB", of: id, in: scene.caseID))
    try await scene.reconcile()
    let outcome = RecordID.named("outcome-claim", "\(id)")
    var breach = outcome
    for (laptop, decision) in [(scene.khan, "NFA"), (scene.jones, "IBR")] {
      breach = try scene.add(
        "breach",
        [
          "event": .text("\(event)"), "outcome": .text("\(outcome)"),
          "decision": .text(decision),
        ], on: laptop)
    }
    try await scene.reconcile(khanFirst: khanFirst)
    let reading = try await scene.reads("decision", of: breach)
    #expect(reading.value == .text("IBR"))
    #expect(reading.standing.contains { $0.value == .text("NFA") }, "kept as dissent")
    #expect(try await scene.alerts()["dissent"] == [["khan"]])
    #expect(
      try scene.refusal("breach", ["decision": .text("NFA")], of: breach, on: scene.khan)
        == .easing(field: "decision"))
    let withdrawal = Value.composite([
      "on": .text("2026-04-21"), "reason": .text("In hospital."),
    ])
    #expect(
      try scene.refusal("breach", ["withdrawal": withdrawal], of: breach, on: scene.khan)
        == .roleMayNotWrite(field: "withdrawal"))
    #expect(
      try scene.refusal("breach", ["withdrawal": withdrawal], of: breach, on: scene.jones) == nil)
  }

  @Test(arguments: [true, false])
  func `a stage of a breach never goes back`(khanFirst: Bool) async throws {
    let scene = try await CaseScene(jonesIs: .senior)
    let event = try await scene.enter("event", ["number": .integer(1)])
    let id = try await scene.appointment()
    try scene.khan.edit(.outcome("UAAB", of: id, in: scene.caseID))
    let outcome = RecordID.named("outcome-claim", "\(id)")
    let breach = try scene.add(
      "breach",
      [
        "event": .text("\(event)"), "outcome": .text("\(outcome)"), "decision": .text("IBR"),
        "stage": .text("IBR"),
      ], on: scene.khan)
    try await scene.reconcile()
    try scene.khan.change(breach, ["stage": .text("BRE")])
    try scene.jones.change(breach, ["stage": .text("BRE02")])
    try await scene.reconcile(khanFirst: khanFirst)
    #expect(try await scene.reads("stage", of: breach).value == .text("BRE02"))
    #expect(
      try scene.refusal("breach", ["stage": .text("BRE")], of: breach, on: scene.khan)
        == .stageBack(field: "stage"))
  }

  @Test(arguments: [true, false])
  func `two drafts of a recall are both kept, and no officer signs`(khanFirst: Bool) async throws {
    let scene = try await CaseScene()
    let event = try await scene.enter("event", ["number": .integer(1)])
    try await scene.reconcile()
    var recall = event
    for (laptop, kind) in [(scene.khan, "STANDARD"), (scene.jones, "FIXED-TERM")] {
      recall = try scene.add(
        "recall",
        [
          "event": .text("\(event)"), "started-on": .text("2026-04-21"),
          "preparation": .text("REC01"), "recommendation": .text(kind),
          "rationale": .text("Why \(kind)."),
        ], on: laptop)
    }
    try await scene.reconcile(khanFirst: khanFirst)
    for field in ["recommendation", "rationale"] {
      let reading = try await scene.reads(field, of: recall)
      #expect(reading.status == .contested && reading.standing.count == 2)
    }
    #expect(
      try scene.refusal("recall", ["endorsement": .text("REC04")], of: recall, on: scene.khan)
        == .roleMayNotWrite(field: "endorsement"))
    #expect(
      try scene.refusal("recall", ["decision": .text("standard")], of: recall, on: scene.khan)
        == .officeOnly(field: "decision"))
  }

  @Test func `a recall is signed once it is completed, by the text, and submitted once endorsed`()
    async throws
  {
    let scene = try await CaseScene(jonesIs: .senior)
    let event = try await scene.enter("event", ["number": .integer(1)])
    try await scene.reconcile()
    let recall = try scene.add(
      "recall",
      [
        "event": .text("\(event)"), "started-on": .text("2026-04-21"),
        "preparation": .text("REC01"),
      ], on: scene.khan)
    try await scene.reconcile()
    func expect(_ refused: String?, _ fields: [String: Value]) throws {
      let refusal = try scene.refusal("recall", fields, of: recall, on: scene.jones)
      #expect(refusal == refused.map { .checkFailed(check: $0) }, "\(fields)")
    }
    let text = Value.text(String(repeating: "a", count: 64))
    try expect(
      "completed-before-signed", ["endorsement": .text("REC03"), "signed-text": text])
    try scene.khan.change(recall, ["preparation": .text("REC02")])
    try await scene.reconcile()
    try expect("signature-names-the-text", ["endorsement": .text("REC03")])
    try expect("signed-before-submitted", ["submission": .text("REC06")])
    try expect(nil, ["endorsement": .text("REC03"), "signed-text": text])
    try expect("endorsed-before-submitted", ["submission": .text("REC06")])
    try await scene.reconcile()
    let director = try await scene.office.laptop("brown", holding: [scene.caseID], role: .senior)
    try await director.sync()
    try director.change(recall, ["endorsement": .text("REC04")])
    try await director.sync()
    try await scene.reconcile()
    try expect(nil, ["submission": .text("REC06")])
    try await scene.reconcile()
    #expect(try await scene.reads("submission", of: recall).value == .text("REC06"))
  }

  @Test(arguments: [true, false])
  func `more failures than the sentence allows are reviewed once`(khanFirst: Bool) async throws {
    let scene = try await CaseScene(jonesIs: .administrator, officer: "khan")
    let event = try await scene.enter(
      "event",
      [
        "number": .integer(1),
        "disposal": .composite([
          "type": .text("ORA community order"), "failures-allowed": .integer(1),
        ]),
      ])
    var appointments: [RecordID] = []
    for day in ["2026-04-18", "2026-04-19", "2026-04-20"] {
      let id = scene.khan.newID()
      try scene.khan.edit(.appointment(on: day, in: scene.caseID, id: id))
      try scene.khan.change(id, ["event": .text("\(event)")])
      appointments.append(id)
    }
    try await scene.reconcile()
    try scene.khan.edit(.outcome("UAAB", of: appointments[0], in: scene.caseID))
    try await scene.reconcile()
    #expect(try await scene.alerts()["enforcement-review"] == nil)
    try scene.khan.edit(.outcome("UAAB", of: appointments[1], in: scene.caseID))
    try scene.jones.edit(.outcome("UAAB", of: appointments[2], in: scene.caseID))
    try await scene.reconcile(khanFirst: khanFirst)
    #expect(try await scene.reads("failures", of: event).value == .integer(3))
    #expect(try await scene.alerts()["enforcement-review"] == [["khan"]])
  }
}
