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

  /// The ground of an answer has gone: more has come under the replica's name since its chain was
  /// verified, or the store was put back. The answer ends, and the next request will find out.
  package struct GroundsMoved: Error {}

  /// Reads one page after a checkpoint, case by case, with the scope checked again.
  ///
  /// - Parameters:
  ///   - grounds: what was accepted before; `nil` when nothing was.
  ///   - wantsDigests: add the digest of every case in scope to the last page.
  package func page(
    after checkpoint: Checkpoint, for device: Device, on grounds: Intake.Grounds? = nil,
    wantsDigests: Bool = false
  ) throws -> ServerSession.Reading {
    if let grounds {
      let verified = grounds.verified
      guard try store.head(of: verified.replica).counter == verified.counter,
        try store.end(of: grounds.life) != nil
      else { throw GroundsMoved() }
    }
    let now = try store.sequence()
    let all = try newestGrants(of: device.user)
    let grants = all.filter { $0.endedAt == nil }
    let place = Place(epoch: checkpoint.epoch, sequence: now)
    let history = try store.history()
    var scope = Scope(
      entries: try grants.map { grant in
        let from = checkpoint.readingPosition(of: grant.caseID, grantedAt: grant.grantedAt)
        return Scope.Entry(
          caseID: grant.caseID, isSentWhole: from == 0, isLimited: grant.isLimited,
          hasOlder: try store.caseHead(grant.caseID).map { $0.departed > 0 } ?? false)
      })
    scope.restricted = all.compactMap { grant in
      grant.suspension.map {
        Scope.Restricted(caseID: grant.caseID, message: $0.cut(to: limits.messageBytes))
      }
    }
    // Who fetches everything anew has heard of all that before.
    let hears = checkpoint.position > 0
    scope.moved = all.compactMap { grant in
      guard hears, let ended = grant.endedAt, ended > checkpoint.position, !grant.resumes,
        let user = grant.movedTo
      else { return nil }
      return Scope.Moved(caseID: grant.caseID, user: user)
    }.suffix(limits.scopeCases)
    scope.decided = try decided(on: device, after: checkpoint.position)
    if history != checkpoint.history { scope.witness = try witness(for: device) }
    var page = PageBuilder(limits: limits, settled: grounds?.settled ?? [:])
    var next = checkpoint
    // A pull that began earlier ends where the store stood then; another takes the rest.
    var goesOn = try pull(grants, into: &page, at: &next, now)
    if !goesOn, next.position < now { goesOn = try pull(grants, into: &page, at: &next, now) }
    next.history = history
    let sealed = next.sealed(for: Self.owner(of: device), key: try store.key())
    return ServerSession.Reading(
      scope: scope, page: page.page(checkpoint: sealed, place: place),
      next: goesOn ? next : nil, digests: wantsDigests && !goesOn ? try digests(of: grants) : [])
  }

  /// Whether a sync from a checkpoint would bring anything: a case that moved, came or went, an
  /// order, a decision.
  /// - Returns: `nil` for a checkpoint that was not made here for this device.
  package func hasNews(for device: Device, since bytes: [UInt8]) throws -> Bool? {
    guard
      let checkpoint = Checkpoint(
        opening: bytes, for: Self.owner(of: device), key: try store.key(), limits: limits)
    else { return nil }
    guard device.state == .active, try checkpoint.epoch == store.epoch(), checkpoint.pull == nil,
      try store.orders(for: device.id).isEmpty,
      try decided(on: device, after: checkpoint.position).isEmpty
    else { return true }
    return try newestGrants(of: device.user).contains { grant in
      if let ended = grant.endedAt { return ended > checkpoint.position }
      return try grant.grantedAt > checkpoint.position
        || (store.caseHead(grant.caseID)?.sequence ?? 0) > checkpoint.position
    }
  }

  /// What was decided on the device's refused changes, of many the newest.
  private func decided(on device: Device, after position: UInt64) throws -> [Scope.Decided] {
    guard let replica = device.replica else { return [] }
    return try store.decisions(of: replica, after: position).suffix(limits.pushChanges).map {
      Scope.Decided(
        counter: $0.dot.counter, decision: $0.kind.rawValue,
        message: $0.reason.cut(to: limits.messageBytes))
    }
  }

  /// Shown with a later request, it proves that what the device has been told is still here.
  func witness(for device: Device) throws -> [UInt8] {
    var witness = Checkpoint.start(epoch: try store.life().epoch)
    witness.history = try store.history()
    return witness.sealed(for: Self.owner(of: device), key: try store.key())
  }

  /// Reads each case on, until all have been read up to the pull's target or the page is full.
  /// - Returns: whether the page is full; then the checkpoint says where the next goes on.
  private func pull(
    _ grants: [Grant], into page: inout PageBuilder, at checkpoint: inout Checkpoint, _ now: UInt64
  ) throws -> Bool {
    let target = checkpoint.pull?.target ?? now
    for grant in grants where grant.grantedAt <= target {
      if let first = checkpoint.pull?.caseID, grant.caseID < first { continue }
      let from = checkpoint.readingPosition(of: grant.caseID, grantedAt: grant.grantedAt)
      let isNew = grant.grantedAt > checkpoint.position
      let head = try store.caseHead(grant.caseID)?.sequence ?? 0
      guard isNew || head > from else { continue }
      if let reached = try fill(&page, grant, after: from, isNew: isNew) {
        checkpoint.pull = .init(target: target, caseID: grant.caseID, sequence: reached)
        return true
      }
      if isNew { page.completed.append(grant.caseID) }
    }
    checkpoint.position = target
    checkpoint.pull = nil
    return false
  }

  /// The newest grant of each case that a user has or had, ascending by case.
  func newestGrants(of user: String) throws -> [Grant] {
    let grants = try store.grants(of: user).sorted {
      ($0.caseID, $0.grantedAt) < ($1.caseID, $1.grantedAt)
    }
    return grants.indices.lazy
      .filter { $0 + 1 == grants.count || grants[$0 + 1].caseID != grants[$0].caseID }
      .map { grants[$0] }
  }

  /// Grants that run now, one a case, ascending by case.
  package func activeGrants(of user: String) throws -> [Grant] {
    try newestGrants(of: user).filter { $0.endedAt == nil }
  }

  /// Adds a case's records to the page until either ends.
  /// - Parameter isNew: it goes to a laptop that holds nothing of it, so nothing has left there.
  /// - Returns: the sequence reached when the page is full; `nil` when the case has nothing more.
  private func fill(
    _ page: inout PageBuilder, _ grant: Grant, after from: UInt64, isNew: Bool
  ) throws -> UInt64? {
    var reached = from
    while !page.isFull {
      let batch = try store.records(of: grant.caseID, after: reached, limit: min(page.room, 256))
      guard !batch.isEmpty else { return nil }
      for record in batch where !record.hasLeft || !isNew {
        guard page.add(record, of: grant) else { return reached }
        reached = record.sequence
      }
      reached = batch[batch.count - 1].sequence
    }
    return reached
  }

  private func digests(of grants: [Grant]) throws -> [CaseDigest] {
    try grants.map { try store.caseHead($0.caseID)?.digest ?? CaseDigest(caseID: $0.caseID) }
  }
}

