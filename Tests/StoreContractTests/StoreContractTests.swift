import ServerStorage
import SyncCore
import TestSupport
import Testing

@Suite struct `Every store of the office` {
  @Test(arguments: StoreKind.allCases)
  func `starts empty, in its first epoch and with a key of its own`(kind: StoreKind) async throws {
    let store = try kind.make()
    try await store.read { store throws in
      #expect(try store.epoch() == 1)
      #expect(try store.sequence() == 0)
      let other = OfficeKey(secret: Array(repeating: 8, count: 32))
      #expect(
        try Proof.ofRecord([1], key: store.key()) != Proof.ofRecord([1], key: other))
      #expect(try store.head(of: Sample.replica) == .start)
      #expect(try store.replicas().isEmpty)
      #expect(try store.devices().isEmpty)
      #expect(try store.counts() == StoreCounts())
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `finds nothing where nothing was put`(kind: StoreKind) async throws {
    let store = try kind.make()
    try await store.read { store throws in
      #expect(try store.change(Dot(Sample.replica, 1)) == nil)
      #expect(try store.changes(of: Sample.replica, after: 0, limit: 9).isEmpty)
      #expect(try store.record(RecordID(value: 1)) == nil)
      #expect(try store.records(of: Sample.caseID, after: 0, limit: 9).isEmpty)
      #expect(try store.caseHead(Sample.caseID) == nil)
      #expect(try store.caseHeads(after: nil, limit: 9).isEmpty)
      #expect(try store.grants(of: "sam").isEmpty)
      #expect(try store.device(DeviceID(value: 1)) == nil)
      #expect(try store.device(fingerprint: .zero) == nil)
      #expect(try store.enrolmentCode(.zero) == nil)
      #expect(try store.orders(for: DeviceID(value: 1)).isEmpty)
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `forgets a life in which nothing was given out, and no other`(
    kind: StoreKind
  ) async throws {
    let store = try kind.make()
    let first = try await store.read { try $0.life() }
    func live(_ number: UInt128, giving count: Int) async throws -> Life {
      try await store.transaction { transaction throws in
        let life = Life(
          replica: ReplicaID(value: number), epoch: 1, start: try transaction.sequence())
        try transaction.begin(life)
        for _ in 0..<count { _ = try transaction.nextSequence() }
        return life
      }
    }
    let working = try await live(1, giving: 3)
    for number: UInt128 in 2...40 { _ = try await live(number, giving: 0) }
    let last = try await live(41, giving: 0)
    try await store.read { store throws in
      #expect(try store.lives(newest: 9) == [last, working])
      #expect(try store.life() == last)
      #expect(try store.life(at: 3) == working)
      #expect(try store.end(of: working.replica) == 3)
      #expect(try store.end(of: last.replica) == 3)
      #expect(try store.end(of: first.replica) == nil)
    }
    // One that is taken back leaves the former ones as they were.
    struct TakenBack: Error {}
    await #expect(throws: TakenBack.self) {
      try await store.transaction { transaction throws in
        try transaction.begin(Life(replica: ReplicaID(value: 42), epoch: 1, start: 3))
        throw TakenBack()
      }
    }
    #expect(try await store.read { try $0.lives(newest: 9) } == [last, working])
  }

  @Test(arguments: StoreKind.allCases)
  func `hands out each place in the order once, from one on`(kind: StoreKind) async throws {
    let store = try kind.make()
    let first = try await store.transaction { [try $0.nextSequence(), try $0.nextSequence()] }
    let second = try await store.transaction { try $0.nextSequence() }
    #expect(first == [1, 2])
    #expect(second == 3)
    #expect(try await store.read { try $0.sequence() } == 3)
  }

  @Test(arguments: StoreKind.allCases)
  func `sees inside a transaction what the transaction has done`(kind: StoreKind) async throws {
    let store = try kind.make()
    try await store.transaction { transaction throws in
      let sequence = try transaction.nextSequence()
      try transaction.append(Sample.change(1, sequence: sequence))
      try transaction.save(Sample.record(1, sequence: sequence), resolved: Sample.resolved)
      #expect(try transaction.sequence() == sequence)
      #expect(try transaction.head(of: Sample.replica).counter == 1)
      #expect(try transaction.record(RecordID(value: 1)) != nil)
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `keeps nothing of a transaction that was given up`(kind: StoreKind) async throws {
    let store = try kind.make()
    let device = Sample.device(1)
    await #expect(throws: Withdrawn()) {
      try await store.transaction { transaction throws in
        let sequence = try transaction.nextSequence()
        try transaction.append(Sample.change(1, sequence: sequence))
        try transaction.save(Sample.record(1, sequence: sequence), resolved: Sample.contested)
        try transaction.save(CaseHead(caseID: Sample.caseID, sequence: sequence))
        try transaction.save(device)
        try transaction.save(
          Grant(user: "sam", caseID: Sample.caseID, grantedAt: sequence, reason: ""))
        try transaction.add(StoredOrder(id: sequence, device: device.id, kind: .resync))
        throw Withdrawn()
      }
    }
    try await store.read { store throws in
      #expect(try store.sequence() == 0)
      #expect(try store.counts() == StoreCounts())
      #expect(try store.replicas().isEmpty)
      #expect(try store.orders(for: device.id).isEmpty)
    }
  }

  // MARK: Changes

  @Test(arguments: StoreKind.allCases)
  func `gives a change back as it arrived`(kind: StoreKind) async throws {
    let store = try kind.make()
    var unreadable = Sample.change(2, sequence: 2, verdict: .refused(code: "unreadable", field: ""))
    (unreadable.record, unreadable.caseID) = (nil, nil)
    let sent = [Sample.change(1, sequence: 1), unreadable]
    try await store.transaction { transaction throws in
      for change in sent { try transaction.append(change) }
    }
    try await store.read { store throws in
      #expect(try store.change(sent[0].dot) == sent[0])
      #expect(try store.changes(of: Sample.replica, after: 0, limit: 9) == sent)
      #expect(try store.changes(of: Sample.replica, after: 1, limit: 9) == [sent[1]])
      #expect(try store.changes(of: Sample.replica, after: 0, limit: 1) == [sent[0]])
      #expect(try store.head(of: Sample.replica) == ChainHead(counter: 2, hash: sent[1].hash))
      #expect(try store.replicas() == [Sample.replica])
    }
  }

  static let verdicts: [Verdict] = [
    .applied, .merged, .contested, .late, .refused(code: "invalid", field: "text"),
    .refused(code: "easing", field: "status:of:it"), .refused(code: "out-of-scope", field: ""),
  ]

  @Test(arguments: StoreKind.allCases, verdicts)
  func `remembers a verdict for ever`(kind: StoreKind, verdict: Verdict) async throws {
    let store = try kind.make()
    let change = Sample.change(1, sequence: 1, verdict: verdict)
    try await store.transaction { try $0.append(change) }
    #expect(try await store.read { try $0.change(change.dot)?.verdict } == verdict)
  }

  @Test(arguments: StoreKind.allCases)
  func `logs a change once, and refuses it a second time`(kind: StoreKind) async throws {
    let store = try kind.make()
    try await store.transaction { try $0.append(Sample.change(1, sequence: 1)) }
    await #expect(throws: StoreError.changeLoggedTwice(Dot(Sample.replica, 1))) {
      try await store.transaction { try $0.append(Sample.change(1, sequence: 2)) }
    }
    #expect(try await store.read { try $0.change(Dot(Sample.replica, 1))?.sequence } == 1)
  }

  @Test(arguments: StoreKind.allCases)
  func `keeps the changes of each replica apart`(kind: StoreKind) async throws {
    let store = try kind.make()
    let other = ReplicaID(value: 0xB)
    try await store.transaction { transaction throws in
      try transaction.append(Sample.change(1, sequence: 1))
      try transaction.append(Sample.change(1, of: other, sequence: 2))
      try transaction.append(Sample.change(2, of: other, sequence: 3))
    }
    try await store.read { store throws in
      #expect(try store.head(of: Sample.replica).counter == 1)
      #expect(try store.head(of: other).counter == 2)
      #expect(try store.replicas() == [Sample.replica, other])
    }
  }

  // MARK: Records and cases

  @Test(arguments: StoreKind.allCases)
  func `gives the records of a case in the order of their last change`(
    kind: StoreKind
  ) async throws {
    let store = try kind.make()
    try await store.transaction { transaction throws in
      for number: UInt128 in 1...4 {
        try transaction.save(
          Sample.record(number, sequence: UInt64(number)), resolved: Sample.resolved)
      }
      try transaction.save(
        Sample.record(9, sequence: 9, caseID: CaseID(value: 7)), resolved: Sample.resolved)
      try transaction.save(Sample.record(1, sequence: 10), resolved: Sample.resolved)
    }
    try await store.read { store throws in
      let all = try store.records(of: Sample.caseID, after: 0, limit: 9)
      #expect(all.map(\.sequence) == [2, 3, 4, 10])
      #expect(try store.records(of: Sample.caseID, after: 3, limit: 1).map(\.sequence) == [4])
      #expect(try store.record(RecordID(value: 1)) == Sample.record(1, sequence: 10))
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `walks through all cases in order`(kind: StoreKind) async throws {
    let store = try kind.make()
    let heads = (1...5).map { number in
      var digest = CaseDigest(caseID: CaseID(value: UInt128(number)))
      digest.replace(nil, with: Hash(of: [UInt8(number)]))
      return CaseHead(caseID: digest.caseID, sequence: UInt64(number), digest: digest)
    }
    try await store.transaction { for head in heads.reversed() { try $0.save(head) } }
    try await store.read { store throws in
      #expect(try store.caseHeads(after: nil, limit: 3) == Array(heads[..<3]))
      #expect(try store.caseHeads(after: heads[2].caseID, limit: 3) == Array(heads[3...]))
      #expect(try store.caseHead(heads[1].caseID) == heads[1])
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `counts what it holds, and what waits for review`(kind: StoreKind) async throws {
    let store = try kind.make()
    try await store.transaction { transaction throws in
      try transaction.save(Sample.record(1, sequence: 1), resolved: Sample.contested)
      try transaction.save(Sample.record(2, sequence: 2), resolved: Sample.contested)
      try transaction.save(
        Sample.record(3, sequence: 3, type: "risk-flag"), resolved: Sample.resolved)
      try transaction.save(Sample.record(2, sequence: 4), resolved: Sample.resolved)
      try transaction.append(Sample.change(1, sequence: 1))
      try transaction.append(
        Sample.change(2, sequence: 2, verdict: .refused(code: "invalid", field: "text")))
      try transaction.save(CaseHead(caseID: Sample.caseID, sequence: 4))
      try transaction.save(Sample.device(1))
      try transaction.save(Grant(user: "a", caseID: Sample.caseID, grantedAt: 1, reason: ""))
      try transaction.save(
        Grant(user: "b", caseID: Sample.caseID, grantedAt: 2, endedAt: 3, reason: ""))
    }
    var expected = StoreCounts()
    (expected.cases, expected.records, expected.changes, expected.refused) = (1, 3, 2, 1)
    (expected.contested, expected.devices, expected.grants) = (1, 1, 1)
    expected.types = ["contact-entry": 2, "risk-flag": 1]
    #expect(try await store.read { try $0.counts() } == expected)
  }
}
