import CaseFacts
import RecordCatalogue
import SyncCore

/// A case reference number that turned out to be a double of another, or an earlier one: what is
/// still written under it reaches the case that the person has now.
///
/// No record changes its case. The office enters what was written a second time, in the other case,
/// with the author and the time that it had, and keeps the two alike from then on.
enum FormerNumber {
  /// The type that says which number stands for which.
  static let type = "person-alias"
  static let kinds: Set<String> = ["DOFF", "PCRN"]
  /// The field of a case's header that names the number it goes under now.
  static let field = "merged-into"
  /// What is the office's own, or belongs to who read it, stays where it was written.
  static let staying: Set<String> = [
    "access-log", "alert", "alert-clearing", "case-header", type,
  ]

  /// The record that holds the same in the case that is used now.
  static func copy(of id: RecordID, in caseID: CaseID) -> RecordID {
    .named("moved", "\(id) \(caseID)")
  }
}

extension OfficeWriter {
  /// Notes in the case of a former number, where there is one, which number it goes under now.
  mutating func join(_ alias: Record) throws {
    let view = CaseRecords([alias], catalogue)
    guard let kind = view.text("kind", of: alias), FormerNumber.kinds.contains(kind),
      let former = view.text("number", of: alias).flatMap({ CRN($0) }),
      let now = view.text("stands-for", of: alias).flatMap({ CRN($0) }), former != now
    else { return }
    let header = RecordID.named("case-header", former.description)
    let caseID = CaseID.named("case", former.description)
    guard let stored = try transaction.record(header) else { return }
    let standing = try Record(reading: stored.bytes).read(FormerNumber.field, by: .serverOwned)
    guard standing?.value.text != now.description else { return }
    do {
      try set(
        [FormerNumber.field: .text(now.description)], of: header, type: "case-header",
        caseID: caseID, author: "office")
    } catch is Refused {
      // A catalogue without the field knows no joined cases.
    }
  }

  /// Enters what came under a former number since it was joined in the case of the number that is
  /// used now, and tells who holds that.
  mutating func carryOver(from caseID: CaseID) throws {
    var from = caseID
    var passed: Set<CaseID> = [caseID]
    while let joined = try joined(from), passed.insert(joined.caseID).inserted {
      try carryOver(from: from, to: joined)
      from = joined.caseID
    }
  }

  private struct Joined {
    let former: String
    let caseID: CaseID
    /// In the order of the office's changes.
    let since: UInt64
  }

  private func joined(_ caseID: CaseID) throws -> Joined? {
    let headers = try transaction.records(of: caseID, types: ["case-header"])
      .map { try Record(reading: $0.bytes) }
    guard let header = headers.first, !header.isDeleted,
      let reading = header.read(FormerNumber.field, by: .serverOwned),
      let now = reading.value.text.flatMap({ CRN($0) }),
      let since = reading.standing.map(\.place).compactMap(\.self).map(\.sequence).min()
    else { return nil }
    let target = CaseID.named("case", now.description)
    guard try transaction.caseHead(target) != nil else { return nil }
    let former = header.read("crn", by: .serverOwned)?.value.text ?? ""
    return Joined(former: former, caseID: target, since: since)
  }

  private mutating func carryOver(from caseID: CaseID, to joined: Joined) throws {
    let later = try transaction.records(of: caseID, after: joined.since, limit: .max)
      .map { try Record(reading: $0.bytes) }
      .filter { !FormerNumber.staying.contains($0.type) && !$0.isDeleted }
    guard !later.isEmpty else { return }
    let copies = Copies(of: later, to: joined.caseID, transaction, catalogue)
    var arrivals: [Arrival] = []
    for record in later {
      guard let first = record.edits.first else { continue }
      if try write(record, copies, from: joined.former) {
        arrivals.append(
          Arrival(
            .formerNumber(joined.former), record: record.id, type: record.type, hash: first.hash,
            author: first.by.author))
      }
    }
    if !arrivals.isEmpty { try derive(joined.caseID, arrivals: arrivals) }
  }

  /// - Returns: whether the case had no copy of it before.
  private mutating func write(
    _ record: Record, _ copies: Copies, from former: String
  ) throws -> Bool {
    var fields = try copies.fields(of: record)
    let id = try copies.id(of: record)
    let stored = try transaction.record(id).map { try Record(reading: $0.bytes) }
    if let stored {
      let there = CaseRecords([stored], catalogue)
      fields = fields.filter { there.read($0.key, of: stored)?.value != $0.value }
    }
    guard !fields.isEmpty, let newest = record.edits.max(by: { $0.dot < $1.dot }) else {
      return false
    }
    do {
      try set(
        fields, of: id, type: record.type, caseID: copies.target, author: newest.by.author,
        recordedAt: newest.by.recordedAt, reason: "Written under \(former).")
    } catch is Refused {
      // It stays where it was written, with the alert that it called for there.
      return false
    }
    return stored == nil
  }
}

/// What records of a former number are called, and say, in the case that is used now. Where one
/// refers to another that is copied too, its copy refers to the copy.
private struct Copies {
  let target: CaseID
  private let records: [RecordID: Record]
  private let store: any ServerReading
  private let catalogue: Catalogue

  init(
    of records: [Record], to target: CaseID, _ store: any ServerReading, _ catalogue: Catalogue
  ) {
    self.target = target
    self.records = Dictionary(records.map { ($0.id, $0) }) { first, _ in first }
    self.store = store
    self.catalogue = catalogue
  }

  /// A record that is named by its fields is named by those of its copy.
  /// - Parameter depth: how many references led here; a circle of them ends.
  func id(of record: Record, depth: Int = 0) throws -> RecordID {
    let natural = try catalogue[record.type]?.naturalID(
      of: fields(of: record, depth: depth), in: target)
    return natural ?? FormerNumber.copy(of: record.id, in: target)
  }

  /// The fields as they read. What is in dispute, or computed, is left out.
  func fields(of record: Record, depth: Int = 0) throws -> [String: Value] {
    let view = CaseRecords([record], catalogue)
    var fields: [String: Value] = [:]
    for field in record.fields where field != Record.deletionField {
      let policy = catalogue.policy(of: record.type)?.policy(of: field)
      guard let policy, policy.rule != .derived, let reading = view.read(field, of: record),
        reading.status != .contested, reading.value != .none
      else { continue }
      fields[field] = try moved(reading.value, policy.kind, depth)
    }
    return fields
  }

  private func moved(_ value: Value, _ kind: FieldKind, _ depth: Int) throws -> Value {
    guard kind == .reference, depth < Self.deepest,
      let target = value.text.flatMap({ RecordID($0) })
    else { return value }
    if let record = records[target] {
      return .text(try id(of: record, depth: depth + 1).description)
    }
    let copy = FormerNumber.copy(of: target, in: self.target)
    return try store.record(copy) == nil ? value : .text(copy.description)
  }

  /// An act answers an outcome, which is of an appointment: no catalogue of ours goes deeper.
  private static let deepest = 8
}
