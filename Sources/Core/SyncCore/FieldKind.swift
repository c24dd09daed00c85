/// What a field may hold.
public indirect enum FieldKind: Hashable, Sendable {
  /// At most so many UTF-8 bytes, and so many characters as the service counts them
  /// (`serviceCharacters`).
  case text(maxBytes: Int, maxCharacters: Int = .max)
  /// One of these codes.
  case code([String])
  case flag
  case integer(ClosedRange<Int64>)
  /// A calendar day, written `YYYY-MM-DD`.
  case date
  /// A time of day in the United Kingdom, written `HH:MM`.
  case time
  /// A moment: milliseconds since 1970 UTC.
  case instant
  /// The id of another record.
  case reference
  /// Parts that mean something only together; `required` names those that must be there.
  case composite(members: [String: FieldKind], required: Set<String>)
}

extension FieldKind {
  /// Whether a value is of this kind and within its bounds. Members of a composite that are not
  /// known are carried.
  public func accepts(_ value: Value) -> Bool {
    switch (self, value) {
    case (.text(let maxBytes, let maxCharacters), .text(let text)):
      text.utf8.count <= maxBytes
        && (maxCharacters == .max || text.serviceCharacters <= maxCharacters)
    case (.code(let codes), .text(let code)): codes.contains { $0.utf8.elementsEqual(code.utf8) }
    case (.flag, .flag), (.instant, .integer): true
    case (.integer(let range), .integer(let number)): range.contains(number)
    case (.date, .text(let text)): CalendarDate(text) != nil
    case (.time, .text(let text)): LocalTime(text) != nil
    case (.reference, .text(let text)): RecordID(text) != nil
    case (.composite(let kinds, let required), .composite(let members)):
      members.allSatisfy { kinds[$0.name]?.accepts($0.value) ?? true }
        && required.allSatisfy { name in members.contains { $0.name == name } }
    case (.text, _), (.code, _), (.flag, _), (.instant, _), (.integer, _), (.date, _),
      (.time, _), (.reference, _), (.composite, _):
      false
    }
  }
}

extension String {
  /// Its length as the service's own forms count it: UTF-16 units, a line break as one whether it
  /// is written with one character or two. What fits here fits there.
  public var serviceCharacters: Int {
    var count = 0
    var last: UInt16 = 0
    for unit in utf16 {
      if unit != 0x0A || last != 0x0D { count += 1 }
      last = unit
    }
    return count
  }
}
