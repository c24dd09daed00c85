import CaseFacts
import RecordCatalogue
import SyncCore

/// The changes of one request on their way into the store.
struct Batch {
  private let intake: Intake
  private let request: SyncRequest
  private let device: Device
  private let checkpoint: Checkpoint
  private let life: Life
  private(set) var settled: [RecordID: Intake.Settlement] = [:]
  /// What was taken that somebody must be told of.
  private(set) var arrivals: [CaseID: [Arrival]] = [:]

  init(
    _ intake: Intake, _ request: SyncRequest, _ device: Device, _ checkpoint: Checkpoint,
    life: Life
  ) {
    self.intake = intake
    self.request = request
    self.device = device
    self.checkpoint = checkpoint
    self.life = life
  }

  /// One receipt a change: the first verdict again for those known, a new one for the others.
  mutating func receipts(firstNew: Int) throws -> [Receipt] {
    var receipts: [Receipt] = []
    for index in request.changes.indices.prefix(firstNew) { receipts.append(try again(index)) }
    guard firstNew < request.changes.count else { return receipts }
    let grants = try newestGrants()
    var index = firstNew
    while index < request.changes.count {
      let act = act(from: index)
      receipts += try take(act, grants)
      index = act.upperBound
    }
    return receipts
  }

  /// The changes that are taken, in their order; those taken before under another dot, too.
  func taken(by receipts: [Receipt], firstNew: Int) -> [Change] {
    zip(request.changes, receipts).dropFirst(firstNew).compactMap { change, receipt in
      guard case .readable(let change) = change, !receipt.verdict.isRefusal else {
        return nil
      }
      return change
    }
  }

  /// The first verdicts again of what both histories of a fork share.
  func receipts(upTo common: UInt64) throws -> [Receipt] {
    try request.changes.indices.prefix { counter($0) <= common }.map(again)
  }

  private func counter(_ index: Int) -> UInt64 { request.firstCounter + UInt64(index) }

  private func again(_ index: Int) throws -> Receipt {
    let dot = Dot(request.replica, counter(index))
    guard let logged = try intake.transaction.change(dot) else {
      throw StoreError.damaged("a known change is not in the log")
    }
    return Receipt(
      counter: dot.counter, verdict: logged.verdict, isAgain: true,
      place: try intake.transaction.place(of: logged.sequence),
      proof: try proof(logged.verdict, logged.hash))
  }

  private func proof(_ verdict: Verdict, _ hash: Hash) throws -> Proof {
    Proof.ofVerdict(verdict, on: hash, key: try intake.transaction.key())
  }

  private func newestGrants() throws -> [CaseID: Grant] {
    Dictionary(try intake.transaction.grants(of: device.user).map { ($0.caseID, $0) }) {
      $0.grantedAt > $1.grantedAt ? $0 : $1
    }
  }

  /// The changes made in one act, which stand or fall together.
  private func act(from index: Int) -> Range<Int> {
    func group(_ index: Int) -> GroupID? {
      if case .readable(let change) = request.changes[index] { change.body.group } else { nil }
    }
    guard let first = group(index) else { return index..<index + 1 }
    let end =
      request.changes[index...].indices.first { group($0) != first } ?? request.changes.count
    return index..<end
  }

  /// Tries the whole act; when one change of it is refused, every change of it is.
  private mutating func take(_ act: Range<Int>, _ grants: [CaseID: Grant]) throws -> [Receipt] {
    let (settledBefore, arrivalsBefore) = (settled, arrivals)
    var drafts: [RecordID: Entry] = [:]
    var decisions: [(index: Int, decision: Decision)] = []
    // What was taken before stands, whatever becomes of the rest.
    for index in act {
      if let known = try takeAgain(index) { decisions.append((index, .known(known))) }
    }
    for index in act where !decisions.contains(where: { $0.index == index }) {
      let decision = try decide(index, grants, &drafts)
      decisions.append((index, decision))
    }
    decisions.sort { $0.index < $1.index }
    let refused = decisions.first { if case .refused = $0.decision { true } else { false } }
    if let refused {
      (settled, arrivals) = (settledBefore, arrivalsBefore)
      if case .refused(.restricted) = refused.decision,
        case .readable(let change) = request.changes[refused.index]
      {
        arrivals[change.body.caseID, default: []].append(Arrival(.keptOut, change))
      }
      return try decisions.map { index, decision in
        switch decision {
        case .known(let receipt): return receipt
        case .refused(let refusal) where index == refused.index:
          return try log(index, .refused(code: refusal.code, field: refusal.field))
        case .refused, .taken:
          return try log(index, .refused(code: Refusal.groupRefused.code, field: ""))
        }
      }
    }
    let proofs = try drafts.mapValues { ($0.sequence, try save($0)) }
    return try decisions.map { index, decision in
      switch decision {
      case .known(let receipt): return receipt
      case .taken(let taken):
        var baseProof: Proof?
        if taken.settlesBase, let (sequence, proof) = proofs[taken.record],
          sequence == taken.sequence
        {
          baseProof = proof
        }
        return try log(
          index, taken.verdict, at: taken.sequence, settlesBase: taken.settlesBase,
          baseProof: baseProof)
      case .refused: throw StoreError.damaged("an act was half decided")
      }
    }
  }

