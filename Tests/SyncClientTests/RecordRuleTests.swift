import SyncClient
import SyncCore
import SyncReplica
import TestSupport
import Testing

/// What becomes of plans, contacts, circumstances, referrals, premises and papers that two people
/// wrote without seeing each other's.
@Suite struct `Rules of records` {
  @Test(arguments: [true, false])
  func `a goal that one calls achieved and another removed goes on`(khanFirst: Bool) async throws {
    let scene = try await CaseScene()
    let plan = try scene.add(
      "plan-version", ["version": .integer(1), "type": .text("initial")], on: scene.khan)
    let goal = try scene.add(
      "plan-goal",
      ["plan": .text("\(plan)"), "title": .text("Find work"), "status": .text("active")],
      on: scene.khan)
    try await scene.reconcile()
    try scene.khan.change(goal, ["status": .text("achieved")])
    try scene.jones.change(goal, ["status": .text("removed"), "target-date": .text("2026-09-01")])
    try await scene.reconcile(khanFirst: khanFirst)
    let reading = try await scene.reads("status", of: goal)
    #expect(reading.value == .text("still-active") && reading.status == .contested)
    try scene.jones.change(goal, ["status": .text("achieved")], reason: "He showed the contract.")
    try await scene.reconcile()
    #expect(try await scene.reads("status", of: goal).value == .text("achieved"))
  }

