import Foundation
import SyncCore
import Testing

@testable import RecordCatalogue

private let root = URL(fileURLWithPath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
private let folder = root.appendingPathComponent("Protocol/Catalogue").path

@Suite struct `The standard catalogue` {
  @Test func `holds every record type of the service, by name`() {
    let expected = [
      "access-limit", "access-log", "address", "alert", "alert-clearing", "allocation",
      "appointment", "assessment-score", "attachment", "breach", "case-header", "circumstance",
      "contact-details", "contact-entry", "court-report", "disability", "disclosure",
      "document-metadata", "enforcement-act", "event", "flag-removal", "flag-review",
      "licence-condition", "mappa-summary", "officer-instruction", "outcome-claim", "oversight",
      "person-alias", "personal-contact", "plan-goal", "plan-note", "plan-step", "plan-version",
      "predictors", "premises-arrival", "premises-booking", "premises-observation",
      "programme-referral", "programme-session", "provision", "recall", "recall-part-a",
      "release-address-check", "report-contribution", "requirement", "resettlement-pathway",
      "risk-concern", "risk-flag", "risk-to-self", "rosh-summary", "safety-check-in",
      "service-appointment", "service-referral", "tier", "upw-adjustment", "upw-attendance",
      "upw-project", "upw-requirement", "upw-session", "visit-plan", "visit-record",
      "visit-risk-assessment",
    ]
    #expect(Catalogue.standard.types.map(\.name) == expected)
  }

  @Test func `is what the files of the protocol say`() throws {
    let read = try Catalogue(directory: folder)
    #expect(read == .standard, "run Scripts/embed-catalogue")
  }

  @Test func `finds a type by its name and knows nothing of others`() {
    #expect(Catalogue.standard["contact-entry"]?.label == "Contact entry")
    #expect(Catalogue.standard["victim"] == nil)
    #expect(Catalogue.standard.policy(of: "victim") == nil)
  }

  @Test func `finds a field, and the set that an element belongs to`() {
    let plan = Catalogue.standard["visit-plan"]
    #expect(plan?.field("purpose")?.label == "Purpose")
    #expect(plan?.field("accompanying/pat.jones")?.name == "accompanying")
    #expect(plan?.field("accompanying") == nil)
    #expect(plan?.field("purpose/x") == nil)
  }

  @Test(arguments: Catalogue.standard.types)
  func `gives the same policy by field and by type`(type: RecordType) {
    let policies = Dictionary(
      type.fields.map { ($0.name, $0.policy) }, uniquingKeysWith: { first, _ in first })
    #expect(policies == type.policy.fields)
    #expect(type.policy.name == type.name)
  }

  @Test(arguments: Catalogue.standard.types)
  func `says why each type has its rules`(type: RecordType) {
    #expect(type.why.hasSuffix("."))
    #expect(type.fields.allSatisfy { $0.why.hasSuffix(".") })
  }
}

/// What the rules are for. Each is a promise about somebody's safety, so each is named here and not
/// only in the files.
@Suite struct `What the standard catalogue protects` {
  let catalogue = Catalogue.standard

  @Test func `nobody but the office writes who a person is`() throws {
    let header = try #require(catalogue["case-header"])
    #expect(header.fields.allSatisfy { $0.policy.writers == [.office] })
    #expect(header.fields.allSatisfy { $0.policy.deciders.isSubset(of: [.office]) })
    #expect(header.fields.filter(\.policy.isRequired).map(\.name) == ["crn", "name"])
  }

  @Test func `a sensitive mark is lifted by data protection alone`() throws {
    let mark = try #require(catalogue["contact-entry"]?.field("sensitive")?.policy)
    #expect(mark.rule == .ratchet(order: ["no", "yes"]))
    #expect(mark.deciders == [.dataProtection])
  }

  @Test func `an address seen at the door outranks one from a letter`() {
    let rule = catalogue["address"]?.field("address")?.policy.rule
    let order = ["unverified", "document", "door"]
    #expect(rule == .fieldMerge(.ranked(member: "verified", order: order)))
  }

  @Test func `unequal outcomes read as disputed until an officer or a senior decides`() throws {
    let outcome = try #require(catalogue["outcome-claim"])
    let claim = try #require(outcome.field("claim")?.policy)
    #expect(claim.rule == .claims(holding: "disputed", on: "code", first: "present"))
    #expect(claim.deciders == [.officer, .senior])
    #expect(outcome.naturalKey == ["appointment"])
  }

  @Test(arguments: ["level", "status"])
  func `a risk flag goes down only by a senior or the office`(field: String) throws {
    let policy = try #require(catalogue["risk-flag"]?.field(field)?.policy)
    let isRatchet = if case .ratchet = policy.rule { true } else { false }
    #expect(isRatchet)
    #expect(policy.deciders == [.senior, .office])
  }

  @Test func `a risk of serious harm comes from the office alone`() {
    let fields = catalogue["rosh-summary"]?.fields ?? []
    #expect(!fields.isEmpty && fields.allSatisfy { $0.policy.writers == [.office] })
  }

  @Test(arguments: ["safety-check-in", "risk-concern"])
  func `word of harm is taken from anybody who ever held the case`(type: String) throws {
    let type = try #require(catalogue[type])
    #expect(type.policy.isAlwaysAccepted)
    #expect(type.priority <= 1)
    #expect(type.policy.deleters.isEmpty)
  }

  @Test(arguments: [
    "contact-entry", "visit-record", "risk-concern", "document-metadata", "oversight", "disclosure",
    "premises-observation", "assessment-score", "attachment", "plan-note", "report-contribution",
  ])
  func `what was written down is never changed`(type: String) throws {
    let fields = try #require(catalogue[type]).fields.filter { $0.name != "sensitive" }
    #expect(fields.allSatisfy { $0.policy.rule == .union })
  }

  /// Names, wishes and addresses of victims, minutes of MAPPA meetings, what police and ViSOR know:
  /// the surest way that none of it is found on a laptop is that no record can hold it.
  @Test(arguments: Catalogue.standard.types)
  func `what must never be on a device has no place in any record`(type: RecordType) {
    let names = type.fields.flatMap { [$0.name] + $0.members.map(\.name) } + [type.name]
    let words = Set(names.flatMap { $0.split(separator: "-").map(String.init) })
    #expect(words.isDisjoint(with: ["victim", "victims", "visor", "intelligence", "salary"]))
    #expect(!names.contains { $0.contains("mappa-minutes") })
  }

  @Test func `who may not see a case, and a submitted recall, stay at the office`() {
    let kept = catalogue.types.filter { $0.window == .never }
    #expect(kept.map(\.name) == ["access-limit", "recall-part-a"])
    #expect(kept.allSatisfy { $0.fields.allSatisfy { $0.policy.writers == [.office] } })
  }

  @Test func `an officer writes a note offline, and a note without words is refused`() throws {
    let policy = catalogue.policy(of: "contact-entry")
    let note = change(counter: 1, fields: ["kind": "CHVS", "text": "Seen at home."])
    #expect(Record.refusal(of: note, to: nil, policy: policy, origin: .device) == nil)
    let bare = change(counter: 1, fields: ["kind": "CHVS"])
    let refusal = Record.refusal(of: bare, to: nil, policy: policy, origin: .device)
    #expect(refusal == .missing(field: "text"))
  }

  private func change(counter: UInt64, fields: [String: String]) -> Change {
    let members = fields.map { Value.Member($0.key, .text($0.value)) }.sorted { $0.name < $1.name }
    return Change(
      Change.Body(
        dot: Dot(ReplicaID(value: 1), counter), previous: .zero, record: RecordID(value: 2),
        type: "contact-entry", caseID: CaseID(value: 3), context: VersionVector(),
        action: .set(members), author: "pat.jones", role: .officer,
        recordedAt: Timestamp(milliseconds: 0)))
  }
}

extension RecordType: CustomTestStringConvertible {
  public var testDescription: String { name }
}