  /// A record as this act leaves it, and as it stood before.
  private struct Entry {
    var record: Record
    var sequence: UInt64
    let before: RecordWriter.Former?
  }

  private struct Taken {
    let record: RecordID
    let verdict: Verdict
    let sequence: UInt64
    let settlesBase: Bool
  }

  private enum Decision {
    case taken(Taken)
    /// Issued again after a fork or a restore, and taken before.
    case known(Receipt)
    case refused(Refusal)
  }

  private mutating func decide(
    _ index: Int, _ grants: [CaseID: Grant], _ drafts: inout [RecordID: Entry]
  ) throws -> Decision {
    guard case .readable(let change) = request.changes[index] else { return .refused(.unreadable) }
    let body = change.body
    let stored = try drafts[body.record] ?? entry(body.record)
    // An issue of somebody else's edit would be a double of it.
    let isAnothers = try change.body.origin.map { try isTaken($0, stored?.record) } ?? false
    guard body.author == device.user, body.role == device.role, !isAnothers else {
      return .refused(.notTheAuthor)
    }
    // Whoever has it now: a person decides what its officer wrote before.
    guard device.state != .lost else { return .refused(.laptopLost) }
    let policy = intake.catalogue.policy(of: body.type)
    let standing = try standing(of: body, grants[body.caseID], policy)
    switch standing {
    case .holder, .late: break
    case .keptOut: return .refused(.restricted)
    case .outside: return .refused(.outOfScope)
    }
    let refusal = Record.refusal(
      of: change, to: stored?.record, policy: policy, origin: .device,
      mayBeLost: try hasLostContext(of: body))
    if let refusal { return .refused(refusal) }
    var record = stored?.record ?? Record(id: body.record, type: body.type, caseID: body.caseID)
    let sawAll = body.context.met(with: record.version) == record.version
    let sequence = try intake.transaction.nextSequence()
    record.apply(change, at: Place(epoch: life.epoch, sequence: sequence))
    guard record.fits(intake.limits) else { return .refused(.tooLarge) }
    let bar = try policy?.bar(
      on: change, in: record, before: stored?.record,
      referred: { try drafts[$0]?.record ?? entry($0)?.record }, policy: intake.catalogue.policy)
    if let bar { return .refused(.checkFailed(check: bar.name)) }
    let grant = grants[body.caseID]
    let settles = isBase(stored, body, grant)
    settled[body.record] =
      settles ? grant.map { .init(sequence: sequence, grant: $0.grantedAt) } : nil
    drafts[body.record] = Entry(record: record, sequence: sequence, before: stored?.before)
    let verdict =
      standing == .late ? .late : Self.verdict(on: change, record, policy, sawAll: sawAll)
    arrivals[body.caseID, default: []] += Arrival.all(
      of: change, in: record, isNew: stored == nil, isLate: standing == .late)
    return .taken(
      Taken(record: body.record, verdict: verdict, sequence: sequence, settlesBase: settles))
  }

  private func entry(_ id: RecordID) throws -> Entry? {
    guard let stored = try intake.transaction.record(id) else { return nil }
    let record = try Record(reading: stored.bytes)
    return Entry(
      record: record, sequence: stored.sequence, before: .init(record, in: stored))
  }

  /// Takes another issue of a change that was taken before: its first verdict counts, and it stands
  /// in the record as a double.
  /// - Returns: `nil` when it was not taken before.
  private mutating func takeAgain(_ index: Int) throws -> Receipt? {
    guard case .readable(let change) = request.changes[index] else { return nil }
    let origin = change.firstIssue
    // A first issue comes behind another when that one came in a file.
    guard try change.body.origin != nil || intake.transaction.change(issuedAgain: origin) != nil
    else { return nil }
    let stored = try entry(change.body.record)
    guard let verdict = try firstVerdict(on: change, origin, stored?.record) else { return nil }
    let sequence = try intake.transaction.nextSequence()
    if !verdict.isRefusal, var entry = stored, entry.record.applyAgain(change) {
      entry.sequence = sequence
      _ = try save(entry)
      settled[entry.record.id] = nil
    }
    return try log(index, verdict, at: sequence, isAgain: true)
  }

  /// Whether an issue of a change is in the log or stands in the record.
  private func isTaken(_ issue: Change.Origin, _ record: Record?) throws -> Bool {
    try record?.holds(issue) == true || intake.transaction.change(firstIssuedAs: issue) != nil
  }

