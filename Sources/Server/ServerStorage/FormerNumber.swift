import CaseFacts
import RecordCatalogue
import SyncCore

/// A case reference number that turned out to be a double of another, or an earlier one: what is
/// still written under it is not lost on whoever answers for the case that is used now.
///
/// No record changes its case, and nothing that stands is touched: an entry that stands by itself
/// is entered a second time in the other case, by its author's name, once, and its protections rise
/// there as they do here. Of everything else the officer is told, and a person brings it over; also
/// of all that is written under a number to which access is limited.
enum FormerNumber {
  /// The type that says which number stands for which.
  static let type = "person-alias"
  static let kinds: Set<String> = ["DOFF", "PCRN"]
  /// The field of a case's header that leads to the number it goes under now.
  static let field = "merged-into"
  /// Entries that stand by themselves and never change.
  static let carried: Set<String> = ["contact-entry", "risk-concern", "safety-check-in"]
  /// What calls for nobody.
  static let quiet: Set<String> = ["access-log", "alert-clearing"]

  /// The record that holds the same in another case.
  static func copy(of id: RecordID, in caseID: CaseID) -> RecordID {
    .named("moved", "\(id) \(caseID)")
  }
}

extension OfficeWriter {
  /// Notes in the case of a former number, where there is one, which number it goes under now.
  mutating func join(_ alias: Record) throws {
    guard let (former, now) = numbers(of: alias), former != now else { return }
    let header = RecordID.named("case-header", former.description)
    guard let stored = try transaction.record(header) else { return }
    let standing = try Record(reading: stored.bytes).read(FormerNumber.field, by: .serverOwned)
    guard standing?.value.text != now.description else { return }
    do {
      try set(
        [FormerNumber.field: .text(now.description)], of: header, type: "case-header",
        caseID: .named("case", former.description), author: "office")
    } catch is Refused {
      // A catalogue without the field knows no joined cases.
    }
  }

  private func numbers(of alias: Record) -> (former: CRN, now: CRN)? {
    let view = CaseRecords([alias], catalogue)
    guard let kind = view.text("kind", of: alias), FormerNumber.kinds.contains(kind),
      let former = view.text("number", of: alias).flatMap({ CRN($0) }),
      let now = view.text("stands-for", of: alias).flatMap({ CRN($0) })
    else { return nil }
    return (former, now)
  }

  /// Brings what laptops just wrote under a former number to the case that is used now, as far as
  /// it stands by itself, and tells who answers for that.
  /// - Parameter changes: taken in this transaction, of any cases.
  mutating func carryOver(_ changes: [Change]) throws {
    let byCase = Dictionary(grouping: changes) { $0.body.caseID }
    for (caseID, changes) in byCase.sorted(by: { $0.key < $1.key }) {
      guard let (former, target) = try caseNow(of: caseID) else { continue }
      var arrivals: [Arrival] = []
      let limits = try AccessLimits(
        on: caseID, transaction, catalogue, today: CalendarDate(at: now))
      for change in changes where !FormerNumber.quiet.contains(change.body.type) {
        // Who holds the case now may be somebody who may not see the former one.
        let isHere = try !limits.areInForce && carry(change, to: target)
        arrivals.append(Arrival(.formerNumber(former, isHere: isHere), change))
      }
      if !arrivals.isEmpty { try derive(target, arrivals: arrivals) }
    }
  }

  /// The case in which somebody goes on whose number this was; `nil` for a number in use. A chain
  /// of numbers leads to its end, and a circle nowhere.
  private func caseNow(of caseID: CaseID) throws -> (former: String, caseID: CaseID)? {
    var number: String?
    var now = caseID
    var passed: Set<CaseID> = []
    while let (former, next) = try joined(now) {
      guard passed.insert(now).inserted else { return nil }
      number = number ?? former
      now = next
    }
    return number.map { ($0, now) }
  }

  /// One step of it. The header only leads there: the alias that says so must still stand.
  private func joined(_ caseID: CaseID) throws -> (former: String, caseID: CaseID)? {
    guard let header = try transaction.header(of: caseID), !header.isDeleted,
      let former = header.read("crn", by: .serverOwned)?.value.text,
      let now = header.read(FormerNumber.field, by: .serverOwned)?.value.text
    else { return nil }
    let target = CaseID.named("case", now)
    let aliases = try transaction.records(of: target, types: [FormerNumber.type])
      .map { try Record(reading: $0.bytes) }
    let stands = aliases.contains { alias in
      guard !alias.isDeleted, let numbers = numbers(of: alias) else { return false }
      return numbers.former.description == former && numbers.now.description == now
    }
    return stands ? (former, target) : nil
  }

  /// - Returns: whether it stands in the case now.
  private mutating func carry(_ change: Change, to target: CaseID) throws -> Bool {
    guard FormerNumber.carried.contains(change.body.type),
      case .set(let members) = change.body.action
    else { return false }
    var body = change.body
    body.record = FormerNumber.copy(of: body.record, in: target)
    body.caseID = target
    let stored = try transaction.record(body.record).map { try Record(reading: $0.bytes) }
    if change.body.context.isEmpty {
      guard stored == nil else { return true }
    } else {
      guard let stored, protects(members, in: body.type) else { return false }
      // Without a reason nothing can be eased, so this only ever raises.
      (body.context, body.reason) = (stored.version, "")
    }
    do {
      _ = try issue(body, origin: nil)
      return true
    } catch is Quarantine.Problem { return false }
  }

  /// Whether every field is one that only rises.
  private func protects(_ members: [Value.Member], in type: String) -> Bool {
    members.allSatisfy { member in
      if case .ratchet = catalogue.policy(of: type)?.rule(of: member.name) { true } else { false }
    }
  }
}
