import ServerStorage
import SyncCore
import TestSupport
import Testing

@Suite struct `What is refused, in every store` {
  private static func change(_ counter: UInt64, _ verdict: Verdict, _ sequence: UInt64)
    -> LoggedChange
  {
    LoggedChange(
      dot: Dot(Sample.replica, counter), hash: Hash(of: [UInt8(counter)]), bytes: [1],
      verdict: verdict, sequence: sequence, record: nil, caseID: nil,
      receivedAt: Timestamp(milliseconds: 1))
  }

  @Test(arguments: StoreKind.allCases)
  func `is listed in its order, and its decision kept beside it`(kind: StoreKind) async throws {
    let store = try kind.make()
    let decision = QuarantineDecision(
      on: Dot(Sample.replica, 3), .redirected, by: "op", at: Timestamp(milliseconds: 5),
      reason: "Meant well.", sequence: 9, issuedAs: Dot(ReplicaID(value: 5), 6))
    try await store.transaction { transaction throws in
      for _ in 0..<9 { _ = try transaction.nextSequence() }
      for (counter, verdict) in [
        (1, Verdict.refused(code: "restricted", field: "")), (2, .applied),
        (3, .refused(code: "invalid", field: "text")),
      ] {
        try transaction.append(Self.change(UInt64(counter), verdict, UInt64(counter) + 2))
      }
      try transaction.save(decision)
    }
    try await store.read { store throws in
      let refused = try store.refusedChanges(after: 0, limit: 9)
      #expect(refused.map(\.dot.counter) == [1, 3])
      #expect(refused.last?.verdict == .refused(code: "invalid", field: "text"))
      #expect(try store.refusedChanges(after: 3, limit: 9).map(\.dot.counter) == [3])
      #expect(try store.refusedChanges(after: 0, limit: 1).map(\.dot.counter) == [1])
      #expect(try store.decision(on: decision.dot) == decision)
      #expect(try store.decision(on: Dot(Sample.replica, 1)) == nil)
      #expect(try store.decisions(of: Sample.replica, after: 8) == [decision])
      #expect(try store.decisions(of: Sample.replica, after: 9).isEmpty)
      let page = try Quarantine(store).items(after: 0, limit: 9, all: false)
      #expect(page.items.map(\.change.dot.counter) == [1] && page.next == nil)
      #expect(try Quarantine(store).items(after: 0, limit: 1, all: true).next == 3)
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `keeps as what and between which days somebody holds a case`(kind: StoreKind) async throws {
    let store = try kind.make()
    let grant = Grant(
      user: "sam", caseID: Sample.caseID, grantedAt: 4, endedAt: 6, reason: "leave",
      terms: .init(
        .cover, from: CalendarDate(year: 2026, month: 5, day: 1),
        until: CalendarDate(year: 2026, month: 5, day: 8)),
      resumes: true, movedTo: "kim")
    try await store.transaction { try $0.save(grant) }
    #expect(try await store.read { try $0.grants(of: "sam") } == [grant])
  }
}
