import ServerStorage
import SyncCore
import TestSupport
import Testing

private let act = GroupID(value: 0xAC7)

@Suite struct `Changes made in one act` {
  @Test(arguments: StoreKind.allCases)
  func `are taken together`(kind: StoreKind) async throws {
    let bench = try await Bench.make(kind)
    for number: UInt128 in 1...3 {
      bench.sam.note("Part \(number).", as: RecordID(value: number), in: bench.caseID, group: act)
    }
    #expect(try await bench.sam.verdicts() == [.applied, .applied, .applied])
  }

  @Test(arguments: StoreKind.allCases, [1, 2, 3])
  func `are refused together, and the one at fault is named`(
    kind: StoreKind, fault: UInt128
  ) async throws {
    let bench = try await Bench.make(kind)
    bench.sam.note("Before.", as: RecordID(value: 90), in: bench.caseID)
    for number: UInt128 in 1...3 {
      let kind = number == fault ? "NONE" : "CHVS"
      bench.sam.write(
        ["kind": .text(kind), "text": .text("Part \(number).")], of: RecordID(value: number),
        in: bench.caseID, group: act)
    }
    bench.sam.note("After.", as: RecordID(value: 91), in: bench.caseID)
    let other = Verdict.refused(code: "group-refused", field: "")
    var expected: [Verdict] = [.applied, other, other, other, .applied]
    expected[Int(fault)] = .refused(code: "invalid", field: "kind")
    #expect(try await bench.sam.verdicts() == expected)
    for number: UInt128 in 1...3 {
      #expect(try await bench.office.record(RecordID(value: number)) == nil)
    }
    #expect(try await bench.office.problems() == [])
  }

  @Test(arguments: StoreKind.allCases)
  func `see each other`(kind: StoreKind) async throws {
    let bench = try await Bench.make(kind)
    let plan = RecordID(value: 5)
    let first = bench.sam.write(
      ["when": .composite(["date": .text("2026-05-04"), "start": .text("09:00")])], of: plan,
      type: "visit-plan", in: bench.caseID, group: act)
    bench.sam.write(
      ["purpose": .text("compliance")], of: plan, type: "visit-plan", in: bench.caseID,
      having: VersionVector([first.dot]), group: act)
    #expect(try await bench.sam.verdicts() == [.applied, .applied])
    #expect(try await bench.office.record(plan)?.fields == ["purpose", "when"])
  }

  @Test(arguments: StoreKind.allCases)
  func `that follow another act stand for themselves`(kind: StoreKind) async throws {
    let bench = try await Bench.make(kind)
    bench.sam.write(
      ["kind": .text("NONE"), "text": .text("x")], of: RecordID(value: 1), in: bench.caseID,
      group: act)
    bench.sam.note(
      "Another act.", as: RecordID(value: 2), in: bench.caseID, group: GroupID(value: 2))
    #expect(
      try await bench.sam.verdicts() == [.refused(code: "invalid", field: "kind"), .applied])
  }
}
