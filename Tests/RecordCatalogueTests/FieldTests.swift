import SyncCore
import TestSupport
import Testing

@testable import RecordCatalogue

@Suite struct `Every field of the standard catalogue` {
  @Test(arguments: FieldCase.all)
  func `takes a value of its kind`(field: FieldCase) {
    #expect(field.kind.accepts(field.kind.sample))
  }

  @Test(arguments: FieldCase.all)
  func `takes every value at its very limits`(field: FieldCase) {
    let refused = field.kind.brink.filter { !field.kind.accepts($0) }
    #expect(refused.isEmpty)
  }

  @Test(arguments: FieldCase.all)
  func `refuses every value of another kind or beyond its bounds`(field: FieldCase) {
    let taken = field.kind.strangers.filter { field.kind.accepts($0) }
    #expect(taken.isEmpty)
  }

  @Test(arguments: FieldCase.all)
  func `has a label for itself, its codes and its members`(field: FieldCase) {
    let labels =
      [field.field.label] + field.field.codes.map(\.label) + field.field.members.map(\.label)
      + field.field.members.flatMap { $0.codes.map(\.label) }
    #expect(labels.allSatisfy { !$0.isEmpty })
  }

  @Test(arguments: FieldCase.all)
  func `ranks exactly the codes that it has`(field: FieldCase) {
    let codes = field.field.codes.map(\.code).sorted()
    switch field.field.policy.rule {
    case .ratchet(let order):
      #expect(order.sorted() == codes)
    case .signed(let stages):
      let stage = field.field.members.first { $0.name == "stage" }?.codes.map(\.code)
      #expect(stages.sorted() == (stage ?? codes).sorted())
    case .fieldMerge(.ranked(let name, let order)):
      let member = field.field.members.first { $0.name == name }
      #expect(member?.codes.map(\.code).sorted() == order.sorted())
    case .union, .derived, .serverOwned, .claims, .fieldMerge(.first), .fieldMerge(.last):
      break
    }
  }

  @Test(arguments: FieldCase.all)
  func `has its members twice alike, for forms and for the policy`(field: FieldCase) {
    guard case .composite(let kinds, let required) = field.field.policy.kind else {
      #expect(field.field.members.isEmpty)
      return
    }
    let members = field.field.members
    #expect(members.map(\.name).sorted() == kinds.keys.sorted())
    #expect(members.allSatisfy { kinds[$0.name] == $0.kind })
    #expect(Set(members.filter(\.isRequired).map(\.name)) == required)
  }

  @Test(arguments: FieldCase.all)
  func `can be written by somebody, and refers only to types that exist`(field: FieldCase) {
    #expect(!field.field.policy.writers.isEmpty)
    if field.field.policy.kind == .reference {
      #expect(field.field.target.flatMap { Catalogue.standard[$0] } != nil)
    }
  }
}
