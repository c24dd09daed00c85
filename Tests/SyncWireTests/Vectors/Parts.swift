/// A message of the wire as fields, so that a vector can break one rule of the canonical form and
/// keep all others.
indirect enum Part: Sendable {
  case number(UInt64, UInt64)
  case bytes(UInt64, [UInt8])
  case message(UInt64, [Part])
  /// Anything at all, tag included.
  case raw([UInt8])

  static func text(_ field: UInt64, _ text: String) -> Part { .bytes(field, Array(text.utf8)) }

  var field: UInt64 {
    switch self {
    case .number(let field, _), .bytes(let field, _), .message(let field, _): field
    case .raw: 0
    }
  }

  var encoded: [UInt8] {
    switch self {
    case .number(let field, let number): varint(field << 3) + varint(number)
    case .bytes(let field, let bytes): varint(field << 3 | 2) + varint(UInt64(bytes.count)) + bytes
    case .message(let field, let parts): Part.bytes(field, parts.encoded).encoded
    case .raw(let bytes): bytes
    }
  }
}

func varint(_ number: UInt64) -> [UInt8] {
  number > 0x7F
    ? [UInt8(truncatingIfNeeded: number) | 0x80] + varint(number >> 7) : [UInt8(number)]
}

extension [Part] {
  var encoded: [UInt8] { flatMap(\.encoded) }

  /// With other parts in the place of those of one field.
  func with(_ field: UInt64, _ parts: Part...) -> [Part] {
    let at = firstIndex { $0.field >= field } ?? endIndex
    var others = filter { $0.field != field }
    others.insert(contentsOf: parts, at: Swift.min(at, others.endIndex))
    return others
  }

  func without(_ field: UInt64) -> [Part] { filter { $0.field != field } }
}
