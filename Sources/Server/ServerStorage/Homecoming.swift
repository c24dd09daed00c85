import CaseFacts
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
  /// Of the epoch that it is of, what the office still had.
  private let survived: UInt64
  /// Up to which counter what comes home can have seen each replica; see `View`.
  private var bounds: [ReplicaID: UInt64] = [:]
  /// Those in which something came home that formulas look at.
  private(set) var cases: Set<CaseID> = []
  private var transaction: any ServerTransaction { intake.transaction }

  init(_ intake: Intake, _ life: Life, survived: UInt64) {
    self.intake = intake
    self.life = life
    self.survived = survived
  }

  /// - Returns: how many were not the office's own, and were passed over.
  mutating func take(_ request: SyncRequest) throws -> Int {
    guard !request.returned.isEmpty || !request.offered.isEmpty else { return 0 }
    let key = try Feed.key(transaction)
    var unproven = 0
    for returned in request.returned where try !merge(returned, key) { unproven += 1 }
    for offered in request.offered where try !log(offered, key) { unproven += 1 }
    return unproven
  }

  /// Merges a record with what the store holds of it.
  private mutating func merge(_ returned: ReturnedRecord, _ key: SymmetricKey) throws -> Bool {
    guard Proof.ofRecord(returned.bytes, key: key) == returned.proof,
      let handed = try? Record(reading: returned.bytes)
    else { return false }
    let stored = try record(handed.id)
    guard stored.map({ $0.type == handed.type && $0.caseID == handed.caseID }) ?? true else {
      return false
    }
    let view = try view(of: handed, beside: stored)
    let strays = handed.edits.filter { !view.holds($0.dot) }
    let known = handed.reduced(to: view.cut(handed.version), leavingOut: Set(strays))
    var merged = stored?.merged(with: known) ?? known
    let issues = Dictionary(grouping: strays.sorted { $0.dot < $1.dot }, by: \.hash).values
    for edits in issues.sorted(by: { $0[0].dot < $1[0].dot }) {
      try issueAgain(edits, of: &merged)
    }
    if merged != stored {
      try save(merged, at: transaction.nextSequence(), replacing: stored)
    }
    return true
  }

  // MARK: Dots counted twice

  /// How far the dots of a history that comes home mean what they mean here.
  ///
  /// The store may have gone on for a while before anybody noticed that it was put back, and with
  /// it a laptop that was put back too, which then counted for the second time. What was taken in
  /// that while cannot have been seen by what comes home, though its dots say so.
  private struct View {
    /// By replica: the highest counter up to which both are of one chain.
    var ends: [ReplicaID: UInt64] = [:]
    /// Under which the store has another change.
    var others: Set<Dot> = []

    func holds(_ dot: Dot) -> Bool {
      dot.counter <= ends[dot.replica] ?? .max && !others.contains(dot)
    }

    func cut(_ history: VersionVector) -> VersionVector {
      VersionVector(
        history.entries.compactMap { dot in
          let counter = min(dot.counter, ends[dot.replica] ?? .max)
          return counter > 0 ? Dot(dot.replica, counter) : nil
        })
    }
  }

  private mutating func view(of history: VersionVector) throws -> View {
    var view = View()
    for dot in history.entries { view.ends[dot.replica] = try bound(of: dot.replica) }
    return view
  }

  /// A record shows more: where the store has another change under the dot of an edit, the chains
  /// have parted before it, and where it has the same, not before that one, because each change
  /// names the one before it by its hash.
  private mutating func view(of handed: Record, beside stored: Record?) throws -> View {
    var view = try view(of: handed.version)
    var shared: [ReplicaID: UInt64] = [:]
    for edit in handed.edits {
      let (replica, counter) = (edit.dot.replica, edit.dot.counter)
      let logged = try transaction.change(edit.dot)
      if logged?.hash == edit.hash || logged?.origin?.hash == edit.hash {
        shared[replica] = max(shared[replica] ?? 0, counter)
      } else if logged != nil || stored?.hasOther(under: edit.dot, than: edit.hash) ?? false {
        view.others.insert(edit.dot)
        view.ends[replica] = min(view.ends[replica] ?? .max, max(counter, 1) - 1)
      }
    }
    for (replica, counter) in shared {
      view.ends[replica] = max(view.ends[replica] ?? .max, counter)
    }
    return view
  }

  /// The last counter of a replica before the first that was taken in that while; the highest there
  /// is where none was.
  private mutating func bound(of replica: ReplicaID) throws -> UInt64 {
    if let bound = bounds[replica] { return bound }
    // Counters rise with sequences, so the first one is found by halving.
    var (low, high): (UInt64, UInt64) = (1, try transaction.head(of: replica).counter)
    var bound = UInt64.max
    while low <= high {
      let middle = low + (high - low) / 2
      let sequence = try transaction.change(Dot(replica, middle))?.sequence ?? 0
      if sequence > survived {
        if try transaction.life(at: sequence).epoch < life.epoch { bound = middle - 1 }
        high = middle - 1
      } else {
        low = middle + 1
      }
    }
    bounds[replica] = bound
    return bound
  }

  /// Issues what is left of a change under a dot of the office's own, once. It displaces nothing:
  /// what it had displaced is gone from the record that brought it.
  private mutating func issueAgain(_ edits: [StandingEdit], of record: inout Record) throws {
    var context = VersionVector()
    // Two issues of one change set its fields alike.
    let fields = Dictionary(edits.map { ($0.field, $0.value) }) { first, _ in first }
    var action = Change.Action.set(
      fields.map { Value.Member($0.key, $0.value) }.sorted { $0.name < $1.name })
    if case .seen(let seen) = edits[0].value {
      (context, action) = (try view(of: seen).cut(seen), .delete)
    }
    let (first, head) = (edits[0], try transaction.head(of: life.replica))
    let origin = Change.Origin(dot: first.dot, hash: first.hash)
    guard try transaction.change(firstIssuedAs: origin) == nil else { return }
    let change = Change(
      Change.Body(
        dot: Dot(life.replica, head.counter + 1), previous: head.hash, record: record.id,
        type: record.type, caseID: record.caseID, context: context,
        action: action, author: first.by.author,
        role: first.by.role, recordedAt: first.by.recordedAt, origin: origin))
    let sequence = try transaction.nextSequence()
    try transaction.append(
      LoggedChange(
        dot: change.dot, hash: change.hash, bytes: change.bytes, verdict: .applied,
        sequence: sequence, record: record.id, caseID: record.caseID, receivedAt: intake.now,
        origin: origin))
    record.apply(change, at: first.place)
  }

  // MARK: Changes

  /// Logs a change under its old dot with its old verdict, and applies it where its record lacks
  /// it.
  private mutating func log(_ offered: OfferedChange, _ key: SymmetricKey) throws -> Bool {
    guard Proof.ofVerdict(offered.verdict, on: offered.hash, key: key) == offered.proof else {
      return false
    }
    let change = offered.bytes.flatMap { try? Change(reading: $0) }
    guard offered.bytes == nil || (change?.hash == offered.hash && change?.dot == offered.dot)
    else { return false }
    let logged = try transaction.change(offered.dot)
    let stored = try change.flatMap { try record($0.body.record) }
    let isTaken = change.flatMap { stored?.hasOther(under: offered.dot, than: $0.firstIssue.hash) }
    if try logged == nil && isTaken != true && follows(change, offered.dot) {
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

  private mutating func log(_ change: Change?, _ dot: Dot, _ hash: Hash, _ verdict: Verdict) throws
  {
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
        change, at: Place(epoch: life.epoch, sequence: sequence),
        having: isEasing ? VersionVector() : try view(of: body.context).cut(body.context))
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
    if Derivation.inputs.contains(record.type) { cases.insert(record.caseID) }
    try RecordWriter(transaction, intake.catalogue)
      .save(record, at: sequence, replacing: stored?.digest)
  }
}

extension Record {
  /// Whether an edit of another change stands under a dot.
  fileprivate func hasOther(under dot: Dot, than hash: Hash) -> Bool {
    edits.contains { $0.dot == dot && $0.hash != hash }
  }
}
