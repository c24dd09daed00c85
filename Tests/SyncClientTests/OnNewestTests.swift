import SyncCore
import SyncReplica
import TestSupport
import Testing

/// What cannot be taken back is decided on all that the office holds, by who may, and by two where
/// two must sign.
@Suite struct `Decided on the newest` {
  private static func refused(_ check: String) -> Verdict {
    .refused(code: "check-failed", field: check)
  }

  /// A recall of which the officer has completed the report.
  private static func recall(in scene: CaseScene) async throws -> RecordID {
    let recall = try scene.add(
      "recall",
      [
        "event": .text("\(scene.khan.newID())"), "started-on": .text("2026-03-02"),
        "preparation": .text("REC02"), "rationale": .text("He has not been seen for a month."),
      ], on: scene.khan)
    try await scene.reconcile()
    return recall
  }

  private static let signature: [String: Value] = [
    "endorsement": .text("REC03"), "signed-text": .text(String(repeating: "a", count: 64)),
  ]

  @Test func `a recall is signed only by who saw all of it`() async throws {
    let scene = try await CaseScene(jonesIs: .senior)
    let recall = try await Self.recall(in: scene)
    try scene.khan.change(recall, ["rationale": .text("He rang this morning.")])
    try scene.jones.change(recall, Self.signature)
    try await scene.khan.sync()
    #expect(
      try await scene.jones.sync().receipts.map(\.verdict)
        == [Self.refused("decided-on-what-stands")])
    try await scene.reconcile()
    #expect(try await scene.office.record(recall)?.read("endorsement", by: .union) == nil)
    // Read again, and signed.
    try scene.jones.change(recall, Self.signature)
    #expect(try await scene.jones.sync().receipts.map(\.verdict) == [.applied])
  }

  @Test func `a draft is still written anywhere`() async throws {
    let scene = try await CaseScene(jonesIs: .senior)
    let recall = try await Self.recall(in: scene)
    try scene.khan.change(recall, ["rationale": .text("He rang this morning.")])
    try scene.jones.change(recall, ["rationale": .text("His sister worries.")])
    try await scene.reconcile()
    let rationale = try await scene.reads("rationale", of: recall)
    #expect(rationale.status == .contested && rationale.standing.count == 2)
  }

  @Test func `one manager does not sign twice`() async throws {
    let scene = try await CaseScene(jonesIs: .senior)
    let recall = try await Self.recall(in: scene)
    try scene.jones.change(recall, Self.signature)
    try await scene.reconcile()
    #expect(
      try scene.refusal("recall", ["endorsement": .text("REC04")], of: recall, on: scene.jones)
        == .checkFailed(check: "two-managers-sign"))
    let director = try await scene.office.laptop("brown", holding: [scene.caseID], role: .senior)
    try await director.sync()
    // Who rejects may endorse later, when the report is better.
    for step in ["REC05", "REC04"] {
      try director.change(recall, ["endorsement": .text(step)])
      #expect(try await director.sync().receipts.map(\.verdict) == [.applied])
    }
    try await scene.reconcile()
    #expect(try await scene.reads("endorsement", of: recall).value == .text("REC04"))
  }

  @Test func `a warning is withdrawn by a named role`() async throws {
    let scene = try await CaseScene(jonesIs: .administrator, officer: "khan")
    let id = try await scene.appointment()
    let outcome = RecordID.named("outcome-claim", "\(id)")
    try scene.jones.edit(.outcome("UAAB", of: id, in: scene.caseID))
    try await scene.reconcile()
    _ = try scene.letter("EA02", on: scene.khan, outcome)
    #expect(throws: ReplicaError.refused(.checkFailed(check: "withdrawn-by-a-named-role"))) {
      try scene.letter("EA06", on: scene.khan, outcome)
    }
    _ = try scene.letter("EA06", on: scene.jones, outcome)
    try await scene.reconcile()
  }
}
