import RecordCatalogue
import ServerStorage
import SyncCore

/// What an import did, or would do. No case content.
package struct ImportCounts: Hashable, Sendable {
  package var new = 0
  package var changed = 0
  package var unchanged = 0
  /// Records that were deleted here and stay deleted.
  package var leftDeleted = 0

  package init() {}
}

extension ImportFile {
  /// What `apply` would do. Nothing is changed.
  /// - Throws: `ImportProblems` for what cannot be entered, and what the store throws.
  package func plan(in store: some ServerStore) async throws -> ImportCounts {
    try await store.read { reading in
      var step = ImportStep(reading, catalogue, kind, today: today)
      return try run(&step) { _, _ in }
    }
  }

  /// Enters every row, in one transaction: all or, when it throws, nothing.
  /// - Parameters:
  ///   - author: user name of who imports. A contact keeps the author whom the file names.
  ///   - now: the office's clock.
  /// - Throws: `ImportProblems` for what cannot be entered, and what the store throws.
  package func apply(
    to store: some ServerStore, author: String, now: Timestamp
  ) async throws -> ImportCounts {
    try await store.transaction { transaction in
      var step = ImportStep(transaction, catalogue, kind, today: today)
      var writer = try OfficeWriter(transaction, catalogue: catalogue, now: now)
      var cases: Set<CaseID> = []
      let counts = try run(&step) { entry, fields in
        if kind.isDerivedFrom { cases.insert(entry.caseID) }
        switch entry.content {
        case .record(let id, let type, _):
          try writer.set(
            fields, of: id, type: type, caseID: entry.caseID, author: entry.author ?? author)
        case .grant(let user, let reason):
          _ = try writer.grant(user, entry.caseID, reason: reason)
        }
      }
      for caseID in cases.sorted() { try writer.derive(caseID) }
      return counts
    }
  }

  /// - Parameter write: enters what differs; not called any more once a problem was found.
  private func run(
    _ step: inout ImportStep, _ write: (ImportEntry, [String: Value]) throws -> Void
  ) throws -> ImportCounts {
    var counts = ImportCounts()
    var problems = ProblemList(limit: limits.problems)
    try forEachEntry(&problems) { (entry, problems) throws(any Error) in
      switch try step.finding(of: entry) {
      case .new(let fields):
        counts.new += 1
        if problems.isEmpty { try write(entry, fields) }
      case .changed(let fields):
        counts.changed += 1
        if problems.isEmpty { try write(entry, fields) }
      case .unchanged: counts.unchanged += 1
      case .deleted: counts.leftDeleted += 1
      case .refused(let fault, let column):
        problems.add(fault, line: entry.line, column: column)
      }
    }
    guard problems.isEmpty else { throw problems.all }
    return counts
  }
}

/// Holds entries of a file against what stands in the store.
private struct ImportStep {
  enum Finding {
    case new([String: Value])
    /// Only the fields that differ.
    case changed([String: Value])
    case unchanged
    case deleted
    case refused(Fault, column: String?)
  }

  private let store: any ServerReading
  private let catalogue: Catalogue
  private let keyColumn: String
  private let today: CalendarDate
  private var known: Set<CaseID> = []
  private var granted: [String: Set<CaseID>] = [:]

  init(
    _ store: any ServerReading, _ catalogue: Catalogue, _ kind: ImportKind, today: CalendarDate
  ) {
    self.today = today
    self.store = store
    self.catalogue = catalogue
    keyColumn = kind.keyColumn
  }

  mutating func finding(of entry: ImportEntry) throws -> Finding {
    if entry.needsCase, try !isKnown(entry) {
      return .refused(
        Fault("the office holds no case of this number", "import cases first, or put it right"),
        column: "crn")
    }
    switch entry.content {
    case .record(let id, let type, let parts):
      let record = try store.record(id).map { try Record(reading: $0.bytes) }
      let home = catalogue[type]?.home(in: entry.caseID) ?? entry.caseID
      if let record, record.type != type || record.caseID != home {
        return .refused(fault(.identityChanged, type), column: keyColumn)
      }
      if record?.isDeleted ?? false { return .deleted }
      let fields = differing(parts, from: record, type)
      guard !fields.isEmpty else { return .unchanged }
      if let refusal = try refusal(of: fields, id, entry, type, home, record) {
        let column = parts.first { $0.field == refusal.field }?.column
        return .refused(fault(refusal, type), column: column ?? keyColumn)
      }
      return record == nil ? .new(fields) : .changed(fields)
    case .grant(let user, _):
      let cases = try granted[user] ?? runningGrants(of: user)
      granted[user] = cases.union([entry.caseID])
      return cases.contains(entry.caseID) ? .unchanged : .new([:])
    }
  }

