import SyncCore
import TestSupport
import Testing

/// What must reach somebody beside the officer reaches the senior whom the office names.
@Suite struct `A senior` {
  @Test func `hears of reports that differ, with who made them and who answers for the case`()
    async throws
  {
    let scene = try await CaseScene(officer: "khan", senior: "pat")
    let appointment = try await scene.appointment()
    for (laptop, code) in [(scene.khan, "ATTC"), (scene.jones, "UAAB")] {
      try scene.add(
        "outcome-claim",
        ["appointment": .text("\(appointment)"), "claim": .composite(["code": .text(code)])],
        on: laptop)
    }
    try await scene.reconcile()
    #expect(try await scene.alerts()["disputed"] == [["khan", "jones", "pat"]])
    let outcome = RecordID.named("outcome-claim", "\(appointment)")
    try scene.khan.change(
      outcome, ["claim": .composite(["code": .text("ATTC")])], reason: "The register says so.")
    try await scene.reconcile()
    #expect(try await scene.alerts()["disputed"]?.count == 1)
  }

  @Test func `hears of a concern that the officer raised`() async throws {
    let scene = try await CaseScene(officer: "khan", senior: "pat")
    try scene.add("risk-concern", ["text": .text("He had a knife.")], on: scene.khan)
    try await scene.reconcile()
    #expect(try await scene.alerts()["risk-concern"] == [["pat"]])
  }

  @Test func `hears of work by who held the case before`() async throws {
    let scene = try await CaseScene(officer: "jones", senior: "pat")
    try scene.khan.note("Children seen at the address.", in: scene.caseID)
    try await scene.office.end("khan", scene.caseID)
    try await scene.reconcile()
    #expect(try await scene.alerts()["late-work"] == [["jones", "pat"]])
  }

  @Test func `clears an alert for everybody, and an officer for themselves`() async throws {
    let scene = try await CaseScene(jonesIs: .senior, officer: "khan", senior: "jones")
    try scene.add("risk-concern", ["text": .text("He had a knife.")], on: scene.jones)
    try await scene.reconcile()
    #expect(try await scene.alerts()["risk-concern"] == [["khan"]])
    try scene.add("risk-concern", ["text": .text("And a dog.")], on: scene.khan)
    try await scene.reconcile()
    let forJones = try #require(
      try await scene.office.records(of: scene.caseID).last { record in
        record.type == "alert"
          && record.elements(of: "addressees", by: .union).map(\.element) == ["jones"]
      })
    func isOpen() async throws -> Bool? {
      try await scene.office.record(forJones.id)?.read("open", by: .derived)?.value.flag
    }
    try scene.add(
      "alert-clearing", ["alert": .text("\(forJones.id)"), "user": .text("khan")], on: scene.khan)
    try await scene.reconcile()
    // Who answers for the case clears for officers before them, and never for the senior.
    #expect(try await isOpen() == true)
    try scene.add(
      "alert-clearing", ["alert": .text("\(forJones.id)"), "user": .text("jones")],
      on: scene.jones)
    try await scene.reconcile()
    #expect(try await isOpen() == false)
  }

  @Test func `is not named where the officer is asked alone: an entry that a colleague marks`()
    async throws
  {
    let scene = try await CaseScene(officer: "khan", senior: "pat")
    let entry: [String: Value] = [
      "kind": .text("CTOB"), "text": .text("Asks for a new time."), "alert": .flag(true),
    ]
    for laptop in [scene.jones, scene.khan] { try scene.add("contact-entry", entry, on: laptop) }
    try scene.add(
      "contact-entry", entry.merging(["alert": .flag(false)]) { $1 }, on: scene.jones)
    try await scene.reconcile()
    #expect(try await scene.alerts() == ["new-entry": [["khan"]]])
  }

  @Test func `is not named where the officer is asked alone: an outcome that is referred to them`()
    async throws
  {
    let scene = try await CaseScene(officer: "khan", senior: "pat")
    let appointment = try await scene.appointment()
    let outcome = try scene.add(
      "outcome-claim",
      ["appointment": .text("\(appointment)"), "claim": .composite(["code": .text("UAAB")])],
      on: scene.jones)
    try scene.add(
      "enforcement-act",
      [
        "outcome": .text("\(outcome)"), "action": .text("ROM"),
        "on": .composite(["date": .text("2026-04-21")]),
      ], on: scene.jones)
    try await scene.reconcile()
    #expect(try await scene.alerts()["refer-to-officer"] == [["khan"]])
  }
}
