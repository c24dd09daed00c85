import CaseFacts
import RecordCatalogue
import ServerStorage
import SyncCore

/// Holds entries of a file against what stands in the store.
struct ImportStep {
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
  private let names: ColumnNames
  private let today: CalendarDate
  private let reason: String
  private var known: Set<CaseID> = []
  /// The cases that users hold, with what the file gave them so far.
  private(set) var granted: [String: Set<CaseID>]

  /// - Parameters:
  ///   - reason: why what is protective is eased; empty where it is not to be.
  ///   - granted: what earlier steps of the same file came to.
  init(
    _ store: any ServerReading, _ file: ImportFile, reason: String = "",
    granted: [String: Set<CaseID>]
  ) {
    self.store = store
    self.reason = reason
    self.granted = granted
    catalogue = file.catalogue
    names = file.names
    today = file.today
  }

  mutating func finding(of entry: ImportEntry) throws -> Finding {
    if entry.needsCase, try !isKnown(entry) {
      return .refused(
        Fault("the office holds no case of this number", "import cases first, or put it right"),
        column: names.shown(names.kind.caseColumn))
    }
    switch entry.content {
    case .record(let id, let type, let parts):
      let record = try store.record(id).map { try Record(reading: $0.bytes) }
      let home = catalogue.home(of: type, in: entry.caseID)
      if let record, record.type != type || record.caseID != home {
        return .refused(fault(.identityChanged, type), column: keyColumn)
      }
      if record?.isDeleted ?? false { return .deleted }
      var fields = differing(parts, from: record, type)
      if fields["tier"] != nil, try computesTier(entry, type) { fields["tier"] = nil }
      guard !fields.isEmpty else { return .unchanged }
      if record == nil, try isAfterDeath(fields, entry, type) {
        return .refused(
          Fault(
            "the person had died by then: nothing is booked, enforced or sent",
            "leave the row out, or put the death right first"), column: keyColumn)
      }
      if let refusal = try refusal(of: fields, id, entry, type, home, record) {
        let column = parts.first { $0.field == refusal.field }?.column
        return .refused(fault(refusal, type), column: column ?? keyColumn)
      }
      return record == nil ? .new(fields) : .changed(fields)
    case .grant(let user, _):
      let cases = try granted[user] ?? runningGrants(of: user)
      granted[user] = cases
      if cases.contains(entry.caseID) { return .unchanged }
      guard cases.count < Limits.standard.scopeCases else {
        return .refused(
          Fault(
            "the user holds \(Limits.standard.scopeCases) cases, and a laptop takes no more",
            "give the case to somebody else, or end grants that are over"), column: keyColumn)
      }
      guard try Registry.mayHold(user, entry.caseID, store, by: catalogue, today: today) else {
        return .refused(
          Fault(
            "a limit of access keeps this user out of the case",
            "leave the row out, or end the limit first"), column: keyColumn)
      }
      return .new([:])
    }
  }

  /// A case went in whole: what it gives counts from now on.
  mutating func accept(_ entries: [ImportEntry]) {
    for entry in entries {
      if case .grant(let user, _) = entry.content {
        granted[user, default: []].insert(entry.caseID)
      }
    }
  }

  /// The column that names what a row is about.
  private var keyColumn: String { names.shown(names.kind.keyColumn) }

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

  /// Whether a row is of a day after a person's death, and of a type that ends with it. Without a
  /// day of death, every day to come is after it. What was before stays what it was.
  private func isAfterDeath(
    _ fields: [String: Value], _ entry: ImportEntry, _ type: String
  ) throws -> Bool {
    guard CaseRecords.endedByDeath.contains(type),
      let stored = try store.record(.named("case-header", entry.crn))
    else { return false }
    let view = CaseRecords([try Record(reading: stored.bytes)], catalogue)
    guard view.isDeceased else { return false }
    let death = view.all("case-header").first.flatMap { view.day("date-of-death", of: $0) }
    let days = ["when", "on"].compactMap { field in
      fields[field]?[member: "date"]?.text.flatMap { CalendarDate($0) }
    }
    return days.contains { $0 > (death ?? today) }
  }

  /// Whether the header shows the tier of the newest calculation, whatever a file of cases says.
  private func computesTier(_ entry: ImportEntry, _ type: String) throws -> Bool {
    guard type == "case-header" else { return false }
    return try store.records(of: entry.caseID, types: ["tier"]).contains {
      try !Record(reading: $0.bytes).isDeleted
    }
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
      guard reason.isEmpty, case .ratchet(let order) = policy?.rule(of: field) else { return true }
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
        author: entry.author ?? "office", role: .office, recordedAt: Timestamp(milliseconds: 0),
        reason: reason))
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
    case .tooLarge, .unreadable:
      return Fault("the row holds more than a record can (\(refusal.code))", "split it")
    case .invalid, .missing:
      return Fault("the catalogue does not allow it", "check the column against the catalogue")
    case .roleMayNotWrite, .roleMayNotDecide, .roleMayNotDelete, .officeOnly, .easing, .stageBack,
      .recordUnknown, .outOfScope, .restricted, .laptopLost, .notTheAuthor, .groupRefused:
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
