import CaseFacts
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
  private var history: CommonHistory
  /// Those in which something came home that formulas look at.
  private(set) var cases: Set<CaseID> = []
  /// What came of it.
  private(set) var counts = ReturnTally.Counts()
  private var transaction: any ServerTransaction { intake.transaction }

  /// - Parameter survived: of the epoch that it is of, what the office still had.
  init(_ intake: Intake, _ life: Life, survived: UInt64) {
    self.intake = intake
    self.life = life
    history = CommonHistory(intake.transaction, before: life, survived: survived)
  }

  mutating func take(_ request: SyncRequest) throws {
    guard !request.returned.isEmpty || !request.offered.isEmpty else { return }
    let key = try transaction.key()
    for returned in request.returned where try !merge(returned, key) { counts.unproven += 1 }
    for offered in request.offered where try !log(offered, key) { counts.unproven += 1 }
  }

  /// Merges a record with what the store holds of it.
  private mutating func merge(_ returned: ReturnedRecord, _ key: OfficeKey) throws -> Bool {
    guard Proof.ofRecord(returned.bytes, key: key) == returned.proof,
      let handed = try? Record(reading: returned.bytes)
    else { return false }
    let stored = try record(handed.id)
    guard stored.map({ $0.type == handed.type && $0.caseID == handed.caseID }) ?? true else {
      return false
    }
    for dot in handed.version.entries {
      counts.heads[dot.replica] = max(counts.heads[dot.replica] ?? 0, dot.counter)
    }
    let view = try history.view(of: handed, beside: stored)
    let strays = handed.edits.filter { !view.holds($0.dot) }
    let known = handed.reduced(to: view.cut(handed.version), leavingOut: Set(strays))
    var merged = stored?.merged(with: known) ?? known
    let issues = Dictionary(grouping: strays.sorted { $0.dot < $1.dot }, by: \.hash).values
    for edits in issues.sorted(by: { $0[0].dot < $1[0].dot }) {
      try issueAgain(edits, of: &merged)
    }
    if merged != stored {
      try save(merged, at: transaction.nextSequence(), replacing: stored)
      counts.records += 1
    }
    return true
  }

  /// Issues what is left of a change under a dot of the office's own, once. It displaces nothing:
  /// what it had displaced is gone from the record that brought it.
  private mutating func issueAgain(_ edits: [StandingEdit], of record: inout Record) throws {
    let first = edits[0]
    let origin = Change.Origin(dot: first.dot, hash: first.hash)
    guard try transaction.change(firstIssuedAs: origin) == nil else { return }
    var context = VersionVector()
    // Two issues of one change set its fields alike.
    let fields = Dictionary(edits.map { ($0.field, $0.value) }) { first, _ in first }
    var action = Change.Action.set(
      fields.map { Value.Member($0.key, $0.value) }.sorted { $0.name < $1.name })
    if case .seen(let seen) = first.value {
      (context, action) = (try history.view(of: seen).cut(seen), .delete)
    }
    let change = try issuedAgain(
      Change.Body(
        dot: first.dot, previous: .zero, record: record.id, type: record.type,
        caseID: record.caseID, context: context, action: action, author: first.by.author,
        role: first.by.role, recordedAt: first.by.recordedAt),
      origin: origin)
    _ = try append(change, change.dot, change.hash, .applied)
    record.apply(change, at: first.place)
  }

  // MARK: Changes

  /// Logs a change under its old dot with its old verdict, and applies it where its record lacks
  /// it.
  private mutating func log(_ offered: OfferedChange, _ key: OfficeKey) throws -> Bool {
    guard Proof.ofVerdict(offered.verdict, on: offered.hash, key: key) == offered.proof else {
      return false
    }
    let change = offered.bytes.flatMap { try? Change(reading: $0) }
    guard offered.bytes == nil || (change?.hash == offered.hash && change?.dot == offered.dot)
    else { return false }
    let logged = try transaction.change(offered.dot)
    let stored = try change.flatMap { try record($0.body.record) }
    let isTaken =
      change.flatMap { stored?.hasOther(under: offered.dot, than: $0.firstIssue.hash) } ?? false
    if try logged == nil && !isTaken && follows(change, offered.dot) {
      try log(change, offered.dot, offered.hash, offered.verdict)
      counts.changes += 1
      return true
    }
    // Two copies of one laptop counted the same dot, or one before it, the one before the restore
    // and the other after it; or another copy brought the place of this change without its text.
    if logged?.hash != offered.hash || logged?.bytes.isEmpty == true, let change,
      try transaction.change(firstIssuedAs: change.firstIssue) == nil
    {
      let issued = try issuedAgain(change.body, origin: change.firstIssue)
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

  /// The same under the office's next dot.
  private mutating func issuedAgain(
    _ body: Change.Body, origin: Change.Origin
  ) throws -> Change {
    counts.reissued += 1
    let head = try transaction.head(of: life.replica)
    var body = body
    body.dot = Dot(life.replica, head.counter + 1)
    body.previous = head.hash
    body.origin = origin
    return Change(body)
  }

  /// - Returns: its place in the log.
  private func append(
    _ change: Change?, _ dot: Dot, _ hash: Hash, _ verdict: Verdict
  ) throws -> UInt64 {
    let sequence = try transaction.nextSequence()
    try transaction.append(
      LoggedChange(
        dot: dot, hash: hash, bytes: change?.bytes ?? [], verdict: verdict, sequence: sequence,
        record: change?.body.record, caseID: change?.body.caseID, receivedAt: intake.now,
        origin: change?.body.origin))
    return sequence
  }

  private mutating func log(_ change: Change?, _ dot: Dot, _ hash: Hash, _ verdict: Verdict) throws
  {
    let known = try change.flatMap { try transaction.change(firstIssuedAs: $0.firstIssue) }
    let sequence = try append(change, dot, hash, verdict)
    guard let change, !verdict.isRefusal else { return }
    let body = change.body
    let stored = try record(body.record)
    var record = stored ?? Record(id: body.record, type: body.type, caseID: body.caseID)
    guard record.type == body.type, record.caseID == body.caseID else { return }
    let isKnown = known.map { !$0.verdict.isRefusal } ?? false
    if isKnown || record.holds(change.firstIssue) {
      record.applyAgain(change)
    } else {
      // What let it ease a rule may never come home: without that, it lies beside what it eased and
      // displaces nothing, which errs on the safe side.
      let refusal = Record.refusal(
        of: change, to: record, policy: intake.catalogue.policy(of: body.type), origin: .device,
        mayBeLost: true)
      let isEasing = if case .easing = refusal { true } else { false }
      record.apply(
        change, at: Place(epoch: life.epoch, sequence: sequence),
        having: isEasing ? VersionVector() : try history.view(of: body.context).cut(body.context))
    }
    guard record != stored else { return }
    try save(record, at: sequence, replacing: stored)
  }

  private func record(_ id: RecordID) throws -> Record? {
    try transaction.record(id).map { try Record(reading: $0.bytes) }
  }

  private mutating func save(
    _ record: Record, at sequence: UInt64, replacing stored: Record?
  ) throws {
    if Derivation.triggers.contains(record.type) { cases.insert(record.caseID) }
    let former = RecordWriter.Former(stored, in: try transaction.record(record.id))
    try RecordWriter(transaction, intake.catalogue)
      .save(record, at: sequence, replacing: former)
  }
}
