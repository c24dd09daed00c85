import SyncCore
import TestSupport
import Testing

@testable import SyncReplica

/// The laptop's two stores, on SQLite and in memory, are told the same and asked the same.
@Suite struct TwoStoresTests {
  private struct TakenBack: Error {}

  @Test(arguments: UInt64(1)...40)
  func `tell the same after any writes, kept or taken back`(seed: UInt64) throws {
    let copy = try Copy()
    let memory = MemoryReplica(identity: Copy.identity)
    try memory.adopt(copy.scope([Copy.caseID], whole: [Copy.caseID]))
    let stores: [any ReplicaStore] = [copy.replica, memory]
    // The first writes came with other places.
    let state = try stores[0].read { try $0.state() }
    try memory.write { rows in
      try rows.save(state)
      try rows.hold(HeldCase(caseID: Copy.caseID, isWhole: true), in: state.generation)
    }
    var chance = Seeded(seed)
    for _ in 0..<25 {
      let isKept = chance.below(3) > 0
      let salt = chance.next()
      let before = try stores.map(told)
      for store in stores {
        var chance = Seeded(salt)
        do {
          try store.write { rows in
            for _ in 0..<4 { try write(to: rows, &chance) }
            if !isKept { throw TakenBack() }
          }
        } catch { #expect(!isKept, "\(error)") }
      }
      let after = try stores.map(told)
      #expect(after[0] == after[1])
      if !isKept { #expect(after == before) }
    }
  }

  /// One write of any kind, to few cases and records.
  private func write(to rows: any ReplicaTransaction, _ chance: inout Seeded) throws {
    let caseID = CaseID(value: UInt128(chance.below(3)))
    let record = RecordID(value: UInt128(caseID.value) * 10 + UInt128(chance.below(4)))
    let generation = Int64(1 + chance.below(2))
    let flag = chance.below(2) == 0
    let number = UInt64(1 + chance.below(12))
    var state = try rows.state()
    switch chance.below(16) {
    case 0:
      state.known = number
      state.building = flag ? 2 : nil
      try rows.save(state)
    case 1: try rows.hold(HeldCase(caseID: caseID, isWhole: flag), in: generation)
    case 2: try rows.drop(caseID)
    case 3: try rows.empty(caseID, in: generation)
    case 4: if flag { try rows.delete(generation: generation) }
    case 5: if flag { try rows.deleteGenerations(but: generation) }
    case 6, 7, 8:
      var row = RecordRow(id: record, caseID: caseID, type: "contact-entry")
      row.base = Record(id: record, type: row.type, caseID: caseID)
      row.arrived = Place(epoch: 1, sequence: number)
      row.proof = Proof(bytes: Array(repeating: UInt8(number), count: Proof.byteCount))
      row.isOwed = flag
      try rows.save(row, in: generation)
    case 9: try rows.deleteRecord(record, in: generation)
    case 10, 11:
      let head = try rows.head(of: state.replica)
      try rows.append(
        Change(
          Change.Body(
            dot: Dot(state.replica, head.counter + 1), previous: head.hash, record: record,
            type: "contact-entry", caseID: caseID, context: VersionVector(),
            action: .set([Value.Member("text", .text("\(number)"))]), author: "sam",
            role: .officer, recordedAt: Timestamp(milliseconds: Int64(number)))))
    case 12:
      guard var row = try rows.own(Dot(state.replica, number)) else { return }
      row.verdict = flag ? Verdict.applied : .refused(code: "easing", field: "")
      row.place = flag ? Place(epoch: 1, sequence: number) : nil
      row.isInBase = flag
      try rows.update(row)
    case 13: try rows.takeOutOfBase(of: flag ? caseID : nil)
    case 14: try rows.forgetText(of: caseID, keepsOwn: true)
    default:
      if flag { return try rows.owe(allBut: Place(epoch: 1, sequence: number)) }
      try rows.handedBack(record, in: generation)
      if let row = try rows.own(Dot(state.replica, number)) { try rows.offeredAgain(row.number) }
    }
  }

  /// Everything that a store tells.
  private func told(_ store: any ReplicaStore) throws -> [String] {
    try store.read { rows in
      let state = try rows.state()
      var lines = ["\(state)"]
      for generation in Int64(1)...2 {
        lines.append("\(try rows.cases(in: generation))")
        var records: [RecordRow] = []
        try rows.records(in: generation) { records.append($0) }
        lines += records.sorted { $0.id < $1.id }.map { "\(generation) \($0)" }
        var shown: [Record] = []
        try rows.shown(in: generation, of: nil, types: nil) { shown.append($0) }
        lines += shown.sorted { $0.id < $1.id }.map { "\(generation) shown \($0)" }
      }
      try rows.own(of: state.replica, from: 1) { row in
        lines.append("\(row)")
        return true
      }
      try rows.waiting { row in
        lines.append("waits: \(row.number)")
        return true
      }
      try rows.owedChanges { row in
        lines.append("owed: \(row.number)")
        return true
      }
      try rows.owedRecords { row, generation in
        lines.append("owed: \(row.id) in \(generation)")
        return true
      }
      lines.append("\(try rows.waitingCount()) wait, head \(try rows.head(of: state.replica))")
      lines.append("overlaid: \(try rows.overlaid().sorted())")
      for value in 0..<3 {
        let caseID = CaseID(value: UInt128(value))
        lines.append("own: \(try rows.ownRecords(of: caseID))")
        lines.append("has: \(try rows.hasRecords(of: caseID, in: 1))")
      }
      return lines
    }
  }
}
