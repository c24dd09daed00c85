import CaseFacts
import RecordCatalogue
import SyncCore

/// The office's own hand: imports and feeds become changes with the server's own dots, since the
/// office is a replica too.
package struct OfficeWriter {
  let transaction: any ServerTransaction
  let catalogue: Catalogue
  private let life: Life
  let now: Timestamp
  private var head: ChainHead
  /// Cases whose limits of access were written and hold from `settle` on.
  private var unsettled: Set<CaseID> = []

  package init(
    _ transaction: any ServerTransaction, catalogue: Catalogue, now: Timestamp
  ) throws {
    self.transaction = transaction
    self.catalogue = catalogue
    self.now = now
    life = try transaction.life()
    head = try transaction.head(of: life.replica)
  }

  /// Why something was not entered.
  package struct Refused: Error, Sendable {
    package let refusal: Refusal
  }

  /// Sets fields of a record, making it when there is none. Its context is what the office last
  /// had.
  /// - Parameter caseID: where the type never goes to a device, the record is kept in that case's
  ///   office file.
  package mutating func set(
    _ fields: [String: Value], of id: RecordID, type: String, caseID: CaseID, author: String,
    role: Role = .office, recordedAt: Timestamp? = nil, reason: String = ""
  ) throws {
    let holder = caseID
    let caseID = catalogue.home(of: type, in: caseID)
    let row = try transaction.record(id)
    let stored = try row.map { try Record(reading: $0.bytes) }
    let members = fields.map { Value.Member($0.key, $0.value) }.sorted { $0.name < $1.name }
    let change = Change(
      Change.Body(
        dot: Dot(life.replica, head.counter + 1), previous: head.hash, record: id, type: type,
        caseID: caseID,
        context: stored?.version ?? VersionVector(), action: .set(members), author: author,
        role: role,
        recordedAt: recordedAt ?? now, reason: reason))
    let refusal = try OfficeJudge(transaction, catalogue)
      .refusal(of: change, to: stored, today: CalendarDate(at: recordedAt ?? now))
    if let refusal { throw Refused(refusal: refusal) }
    let sequence = try transaction.nextSequence()
    var record = stored ?? Record(id: id, type: type, caseID: caseID)
    record.apply(change, at: Place(epoch: life.epoch, sequence: sequence))
    let former = RecordWriter.Former(stored, in: row)
    try RecordWriter(transaction, catalogue).save(record, at: sequence, replacing: former)
    try transaction.append(
      LoggedChange(
        dot: change.dot, hash: change.hash, bytes: change.bytes, verdict: .applied,
        sequence: sequence,
        record: id, caseID: caseID, receivedAt: now))
    head = ChainHead(counter: change.dot.counter, hash: change.hash)
    if type == AccessLimits.type {
      unsettled.insert(holder)
      try transaction.note(.limit(holder, record))
    }
    if type == FormerNumber.type { try join(record) }
  }

  /// Issues what somebody else wrote, under the next dot of the office's own. Its context and its
  /// author stay, and rules are asked of it as of its author's.
  /// - Parameter origin: what it was first issued as, of which each is taken once; `nil` for a copy
  ///   that stands beside the first.
  mutating func issue(_ first: Change.Body, origin: Change.Origin?) throws -> Change {
    var body = first
    body.dot = Dot(life.replica, head.counter + 1)
    body.previous = head.hash
    body.origin = origin
    body.group = nil
    let change = Change(body)
    guard (try? Change(reading: change.bytes)) != nil else { throw Quarantine.Problem.unreadable }
    let row = try transaction.record(body.record)
    let stored = try row.map { try Record(reading: $0.bytes) }
    if let origin {
      let known = try transaction.change(issuedAgain: origin)
      guard known?.verdict.isRefusal ?? true, stored?.holds(origin) != true else {
        throw Quarantine.Problem.takenAlready
      }
    }
    let policy = catalogue.policy(of: body.type)
    if let refusal = Record.refusal(of: change, to: stored, policy: policy, origin: .device) {
      throw Quarantine.Problem.refused(refusal)
    }
    var record = stored ?? Record(id: body.record, type: body.type, caseID: body.caseID)
    let sequence = try transaction.nextSequence()
    record.apply(change, at: Place(epoch: life.epoch, sequence: sequence))
    guard record.fits(.standard) else { throw Quarantine.Problem.refused(.tooLarge) }
    let bar = try policy?.bar(
      on: change, in: record, before: stored,
      referred: { [transaction] in
        try transaction.record($0).map { try Record(reading: $0.bytes) }
      },
      policy: catalogue.policy)
    if let bar { throw Quarantine.Problem.refused(.checkFailed(check: bar.name)) }
    let former = RecordWriter.Former(stored, in: row)
    try RecordWriter(transaction, catalogue).save(record, at: sequence, replacing: former)
    try transaction.append(
      LoggedChange(
        dot: change.dot, hash: change.hash, bytes: change.bytes, verdict: .applied,
        sequence: sequence, record: body.record, caseID: body.caseID, receivedAt: now,
        origin: origin))
    head = ChainHead(counter: change.dot.counter, hash: change.hash)
    return change
  }

  /// Holds the grants of cases to the limits of access that were written, all of them at once: of a
  /// list that is written one by one, its first would keep out those who come after.
  package mutating func settle() throws {
    for caseID in unsettled.sorted() {
      try Registry(transaction).settle(caseID, by: catalogue, at: now)
    }
    unsettled = []
  }

  /// Writes what follows from the records of a case, where something else stands, and raises the
  /// alerts that they call for. An alert goes to those of its addressees who may see the case.
  ///
  /// What the catalogue in force does not admit is left out: nothing that arrived may be turned
  /// away for what the office would add to it. `kindsNotRaised` tells beforehand.
  /// - Parameter arrivals: what came just now and the records do not tell of.
  package mutating func derive(_ caseID: CaseID, arrivals: [Arrival] = []) throws {
    let records = try transaction.records(of: caseID, types: Derivation.triggers)
    let view = CaseRecords(try records.map { try Record(reading: $0.bytes) }, catalogue)
    for fact in Derivation.facts(of: view) {
      try setIfAdmitted(fact.fields, of: fact.record, type: fact.type, caseID)
    }
    let today = CalendarDate(at: now)
    let holders =
      try arrivals.isEmpty
      ? [] : transaction.grants(on: caseID).filter { $0.endedAt == nil }.map(\.user).sorted()
    let notices = view.notices(today: today) + view.notices(of: arrivals, holders: holders)
    for notice in notices where try transaction.record(notice.id) == nil {
      let fields = try notice.fields { user in
        try Registry.mayHold(user, caseID, transaction, by: catalogue, today: today)
      }
      try setIfAdmitted(fields, of: notice.id, type: "alert", caseID)
    }
  }

  /// The kinds of alerts that a catalogue does not take.
  package static func kindsNotRaised(under catalogue: Catalogue) -> [String] {
    Notice.unknown(to: catalogue)
  }

  private mutating func setIfAdmitted(
    _ fields: [String: Value], of id: RecordID, type: String, _ caseID: CaseID
  ) throws {
    do {
      try set(fields, of: id, type: type, caseID: caseID, author: Self.formulas)
    } catch is Refused {}
  }

  /// The author of what is computed.
  private static let formulas = "office"

  /// Gives a user a case from now on. A grant that runs already is left as it is.
  package func grant(_ user: String, _ caseID: CaseID, reason: String) throws -> Bool {
    try Registry(transaction).grant(
      user, caseID, reason: reason, by: catalogue, at: now)
  }
}
