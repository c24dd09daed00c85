import RecordCatalogue
import SyncClient
import SyncCore
import SyncReplica
import TestSupport
import Testing

/// Whatever somebody types, and whatever a laptop with other rules sends: both ends say the same.
@Suite(.serialized) struct `A bad value` {
  /// Knows no type, so it checks nothing: what an outdated or a forged laptop sends.
  private static func careless() throws -> Catalogue {
    try Catalogue(files: [
      (
        name: "catalogue.yaml",
        text: "# Of a laptop that knows nothing that anybody writes.\nversion: 1\n"
      ),
      (
        name: "nothing.yaml",
        text: """
        label: Nothing
        plural: Nothing
        why: Every catalogue has a type.
        priority: 5
        window: never
        writers: [office]
        deleters: []
        fields:
          nothing:
            label: Nothing
            kind: flag
            rule: server-owned

        """
      ),
    ])
  }

  private static let roles: [Role] = [.officer, .senior, .administrator, .dataProtection]

  /// Who may write most fields of a type.
  private static func writer(of type: RecordType) -> Role {
    roles.max { left, right in
      let counts = [left, right].map { role in
        type.fields.count { $0.policy.writers.contains(role) }
      }
      return counts[0] < counts[1]
    } ?? .officer
  }

  /// Values that no form offers. Some are right: what matters is that both ends agree.
  private static func hostile(_ kind: FieldKind) -> [Value] {
    let texts = [
      "", "\0", "a\0b", "\u{202E}gnirts", "e\u{301}", "\u{E9}", "1e3", " 2026-02-28",
      "2026-02-28 ", "0000-00-00", "2026-2-28", "24:00", "٢٠٢٦-٠٢-٢٨",
      "a" + String(repeating: "\u{301}", count: 100_000),
      "0190163D-8694-739B-AEA5-966C26F8AD91", "{0190163d-8694-739b-aea5-966c26f8ad91}",
    ]
    return kind.strangers + kind.brink + texts.map(Value.text) + [
      .integer(.min), .integer(.max), .integer(-1), .composite([]),
      .composite([Value.Member("date", .text("2026-02-30"))]),
    ]
  }

  /// Whether no change can carry it.
  private static func cannotTravel(_ value: Value) -> Bool {
    switch value {
    case .unknown: true
    case .text(let text): text.utf8.count > 16_000
    case .composite(let members): members.contains { cannotTravel($0.value) }
    default: false
    }
  }

  @Test(arguments: Catalogue.standard.types)
  func `is refused on the laptop and at the office alike, and its text is kept`(
    type: RecordType
  ) async throws {
    let office = OfficeInProcess()
    let caseID = try await office.open("X000001")
    let role = Self.writer(of: type)
    let careful = try await office.laptop("khan", holding: [caseID], role: role)
    let device = try await office.enrol("jones", role: role)
    try await office.grant("jones", [caseID])
    let careless = try Laptop(
      device, over: OfficeLine(office, device: device.id), catalogue: Self.careless())
    for laptop in [careful, careless] { try await laptop.sync() }
    let whole = Dictionary(
      type.fields.filter(\.policy.isRequired).map { field in
        field.policy.isSet
          ? ("\(field.name)/x", Value.flag(true)) : (field.name, field.policy.kind.sample)
      }
    ) { first, _ in first }
    var said: [(field: String, refusal: Refusal?)] = []
    var sent: [Edit] = []
    for field in type.fields {
      let kind: FieldKind = field.policy.isSet ? .flag : field.policy.kind
      let name = field.policy.isSet ? "\(field.name)/x" : field.name
      for value in Self.hostile(kind) {
        let edit = Edit.set(
          whole.merging([name: value]) { $1 }, of: careful.newID(), type: type.name,
          caseID: caseID)
        do {
          try careful.edit(edit)
          said.append((name, nil))
        } catch ReplicaError.refused(let refusal) {
          said.append((name, refusal))
        } catch ReplicaError.tooLarge {
          // What no change can carry is refused before any rule is asked.
          #expect(Self.cannotTravel(value))
          continue
        }
        sent.append(edit)
      }
    }
    try careless.replica.edit(sent, at: careless.clock.now)
    let receipts = try await careless.sync().receipts.sorted { $0.counter < $1.counter }
    try #require(receipts.count == said.count)
    #expect(said.contains { $0.refusal != nil })
    for (index, receipt) in receipts.enumerated() {
      let (field, refusal) = said[index]
      // A laptop also asks what it holds: a date of tomorrow, a record that is not there.
      if case .checkFailed = refusal, !receipt.verdict.isRefusal { continue }
      let expected = refusal.map { Verdict.refused(code: $0.code, field: $0.field) }
      let agrees = expected.map { $0 == receipt.verdict } ?? !receipt.verdict.isRefusal
      #expect(agrees, "\(field): \(String(describing: refusal)) and \(receipt.verdict)")
      guard receipt.verdict.isRefusal else { continue }
      let dot = Dot(Laptop.identity(device).replica, receipt.counter)
      #expect(try await office.logged(dot)?.bytes.isEmpty == false, "the text is kept")
    }
    try await careful.sync()
    #expect(try await office.problems() == [])
  }
}
