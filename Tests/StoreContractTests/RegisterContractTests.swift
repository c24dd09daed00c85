import RecordCatalogue
import ServerStorage
import SyncCore
import TestSupport
import Testing

@Suite struct `Every store's register` {
  @Test(arguments: StoreKind.allCases)
  func `gives a device back as it was enrolled`(kind: StoreKind) async throws {
    let store = try kind.make()
    var device = Sample.device(1)
    try await store.transaction { [device] in try $0.save(device) }
    #expect(try await store.read { try $0.device(DeviceID(value: 1)) } == device)
    device.state = .revoked
    device.replica = ReplicaID(value: 0xA)
    device.lastContact = Timestamp(milliseconds: 77)
    device.clockOffset = -2_000
    device.unsent = 12
    device.catalogueVersion = 4
    device.since = 3
    device.heard = 5
    try await store.transaction { [device] in try $0.save(device) }
    try await store.read { [device] store throws in
      #expect(try store.device(device.id) == device)
      #expect(try store.device(fingerprint: device.fingerprint) == device)
      #expect(try store.devices() == [device])
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `never loses a device to one that shows the same certificate`(
    kind: StoreKind
  ) async throws {
    let store = try kind.make()
    var impostor = Sample.device(2)
    impostor.fingerprint = Sample.device(1).fingerprint
    try await store.transaction { try $0.save(Sample.device(1)) }
    await #expect(throws: StoreError.self) {
      try await store.transaction { [impostor] in try $0.save(impostor) }
    }
    #expect(try await store.read { try $0.devices() } == [Sample.device(1)])
  }

  @Test(arguments: StoreKind.allCases)
  func `finds a user's grants however the name is written`(kind: StoreKind) async throws {
    let store = try kind.make()
    let grants = [
      Grant(
        user: "Sam.Jones", caseID: CaseID(value: 1), grantedAt: 1, endedAt: 5, reason: "cover",
        suspension: "Ask."),
      Grant(user: "sam.jones", caseID: CaseID(value: 1), grantedAt: 7, reason: "back"),
      Grant(user: "SAM.JONES", caseID: CaseID(value: 2), grantedAt: 8, reason: ""),
    ]
    try await store.transaction { transaction throws in
      for grant in grants { try transaction.save(grant) }
      try transaction.save(Grant(user: "kim", caseID: CaseID(value: 1), grantedAt: 2, reason: ""))
    }
    #expect(try await store.read { Set(try $0.grants(of: "SAM.jones")) } == Set(grants))
    #expect(
      try await store.read { try $0.grants(on: CaseID(value: 1)).map(\.grantedAt).sorted() }
        == [1, 2, 7])
  }

  @Test(arguments: StoreKind.allCases)
  func `writes the end of a grant over its beginning`(kind: StoreKind) async throws {
    let store = try kind.make()
    var grant = Grant(user: "sam", caseID: Sample.caseID, grantedAt: 1, reason: "allocated")
    try await store.transaction { [grant] in try $0.save(grant) }
    grant.endedAt = 9
    try await store.transaction { [grant] in try $0.save(grant) }
    #expect(try await store.read { try $0.grants(of: "sam") } == [grant])
  }

  @Test(arguments: StoreKind.allCases)
  func `does not grant twice what is granted, and ends only what runs`(
    kind: StoreKind
  ) async throws {
    let store = try kind.make()
    let steps = try await store.transaction { transaction throws in
      let registry = Registry(transaction)
      func give(_ user: String, _ reason: String) throws -> Bool {
        try registry.grant(
          user, Sample.caseID, reason: reason, by: .standard, at: Timestamp(milliseconds: 0))
      }
      return [
        try give("sam", "a"),
        try give("SAM", "b"),
        try registry.end("sam", Sample.caseID, reason: "c"),
        try registry.end("sam", Sample.caseID, reason: "d"),
        try give("sam", "e"),
      ]
    }
    #expect(steps == [true, false, true, false, true])
    #expect(try await store.read { try $0.grants(of: "sam").count } == 2)
  }

  @Test(arguments: StoreKind.allCases)
  func `opens the door to an invitation once and in time`(kind: StoreKind) async throws {
    let store = try kind.make()
    let hash = Hash(of: [1, 2, 3])
    let code = EnrolmentCode(
      hash: hash, user: "sam", role: .officer, label: "new", isOperator: false,
      expiresAt: Timestamp(milliseconds: 100))
    try await store.transaction { try $0.save(code) }
    func redeem(_ hash: Hash, at milliseconds: Int64) async throws -> EnrolmentCode {
      try await store.transaction {
        try Registry($0).redeem(hash, at: Timestamp(milliseconds: milliseconds))
      }
    }
    await #expect(throws: Registry.CodeProblem.unknown) { try await redeem(.zero, at: 1) }
    await #expect(throws: Registry.CodeProblem.expired) { try await redeem(hash, at: 100) }
    #expect(try await redeem(hash, at: 99).user == "sam")
    await #expect(throws: Registry.CodeProblem.used) { try await redeem(hash, at: 99) }
  }

  @Test(arguments: StoreKind.allCases)
  func `keeps an order until its own device has obeyed it`(kind: StoreKind) async throws {
    let store = try kind.make()
    let (one, two) = (DeviceID(value: 1), DeviceID(value: 2))
    try await store.transaction { transaction throws in
      try transaction.add(StoredOrder(id: 5, device: one, kind: .resync))
      try transaction.add(StoredOrder(id: 6, device: two, kind: .resync))
      try transaction.removeOrder(5, of: two)
    }
    #expect(try await store.read { try $0.orders(for: one).map(\.id) } == [5])
    try await store.transaction { try $0.removeOrder(5, of: one) }
    #expect(try await store.read { try $0.orders(for: one).isEmpty })
    #expect(try await store.read { try $0.orders(for: two).map(\.id) } == [6])
  }

  @Test(arguments: StoreKind.allCases)
  func `files what left a device, the newest of each case`(kind: StoreKind) async throws {
    let store = try kind.make()
    let (one, two) = (DeviceID(value: 1), DeviceID(value: 2))
    @Sendable func erasure(_ device: DeviceID, _ caseID: UInt128, _ endedAt: UInt64) -> Erasure {
      Erasure(
        device: device, caseID: CaseID(value: caseID), endedAt: endedAt,
        receivedAt: Timestamp(milliseconds: Int64(endedAt)))
    }
    let all = [erasure(one, 9, 4), erasure(one, 8, 5), erasure(two, 9, 6), erasure(one, 9, 7)]
    try await store.transaction { transaction in for one in all { try transaction.save(one) } }
    struct Undone: Error {}
    await #expect(throws: Undone.self) {
      try await store.transaction { transaction in
        try transaction.save(erasure(one, 9, 12))
        throw Undone()
      }
    }
    let filed = try await store.read { try $0.erasures(by: one) }
    #expect(filed == [erasure(one, 8, 5), erasure(one, 9, 7)])
  }

  @Test(arguments: StoreKind.allCases)
  func `orders a resync of active laptops only, one at a time`(kind: StoreKind) async throws {
    let store = try kind.make()
    var revoked = Sample.device(2)
    revoked.state = .revoked
    var operators = Sample.device(3)
    operators.isOperator = true
    let devices = [Sample.device(1), revoked, operators]
    let ordered = try await store.transaction { transaction throws in
      for device in devices { try transaction.save(device) }
      let registry = Registry(transaction)
      return [try registry.orderResync { _ in true }, try registry.orderResync { _ in true }]
    }
    #expect(ordered == [[DeviceID(value: 1)], []])
  }
}
