/// What a field holds. Fields that mean something only together (an address, a claim, a signature)
/// are one composite.
///
/// Text is compared as UTF-8 bytes: two spellings that Unicode calls equivalent are two values, as
/// in any store.
public enum Value: Sendable {
  /// The field was emptied on purpose.
  case none
  case flag(Bool)
  case integer(Int64)
  case text(String)
  case bytes([UInt8])
  /// Members ascending by name, each once.
  case composite([Member])
  case list([Value])
  /// What a deletion had seen: the record is gone while every standing edit lies in it.
  case seen(VersionVector)
  /// A kind that this version does not know, carried whole: its field number in the written form,
  /// and its bytes.
  case unknown(UInt32, [UInt8])

  /// One named part of a composite.
  public struct Member: Hashable, Sendable {
    public let name: String
    public let value: Value
    public init(_ name: String, _ value: Value) {
      self.name = name
      self.value = value
    }
  }

  /// A composite from parts in any order. Parts that are `none` are left out: absent and empty are
  /// the same here.
  public static func composite(_ parts: [String: Value]) -> Value {
    .composite(
      parts.filter { $0.value != .none }.map { Member($0.key, $0.value) }.sorted {
        $0.name < $1.name
      })
  }

  /// The member of a composite; `nil` when there is none or this is no composite.
  public subscript(member member: String) -> Value? {
    guard case .composite(let members) = self else { return nil }
    return members.first { $0.name == member }?.value
  }

  public var text: String? { if case .text(let text) = self { text } else { nil } }
  public var integer: Int64? { if case .integer(let integer) = self { integer } else { nil } }
  public var flag: Bool? { if case .flag(let flag) = self { flag } else { nil } }
}

extension Value: Hashable {
  public static func == (left: Self, right: Self) -> Bool {
    switch (left, right) {
    case (.none, .none): true
    case (.flag(let a), .flag(let b)): a == b
    case (.integer(let a), .integer(let b)): a == b
    case (.text(let a), .text(let b)): a.utf8.elementsEqual(b.utf8)
    case (.bytes(let a), .bytes(let b)): a == b
    case (.composite(let a), .composite(let b)): a == b
    case (.list(let a), .list(let b)): a == b
    case (.seen(let a), .seen(let b)): a == b
    case (.unknown(let a, let x), .unknown(let b, let y)): a == b && x == y
    case (.none, _), (.flag, _), (.integer, _), (.text, _), (.bytes, _), (.composite, _),
      (.list, _),
      (.seen, _), (.unknown, _):
      false
    }
  }

  public func hash(into hasher: inout Hasher) {
    switch self {
    case .none: hasher.combine(0)
    case .flag(let flag): hasher.combine(flag)
    case .integer(let integer): hasher.combine(integer)
    case .text(let text): for byte in text.utf8 { hasher.combine(byte) }
    case .bytes(let bytes): hasher.combine(bytes)
    case .composite(let members): hasher.combine(members)
    case .list(let values): hasher.combine(values)
    case .seen(let vector): hasher.combine(vector)
    case .unknown(let number, let bytes):
      hasher.combine(number)
      hasher.combine(bytes)
    }
  }
}
