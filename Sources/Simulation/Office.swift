import RecordCatalogue
import ServerStorage
import SyncCore

/// The office: the production server's own logic over one store in memory, and beside it the ledger
/// of what it must hold.
///
/// One server or two work on the store; each request goes to either. They share nothing but it.
final class Office {
  private(set) var store = MemoryStore()
  var ledger = Ledger()
  let limits: Limits
  let catalogue = Catalogue.standard
  private(set) var backups: [Backup] = []
  /// How often the store was put back. The servers start anew then, and answers that run break off.
  private(set) var restores = 0
  /// What was made of each record's bytes when somebody last looked.
  private var lastRead: [RecordID: (bytes: [UInt8], record: SyncCore.Record)] = [:]

  /// A backup of the store, with what was true of it.
  struct Backup {
    let image: MemoryStore.Image
    let ledger: Ledger
  }

  init(limits: Limits) { self.limits = limits }

  // MARK: What the service does

  /// Why a request is not answered as a sync.
  enum Denial: Error {
    case revoked
    case refused(Intake.Denial)
  }

  /// Takes a request in, all of it in one transaction.
  func receive(
    _ request: SyncRequest, from device: DeviceID, at now: Timestamp, newLife: ReplicaID
  ) throws -> Intake.Outcome {
    try store.now { transaction in
      guard let device = try transaction.device(device), device.state == .active else {
        throw Denial.revoked
      }
      do {
        return try Intake(
          transaction, catalogue: catalogue, limits: limits, now: now, newLife: newLife
        ).accept(request, from: device)
      } catch let denial as Intake.Denial { throw Denial.refused(denial) }
    }
  }

  /// Reads one page, with device and scope checked again.
  func page(
    after checkpoint: Checkpoint, for device: DeviceID, on grounds: Intake.Grounds,
    wantsDigests: Bool
  ) throws -> ServerSession.Reading {
    try store.now { store in
      guard let device = try store.device(device), device.state == .active else {
        throw Denial.revoked
      }
      return try Feed(store, limits: limits).page(
        after: checkpoint, for: device, on: grounds, wantsDigests: wantsDigests)
    }
  }

  // MARK: What people at the office do

  func enrol(_ device: Device) throws { try store.now { try $0.save(device) } }

  func grant(_ user: String, _ caseID: CaseID, _ number: Int, at now: Timestamp) throws {
    do {
      try store.now {
        _ = try Registry($0).grant(
          user, caseID, reason: "allocated", by: catalogue, at: now)
      }
    } catch is Registry.KeptOut { return }
    ledger.grant(user, number, at: try sequence())
  }

  /// Keeps a user out of a case, whatever is granted, or ends that.
  func limit(_ user: String, _ crn: String, _ number: Int, ends: Bool, at now: Timestamp) throws {
    guard let crn = CRN(crn) else { return }
    let entry = LimitEntry(crn, .exclusion, [user])
    let outcome = try store.now { transaction in
      ends
        ? try entry.end(in: transaction, catalogue, at: now)
        : try entry.make(in: transaction, catalogue, at: now)
    }
    if outcome.changed > 0 { ledger.limit(user, number, ends: ends, at: try sequence()) }
  }

  func end(_ user: String, _ caseID: CaseID, _ number: Int) throws {
    try store.now { _ = try Registry($0).end(user, caseID, reason: "moved") }
    ledger.end(user, number, at: try sequence())
  }

  func orderResync(of device: DeviceID) throws -> Bool {
    try store.now { try !Registry($0).orderResync { $0.id == device }.isEmpty }
  }

  func change(_ device: DeviceID, _ body: (inout Device) -> Void) throws {
    try store.now { transaction in
      guard var found = try transaction.device(device) else { return }
      body(&found)
      try transaction.save(found)
    }
  }

