import SyncCore
import Testing

@testable import RecordCatalogue

/// Every field of every type, as a test argument.
struct FieldCase: Sendable, CustomTestStringConvertible {
  let type: RecordType
  let field: Field
  var testDescription: String { "\(type.name)/\(field.name)" }

  static let all = Catalogue.standard.types.flatMap { type in
    type.fields.map { FieldCase(type: type, field: $0) }
  }

  /// The kind of the value itself: an element of a set holds a flag.
  var kind: FieldKind { field.policy.isSet ? .flag : field.policy.kind }
}

@Suite struct `Every field of the standard catalogue` {
  @Test(arguments: FieldCase.all)
  func `takes a value of its kind`(field: FieldCase) {
    #expect(field.kind.accepts(field.kind.sample))
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

extension FieldKind {
  /// A value that this kind takes.
  var sample: Value {
    switch self {
    case .text(let maxBytes, _): .text(String(repeating: "x", count: min(maxBytes, 5)))
    case .code(let codes): .text(codes.last ?? "")
    case .flag: .flag(true)
    case .integer(let range): .integer(range.upperBound)
    case .date: .text("2026-02-28")
    case .time: .text("14:10")
    case .instant: .integer(1_772_000_000_000)
    case .reference: .text("0190163d-8694-739b-aea5-966c26f8ad91")
    case .composite(let members, _): .composite(members.mapValues(\.sample))
    }
  }

  /// Values that this kind does not take: of every other form, and just beyond its own bounds.
  var strangers: [Value] {
    let strange: [Value] = [
      .none, .bytes([1]), .list([.text("x")]), .seen(VersionVector()), .unknown(9, [1]),
    ]
    let text = Value.text("x")
    let number = Value.integer(1)
    let part = Value.composite([Value.Member("strange", .flag(true))])
    switch self {
    case .text(let maxBytes, _):
      let long = String(repeating: "é", count: maxBytes / 2 + 1)
      return strange + [number, .flag(true), part, .text(long)]
    case .code: return strange + [number, .flag(true), part, text, .text("")]
    case .flag: return strange + [number, text, part]
    case .integer(let range):
      return strange + [text, .flag(true), part, .integer(range.upperBound + 1)]
    case .date: return strange + [number, .flag(true), part, text, .text("2026-02-30")]
    case .time: return strange + [number, .flag(true), part, text, .text("24:00"), .text("9:05")]
    case .instant: return strange + [text, .flag(true), part]
    case .reference: return strange + [number, .flag(true), part, text]
    case .composite(let members, let required):
      let incomplete = required.map { name in
        Value.composite(members.mapValues(\.sample).filter { $0.key != name })
      }
      let wrong = members.map { name, kind in
        Value.composite(members.mapValues(\.sample).merging([name: kind.strangers[1]]) { $1 })
      }
      return strange + [number, .flag(true), text] + incomplete + wrong
    }
  }
}
