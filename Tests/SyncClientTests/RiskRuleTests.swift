import SyncClient
import SyncCore
import SyncReplica
import TestSupport
import Testing

/// What becomes of risk, flags, concerns and the safety of whoever goes to a door, when two people
/// wrote without seeing each other's. Nothing protective is ever lowered by merging.
@Suite struct `Rules of risk` {
  @Test(arguments: [true, false])
  func `risk goes up while an officer writes under the old level`(khanFirst: Bool) async throws {
    let scene = try await CaseScene(officer: "khan")
    try await scene.assess("medium", on: "2026-01-10", id: .named("rosh-summary", "1"))
    try await scene.reconcile()
    let seen = Value.composite([
      "level": .text("medium"), "assessed-on": .text("2026-01-10"),
    ])
    let visit = try scene.add(
      "visit-record", ["arrived": .integer(1_776_776_400_000), "risk-seen": seen],
      on: scene.khan)
    try await scene.assess("high", on: "2026-04-21", id: .named("rosh-summary", "2"))
    try await scene.reconcile(khanFirst: khanFirst)
    // What the officer was shown stays with what the officer did.
    #expect(try await scene.reads("risk-seen", of: visit).value == seen)
    #expect(try await scene.alerts()["risk-changed"] == [["khan"]])
    for (level, expected) in [
      ("low", Refusal.easing(field: "overall")),
      ("very-high", .roleMayNotWrite(field: "overall")),
    ] {
      let refusal = try scene.refusal(
        "rosh-summary", ["overall": .text(level)], of: .named("rosh-summary", "2"), on: scene.khan)
      #expect(refusal == expected)
    }
  }

  /// It is 21 April: 31 days after 21 March.
  @Test(arguments: [("2026-03-21", 1), ("2026-03-20", 0)])
  func `a rise of risk is told for 31 days and then is history`(day: String, alerts: Int)
    async throws
  {
    let scene = try await CaseScene(officer: "khan")
    try await scene.assess("medium", on: "2026-01-10", id: .named("rosh-summary", "1"))
    try await scene.assess("high", on: day, id: .named("rosh-summary", "2"))
    #expect(try await scene.alerts()["risk-changed", default: []].count == alerts)
  }

  @Test(arguments: [true, false])
  func `a concern is taken from whoever held the case before, and its officer is told`(
    khanFirst: Bool
  ) async throws {
    let scene = try await CaseScene(officer: "jones")
    let concern = scene.khan.newID()
    try scene.khan.edit(.concern("Bruise on an arm.", in: scene.caseID, id: concern))
    try await scene.office.end("khan", scene.caseID)
    if khanFirst { try await scene.jones.sync() }
    let report = try await scene.khan.sync()
    #expect(report.receipts.map(\.verdict) == [.late])
    try await scene.jones.sync()
    #expect(try scene.jones.text(of: "text", in: concern) == ["Bruise on an arm."])
    let alerts = try await scene.alerts()
    #expect(alerts == ["risk-concern": [["jones"]]])
    #expect(try scene.jones.replica.records(type: "alert").count == 1)
  }

  @Test func `a concern of who answers for the case tells nobody but the others`() async throws {
    let scene = try await CaseScene(officer: "khan")
    for laptop in [scene.khan, scene.jones] {
      try laptop.edit(.concern("Shouting.", in: scene.caseID, id: laptop.newID()))
    }
    try await scene.reconcile()
    #expect(try await scene.alerts() == ["risk-concern": [["khan"]]])
  }