/// A page while it fills. It takes at least one record, so that a large one cannot stop it for
/// ever.
private struct PageBuilder {
  let limits: Limits
  /// What the laptop makes itself is left out.
  let settled: [RecordID: Intake.Settlement]
  private(set) var records: [[UInt8]] = []
  private(set) var proofs: [Proof] = []
  private(set) var departed: [RecordID] = []
  var completed: [CaseID] = []
  private var bytes = 0

  init(limits: Limits, settled: [RecordID: Intake.Settlement]) {
    self.limits = limits
    self.settled = settled
  }

  var isFull: Bool { room <= 0 || bytes >= limits.pageBytes }
  var room: Int { limits.pageRecords - records.count - departed.count }

  func page(checkpoint: [UInt8], place: Place) -> Page {
    var page = Page(
      records: records, proofs: proofs, completed: completed, checkpoint: checkpoint, place: place)
    page.departed = departed
    return page
  }

  /// - Returns: `false` when the page is full.
  mutating func add(_ record: StoredRecord, of grant: Grant) -> Bool {
    let isSettled =
      settled[record.id] == .init(sequence: record.sequence, grant: grant.grantedAt)
    guard !isSettled else { return true }
    guard !isFull else { return false }
    guard !record.hasLeft else {
      departed.append(record.id)
      bytes += record.id.bytes.count
      return true
    }
    records.append(record.bytes)
    proofs.append(record.proof)
    bytes += record.bytes.count
    return true
  }
}

extension String {
  /// The beginning that takes no more than so many bytes of UTF-8, in whole characters.
  fileprivate func cut(to bytes: Int) -> String {
    guard utf8.count > bytes else { return self }
    var cut = ""
    var room = bytes
    for character in self {
      room -= character.utf8.count
      guard room >= 0 else { break }
      cut.append(character)
    }
    return cut
  }
}
