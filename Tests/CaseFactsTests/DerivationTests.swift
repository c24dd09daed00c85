import RecordCatalogue
import SyncCore
import Testing

@testable import CaseFacts

@Suite struct `What is derived` {
  /// Derived by the catalogue, with no formula yet.
  private static let notYet: Set<String> = [
    "case-header", "premises-booking", "service-appointment", "tier",
  ]

  @Test func `is written to just the types that the catalogue says`() {
    let derived = Catalogue.standard.types.filter { type in
      type.fields.contains { $0.policy.rule == .derived }
    }.map(\.name)
    #expect(Set(derived) == Derivation.outputs.union(Self.notYet))
    #expect(Derivation.outputs.isDisjoint(with: Self.notYet))
  }

  @Test func `looks at types that there are`() {
    let known = Set(Catalogue.standard.types.map(\.name))
    #expect(Derivation.inputs.isSubset(of: known))
    #expect(Derivation.outputs.isSubset(of: Derivation.inputs))
  }
}