  /// The verdict on the first issue of a change, if that was its author's and of the same record:
  /// anybody can name the hash of another's edit.
  private func firstVerdict(
    on change: Change, _ origin: Change.Origin, _ record: Record?
  ) throws -> Verdict? {
    let body = change.body
    guard body.author == device.user else { return nil }
    if let logged = try intake.transaction.change(firstIssuedAs: origin) {
      let first = try? Change(reading: logged.bytes, limits: intake.limits).body
      let isTheirs = first?.author == body.author && first?.record == body.record
      return isTheirs ? logged.verdict : nil
    }
    // One that came home inside a handed-back record is known by standing there.
    let stands = record?.edits.contains { $0.hash == origin.hash && $0.by.author == body.author }
    return stands == true ? .merged : nil
  }

  private enum Standing { case holder, late, keptOut, outside }

  /// Whether the author may write to the case. Work from before he can have heard that it moved is
  /// late, not refused; that of somebody whom a limit of access keeps out stays beside the case.
  private func standing(
    of body: Change.Body, _ grant: Grant?, _ policy: TypePolicy?
  ) throws -> Standing {
    if let grant, grant.endedAt == nil { return .holder }
    if policy?.isAlwaysAccepted == true { return .late }
    // What may have been taken before the store was put back, another laptop may bring home.
    if grant?.suspension != nil { return mayBeLost(body) ? .late : .keptOut }
    guard let ended = grant?.endedAt, let under = body.writtenUnder else { return .outside }
    let cannotHaveHeard =
      try mayBeLost(body) || under < intake.transaction.place(of: ended)
    return cannotHaveHeard ? .late : .outside
  }

  /// Whether this store may lack what the author saw: the change was written under an earlier
  /// epoch, and another laptop may still bring it home.
  private func mayBeLost(_ body: Change.Body) -> Bool {
    body.writtenUnder.map { $0.epoch < life.epoch } ?? false
  }

  /// Whether this store indeed lacks something that the author saw: a change that it never had, or
  /// of which it has the place without the text.
  private func hasLostContext(of body: Change.Body) throws -> Bool {
    guard mayBeLost(body) else { return false }
    return try body.context.entries.contains { seen in
      guard seen.replica != request.replica else { return false }
      guard let logged = try intake.transaction.change(seen) else { return true }
      return logged.bytes.isEmpty && !logged.verdict.isRefusal
    }
  }

  /// Whether the laptop's base of this record is what the office had just before the change.
  private func isBase(_ stored: Entry?, _ body: Change.Body, _ grant: Grant?) -> Bool {
    guard let grant, grant.endedAt == nil, checkpoint.holds(body.caseID, grantedAt: grant.grantedAt)
    else {
      return false
    }
    guard let stored else { return true }
    guard stored.before?.hasLeft != true else { return false }
    return stored.sequence <= checkpoint.position
      || settled[body.record]?.sequence == stored.sequence
  }

  private static func verdict(
    on change: Change, _ record: Record, _ policy: TypePolicy?, sawAll: Bool
  ) -> Verdict {
    let isContested: Bool
    switch change.body.action {
    case .delete: isContested = record.isDeletionDisputed
    case .set(let members):
      isContested = members.contains { member in
        let rule = policy?.rule(of: member.name) ?? .fieldMerge(.first)
        return record.read(member.name, by: rule)?.status == .contested
      }
    }
    return isContested ? .contested : sawAll ? .applied : .merged
  }

  private func save(_ entry: Entry) throws -> Proof {
    try RecordWriter(intake.transaction, intake.catalogue)
      .save(entry.record, at: entry.sequence, replacing: entry.before)
  }

  private func log(
    _ index: Int, _ verdict: Verdict, at given: UInt64? = nil, isAgain: Bool = false,
    settlesBase: Bool = false, baseProof: Proof? = nil
  ) throws -> Receipt {
    let pushed = request.changes[index]
    var change: Change?
    if case .readable(let readable) = pushed { change = readable }
    let sequence = try given ?? intake.transaction.nextSequence()
    let counter = counter(index)
    try intake.transaction.append(
      LoggedChange(
        dot: Dot(request.replica, counter), hash: pushed.hash, bytes: pushed.bytes,
        verdict: verdict,
        sequence: sequence, record: change?.body.record, caseID: change?.body.caseID,
        receivedAt: intake.now, origin: change?.body.origin,
        clockOffset: intake.clockOffset(of: request)))
    if verdict.isRefusal || isAgain, let record = change?.body.record {
      try WindowSweep.tellAgain(record, intake.transaction)
    }
    return Receipt(
      counter: counter, verdict: verdict, isAgain: isAgain, settlesBase: settlesBase,
      place: Place(epoch: life.epoch, sequence: sequence),
      proof: try proof(verdict, pushed.hash), baseProof: baseProof)
  }
}
