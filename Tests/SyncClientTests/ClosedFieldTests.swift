import SyncCore
import SyncReplica
import TestSupport
import Testing

/// What was sent or signed is what somebody acts on: no laptop changes it any more, whatever its
/// author had heard, and what was written is kept.
@Suite struct `What is closed` {
  private static let draft: [String: Value] = [
    "kind": .text("commissioned"), "provider": .text("Rise"), "needs": .text("Housing."),
    "stage": .text("draft"),
  ]

  private static func closed(_ check: String) -> Refusal { .checkFailed(check: check) }

  @Test func `a referral that was sent stays as it was`() async throws {
    let scene = try await CaseScene()
    let referral = try scene.add("service-referral", Self.draft, on: scene.khan)
    try await scene.reconcile()
    try scene.khan.change(referral, ["stage": .text("sent")])
    #expect(
      try scene.refusal(
        "service-referral", ["needs": .text("Work.")], of: referral, on: scene.khan)
        == Self.closed("sent-stays"))
    #expect(
      try scene.refusal(
        "service-referral", ["stage": .text("end-requested")], of: referral, on: scene.khan) == nil)
    // Who has not heard that it went out.
    try scene.jones.change(referral, ["needs": .text("Housing and work.")])
    try await scene.khan.sync()
    let verdicts = try await scene.jones.sync().receipts.map(\.verdict)
    #expect(verdicts == [.refused(code: "check-failed", field: "sent-stays")])
    try await scene.reconcile()
    #expect(try await scene.reads("needs", of: referral).value == .text("Housing."))
    let kept = try #require(try scene.jones.replica.ownChanges().last?.change)
    #expect(kept.body.action == .set([.init("needs", .text("Housing and work."))]))
  }

  @Test func `what people disagree about is open, so that somebody can decide`() async throws {
    let scene = try await CaseScene()
    let referral = try scene.add("service-referral", Self.draft, on: scene.khan)
    try await scene.reconcile()
    try scene.khan.change(referral, ["needs": .text("Work.")])
    try scene.jones.change(referral, ["needs": .text("Housing and work.")])
    try await scene.reconcile()
    try scene.khan.change(referral, ["stage": .text("sent")])
    try scene.khan.change(referral, ["needs": .text("Housing and work.")])
    try await scene.reconcile()
    #expect(try await scene.reads("needs", of: referral).status != .contested)
  }

  @Test func `a replacement says why`() async throws {
    let scene = try await CaseScene()
    let old = try scene.add("service-referral", Self.draft, on: scene.khan)
    var fields = Self.draft
    fields["supersedes"] = .text("\(old)")
    #expect(
      try scene.refusal("service-referral", fields, of: scene.khan.newID(), on: scene.khan)
        == Self.closed("replaced-for-a-reason"))
    fields["reason-for-change"] = .text("The person moved.")
    #expect(
      try scene.refusal("service-referral", fields, of: scene.khan.newID(), on: scene.khan) == nil)
  }

  @Test func `goals of a signed plan stay, and how they go is still told`() async throws {
    let scene = try await CaseScene(jonesIs: .senior)
    let plan = try scene.add(
      "plan-version", ["version": .integer(1), "type": .text("initial")], on: scene.khan)
    let fields: [String: Value] = [
      "plan": .text("\(plan)"), "title": .text("Find a room."), "status": .text("active"),
    ]
    let goal = try scene.add("plan-goal", fields, on: scene.khan)
    let step = try scene.add(
      "plan-step", ["goal": .text("\(goal)"), "text": .text("Ask the council.")], on: scene.khan)
    try await scene.reconcile()
    // The manager signs while the officer is offline and still writes.
    try scene.jones.change(
      plan, ["countersigning": .composite(["stage": .text("countersigned")])])
    try await scene.jones.sync()
    try scene.khan.change(goal, ["title": .text("Find a flat.")])
    try scene.add("plan-goal", fields, on: scene.khan)
    try scene.khan.change(goal, ["status": .text("achieved")])
    try scene.khan.change(step, ["text": .text("Ask his sister.")])
    try scene.khan.change(step, ["status": .text("ongoing")])
    let refused = Verdict.refused(code: "check-failed", field: "signed-stays")
    let verdicts = try await scene.khan.sync().receipts.map(\.verdict)
    #expect(verdicts.filter { $0 == refused }.count == 3 && verdicts.count == 5)
    try await scene.reconcile()
    #expect(try await scene.reads("title", of: goal).value == .text("Find a room."))
    #expect(try await scene.reads("status", of: goal).value == .text("achieved"))
    #expect(
      try scene.refusal("plan-goal", ["title": .text("Find a flat.")], of: goal, on: scene.khan)
        == Self.closed("signed-stays"))
  }

  @Test func `the office puts right what was sent`() async throws {
    let scene = try await CaseScene()
    var fields = Self.draft
    fields["stage"] = .text("sent")
    let referral = try await scene.enter("service-referral", fields)
    try await scene.enter("service-referral", ["needs": .text("Work.")], id: referral)
    try await scene.reconcile()
    #expect(try await scene.reads("needs", of: referral).value == .text("Work."))
  }
}
