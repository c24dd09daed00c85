import SyncClient
import SyncCore
import SyncReplica
import TestSupport
import Testing

/// Facts that the office computes over all records, and never takes from a laptop.
@Suite struct `A derived fact` {
  private struct Scene {
    let office = OfficeInProcess()
    let caseID: CaseID
    let khan: Laptop
    let jones: Laptop
    let appointment: RecordID
    let event = RecordID.named("event", "1")
    let work = RecordID.named("upw-requirement", "R")

    init(jonesIs role: Role = .administrator) async throws {
      caseID = try await office.open("X000001")
      khan = try await office.laptop("khan", holding: [caseID])
      jones = try await office.laptop("jones", holding: [caseID], role: role)
      try await office.enter(
        .set(
          ["number": .integer(1), "active": .flag(true)], of: event, type: "event", caseID: caseID))
      let requirement = RecordID.named("requirement", "R")
      try await office.enter(
        .set(
          [
            "number": .text("R"), "version": .integer(1), "event": .text(event.description),
            "effective-from": .text("2026-01-01"),
            "main-category": .composite(["code": .text("W"), "description": .text("Unpaid work")]),
          ], of: requirement, type: "requirement", caseID: caseID))
      try await office.enter(
        .set(
          [
            "number": .text("R"), "requirement": .text(requirement.description),
            "required-minutes": .integer(400),
          ], of: work, type: "upw-requirement", caseID: caseID))
      appointment = khan.newID()
      try await sync()
      try khan.edit(.appointment(in: caseID, id: appointment))
      try khan.change(appointment, ["event": .text(event.description)])
      try await sync()
    }

    func sync() async throws {
      for laptop in [khan, jones, khan, jones] { try await laptop.sync() }
    }

    func read(_ field: String, of id: RecordID, on laptop: Laptop? = nil) async throws -> Value? {
      let record =
        if let laptop { try laptop.replica.record(id) } else { try await office.record(id) }
      return record?.read(field, by: .derived)?.value
    }
  }

  @Test(arguments: [true, false])
  func `hours that two people report differently count once, by the lower`(khanFirst: Bool)
    async throws
  {
    let scene = try await Scene()
    let session = scene.khan.newID()
    let project = scene.khan.newID()
    try await scene.office.enter(
      .set(
        ["name": .text("Canal path"), "type": .text("GROUP")], of: project, type: "upw-project",
        caseID: scene.caseID))
    try await scene.office.enter(
      .set(
        [
          "requirement": .text(scene.work.description), "project": .text(project.description),
          "when": .composite([
            "date": .text("2026-04-20"), "start": .text("09:00"), "end": .text("16:00"),
          ]),
        ], of: session, type: "upw-session", caseID: scene.caseID))
    try await scene.sync()
    let id = RecordID.named("upw-attendance", session.description)
    func report(_ claim: [String: Value], on laptop: Laptop) throws {
      try laptop.edit(
        .set(
          ["session": .text(session.description), "claim": .composite(claim)], of: id,
          type: "upw-attendance", caseID: scene.caseID))
    }
    try report(
      [
        "code": .text("ATTC"), "start": .text("09:00"), "end": .text("16:00"),
        "penalty-minutes": .integer(30), "credited-minutes": .integer(390),
      ], on: scene.khan)
    try report(["code": .text("ATTC"), "credited-minutes": .integer(420)], on: scene.jones)
    for laptop in khanFirst ? [scene.khan, scene.jones] : [scene.jones, scene.khan] {
      try await laptop.sync()
    }
    try await scene.sync()
    for laptop in [nil, scene.khan, scene.jones] {
      #expect(
        try await scene.read("completed-minutes", of: scene.work, on: laptop) == .integer(390))
      #expect(try await scene.read("credit", of: id, on: laptop) == .integer(390))
      #expect(try await scene.read("credit-state", of: id, on: laptop) == .text("provisional"))
    }
    #expect(try scene.khan.replica.disputes().map(\.field) == ["claim"])
    #expect(try await scene.office.problems() == [])
  }

  @Test(arguments: [true, false])
  func `a disputed failure counts for nobody until it is decided`(khanFirst: Bool) async throws {
    let scene = try await Scene()
    try scene.khan.edit(.outcome("ATTC", of: scene.appointment, in: scene.caseID))
    try scene.jones.edit(.outcome("UAAB", of: scene.appointment, in: scene.caseID))
    for laptop in khanFirst ? [scene.khan, scene.jones] : [scene.jones, scene.khan] {
      try await laptop.sync()
    }
    try await scene.sync()
    #expect(try await scene.read("failures", of: scene.event) == .integer(0))
    let outcome = RecordID.named("outcome-claim", scene.appointment.description)
    try scene.khan.change(
      outcome, ["claim": .composite(["code": .text("UAAB")])], reason: "The diary was wrong.")
    try await scene.sync()
    for laptop in [nil, scene.khan, scene.jones] {
      #expect(try await scene.read("failures", of: scene.event, on: laptop) == .integer(1))
    }
  }

  @Test(arguments: [true, false])
  func `of opposite decisions the higher stage counts and both stay`(khanFirst: Bool) async throws {
    let scene = try await Scene(jonesIs: .senior)
    try scene.khan.edit(.outcome("UAAB", of: scene.appointment, in: scene.caseID))
    try await scene.sync()
    let outcome = RecordID.named("outcome-claim", scene.appointment.description)
    func decide(_ action: String, on laptop: Laptop) throws -> RecordID {
      let id = laptop.newID()
      try laptop.edit(
        .set(
          [
            "outcome": .text(outcome.description), "action": .text(action),
            "on": .composite(["date": .text("2026-04-20")]),
          ], of: id, type: "enforcement-act", caseID: scene.caseID))
      return id
    }
    let nothing = try decide("NFA", on: scene.khan)
    let breach = try decide("IBR", on: scene.jones)
    for laptop in khanFirst ? [scene.khan, scene.jones] : [scene.jones, scene.khan] {
      try await laptop.sync()
    }
    try await scene.sync()
    for laptop in [nil, scene.khan, scene.jones] {
      #expect(try await scene.read("latest", of: breach, on: laptop) == .flag(true))
      #expect(try await scene.read("latest", of: nothing, on: laptop) == .flag(false))
      #expect(try await scene.read("action", of: nothing, on: laptop) == .text("NFA"))
    }
  }

  @Test func `is never taken from a laptop`() async throws {
    let scene = try await Scene()
    #expect(throws: ReplicaError.refused(.officeOnly(field: "failures"))) {
      try scene.khan.change(scene.event, ["failures": .integer(0)])
    }
  }

  @Test func `is computed anew once, and not again for the same`() async throws {
    let scene = try await Scene()
    try scene.khan.edit(.outcome("UAAB", of: scene.appointment, in: scene.caseID))
    try await scene.sync()
    let log = try await scene.office.log()
    try scene.khan.note("Nothing that a formula looks at.", in: scene.caseID)
    try await scene.sync()
    #expect(try await scene.office.log().count == log.count + 1)
  }
}
