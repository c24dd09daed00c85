import RecordCatalogue
import SyncCore

/// Every field of every type, as a test argument.
package struct FieldCase: Sendable, CustomStringConvertible {
  package let type: RecordType
  package let field: Field
  package var description: String { "\(type.name)/\(field.name)" }

  package static let all = Catalogue.standard.types.flatMap { type in
    type.fields.map { FieldCase(type: type, field: $0) }
  }

  /// The kind of the value itself: an element of a set holds a flag.
  package var kind: FieldKind { field.policy.isSet ? .flag : field.policy.kind }
}

extension FieldKind {
  /// A value that this kind takes.
  package var sample: Value {
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

  /// Values at its very limits, which this kind takes.
  package var brink: [Value] {
    switch self {
    case .text(let maxBytes, let maxCharacters):
      let wide = String(repeating: "é", count: min(maxBytes / 2, maxCharacters))
      // A line break counts as one character, however it is written.
      let lines = String(repeating: "\r\n", count: min(maxBytes / 2, maxCharacters))
      let narrow = String(repeating: "x", count: min(maxBytes, maxCharacters))
      return [.text(""), .text(narrow), .text(wide), .text(lines)]
    case .code(let codes): return codes.map(Value.text)
    case .flag: return [.flag(true), .flag(false)]
    case .integer(let range): return [.integer(range.lowerBound), .integer(range.upperBound)]
    case .date: return [.text("2024-02-29"), .text("0001-01-01"), .text("9999-12-31")]
    case .time: return [.text("00:00"), .text("23:59")]
    case .instant: return [.integer(.min), .integer(.max)]
    case .reference: return [sample]
    case .composite(let members, _):
      return members.sorted { $0.key < $1.key }.flatMap { name, kind in
        kind.brink.map { Value.composite(members.mapValues(\.sample).merging([name: $0]) { $1 }) }
      }
    }
  }

  /// Values that this kind does not take: of every other form, and just beyond its own bounds.
  package var strangers: [Value] {
    let strange: [Value] = [
      .none, .bytes([1]), .list([.text("x")]), .seen(VersionVector()), .unknown(9, [1]),
    ]
    let text = Value.text("x")
    let number = Value.integer(1)
    let part = Value.composite([Value.Member("strange", .flag(true))])
    switch self {
    case .text(let maxBytes, let maxCharacters):
      let long = String(repeating: "é", count: maxBytes / 2 + 1)
      let narrow = String(repeating: "x", count: min(maxBytes, maxCharacters) + 1)
      return strange + [number, .flag(true), part, .text(long), .text(narrow)]
    case .code: return strange + [number, .flag(true), part, text, .text("")]
    case .flag: return strange + [number, text, part]
    case .integer(let range):
      return strange + [text, .flag(true), part, .integer(range.upperBound + 1)]
        + (range.lowerBound == .min ? [] : [.integer(range.lowerBound - 1)])
    case .date: return strange + [number, .flag(true), part, text, .text("2026-02-30")]
    case .time: return strange + [number, .flag(true), part, text, .text("24:00"), .text("9:05")]
    case .instant: return strange + [text, .flag(true), part]
    case .reference: return strange + [number, .flag(true), part, text]
    case .composite(let members, let required):
      let incomplete = required.map { name in
        Value.composite(members.mapValues(\.sample).filter { $0.key != name })
      }
      let wrong = members.sorted { $0.key < $1.key }.flatMap { name, kind in
        // Emptied, a part is not there.
        kind.strangers.filter { $0 != .none }.map { stranger in
          Value.composite(members.mapValues(\.sample).merging([name: stranger]) { $1 })
        }
      }
      return strange + [number, .flag(true), text] + incomplete + wrong
    }
  }
}
