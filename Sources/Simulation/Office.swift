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
  /// What decided on access, in its order: it is kept apart from the store and outlives it.
  private var notes: [AccessNote] = []
  private(set) var backups: [Backup] = []
  /// How often the store was put back. The servers start anew then, and answers that run break off.
  private(set) var restores = 0
  /// What was made of each record's bytes when somebody last looked.
  private var lastRead: [RecordID: (bytes: [UInt8], record: SyncCore.Record)] = [:]

  /// A backup of the store, with what was true of it.
  struct Backup {
    let image: MemoryStore.Image
    let ledger: Ledger
    /// How much had been noted on access.
    let notes: Int
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

  func enrol(_ device: Device) throws { try store.now { try $0.enter(device) } }

  func grant(
    _ user: String, _ caseID: CaseID, _ number: Int, _ terms: Access.Terms = .init(),
    at now: Timestamp
  ) throws {
    func day(_ day: Int?) -> CalendarDate? { day.flatMap { CalendarDate(PlainDay.text($0)) } }
    let days = Grant.Terms(
      terms.isCover ? .cover : .officer, from: day(terms.from), until: day(terms.until))
    var isGiven = true
    do {
      try store.now {
        _ = try Registry($0).grant(
          user, caseID, reason: "allocated", terms: days, by: catalogue, at: now)
      }
    } catch is Registry.KeptOut { isGiven = false }
    let today = PlainDay.at(now.milliseconds)
    guard ledger.access.grant(user, number, terms, today: today) == isGiven else {
      throw Failure(.scope, "\(user) is given case \(number): \(isGiven)")
    }
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
    guard outcome.changed > 0 else { return }
    ledger.access.exclude(user, number, ends: ends, today: PlainDay.at(now.milliseconds))
  }

  func end(_ user: String, _ caseID: CaseID, _ number: Int) throws {
    try store.now { _ = try Registry($0).end(user, caseID, reason: "moved") }
    ledger.access.end(user, number)
  }

  func orderResync(of device: DeviceID) throws -> Bool {
    try store.now { try !Registry($0).orderResync { $0.id == device }.isEmpty }
  }

  func revoke(_ id: DeviceID) throws {
    try store.now { transaction in
      guard var found = try transaction.device(id) else { return }
      found.state = .revoked
      try transaction.enter(found)
    }
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

  /// How many records are too old for laptops.
  func departed() throws -> UInt64 { try caseHeads().reduce(0) { $0 + $1.departed } }

  /// All of them.
  func leftRecords() throws -> [RecordID] {
    try caseHeads().flatMap { head in
      try store.now { try $0.records(of: head.caseID, after: 0, limit: .max) }
        .filter(\.hasLeft).map(\.id)
    }
  }

  /// Whether a record is too old for laptops.
  func hasLeft(_ id: RecordID) throws -> Bool {
    try store.now { try $0.record(id)?.hasLeft ?? false }
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

  func backUp() {
    let count = notes.count + store.notes.count
    backups.append(Backup(image: store.image, ledger: ledger, notes: count))
  }

  /// Puts the store back from a backup.
  ///
  /// The epoch's high-water mark is kept apart from the store: a backup from before the present
  /// epoch is never put back without saying so, because the number would come up a second time.
  /// - Parameters:
  ///   - life: the replica under which the server goes on.
  ///   - isDeclared: the operator says that it was a restore, so the epoch rises at once; otherwise
  ///     the office finds out by what laptops show it.
  /// - Returns: what was noted on access since the backup.
  func restore(_ backup: Backup, life: ReplicaID, isDeclared: Bool) throws -> [AccessNote] {
    notes += store.notes
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
    return Array(notes[backup.notes...])
  }
}
