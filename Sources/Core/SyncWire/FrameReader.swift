import SyncCore

/// Cuts a streamed response into frames as chunks arrive, whatever their size.
package struct FrameReader: Sendable {
  private let form: WireForm
  private let limits: Limits
  private var buffer: [UInt8] = []
  private var start = 0
  /// How far a line's end was looked for already.
  private var searched = 0

  package init(_ form: WireForm, limits: Limits = .standard) {
    self.form = form
    self.limits = limits
  }

  package mutating func append(_ chunk: [UInt8]) {
    if start == buffer.count {
      buffer = chunk
      start = 0
      searched = 0
    } else {
      buffer.append(contentsOf: chunk)
    }
  }

  /// The next whole frame; `nil` when more bytes are needed.
  package mutating func next() throws(WireRefusal) -> Frame? {
    guard let body = try cut() else { return nil }
    let message: PBFrame = try Unverified(body, as: form).message()
    return try message.frame(limits)
  }

  /// Whether bytes of an unfinished frame are left, which at the end of the stream means that it
  /// was cut.
  package var hasPartialFrame: Bool { start < buffer.count }

  private mutating func cut() throws(WireRefusal) -> [UInt8]? {
    switch form {
    case .binary:
      guard buffer.count - start >= 4 else { return nil }
      let length = buffer[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
      guard length <= limits.frameBytes else { throw .tooLarge(limit: limits.frameBytes) }
      guard buffer.count - start - 4 >= length else { return nil }
      return take(from: start + 4, length: length, skipping: 0)
    case .json:
      let from = max(start, searched)
      guard let end = buffer[from...].firstIndex(of: UInt8(ascii: "\n")) else {
        guard buffer.count - start <= limits.frameBytes * 2 else {
          throw .tooLarge(limit: limits.frameBytes * 2)
        }
        searched = buffer.count
        return nil
      }
      return take(from: start, length: end - start, skipping: 1)
    }
  }

  private mutating func take(from: Int, length: Int, skipping: Int) -> [UInt8] {
    let body = Array(buffer[from..<from + length])
    start = from + length + skipping
    searched = start
    if start > 1 << 20 || start == buffer.count {
      buffer.removeFirst(start)
      start = 0
      searched = 0
    }
    return body
  }
}
