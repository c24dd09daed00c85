import Crypto
import SyncCore

/// Reads what a laptop is to be sent next: its scope as it is now, and one page of records of cases
/// in it.
package struct Feed {
  let store: any ServerReading
  let limits: Limits

  package init(_ store: any ServerReading, limits: Limits = .standard) {
    self.store = store
    self.limits = limits
  }

  /// What a checkpoint is bound to.
  static func owner(of device: Device) -> String { "\(device.id)|\(device.user.lowercased())" }

  static func key(_ store: any ServerReading) throws -> SymmetricKey {
    SymmetricKey(data: try store.secret())
  }

  /// More has come under the replica's name since its chain was verified. The answer ends, and the
  /// next request will find a fork.
  package struct ChainMoved: Error {}

  /// Reads one page after a checkpoint, case by case, with the scope checked again.
  ///
  /// - Parameters:
  ///   - grounds: what was accepted before; `nil` when nothing was.
  ///   - wantsDigests: add the digest of every case in scope to the last page.
  package func page(
    after checkpoint: Checkpoint, for device: Device, on grounds: Intake.Grounds? = nil,
    wantsDigests: Bool = false
  ) throws -> ServerSession.Reading {
    if let verified = grounds?.verified {
      guard try store.head(of: verified.replica).counter == verified.counter else {
        throw ChainMoved()
      }
    }
    let settled = grounds?.settled ?? [:]
    let now = try store.sequence()
    let grants = try activeGrants(of: device.user)
    var next = checkpoint
    let inScope = Set(grants.map(\.caseID))
    next.filling = next.filling.filter { inScope.contains($0.key) }
    let place = Place(epoch: checkpoint.epoch, sequence: now)
    let scope = Scope(
      place: place,
      entries: grants.map { grant in
        let from = checkpoint.readingPosition(of: grant.caseID, grantedAt: grant.grantedAt)
        return Scope.Entry(caseID: grant.caseID, isSentWhole: from == 0)
      })
    var page = PageBuilder(limits: limits)
    for grant in grants {
      let from = next.readingPosition(of: grant.caseID, grantedAt: grant.grantedAt)
      let isNew = !checkpoint.holds(grant.caseID, grantedAt: grant.grantedAt)
      let head = try store.caseHead(grant.caseID)?.sequence ?? 0
      guard isNew || head > from else { continue }
      let reached = try fill(&page, grant, after: from, upTo: now, settled: settled)
      next.filling[grant.caseID] = Checkpoint.Reach(grant: grant.grantedAt, sequence: reached)
      guard reached == now else {
        return try reading(scope, page, next, device, place, goesOn: true, digests: [])
      }
      if isNew { page.completed.append(grant.caseID) }
    }
    next = Checkpoint(epoch: checkpoint.epoch, position: now)
    let digests = wantsDigests ? try digests(of: grants) : []
    return try reading(scope, page, next, device, place, goesOn: false, digests: digests)
  }

  /// Grants that run now, one a case, ascending by case.
  package func activeGrants(of user: String) throws -> [Grant] {
    var newest: [CaseID: Grant] = [:]
    for grant in try store.grants(of: user) where grant.endedAt == nil {
      newest[grant.caseID] = grant
    }
    return newest.values.sorted { $0.caseID < $1.caseID }
  }

  /// Adds a case's records to the page until either ends.
  /// - Returns: the sequence reached: `now` when the case has nothing more.
  private func fill(
    _ page: inout PageBuilder, _ grant: Grant, after from: UInt64, upTo now: UInt64,
    settled: [RecordID: Intake.Settlement]
  ) throws -> UInt64 {
    var reached = from
    while !page.isFull {
      let batch = try store.records(of: grant.caseID, after: reached, limit: min(page.room, 256))
      guard !batch.isEmpty else { return now }
      for record in batch {
        if settled[record.id] != .init(sequence: record.sequence, grant: grant.grantedAt) {
          guard page.add(record) else { return reached }
        }
        reached = record.sequence
      }
    }
    return reached
  }

  private func digests(of grants: [Grant]) throws -> [CaseDigest] {
    try grants.map { try store.caseHead($0.caseID)?.digest ?? CaseDigest(caseID: $0.caseID) }
  }

  private func reading(
    _ scope: Scope, _ page: PageBuilder, _ next: Checkpoint, _ device: Device, _ place: Place,
    goesOn: Bool,
    digests: [CaseDigest]
  ) throws -> ServerSession.Reading {
    var next = next
    next.life = try store.life(at: next.reach).replica
    let sealed = next.sealed(for: Self.owner(of: device), key: try Self.key(store))
    return ServerSession.Reading(
      scope: scope,
      page: Page(
        records: page.records, proofs: page.proofs, completed: page.completed, checkpoint: sealed,
        place: place),
      next: goesOn ? next : nil, digests: digests)
  }
}

/// A page while it fills. It takes at least one record, so that a large one cannot stop it for
/// ever.
private struct PageBuilder {
  let limits: Limits
  private(set) var records: [[UInt8]] = []
  private(set) var proofs: [Proof] = []
  var completed: [CaseID] = []
  private var bytes = 0

  init(limits: Limits) { self.limits = limits }

  var isFull: Bool { records.count >= limits.pageRecords || bytes >= limits.pageBytes }
  var room: Int { limits.pageRecords - records.count }

  mutating func add(_ record: StoredRecord) -> Bool {
    guard !isFull else { return false }
    records.append(record.bytes)
    proofs.append(record.proof)
    bytes += record.bytes.count
    return true
  }
}