  @Test(arguments: [true, false])
  func `two drafts of a plan are two, and no officer countersigns`(khanFirst: Bool) async throws {
    let scene = try await CaseScene()
    var plans: [RecordID] = []
    for laptop in [scene.khan, scene.jones] {
      plans.append(
        try scene.add(
          "plan-version", ["version": .integer(2), "type": .text("review")], on: laptop))
    }
    try await scene.reconcile(khanFirst: khanFirst)
    for plan in plans {
      #expect(try await scene.reads("version", of: plan).value == .integer(2))
    }
    let signature = Value.composite(["stage": .text("countersigned")])
    #expect(
      try scene.refusal(
        "plan-version", ["countersigning": signature], of: plans[0], on: scene.khan)
        == .roleMayNotWrite(field: "countersigning"))
  }

  @Test(arguments: [true, false])
  func `circumstances that two people add are both there, and a later end is one to look at`(
    khanFirst: Bool
  ) async throws {
    let scene = try await CaseScene()
    let first = try scene.add("circumstance", ["type": .text("Carer")], on: scene.khan)
    let other = try scene.add("circumstance", ["type": .text("Pregnant")], on: scene.jones)
    try await scene.reconcile(khanFirst: khanFirst)
    #expect(try await scene.reads("type", of: other).value == .text("Pregnant"))
    try scene.khan.change(first, ["end": .text("2026-05-01")])
    try scene.jones.change(first, ["end": .text("2026-06-01")])
    try await scene.reconcile(khanFirst: khanFirst)
    let end = try await scene.reads("end", of: first)
    #expect(end.status == .contested)
    #expect(end.value == .text(khanFirst ? "2026-06-01" : "2026-05-01"), "the last that came")
  }

  @Test(arguments: [true, false])
  func `a contact that one deletes and another puts right stays`(khanFirst: Bool) async throws {
    let scene = try await CaseScene(jonesIs: .administrator, officer: "khan")
    let contact = try scene.add(
      "personal-contact", ["name": .text("Ann Hill"), "telephone": .text("01632 960001")],
      on: scene.khan)
    try await scene.reconcile()
    let seen = try #require(try scene.jones.replica.record(contact))
    try scene.jones.edit(.delete(seen))
    try scene.khan.change(contact, ["telephone": .text("01632 960002")])
    try await scene.reconcile(khanFirst: khanFirst)
    #expect(try await scene.reads("telephone", of: contact).value == .text("01632 960002"))
    #expect(try scene.khan.replica.record(contact)?.isDeletionDisputed == true)
    #expect(try await scene.alerts()["deletion"] == [["jones", "khan"]])
  }

  @Test(arguments: [true, false])
  func `an arrival and a non-arrival are in dispute until the duty manager decides`(
    khanFirst: Bool
  ) async throws {
    let scene = try await CaseScene(jonesIs: .senior)
    let booking = RecordID.named("premises-booking", "here")
    var arrival = booking
    for (laptop, what) in [(scene.khan, "not-arrived"), (scene.jones, "arrived")] {
      arrival = try scene.add(
        "premises-arrival", ["booking": .text("\(booking)"), "arrival": .text(what)], on: laptop)
    }
    try await scene.reconcile(khanFirst: khanFirst)
    let reading = try await scene.reads("arrival", of: arrival)
    #expect(reading.value == .text("disputed") && reading.standing.count == 2)
    #expect(
      try scene.refusal(
        "premises-arrival", ["arrival": .text("arrived")], of: arrival, on: scene.khan)
        == .roleMayNotDecide(field: "arrival"))
    try scene.jones.change(arrival, ["arrival": .text("arrived")], reason: "Signed in at 22:55.")
    try await scene.reconcile()
    #expect(try await scene.reads("arrival", of: arrival).status == .settled)
  }

  @Test(arguments: [true, false])
  func `a referral that was sent stays, and only goes forward`(khanFirst: Bool) async throws {
    let scene = try await CaseScene()
    let referral = try scene.add(
      "service-referral",
      [
        "kind": .text("commissioned"), "provider": .text("Advance"), "stage": .text("draft"),
        "needs": .text("Housing"),
      ], on: scene.khan)
    try await scene.reconcile()
    try scene.khan.change(referral, ["stage": .text("sent")])
    try scene.jones.change(referral, ["needs": .text("Housing and debt")])
    try await scene.reconcile(khanFirst: khanFirst)
    #expect(try await scene.reads("stage", of: referral).value == .text("sent"))
    // Work from before it was sent goes with it; what comes after is refused, with its text.
    let needs = khanFirst ? "Housing" : "Housing and debt"
    #expect(try await scene.reads("needs", of: referral).value == .text(needs))
    #expect(
      try scene.refusal(
        "service-referral", ["stage": .text("draft")], of: referral, on: scene.jones)
        == .stageBack(field: "stage"))
  }

  /// Facts: what was observed, scored, told or read. Two people add two; nobody changes any.
  @Test(arguments: Fact.all, [true, false])
  func `a fact is written once`(fact: Fact, khanFirst: Bool) async throws {
    let scene = try await CaseScene(jonesIs: .senior)
    var ids: [RecordID] = []
    for laptop in [scene.khan, scene.jones] {
      ids.append(try scene.add(fact.type, fact.fields, on: laptop))
    }
    try await scene.reconcile(khanFirst: khanFirst)
    for id in ids {
      #expect(try await scene.reads(fact.change.field, of: id).status == .settled)
      #expect(
        try scene.refusal(
          fact.type, [fact.change.field: fact.change.value], of: id, on: scene.jones)
          == .writtenOnce(field: fact.change.field))
    }
  }

  struct Fact: Sendable, CustomTestStringConvertible {
    let type: String
    let fields: [String: Value]
    let change: (field: String, value: Value)

    var testDescription: String { type }

    private static let moment = Value.composite([
      "date": .text("2026-04-20"), "time": .text("22:55"),
    ])

    static let all: [Fact] = [
      Fact(
        type: "premises-observation",
        fields: [
          "booking": .text("\(RecordID.named("premises-booking", "here"))"),
          "kind": .text("curfew"), "at": moment, "result": .text("as-required"),
        ], change: ("result", .text("absent"))),
      Fact(
        type: "assessment-score",
        fields: [
          "test": .text("OSP"), "on": .text("2026-04-20"), "facilitator": .text("j.smith"),
          "result": .composite(["score": .integer(14)]),
        ], change: ("facilitator", .text("somebody else"))),
      Fact(
        type: "disclosure",
        fields: [
          "recipient": .text("police"), "what": .text("Address"), "basis": .text("Public task"),
          "at": moment,
        ], change: ("what", .text("Nothing"))),
      Fact(
        type: "report-contribution",
        fields: [
          "report": .text("\(RecordID.named("court-report", "here"))"),
          "text": .text("He has kept every appointment."),
        ], change: ("text", .text("He has kept most."))),
      Fact(
        type: "access-log",
        fields: [
          "user": .text("khan"), "what": .text("consultation"), "when": .integer(1_776_800_000_000),
        ], change: ("user", .text("jones"))),
      Fact(
        type: "document-metadata",
        fields: [
          "title": .text("Letter"), "sha-256": .text(String(repeating: "ab", count: 32)),
        ], change: ("title", .text("Another"))),
      Fact(
        type: "officer-instruction",
        fields: [
          "about": .text("reporting-day"), "text": .text("Report on Tuesdays."),
          "effective-from": .text("2026-04-20"),
        ], change: ("effective-from", .text("2026-05-20"))),
    ]
  }

  @Test func `who read a record is never written into it`() async throws {
    let scene = try await CaseScene()
    let note = try scene.khan.note("Seen.", in: scene.caseID)
    try await scene.reconcile()
    let before = try await scene.office.record(note)
    try scene.add(
      "access-log",
      [
        "user": .text("jones"), "what": .text("consultation"), "when": .integer(1_776_800_000_000),
        "record-type": .text("contact-entry"), "record": .text("\(note)"),
      ], on: scene.jones)
    try await scene.reconcile()
    #expect(try await scene.office.record(note) == before)
  }

  @Test func `a court report is the office’s, an officer adds a contribution`() async throws {
    let scene = try await CaseScene(jonesIs: .senior)
    let report = try await scene.enter("court-report", ["type": .text("PSR")])
    try await scene.reconcile()
    for laptop in [scene.khan, scene.jones] {
      let refusal = try scene.refusal(
        "court-report", ["notes": .text("Changed.")], of: report, on: laptop)
      #expect(refusal == .officeOnly(field: "notes"))
    }
  }

  @Test(arguments: [true, false])
  func `an alert stays open until each whom it is for has cleared it, or a senior has`(
    seniorClears: Bool
  ) async throws {
    let scene = try await CaseScene(jonesIs: seniorClears ? .senior : .officer)
    let alert = try scene.add(
      "alert",
      [
        "kind": .text("other"), "text": .text("Ring the hostel."),
        "addressees/khan": .flag(true), "addressees/jones": .flag(true),
      ], on: scene.khan)
    try await scene.reconcile()
    #expect(try await scene.reads("open", of: alert).value == .flag(true))
    func clear(_ laptop: Laptop) async throws {
      try scene.add(
        "alert-clearing", ["alert": .text("\(alert)"), "user": .text(laptop.user)], on: laptop)
      try await scene.reconcile()
    }
    try await clear(scene.jones)
    #expect(try await scene.reads("open", of: alert).value == .flag(!seniorClears))
    try await clear(scene.khan)
    #expect(try await scene.reads("open", of: alert).value == .flag(false))
  }

  @Test func `a condition changes by a new version, and what cites the old one still does`()
    async throws
  {
    let scene = try await CaseScene()
    let event = try await scene.enter("event", ["number": .integer(1)])
    var versions: [RecordID] = []
    for (number, text) in [(1, "Live at 1 Old Row."), (2, "Live where approved.")] {
      versions.append(
        try await scene.enter(
          "licence-condition",
          [
            "number": .text("12"), "version": .integer(Int64(number)), "event": .text("\(event)"),
            "effective-from": .text("2026-0\(number)-01"), "condition": .text("reside-approved"),
            "text": .text(text),
          ]))
      try await scene.reconcile()
      guard number == 1 else { continue }
      try scene.add(
        "visit-record",
        [
          "arrived": .integer(1_776_776_400_000),
          "conditions/\(versions[0])": .flag(true),
        ], on: scene.khan, id: .named("visit-record", "here"))
    }
    try await scene.reconcile()
    #expect(versions[0] != versions[1])
    #expect(
      try await scene.reads("text", of: versions[0]).value == .text("Live at 1 Old Row."))
    let visit = try #require(try scene.jones.replica.record(.named("visit-record", "here")))
    #expect(
      visit.elements(of: "conditions", by: .union).map(\.element) == ["\(versions[0])"])
  }
}
