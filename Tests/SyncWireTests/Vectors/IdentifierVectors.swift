import RecordCatalogue
import SyncCore
import TestSupport

/// Identifiers, their text form, and the names that natural keys give.
enum IdentifierVectors {
  static func cases() -> [JSONText] { named + ofTypes + timed + texts }

  private static let named: [JSONText] = [
    ("a case", "case", "X123456"), ("its header", "case-header", "X123456"),
    ("an outcome claim", "outcome-claim", "0190163d-8694-739b-aea5-966c26f8ad91"),
    ("a contact entry of another system", "contact", "ND-2087714"),
    ("an empty key", "case", ""), ("a key beyond ASCII", "contact", "Si\u{E2}n \u{1F981}"),
  ].map { name, kind, key in
    .object([
      ("name", .text(name)), ("kind", .text(kind)), ("key", .text(key)),
      ("id", .text(RecordID.named(kind, key).description)),
    ])
  }

  /// Every type of the catalogue that has a natural key, with a value of each field of it.
  private static var ofTypes: [JSONText] {
    Catalogue.standard.types.filter { !$0.naturalKey.isEmpty }.sorted { $0.name < $1.name }
      .compactMap { type in
        let kinds = type.naturalKey.compactMap { type.policy.fields[$0]?.kind }
        let values = Dictionary(
          uniqueKeysWithValues: zip(type.naturalKey, kinds.map(\.sample)))
        return type.naturalID(of: values, in: VectorSamples.caseID).map { id in
          .object([
            ("name", .text("a record of type \(type.name)")), ("type", .text(type.name)),
            ("case", .text(VectorSamples.caseID.description)),
            ("fields", .list(zip(type.naturalKey, kinds).map { field($0, $1) })),
            ("id", .text(id.description)),
          ])
        }
      }
  }

  private static func field(_ name: String, _ kind: FieldKind) -> JSONText {
    let value: JSONText =
      kind.sample.text.map(JSONText.text) ?? .number(Int(kind.sample.integer ?? 0))
    return .object([
      ("field", .text(name)), ("value", value), ("reference", .flag(kind == .reference)),
    ])
  }

  private static let timed: [JSONText] = [
    (0, UInt128(0)), (1_735_689_600_000, UInt128.max), (0xFFFF_FFFF_FFFF, UInt128(1) << 79 | 0xAB),
  ].map { (time: Int64, chance: UInt128) in
    let id = RecordID.timeOrdered(at: Timestamp(milliseconds: time), random: chance)
    return .object([
      ("name", .text("of the moment \(time)")), ("milliseconds", .number(Int(time))),
      ("chance", .hex(Array(RecordID(value: chance).bytes.suffix(10)))),
      ("id", .text(id.description)),
    ])
  }

  private static let texts: [JSONText] = [
    ("as it is written", "0190163d-8694-739b-aea5-966c26f8ad91"),
    ("in capitals", "0190163D-8694-739B-AEA5-966C26F8AD91"),
    ("without dashes", "0190163d8694739baea5966c26f8ad91"),
    ("too short", "0190163d-8694-739b-aea5-966c26f8ad9"),
    ("a letter beyond f", "0190163d-8694-739b-aea5-966c26f8ad9g"),
    ("a dash in another place", "0190163d8-694-739b-aea5-966c26f8ad91"),
    ("in braces", "{0190163d-8694-739b-aea5-966c26f8ad}"), ("nothing", ""),
  ].map { name, text in
    .object([
      ("name", .text(name)), ("text", .text(text)),
      ("id", RecordID(text).map { .text($0.description) } ?? .null),
    ])
  }
}
