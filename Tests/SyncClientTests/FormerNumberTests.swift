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
  private static let number: [String: Value] = [
    "kind": .text("mobile"),
    "detail": .composite(["value": .text("07700 900000"), "verified": .text("unverified")]),
  ]

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

  private static func told(_ caseID: CaseID, at office: OfficeInProcess) async throws -> [String] {
    try await office.records(of: caseID).filter { $0.type == "alert" }
      .compactMap { $0.read("text", by: .union)?.value.text }
  }

  @Test func `takes what an officer wrote before hearing of it to the case that stays`()
    async throws
  {
    let (scene, other) = try await Self.scene()
    try scene.khan.note("Written before.", in: scene.caseID)
    try await scene.khan.sync()
    let appointment = scene.khan.newID()
    try scene.khan.edit(.appointment(in: scene.caseID, id: appointment))
    try scene.khan.edit(.outcome("ATTC", of: appointment, in: scene.caseID))
    try scene.khan.note("Written offline.", in: scene.caseID)
    try scene.khan.edit(.concern("A knife.", in: scene.caseID, id: scene.khan.newID()))
    try await Self.merge(scene, other)
    try await scene.office.end("khan", scene.caseID)
    for _ in 0..<2 { try await scene.khan.sync() }
    try await scene.jones.sync()

    #expect(
      try await Self.texts(of: scene.caseID, at: scene.office)
        == ["Written before.", "Written offline."])
    let held = try scene.jones.replica.records(caseID: other)
    let note = try #require(held.first { $0.type == "contact-entry" })
    let by = try #require(note.standing("text").first?.by)
    #expect(by.author == "khan" && by.role == .officer)
    #expect(held.contains { $0.type == "risk-concern" })
    // What could meet another of its name is told, and not brought.
    #expect(!held.contains { ["appointment", "outcome-claim"].contains($0.type) })
    let alerts = held.filter { $0.type == "alert" }
    #expect(alerts.count == 1)
    #expect(alerts.first?.elements(of: "addressees", by: .union).map(\.element) == ["jones"])
    let text = alerts.first?.read("text", by: .union)?.value.text ?? ""
    #expect(text.contains("under X000001") && text.contains("2 of 4 changes stand only there"))
  }

  @Test func `overwrites nothing of the case that is used, however often it is written to`()
    async throws
  {
    let (scene, other) = try await Self.scene()
    let flag = RecordID.named("risk-flag", "theirs")
    try await scene.office.enter(.flag(level: "high", in: other, id: flag))
    try await Self.merge(scene, other)
    try await scene.khan.sync()
    let before = try await scene.office.records(of: other).filter { $0.type != "alert" }
    try scene.khan.edit(.flag(level: "low", in: scene.caseID, id: scene.khan.newID()))
    try scene.add("contact-details", Self.number, on: scene.khan)
    try await scene.khan.sync()
    try scene.khan.note("Later.", in: scene.caseID)
    for _ in 0..<2 { try await scene.khan.sync() }
    let after = try await scene.office.records(of: other).filter {
      !["alert", "contact-entry"].contains($0.type)
    }
    #expect(after == before)
    #expect(try await Self.texts(of: other, at: scene.office) == ["Later."])
    #expect(try await Self.told(other, at: scene.office).count == 2)
  }

  @Test func `that leads in a circle, or whose alias was taken back, leads nowhere`() async throws {
    let (scene, other) = try await Self.scene()
    try await Self.merge(scene, other)
    try await scene.office.enter(
      .set(
        ["kind": .text("PCRN"), "number": .text(Self.now), "stands-for": .text(Self.former)],
        of: .named("person-alias", "2"), type: "person-alias", caseID: scene.caseID))
    try await scene.khan.sync()
    try scene.khan.note("In a circle.", in: scene.caseID)
    try await scene.khan.sync()
    #expect(try await Self.texts(of: other, at: scene.office).isEmpty)
    // The second is corrected: it stood for another number.
    try await scene.office.enter(
      .set(
        ["number": .text("X000009")], of: .named("person-alias", "2"), type: "person-alias",
        caseID: scene.caseID))
    try scene.khan.note("Straight on.", in: scene.caseID)
    try await scene.khan.sync()
    #expect(try await Self.texts(of: other, at: scene.office) == ["Straight on."])
  }

  @Test func `tells of work in a case to which access is limited, and brings none of it`()
    async throws
  {
    let (scene, other) = try await Self.scene()
    try await Self.merge(scene, other)
    try await scene.office.enter(
      .set(
        ["kind": .text("exclusion"), "user": .text("mary")], of: .named("access-limit", "1"),
        type: "access-limit", caseID: scene.caseID))
    try await scene.khan.sync()
    try scene.khan.note("Not for everybody.", in: scene.caseID)
    for _ in 0..<2 { try await scene.khan.sync() }
    #expect(try await Self.texts(of: other, at: scene.office).isEmpty)
    #expect(try await Self.told(other, at: scene.office).count == 1)
  }

  @Test func `protects what it brought as the original is protected`()
    async throws
  {
    let (scene, other) = try await Self.scene()
    try await Self.merge(scene, other)
    try await scene.khan.sync()
    let note = try scene.khan.note("Somebody else told me.", in: scene.caseID)
    try await scene.khan.sync()
    func mark() async throws -> String? {
      try await scene.office.records(of: other).first { $0.type == "contact-entry" }?
        .read("sensitive", by: .ratchet(order: ["no", "yes"]))?.value.text
    }
    #expect(try await mark() != "yes")
    try scene.khan.change(note, ["sensitive": .text("yes")])
    try await scene.khan.sync()
    #expect(try await mark() == "yes")
  }
}
