import SyncClient

/// The head of a response as far as the engine needs it.
struct ResponseHead: Equatable, Sendable {
  var status: Int
  var contentType: String?
  var retryAfter: Int?
  /// As it was written; nobody sets a clock by it.
  var date: String?
}

/// Reads the head of a response line by line, within limits, and never trusts what it reads.
struct HeadReader {
  /// The office's own server takes at most the same.
  static let maximumLines = 64
  static let maximumBytes = 16 << 10

  /// What one line meant.
  enum Step: Equatable {
    case needsMore
    case complete(ResponseHead)
    case refused(TransportFailure)
  }

  private(set) var isComplete = false
  private var lines = 0
  private var bytes = 0
  private var head: ResponseHead?
  /// Whether the end of the body can be told from a cut. libcurl takes a close without TLS's own
  /// goodbye for the end of a body whose length is not told, so such answers are refused.
  private var tellsLength = false

  /// Takes one line with its line end. Lines after the head are trailers: counted, not read.
  ///
  /// Interim heads (1xx) count towards the limits, or a server could send them without end.
  mutating func read(_ line: some BidirectionalCollection<UInt8>) -> Step {
    bytes += line.count
    let text = line.dropLast { $0 == 0x0D || $0 == 0x0A }
    let opensHead = !isComplete && text.starts(with: "HTTP/".utf8)
    if !text.isEmpty && !opensHead { lines += 1 }
    guard bytes <= Self.maximumBytes, lines <= Self.maximumLines else {
      return .refused(.garbled(Sentence.largeHead))
    }
    if isComplete { return .needsMore }
    if opensHead { return open(text) }
    if text.isEmpty { return finish() }
    return take(text)
  }

  /// `HTTP/1.1 200 OK`
  private mutating func open(_ text: some Collection<UInt8>) -> Step {
    let code = text.drop { $0 != 0x20 }.dropFirst().prefix { $0 != 0x20 }
    guard code.count == 3, let status = Self.number(code), 100...599 ~= status else {
      return .refused(.garbled(Sentence.notHTTP))
    }
    head = ResponseHead(status: status)
    return .needsMore
  }

  private mutating func finish() -> Step {
    guard let head else { return .refused(.garbled(Sentence.notHTTP)) }
    switch head.status {
    case 101: return .refused(.garbled(Sentence.notHTTP))
    case 100..<200:
      self.head = nil
      tellsLength = false
      return .needsMore
    case 300..<400: return .refused(.garbled(Sentence.redirect))
    case _:
      guard tellsLength || head.status == 204 else { return .refused(.garbled(Sentence.notHTTP)) }
      isComplete = true
      return .complete(head)
    }
  }

  private mutating func take(_ text: some BidirectionalCollection<UInt8>) -> Step {
    guard let colon = text.firstIndex(of: UInt8(ascii: ":")) else { return .needsMore }
    let value = text[colon...].dropFirst().drop(while: Self.isBlank).dropLast(while: Self.isBlank)
    switch String(decoding: text[..<colon], as: UTF8.self).lowercased() {
    case "content-type":
      let type = value.prefix { $0 != UInt8(ascii: ";") }.dropLast(while: Self.isBlank)
      head?.contentType = type.isEmpty ? nil : String(decoding: type, as: UTF8.self).lowercased()
    case "retry-after":
      // A date is not read: the laptop's clock may be wrong.
      head?.retryAfter = Self.number(value).map { min($0, 86_400) }
    case "date": head?.date = String(decoding: value.prefix(64), as: UTF8.self)
    case "content-length":
      // libcurl reads on for ever when the number is too large for it.
      guard let length = Self.number(value), length < .max else {
        return .refused(.garbled(Sentence.notHTTP))
      }
      tellsLength = true
    case "transfer-encoding":
      let coding = String(decoding: value, as: UTF8.self).lowercased()
      tellsLength = tellsLength || coding == "chunked"
    case _: break
    }
    return .needsMore
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

  /// Decimal digits only; a number too large for an `Int` counts as the largest.
  private static func number(_ digits: some Collection<UInt8>) -> Int? {
    let isDecimal = digits.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
    guard isDecimal, !digits.isEmpty else { return nil }
    return Int(String(decoding: digits, as: UTF8.self)) ?? .max
  }
}

extension BidirectionalCollection {
  /// The rest after dropping elements from the end as long as `isUnwanted` holds.
  fileprivate func dropLast(while isUnwanted: (Element) -> Bool) -> SubSequence {
    lastIndex { !isUnwanted($0) }.map { self[...$0] } ?? self[startIndex..<startIndex]
  }
}
