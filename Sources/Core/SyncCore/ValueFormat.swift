/// The written form of values: the message `Value` of `Protocol/doorstep.proto`.
extension WireWriter {
  mutating func value(_ field: UInt32, _ value: Value) {
    message(field) { $0.valueBody(value) }
  }

  fileprivate mutating func valueBody(_ value: Value) {
    switch value {
    case .none: break
    case .text(let text): bytes(1, text.utf8)
    case .integer(let integer):
      tag(2, .varint)
      varint(UInt64(bitPattern: integer << 1 ^ integer >> 63))
    case .flag(let flag):
      tag(3, .varint)
      varint(flag ? 1 : 0)
    case .bytes(let content): bytes(4, content)
    case .composite(let members):
      message(5) { writer in
        for member in members {
          writer.message(1) {
            $0.text(1, member.name)
            $0.value(2, member.value)
          }
        }
      }
    case .list(let values):
      message(6) { writer in for value in values { writer.value(1, value) } }
    case .seen(let vector): message(7) { $0.vector(1, vector) }
    case .unknown(_, let raw): append(verbatim: raw)
    }
  }
}

extension WireReader {
  /// Reads the body of one value.
  /// - Parameter depth: how many composites or lists hold it.
  consuming func value(_ limits: Limits, depth: Int = 0) throws(MalformedBytes) -> Value {
    var reader = self
    let whole = reader.rest
    guard let field = try reader.field() else { return .none }
    let value: Value
    switch (field.number, field.type) {
    case (1, .length): value = .text(try reader.text(limit: limits.textBytes))
    case (2, .varint):
      let raw = try reader.varint()
      value = .integer(Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1))
    case (3, .varint): value = .flag(try reader.varint() != 0)
    case (4, .length):
      let content = try reader.array()
      guard content.count <= limits.textBytes else { throw MalformedBytes("bytes are too long") }
      value = .bytes(content)
    case (5, .length): value = try reader.nested().composite(limits, depth: depth)
    case (6, .length): value = try reader.nested().list(limits, depth: depth)
    case (7, .length): value = .seen(try reader.nested().seen(limits))
    case (1...7, _): throw MalformedBytes("a value's kind and form do not agree")
    case (let number, let type):
      guard whole.count <= limits.textBytes else { throw MalformedBytes("a value is too long") }
      try reader.skip(type)
      value = .unknown(number, Array(whole))
    }
    guard reader.isAtEnd else { throw MalformedBytes("a value holds more than one thing") }
    return value
  }

  private consuming func composite(_ limits: Limits, depth: Int) throws(MalformedBytes) -> Value {
    guard depth < limits.valueDepth else { throw MalformedBytes("values are nested too deeply") }
    var reader = self
    var members: [Value.Member] = []
    while let field = try reader.field() {
      guard field.number == 1, members.count < limits.valueMembers else {
        throw MalformedBytes("a composite has too many or unknown parts")
      }
      var part = try reader.nested()
      var name = ""
      var value = Value.none
      while let field = try part.field() {
        switch field.number {
        case 1: name = try part.name(limit: limits.nameBytes)
        case 2: value = try part.nested().value(limits, depth: depth + 1)
        default: throw MalformedBytes("a part of a composite has an unknown field")
        }
      }
      guard !name.isEmpty, members.last.map({ $0.name < name }) ?? true else {
        throw MalformedBytes("a composite is not ascending, or a part has no name")
      }
      members.append(Value.Member(name, value))
    }
    return .composite(members)
  }

  private consuming func list(_ limits: Limits, depth: Int) throws(MalformedBytes) -> Value {
    guard depth < limits.valueDepth else { throw MalformedBytes("values are nested too deeply") }
    var reader = self
    var values: [Value] = []
    while let field = try reader.field() {
      guard field.number == 1, values.count < limits.valueMembers else {
        throw MalformedBytes("a list has too many or unknown parts")
      }
      values.append(try reader.nested().value(limits, depth: depth + 1))
    }
    return .list(values)
  }

  private consuming func seen(_ limits: Limits) throws(MalformedBytes) -> VersionVector {
    var reader = self
    var dots: [Dot] = []
    while let field = try reader.field() {
      guard field.number == 1 else { throw MalformedBytes("a vector has an unknown field") }
      try reader.vectorEntry(into: &dots, limit: limits.vectorEntries)
    }
    return try vector(ascending: dots)
  }
}

extension Value {
  /// The value alone in its written form, by which two implementations can be compared.
  public var writtenForm: [UInt8] {
    var writer = WireWriter()
    writer.valueBody(self)
    return writer.bytes
  }
}
