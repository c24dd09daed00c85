/// Bytes that are not what they claim to be. Carries no content, only where and what.
public struct MalformedBytes: Error, Equatable, Sendable, CustomStringConvertible {
  public let problem: String
  public init(_ problem: String) { self.problem = problem }
  public var description: String { problem }
}

/// Writes the canonical form of the protocol's immutable messages: proto3's wire format with fields
/// ascending, defaults left out and shortest varints, so that equal values have equal bytes and
/// hashes mean something. See `Protocol/README.md` section 3.
struct WireWriter {
  private(set) var bytes: [UInt8] = []

  init(reserving capacity: Int = 0) { bytes.reserveCapacity(capacity) }

  mutating func varint(_ value: UInt64) {
    var rest = value
    while rest > 0x7F {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  mutating func tag(_ field: UInt32, _ type: WireType) {
    varint(UInt64(field) << 3 | type.rawValue)
  }

  mutating func number(_ field: UInt32, _ value: UInt64) {
    guard value != 0 else { return }
    tag(field, .varint)
    varint(value)
  }

  mutating func bytes(_ field: UInt32, _ value: some Collection<UInt8>) {
    tag(field, .length)
    varint(UInt64(value.count))
    bytes.append(contentsOf: value)
  }

  mutating func append(verbatim raw: [UInt8]) { bytes.append(contentsOf: raw) }

  mutating func identifier(_ field: UInt32, _ value: some Identifier) {
    tag(field, .length)
    varint(16)
    withUnsafeBytes(of: value.value.bigEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func hash(_ field: UInt32, _ value: Hash) {
    guard value != .zero else { return }
    tag(field, .length)
    varint(32)
    value.append(to: &bytes)
  }

  mutating func text(_ field: UInt32, _ value: String) {
    guard !value.isEmpty else { return }
    bytes(field, value.utf8)
  }

  /// A nested message, written in place and moved by the width of its length where that needs more
  /// than one byte.
  mutating func message(_ field: UInt32, _ write: (inout WireWriter) -> Void) {
    tag(field, .length)
    let start = bytes.count
    bytes.append(0)
    write(&self)
    let length = bytes.count - start - 1
    if length <= 0x7F {
      bytes[start] = UInt8(length)
    } else {
      var prefix = WireWriter()
      prefix.varint(UInt64(length))
      bytes.replaceSubrange(start...start, with: prefix.bytes)
    }
  }

  mutating func vector(_ field: UInt32, _ vector: VersionVector) {
    for entry in vector.entries {
      message(field) {
        $0.identifier(1, entry.replica)
        $0.number(2, entry.counter)
      }
    }
  }
}

enum WireType: UInt64 {
  case varint = 0
  case fixed64 = 1
  case length = 2
  case fixed32 = 5
}

/// Reads the same form from bytes that anybody may have made. Never traps; every length is checked
/// before use.
struct WireReader {
  private let bytes: [UInt8]
  private(set) var position: Int
  private let end: Int
  /// Of the field whose content comes next.
  private var type = WireType.length

  init(_ bytes: [UInt8]) { self.init(bytes, 0..<bytes.count) }

  private init(_ bytes: [UInt8], _ range: Range<Int>) {
    self.bytes = bytes
    position = range.lowerBound
    end = range.upperBound
  }

  var isAtEnd: Bool { position >= end }
  var remaining: Int { end - position }

  /// The content of a field that is a number.
  mutating func varint() throws(MalformedBytes) -> UInt64 {
    try expect(.varint)
    return try bareVarint()
  }

  /// A content in another form than its field's would be one thing here and another to every other
  /// reader of the protocol.
  private func expect(_ type: WireType) throws(MalformedBytes) {
    guard self.type == type else { throw MalformedBytes("a field's kind and form do not agree") }
  }

  private mutating func bareVarint() throws(MalformedBytes) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while position < end {
      let byte = bytes[position]
      position += 1
      if shift == 63, byte > 1 { break }
      value |= UInt64(byte & 0x7F) << shift
      if byte & 0x80 == 0 { return value }
      shift += 7
      if shift > 63 { break }
    }
    throw MalformedBytes("a number is cut or too long")
  }

  /// 2^29 - 1: a tag has 32 bits, three of them for the type.
  private static let highestField: UInt64 = 536_870_911

  /// The next field's number and type; `nil` at the end.
  mutating func field() throws(MalformedBytes) -> (number: UInt32, type: WireType)? {
    guard !isAtEnd else { return nil }
    let tag = try bareVarint()
    // What other readers of protobuf refuse is not taken.
    guard let type = WireType(rawValue: tag & 7), (1...Self.highestField).contains(tag >> 3)
    else { throw MalformedBytes("a field's tag is not valid") }
    self.type = type
    return (UInt32(tag >> 3), type)
  }

  /// A reader over a length-delimited field, which shares the bytes.
  mutating func nested() throws(MalformedBytes) -> WireReader {
    try expect(.length)
    let length = try bareVarint()
    guard length <= UInt64(remaining) else {
      throw MalformedBytes("a field is longer than what holds it")
    }
    let start = position
    position += Int(length)
    return WireReader(bytes, start..<position)
  }

  var rest: ArraySlice<UInt8> { bytes[position..<end] }

  mutating func array() throws(MalformedBytes) -> [UInt8] { Array(try nested().rest) }

  mutating func text(limit: Int) throws(MalformedBytes) -> String {
    let slice = try nested().rest
    guard slice.count <= limit else { throw MalformedBytes("a text is longer than \(limit) bytes") }
    // Not `String(validating:as:)`: generic over encodings, it looks its types up at every call.
    do { return String(copying: try UTF8Span(validating: slice.span)) } catch {
      throw MalformedBytes("a text is not valid UTF-8")
    }
  }

  /// A name of our own making (field, member, type, user): printable ASCII, so that bytes, letters
  /// and order agree.
  mutating func name(limit: Int) throws(MalformedBytes) -> String {
    let slice = try nested().rest
    guard slice.count <= limit, slice.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      throw MalformedBytes("a name is not \(limit) printable ASCII characters or fewer")
    }
    return String(decoding: slice, as: UTF8.self)
  }

  mutating func identifier<ID: Identifier>() throws(MalformedBytes) -> ID {
    guard let id = ID(bytes: try nested().rest) else {
      throw MalformedBytes("an id is not 16 bytes")
    }
    return id
  }

  mutating func hash() throws(MalformedBytes) -> Hash {
    guard let hash = Hash(bytes: try nested().rest) else {
      throw MalformedBytes("a hash is not 32 bytes")
    }
    return hash
  }

  /// One entry of a vector, appended to those read before it.
  mutating func vectorEntry(into dots: inout [Dot], limit: Int) throws(MalformedBytes) {
    guard dots.count < limit else {
      throw MalformedBytes("a vector has more than \(limit) entries")
    }
    dots.append(try nested().dot())
  }

  consuming func dot() throws(MalformedBytes) -> Dot {
    var reader = self
    var replica: ReplicaID?
    var counter: UInt64 = 0
    while let field = try reader.field() {
      switch field.number {
      case 1: replica = try reader.identifier()
      case 2: counter = try reader.varint()
      default: throw MalformedBytes("a dot has an unknown field \(field.number)")
      }
    }
    guard let replica, counter > 0 else { throw MalformedBytes("a dot is not complete") }
    return Dot(replica, counter)
  }

  mutating func skip(_ type: WireType) throws(MalformedBytes) {
    switch type {
    case .varint: _ = try varint()
    case .length: _ = try nested()
    case .fixed32: try skip(bytes: 4)
    case .fixed64: try skip(bytes: 8)
    }
  }

  /// How many fields there are from the present one to the end, so that room is made for them once.
  func fieldsLeft() throws(MalformedBytes) -> Int {
    var reader = self
    var count = 1
    try reader.skip(type)
    while let next = try reader.field() {
      try reader.skip(next.type)
      count += 1
    }
    return count
  }

  private mutating func skip(bytes count: Int) throws(MalformedBytes) {
    guard count <= remaining else { throw MalformedBytes("a field is longer than what holds it") }
    position += count
  }
}

func vector(ascending dots: [Dot]) throws(MalformedBytes) -> VersionVector {
  guard let vector = VersionVector(ascending: dots) else {
    throw MalformedBytes("a vector is not strictly ascending")
  }
  return vector
}

extension VersionVector {
  /// The vector alone in its written form, as stores keep it beside a sealed body.
  public var writtenForm: [UInt8] {
    var writer = WireWriter(reserving: entries.count * 24)
    writer.vector(1, self)
    return writer.bytes
  }
}
