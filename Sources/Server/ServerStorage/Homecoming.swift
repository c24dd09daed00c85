import Crypto
import RecordCatalogue
import SyncCore

/// What laptops bring back after the office's store was put back from a backup: records that it
/// lacks, and their own changes that it had receipted.
///
/// Nothing is judged a second time: each carries the office's own proof of what it once said.
/// Records come first, because a record knows what its edits superseded, and a change alone does
/// not. All of it may come any number of times.
struct Homecoming {
  private let intake: Intake
  private let life: Life
  /// Of the earlier epoch, what the office still had.
  private var survived: UInt64 = 0
  private var transaction: any ServerTransaction { intake.transaction }

  init(_ intake: Intake, _ life: Life) {
    self.intake = intake
    self.life = life
  }

  /// - Returns: how many were not the office's own, and were passed over.
  mutating func take(_ request: SyncRequest) throws -> Int {
    guard !request.returned.isEmpty || !request.offered.isEmpty else { return 0 }
    survived = request.survived
    let key = try Feed.key(transaction)
    var unproven = 0
    for returned in request.returned where try !merge(returned, key) { unproven += 1 }
    for offered in request.offered where try !log(offered, key) { unproven += 1 }
    return unproven
  }

  /// What was taken after the restore and before anybody noticed it cannot have been seen by what
  /// comes home. Where its dot says so, a laptop that was put back too has counted that dot twice,
  /// and neither may displace the other.
  private func keepUnseen(of stored: Record, in record: inout Record) throws {
    for edit in stored.edits where !record.edits.contains(where: { $0.hash == edit.hash }) {
      guard let logged = try transaction.change(edit.dot), logged.sequence > survived,
        try transaction.life(at: logged.sequence).epoch < life.epoch
      else { continue }
      record.reinstate(edit)
    }
  }

  /// Merges a record with what the store holds of it.
  private func merge(_ returned: ReturnedRecord, _ key: SymmetricKey) throws -> Bool {
    guard Proof.ofRecord(returned.bytes, key: key) == returned.proof,
      let handed = try? Record(reading: returned.bytes)
    else { return false }
    guard let stored = try record(handed.id) else {
      try save(handed, replacing: nil)
      return true
    }
    guard stored.type == handed.type, stored.caseID == handed.caseID else { return false }
    var merged = stored.merged(with: handed)
    try keepUnseen(of: stored, in: &merged)
    if merged != stored { try save(merged, replacing: stored) }
    return true
  }

  /// Logs a change under its old dot with its old verdict, and applies it where its record lacks
  /// it.
  private func log(_ offered: OfferedChange, _ key: SymmetricKey) throws -> Bool {
    guard Proof.ofVerdict(offered.verdict, on: offered.hash, key: key) == offered.proof else {
      return false
    }
    let change = offered.bytes.flatMap { try? Change(reading: $0) }
    guard offered.bytes == nil || (change?.hash == offered.hash && change?.dot == offered.dot)
    else { return false }
    let logged = try transaction.change(offered.dot)
    if try logged == nil && follows(change, offered.dot) {
      try log(change, offered.dot, offered.hash, offered.verdict)
      return true
    }
    // Two copies of one laptop counted the same dot, or one before it, the one before the restore
    // and the other after it; or another copy brought the place of this change without its text.
    if logged?.hash != offered.hash || logged?.bytes.isEmpty == true, let change,
      try transaction.change(firstIssuedAs: change.firstIssue) == nil
    {
      let issued = try issuedAgain(change)
      try log(issued, issued.dot, issued.hash, offered.verdict)
    }
    return true
  }

  /// Whether a dot is the next of its replica's chain, by the change's own word where there is its
  /// text.
  private func follows(_ change: Change?, _ dot: Dot) throws -> Bool {
    let head = try transaction.head(of: dot.replica)
    return dot.counter == head.counter + 1
      && (change.map { $0.body.previous == head.hash } ?? true)
  }

  private func issuedAgain(_ change: Change) throws -> Change {
    let head = try transaction.head(of: life.replica)
    var body = change.body
    body.dot = Dot(life.replica, head.counter + 1)
    body.previous = head.hash
    body.origin = change.firstIssue
    return Change(body)
  }

  private func log(_ change: Change?, _ dot: Dot, _ hash: Hash, _ verdict: Verdict) throws {
    let sequence = try transaction.nextSequence()
    let known = try change.flatMap { try transaction.change(firstIssuedAs: $0.firstIssue) }
    try transaction.append(
      LoggedChange(
        dot: dot, hash: hash, bytes: change?.bytes ?? [], verdict: verdict, sequence: sequence,
        record: change?.body.record, caseID: change?.body.caseID, receivedAt: intake.now,
        origin: change?.body.origin))
    guard let change, !verdict.isRefusal else { return }
    let body = change.body
    let stored = try record(body.record)
    var record = stored ?? Record(id: body.record, type: body.type, caseID: body.caseID)
    guard record.type == body.type, record.caseID == body.caseID else { return }
    let isKnown = known.map { !$0.verdict.isRefusal } ?? false
    if isKnown || record.holds(change.firstIssue) {
      record.applyAgain(change)
    } else {
      // It was taken beside what may never come home, so alone it must not ease anything.
      let refusal = Record.refusal(
        of: change, to: record, policy: intake.catalogue.policy(of: body.type), origin: .device,
        mayBeLost: true)
      let isEasing = if case .easing = refusal { true } else { false }
      record.apply(
        change, at: Place(epoch: life.epoch, sequence: sequence), supersedes: !isEasing)
    }
    if let stored { try keepUnseen(of: stored, in: &record) }
    guard record != stored else { return }
    try RecordWriter(transaction, intake.catalogue)
      .save(record, at: sequence, replacing: stored?.digest)
  }

  private func record(_ id: RecordID) throws -> Record? {
    try transaction.record(id).map { try Record(reading: $0.bytes) }
  }

  private func save(_ record: Record, replacing stored: Record?) throws {
    try RecordWriter(transaction, intake.catalogue)
      .save(record, at: transaction.nextSequence(), replacing: stored?.digest)
  }
}