  @Test(arguments: [true, false])
  func `a flag that is removed while somebody reviews it is active again, and a senior decides`(
    khanFirst: Bool
  ) async throws {
    let scene = try await CaseScene(jonesIs: .senior, officer: "khan")
    let flag = scene.khan.newID()
    try scene.khan.edit(.flag(in: scene.caseID, id: flag))
    try await scene.reconcile()
    // As the commands of the officer's tool write them.
    try scene.add(
      "flag-removal",
      [
        "flag": .text("\(flag)"), "decision": .text("removed"), "on": .text("2026-04-21"),
        "notes": .text("No children live there."),
      ], on: scene.jones)
    try scene.jones.change(flag, ["status": .text("removed")], reason: "No children live there.")
    try scene.add(
      "flag-review",
      [
        "flag": .text("\(flag)"), "on": .text("2026-04-21"),
        "notes": .text("Children seen at the address."),
      ], on: scene.khan)
    try scene.khan.change(flag, ["status": .text("active")])
    try await scene.reconcile(khanFirst: khanFirst)
    #expect(try await scene.reads("status", of: flag).value == .text("active"))
    #expect(try await scene.alerts()["flag-challenged"] == [["jones", "khan"]])
    // Having seen both, a senior may remove it, with a reason; an officer may not.
    #expect(
      try scene.refusal("risk-flag", ["status": .text("removed")], of: flag, on: scene.khan)
        == .easing(field: "status"))
    try scene.jones.change(flag, ["status": .text("removed")], reason: "They were visitors.")
    try await scene.reconcile()
    #expect(try await scene.reads("status", of: flag).value == .text("removed"))
    #expect(try await scene.alerts()["flag-challenged"]?.count == 1)
  }

  @Test(arguments: [true, false])
  func `the level of a warning for staff is the higher of two`(khanFirst: Bool) async throws {
    let scene = try await CaseScene()
    let flag = scene.khan.newID()
    try scene.khan.edit(
      .set(
        [
          "code": .text("risk-to-staff"), "status": .text("active"), "level": .text("low"),
        ], of: flag, type: "risk-flag", caseID: scene.caseID))
    try await scene.reconcile()
    try scene.khan.change(flag, ["level": .text("high")])
    try scene.jones.change(flag, ["level": .text("medium")])
    try await scene.reconcile(khanFirst: khanFirst)
    let reading = try await scene.reads("level", of: flag)
    #expect(reading.value == .text("high") && reading.standing.count == 2)
  }

  @Test func `what others decide about risk is not a laptop’s to write`() async throws {
    let scene = try await CaseScene(jonesIs: .senior)
    for laptop in [scene.khan, scene.jones] {
      for (type, fields) in [
        ("mappa-summary", ["level": Value.text("M1")]),
        ("tier", ["tier": .text("A3"), "calculated-on": .text("2026-04-21")]),
        ("rosh-summary", ["overall": .text("low")]),
      ] {
        let refusal = try scene.refusal(type, fields, of: laptop.newID(), on: laptop)
        #expect(refusal?.isAboutOffice == true, "\(type): \(String(describing: refusal))")
      }
    }
  }

  @Test func `a lower level of MAPPA is shown only once the office says so with a reason`()
    async throws
  {
    let scene = try await CaseScene()
    let id = try await scene.enter("mappa-summary", ["level": .text("M2")])
    await #expect(throws: (any Error).self) {
      try await scene.office.enter(
        .set(["level": .text("M1")], of: id, type: "mappa-summary", caseID: scene.caseID))
    }
    try await scene.office.enter(
      .set(
        ["level": .text("M1")], of: id, type: "mappa-summary", caseID: scene.caseID,
        reason: "Panel of 20 April."))
    try await scene.reconcile()
    #expect(try await scene.reads("level", of: id).value == .text("M1"))
  }

  @Test(arguments: [true, false])
  func `of two assessments of a door the more restrictive counts`(khanFirst: Bool) async throws {
    let scene = try await CaseScene()
    let address = RecordID.named("address", "here")
    let id = try scene.add(
      "visit-risk-assessment",
      [
        "address": .text("\(address)"), "decision": .text("proceed"),
        "valid-until": .text("2026-10-01"),
      ], on: scene.khan)
    try await scene.reconcile()
    try scene.khan.change(id, ["decision": .text("do-not-visit")])
    try scene.jones.change(id, ["decision": .text("doubled-up")])
    try await scene.reconcile(khanFirst: khanFirst)
    #expect(try await scene.reads("decision", of: id).value == .text("do-not-visit"))
    #expect(
      try scene.refusal(
        "visit-risk-assessment", ["decision": .text("proceed")], of: id, on: scene.khan)
        == .easing(field: "decision"))
  }

  @Test func `a call for help is taken whoever holds the case by now`() async throws {
    let scene = try await CaseScene()
    let call = try scene.add("safety-check-in", ["state": .text("distress")], on: scene.khan)
    try await scene.office.end("khan", scene.caseID)
    #expect(try await scene.khan.sync().receipts.map(\.verdict) == [.late])
    try await scene.jones.sync()
    #expect(try scene.jones.text(of: "state", in: call) == ["distress"])
  }

  @Test func `a death is written once and for all, and not by a laptop`() async throws {
    let scene = try await CaseScene(jonesIs: .senior)
    let header = RecordID.named("case-header", "X000001")
    try await scene.enter("case-header", ["deceased": .text("yes")], id: header)
    try await scene.reconcile()
    #expect(try await scene.reads("deceased", of: header).value == .text("yes"))
    #expect(
      try scene.refusal("case-header", ["deceased": .text("no")], of: header, on: scene.jones)
        != nil)
    await #expect(throws: (any Error).self) {
      try await scene.enter("case-header", ["deceased": .text("no")], id: header)
    }
  }
}

extension CaseScene {
  /// Enters an assessment of risk of serious harm, as the office's feed does.
  fileprivate func assess(_ level: String, on day: String, id: RecordID) async throws {
    try await office.enter(
      .set(
        ["overall": .text(level), "assessed-on": .text(day)], of: id, type: "rosh-summary",
        caseID: caseID))
    try await office.derive(caseID)
  }
}

extension Refusal {
  fileprivate var isAboutOffice: Bool {
    switch self {
    case .officeOnly, .roleMayNotWrite: true
    default: false
    }
  }
}