  /// Enters fields by the office's own hand.
  /// - Returns: where it stands, or `nil` when the office's own rules refuse it.
  func enter(_ entry: Entry, in caseID: CaseID, at time: Timestamp) throws -> UInt64? {
    guard case .set(let fields) = entry.content else { return nil }
    let values = Dictionary(fields) { first, _ in first }
    do {
      return try store.now { transaction in
        var writer = try OfficeWriter(transaction, catalogue: catalogue, now: time)
        try writer.set(
          values, of: entry.form.record, type: entry.form.type, caseID: caseID, author: "import",
          recordedAt: time, reason: entry.reason)
        return try transaction.sequence()
      }
    } catch is OfficeWriter.Refused { return nil }
  }

  // MARK: What it holds

  func devices() throws -> [Device] { try store.now { try $0.devices() } }
  func device(_ id: DeviceID) throws -> Device? { try store.now { try $0.device(id) } }

  func role(of device: DeviceID) -> String? { (try? self.device(device))??.role.rawValue }
  func orders(for device: DeviceID) throws -> [StoredOrder] {
    try store.now { try $0.orders(for: device) }
  }

  /// The digests of what a user holds, ascending by case.
  func digests(of user: String) throws -> [CaseDigest] {
    try store.now { store in
      try Feed(store).activeGrants(of: user).map {
        try store.caseHead($0.caseID)?.digest ?? CaseDigest(caseID: $0.caseID)
      }
    }
  }

  func sequence() throws -> UInt64 { try store.now { try $0.sequence() } }
  func epoch() throws -> UInt64 { try store.now { try $0.epoch() } }

  func record(_ id: RecordID) throws -> SyncCore.Record? {
    guard let bytes = try store.now({ try $0.record(id)?.bytes }) else { return nil }
    if let last = lastRead[id], last.bytes == bytes { return last.record }
    let record = try Record(reading: bytes)
    lastRead[id] = (bytes, record)
    return record
  }

  /// Every record of a type, ascending by case.
  func records(of type: String) throws -> [SyncCore.Record] {
    try store.now { store in
      try store.caseHeads(after: nil, limit: .max).flatMap { head in
        try store.records(of: head.caseID, types: [type]).map { try Record(reading: $0.bytes) }
      }
    }
  }

  func caseHeads() throws -> [CaseHead] {
    try store.now { try $0.caseHeads(after: nil, limit: .max) }
  }

  func log() throws -> [LoggedChange] {
    try store.now { store in
      try store.replicas().flatMap { try store.changes(of: $0, after: 0, limit: .max) }
    }
  }

  func logged(_ dot: Dot) throws -> LoggedChange? { try store.now { try $0.change(dot) } }

  func head(of replica: ReplicaID) throws -> ChainHead {
    try store.now { try $0.head(of: replica) }
  }

  func problems() throws -> [String] {
    try store.now { try StoreVerifier($0).verify().problems.map(\.problem) }
  }

  // MARK: Backups

  func backUp() { backups.append(Backup(image: store.image, ledger: ledger)) }

  /// Puts the store back from a backup.
  ///
  /// The epoch's high-water mark is kept apart from the store: a backup from before the present
  /// epoch is never put back without saying so, because the number would come up a second time.
  /// - Parameters:
  ///   - life: the replica under which the server goes on.
  ///   - isDeclared: the operator says that it was a restore, so the epoch rises at once; otherwise
  ///     the office finds out by what laptops show it.
  func restore(_ backup: Backup, life: ReplicaID, isDeclared: Bool) throws {
    let highest = try epoch()
    store = MemoryStore(backup.image)
    restores += 1
    ledger = backup.ledger
    try store.now { store in
      let last = try store.life()
      let rises = isDeclared || last.epoch < highest
      let next = Life(
        replica: life, epoch: rises ? highest + 1 : last.epoch, start: try store.sequence())
      try store.begin(next)
    }
  }

  /// What is logged apart from the store: whose access was withdrawn, and who has which role.
  func applyAgain(_ device: Device) throws {
    try change(device.id) {
      $0.state = device.state
      $0.role = device.role
    }
  }
}
