import RecordCatalogue
import SyncClient
import SyncCore
import TestSupport
import Testing

/// Two numbers turn out to be one person: what is still written under the old one reaches whoever
/// holds the case now, and nothing of it changes its place.
@Suite struct `A former number` {
  private static let former = "X000001"
  private static let now = "X000002"

  /// Khan holds the case that turns out to be a double, and Jones the one that stays.
  private static func scene() async throws -> (CaseScene, CaseID) {
    let scene = try await CaseScene()
    let other = try await scene.office.open(now)
    try await scene.office.end("jones", scene.caseID)
    try await scene.office.grant("jones", [other])
    try await scene.jones.sync()
    return (scene, other)
  }

  private static func merge(_ scene: CaseScene, _ other: CaseID) async throws {
    try await scene.office.enter(
      .set(
        ["kind": .text("DOFF"), "number": .text(former), "stands-for": .text(now)],
        of: .named("person-alias", "1"), type: "person-alias", caseID: other))
  }

  private static func texts(of caseID: CaseID, at office: OfficeInProcess) async throws -> [String]
  {
    try await office.records(of: caseID).filter { $0.type == "contact-entry" }
      .compactMap { $0.read("text", by: .union)?.value.text }.sorted()
  }

  @Test func `takes what an officer wrote before hearing of it to the case that stays`()
    async throws
  {
    let (scene, other) = try await Self.scene()
    try scene.khan.note("Written before.", in: scene.caseID)
    try await scene.khan.sync()
    let appointment = scene.khan.newID()
    try scene.khan.edit(.appointment(in: scene.caseID, id: appointment))
    try scene.add(
      "outcome-claim",
      ["appointment": .text("\(appointment)"), "claim": .composite(["code": .text("ATTC")])],
      on: scene.khan)
    try scene.khan.note("Written offline.", in: scene.caseID)
    try await Self.merge(scene, other)
    try await scene.office.end("khan", scene.caseID)
    for _ in 0..<2 { try await scene.khan.sync() }
    try await scene.jones.sync()

    #expect(
      try await Self.texts(of: scene.caseID, at: scene.office)
        == ["Written before.", "Written offline."])
    #expect(try await Self.texts(of: other, at: scene.office) == ["Written offline."])
    let held = try scene.jones.replica.records(caseID: other)
    let note = try #require(held.first { $0.type == "contact-entry" })
    #expect(note.standing("text").first?.by.author == "khan")
    // The outcome goes with its appointment: it belongs to the copy.
    let copy = try #require(held.first { $0.type == "appointment" })
    let claims = held.filter { $0.type == "outcome-claim" }
    #expect(claims.count == 1, "one, whatever the order of the ids")
    let claim = try #require(claims.first)
    #expect(claim.read("appointment", by: .union)?.value == .text("\(copy.id)"))
    #expect(claim.id == .named("outcome-claim", "\(copy.id)"))
    let alerts = held.filter { $0.type == "alert" }
    #expect(
      alerts.contains { $0.elements(of: "addressees", by: .union).map(\.element) == ["jones"] })
  }

  @Test func `goes on with what is written by who still holds it, once each`() async throws {
    let (scene, other) = try await Self.scene()
    try await Self.merge(scene, other)
    try await scene.khan.sync()
    let appointment = scene.khan.newID()
    try scene.khan.edit(.appointment(in: scene.caseID, id: appointment))
    try await scene.khan.sync()
    try scene.khan.change(appointment, ["place": .text("The library.")])
    for _ in 0..<2 { try await scene.khan.sync() }
    let copies = try await scene.office.records(of: other).filter { $0.type == "appointment" }
    #expect(copies.count == 1)
    #expect(copies.first?.standing("place").map(\.value) == [.text("The library.")])
    let header = try #require(
      try scene.khan.replica.record(.named("case-header", Self.former)))
    #expect(header.read("merged-into", by: .serverOwned)?.value == .text(Self.now))
  }

  @Test func `that leads in a circle ends`() async throws {
    let (scene, other) = try await Self.scene()
    try await Self.merge(scene, other)
    try await scene.office.enter(
      .set(
        ["kind": .text("PCRN"), "number": .text(Self.now), "stands-for": .text(Self.former)],
        of: .named("person-alias", "2"), type: "person-alias", caseID: scene.caseID))
    try await scene.khan.sync()
    try scene.khan.note("Written offline.", in: scene.caseID)
    try await scene.khan.sync()
    #expect(try await Self.texts(of: other, at: scene.office) == ["Written offline."])
  }
}