  private func runningGrants(of user: String) throws -> Set<CaseID> {
    Set(try store.grants(of: user).filter { $0.endedAt == nil }.map(\.caseID))
  }

  /// Whether the office holds the case: its header stands.
  private mutating func isKnown(_ entry: ImportEntry) throws -> Bool {
    if known.contains(entry.caseID) { return true }
    guard let stored = try store.record(.named("case-header", entry.crn)),
      try !Record(reading: stored.bytes).isDeleted
    else { return false }
    known.insert(entry.caseID)
    return true
  }

  /// The fields that would change. Parts that the row leaves out keep what stands in them.
  private func differing(
    _ parts: [ImportEntry.Part], from record: Record?, _ type: String
  ) -> [String: Value] {
    let policy = catalogue.policy(of: type)
    var wanted: [String: Value] = [:]
    for part in parts {
      let rule = policy?.rule(of: part.field) ?? .fieldMerge(.first)
      guard let member = part.member else {
        wanted[part.field] = part.value
        continue
      }
      let standing = wanted[part.field] ?? record?.read(part.field, by: rule)?.value
      wanted[part.field] = (standing ?? .composite([])).replacing(member, with: part.value)
    }
    return wanted.filter { field, value in
      guard let standing = record?.standing(field), !standing.isEmpty else { return true }
      if standing.allSatisfy({ $0.value == value }) { return false }
      // What was made more protective here stays so, however often the file is imported.
      guard case .ratchet(let order) = policy?.rule(of: field) else { return true }
      let ranks = standing.compactMap { $0.value.text.flatMap(order.firstIndex) }
      let rank = value.text.flatMap(order.firstIndex) ?? order.count
      return rank > (ranks.max() ?? -1)
    }
  }

  /// What the catalogue would say to the change.
  private func refusal(
    of fields: [String: Value], _ id: RecordID, _ entry: ImportEntry, _ type: String,
    _ home: CaseID, _ record: Record?
  ) throws -> Refusal? {
    let members = fields.map { Value.Member($0.key, $0.value) }.sorted { $0.name < $1.name }
    let change = Change(
      Change.Body(
        dot: Dot(ReplicaID(value: 0), 1), previous: .zero, record: id, type: type,
        caseID: home, context: record?.version ?? VersionVector(), action: .set(members),
        author: entry.author ?? "", role: .office, recordedAt: Timestamp(milliseconds: 0)))
    return try OfficeJudge(store, catalogue).refusal(of: change, to: record, today: today)
  }

  private func fault(_ refusal: Refusal, _ type: String) -> Fault {
    switch refusal {
    case .checkFailed(let name):
      let check = catalogue.policy(of: type)?.checks.first { $0.name == name }
      return Fault(check?.says ?? "a check fails (\(name))", "put the row right")
    case .writtenOnce:
      return Fault(
        "the entry of this reference stands already and says something else",
        "entries never change: give what is new a reference of its own")
    case .identityChanged:
      return Fault("this reference belongs to an entry of another case", "put the number right")
    case .invalid, .missing:
      return Fault("the catalogue does not allow it", "check the column against the catalogue")
    case .roleMayNotWrite, .roleMayNotDecide, .roleMayNotDelete, .officeOnly, .easing, .stageBack,
      .recordUnknown, .outOfScope, .notTheAuthor, .tooLarge, .groupRefused, .unreadable:
      return Fault("the office may not enter it (\(refusal.code))", "leave the column empty")
    }
  }
}

extension ImportEntry {
  /// Only a file of cases makes cases.
  fileprivate var needsCase: Bool {
    switch content {
    case .record(_, let type, _): type != "case-header"
    case .grant: true
    }
  }
}

extension Value {
  /// A composite with one part set to something else; of any other value, a composite of that part
  /// alone.
  fileprivate func replacing(_ member: String, with value: Value) -> Value {
    var members: [Member] = []
    if case .composite(let standing) = self { members = standing.filter { $0.name != member } }
    members.append(Member(member, value))
    return .composite(members.sorted { $0.name < $1.name })
  }
}
