import RecordCatalogue
import ServerStorage
import SyncClient
import SyncCore
import SyncReplica
import SyncWire

/// An office without a network: the production server's own logic over any store.
package final class OfficeInProcess: Sendable {
  package let store: any ServerStore
  package let catalogue: Catalogue
  package let limits: Limits
  package let clock: FixedClock

  package init(
    _ store: any ServerStore = MemoryStore(), limits: Limits = .standard,
    clock: FixedClock = FixedClock(), catalogue: Catalogue = .standard
  ) {
    self.store = store
    self.limits = limits
    self.clock = clock
    self.catalogue = catalogue
  }

  // MARK: What operators do

  package func enrol(
    _ user: String, role: Role = .officer, isOperator: Bool = false
  ) async throws -> Device {
    let device = Device(
      id: .named("device", user), user: user, role: role, label: "\(user)’s laptop",
      isOperator: isOperator, fingerprint: Hash(of: Array(user.utf8)),
      certificateExpires: Timestamp(milliseconds: .max), enrolledAt: clock.now)
    try await store.transaction { try $0.save(device) }
    return device
  }

  /// Opens a case as an import does, with its header.
  package func open(_ crn: String) async throws -> CaseID {
    let caseID = CaseID.named("case", crn)
    let name = Value.composite(["forename": .text("Robin"), "surname": .text("Test")])
    try await enter(
      .set(
        ["crn": .text(crn), "name": name], of: .named("case-header", crn), type: "case-header",
        caseID: caseID))
    return caseID
  }

  /// What the office enters itself. Its context is what the office last had.
  ///
  /// One argument on purpose: Swift 6.3.1 for x86-64 breaks an async call that passes an
  /// identifier (128 bits) on the stack, which happens from the seventh word on.
  package func enter(_ edit: Edit) async throws {
    guard case .set(let members) = edit.action else { return }
    let fields = Dictionary(members.map { ($0.name, $0.value) }) { first, _ in first }
    try await store.transaction { [catalogue, clock] transaction in
      var writer = try OfficeWriter(
        transaction, catalogue: catalogue, now: clock.now)
      try writer.set(
        fields, of: edit.record, type: edit.type, caseID: edit.caseID, author: "import",
        reason: edit.reason)
      try writer.settle()
    }
  }

  /// Works out what follows from the records of a case, as an import does when it has entered all.
  package func derive(_ caseID: CaseID) async throws {
    try await store.transaction { [catalogue, clock] transaction in
      var writer = try OfficeWriter(transaction, catalogue: catalogue, now: clock.now)
      try writer.derive(caseID)
    }
  }

  package func grant(_ user: String, _ cases: [CaseID]) async throws {
    try await store.transaction { [catalogue, clock] transaction in
      for caseID in cases {
        _ = try Registry(transaction).grant(
          user, caseID, reason: "allocated", by: catalogue, at: clock.now)
      }
    }
  }

  package func end(_ user: String, _ caseID: CaseID) async throws {
    _ = try await store.transaction { try Registry($0).end(user, caseID, reason: "transferred") }
  }

  package func orderResync(of device: DeviceID) async throws {
    _ = try await store.transaction { try Registry($0).orderResync { $0.id == device } }
  }

  package func change(
    _ device: DeviceID, _ body: @escaping @Sendable (inout Device) -> Void
  ) async throws {
    try await store.transaction { transaction in
      guard var found = try transaction.device(device) else { return }
      body(&found)
      try transaction.save(found)
    }
  }

  // MARK: What the service does

  /// Takes a request in, as `POST /v1/sync` does before its answer begins.
  package func receive(
    _ request: SyncRequest, from device: DeviceID
  ) async throws -> Intake.Outcome {
    try await store.transaction { [catalogue, limits, clock] transaction in
      guard let device = try transaction.device(device), device.state.isHeard else {
        throw Revoked()
      }
      let newLife = ReplicaID(value: UInt128(try transaction.sequence()) << 64 | 0x0FF1CE)
      return try Intake(
        transaction, catalogue: catalogue, limits: limits, now: clock.now, newLife: newLife
      ).accept(request, from: device)
    }
  }

  /// Reads one page, with device and scope checked again.
  package func page(
    after checkpoint: Checkpoint, for device: DeviceID,
    on grounds: Intake.Grounds? = nil,
    wantsDigests: Bool = false
  ) async throws -> ServerSession.Reading {
    try await store.read { [limits] store in
      guard let device = try store.device(device), device.state == .active else { throw Revoked() }
      return try Feed(store, limits: limits).page(
        after: checkpoint, for: device, on: grounds, wantsDigests: wantsDigests)
    }
  }

  package struct Revoked: Error {}

  // MARK: What it holds

  package func record(_ id: RecordID) async throws -> SyncCore.Record? {
    try await store.read { try $0.record(id).map { try Record(reading: $0.bytes) } }
  }

  /// All records of a case, ascending by id.
  package func records(of caseID: CaseID) async throws -> [SyncCore.Record] {
    try await store.read { store in
      try store.records(of: caseID, after: 0, limit: .max)
        .map { try Record(reading: $0.bytes) }.sorted { $0.id < $1.id }
    }
  }

  /// The digests of what a user holds, ascending by case.
  package func digests(for user: String) async throws -> [CaseDigest] {
    try await store.read { store in
      try Feed(store).activeGrants(of: user).map {
        try store.caseHead($0.caseID)?.digest ?? CaseDigest(caseID: $0.caseID)
      }
    }
  }

  package func history(of id: RecordID) async throws -> RecordHistory? {
    try await store.read { try RecordHistory(of: id, in: $0) }
  }

  package func device(_ id: DeviceID) async throws -> Device? {
    try await store.read { try $0.device(id) }
  }

  package func orders(for device: DeviceID) async throws -> [StoredOrder] {
    try await store.read { try $0.orders(for: device) }
  }

  package func logged(_ dot: Dot) async throws -> LoggedChange? {
    try await store.read { try $0.change(dot) }
  }

  /// Everything in the change log.
  package func log() async throws -> [LoggedChange] {
    try await store.read { store in
      try store.replicas().flatMap { try store.changes(of: $0, after: 0, limit: .max) }
    }
  }

  package func problems() async throws -> [String] {
    try await store.read { try StoreVerifier($0).verify().problems.map(\.problem) }
  }
}
