import RecordCatalogue
import ServerStorage
import SyncClient
import SyncCore
import SyncReplica
import TestSupport
import Testing

/// What several fields together must be: asked of who enters it, never held against who could not
/// know.
@Suite struct `A check across fields` {
  private struct Scene {
    let office = OfficeInProcess()
    let caseID: CaseID
    let sam: Laptop
    let appointment: RecordID

    /// An appointment of the day before, which the laptop holds.
    init(clock: FixedClock? = nil) async throws {
      caseID = try await office.open("X000001")
      sam = try await office.laptop("sam", holding: [caseID], clock: clock)
      appointment = sam.newID()
      try await sam.sync()
      try sam.edit(.appointment(in: caseID, id: appointment))
      try await sam.sync()
    }

    static func when(_ date: String, _ start: String = "09:00", _ end: String? = nil) -> Value {
      var parts: [String: Value] = ["date": .text(date), "start": .text(start)]
      if let end { parts["end"] = .text(end) }
      return .composite(parts)
    }
  }

  private static func failed(_ check: String) -> ReplicaError {
    .refused(.checkFailed(check: check))
  }

  @Test func `that a change fails by its own words is refused on the laptop and at the office`()
    async throws
  {
    let scene = try await Scene()
    let late = Scene.when("2026-04-20", "10:00", "09:00")
    #expect(throws: Self.failed("ends-after-it-starts")) {
      try scene.sam.change(scene.appointment, ["when": late])
    }
    // A laptop whose catalogue does not know of it.
    let device = try await scene.office.enrol("kim")
    try await scene.office.grant("kim", [scene.caseID])
    let bare = try Catalogue(files: Self.withoutChecks)
    let kim = try Laptop(
      device, over: OfficeLine(scene.office, device: device.id), catalogue: bare)
    try await kim.sync()
    try kim.change(scene.appointment, ["when": late])
    let receipts = try await kim.sync().receipts
    #expect(
      receipts.map(\.verdict) == [.refused(code: "check-failed", field: "ends-after-it-starts")])
    #expect(try await scene.office.record(scene.appointment)?.standing("when").count == 1)
  }

  /// The standard catalogue's appointments as they were before there were checks.
  private static var withoutChecks: [(name: String, text: String)] {
    let text = """
      label: Appointment
      plural: Appointments
      why: Two officers at two times are a false failure to attend.
      priority: 3
      window: while-held
      writers: [officer]
      deleters: []
      fields:
        when:
          label: When
          kind: composite
          members:
            date:
              label: Date
              kind: date
            start:
              label: Start
              kind: time
            end:
              label: End
              kind: time
          rule: field-merge
          prefer: first

      """
    return [("appointment.yaml", text), ("catalogue.yaml", "# One type alone.\nversion: 1\n")]
  }

  @Test func `with another record is asked where it is entered`() async throws {
    let scene = try await Scene()
    try scene.sam.change(scene.appointment, ["when": Scene.when("2026-04-22")])
    let early = Edit.outcome("ATTC", of: scene.appointment, in: scene.caseID)
    #expect(throws: Self.failed("appointment-has-begun")) { try scene.sam.edit(early) }
    // An absence is agreed before the day.
    try scene.sam.edit(.outcome("AAME", of: scene.appointment, in: scene.caseID))
    let other = scene.sam.newID()
    try scene.sam.edit(.appointment(in: scene.caseID, id: other))
    #expect(throws: Self.failed("fits-the-appointment")) {
      try scene.sam.edit(.outcome("ATCH", of: other, in: scene.caseID))
    }
  }

  @Test func `is not held against an outcome for what somebody else did meanwhile`() async throws {
    let scene = try await Scene()
    try scene.sam.edit(.outcome("ATTC", of: scene.appointment, in: scene.caseID))
    let kim = try await scene.office.laptop("kim", holding: [scene.caseID])
    try await kim.sync()
    try kim.change(scene.appointment, ["when": Scene.when("2026-06-01")])
    try await kim.sync()
    #expect(try await scene.sam.sync().receipts.map(\.verdict) == [.applied])
    let outcome = RecordID.named("outcome-claim", scene.appointment.description)
    #expect(try await scene.office.record(outcome)?.standing("claim").count == 1)
  }

  @Test(arguments: [Int64.min, -1, 0, 1_000_000_000_000])
  func `does not believe a clock that was put back`(clock: Int64) async throws {
    let scene = try await Scene(clock: FixedClock(clock))
    try scene.sam.edit(.outcome("ATTC", of: scene.appointment, in: scene.caseID))
    #expect(try await scene.sam.sync().isSynced)
  }
}
