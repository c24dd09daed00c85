import Foundation
import GRDB

/// Reads rows straight out of the pages of a SQLite file and of its write-ahead log, without asking
/// SQLite, which gives up on a file whose header or tree is broken.
///
/// Pages are taken one by one, so that one bad page costs the rows on it and no others. Older
/// versions of a row come too, from pages that the log holds; whoever asks must know what is good.
/// The format is that of <https://www.sqlite.org/fileformat2.html>.
final class SQLitePages {
  private let file: Int32
  private let log: Int32
  private let pageSize: Int
  /// Bytes of a page that hold content.
  private let usable: Int
  private let pageCount: Int
  /// Where each page of the log begins, in its order.
  private var frames: [(page: UInt32, at: Int)] = []
  private var newest: [UInt32: Int] = [:]

  private static let title = Array("SQLite format 3\0".utf8)
  private static let frameHead = 24
  private static let logHead = 32
  /// Longer rows are none of ours.
  private static let longest = 1 << 20

  /// - Parameter path: of the file; its log is beside it. Either may be missing.
  init(path: String) {
    file = open(path, O_RDONLY | O_CLOEXEC)
    log = open(path + "-wal", O_RDONLY | O_CLOEXEC)
    let head = Self.read(file, 100, at: 0) ?? []
    let logStart = Self.read(log, Self.logHead, at: 0) ?? []
    var size = 4096
    var reserved = 0
    if head.starts(with: Self.title) {
      size = Self.number(head[16..<18])
      if size == 1 { size = 65_536 }
      reserved = Int(head[20])
    } else if !logStart.isEmpty {
      size = Self.number(logStart[8..<12])
    }
    if !(512...65_536).contains(size) || size & (size - 1) != 0 { size = 4096 }
    pageSize = size
    usable = max(480, size - reserved)
    pageCount = (Self.length(file) + size - 1) / size
    var at = Self.logHead
    while let head = Self.read(log, Self.frameHead, at: at) {
      let page = UInt32(Self.number(head[0..<4]))
      frames.append((page, at + Self.frameHead))
      newest[page] = at + Self.frameHead
      at += Self.frameHead + size
    }
  }

  deinit {
    close(file)
    close(log)
  }

  /// Every row of a table with a number of its own, in no order.
  /// - Parameter take: gets the row's number and columns, and says whether they make sense. When
  ///   they do not, and the row goes on over further pages, it is asked again with what these held
  ///   before the log.
  func rows(_ take: (Int64, [DatabaseValue]) -> Bool) {
    for number in 0..<pageCount {
      // Of the last page a part may be gone.
      guard let page = Self.read(file, pageSize, at: number * pageSize, filled: true) else {
        continue
      }
      leaf(page, from: number == 0 ? 100 : 0, take)
    }
    for frame in frames {
      guard let page = Self.read(log, pageSize, at: frame.at, filled: true) else { continue }
      leaf(page, from: frame.page == 1 ? 100 : 0, take)
    }
  }

  private func leaf(_ page: [UInt8], from start: Int, _ take: (Int64, [DatabaseValue]) -> Bool) {
    guard page[start] == 13 else { return }
    let count = Self.number(page[start + 3..<start + 5])
    for index in 0..<count {
      let pointer = start + 8 + 2 * index
      guard pointer + 2 <= page.count else { return }
      var at = Self.number(page[pointer..<pointer + 2])
      guard let size = Self.varint(page, &at), let number = Self.varint(page, &at), size > 0,
        size <= Self.longest
      else { continue }
      let rowNumber = Int64(truncatingIfNeeded: number)
      let isLocal = Int(size) <= usable - 35
      for withLog in isLocal ? [true] : [true, false] {
        guard let payload = payload(Int(size), page, at, withLog: withLog),
          let values = Self.values(payload)
        else { continue }
        if take(rowNumber, values) { break }
      }
    }
  }

  /// A row's bytes, of which what does not fit its page is in a chain of further ones.
  private func payload(_ size: Int, _ page: [UInt8], _ at: Int, withLog: Bool) -> [UInt8]? {
    var local = size
    if size > usable - 35 {
      let least = (usable - 12) * 32 / 255 - 23
      local = least + (size - least) % (usable - 4)
      if local > usable - 35 { local = least }
    }
    guard at + local <= page.count else { return nil }
    var bytes = Array(page[at..<at + local])
    guard local < size else { return bytes }
    guard at + local + 4 <= page.count else { return nil }
    var next = UInt32(Self.number(page[at + local..<at + local + 4]))
    while bytes.count < size {
      guard let more = content(of: next, withLog: withLog) else { return nil }
      next = UInt32(Self.number(more[0..<4]))
      bytes += more[4..<min(usable, 4 + size - bytes.count)]
    }
    return bytes
  }

  private func content(of page: UInt32, withLog: Bool) -> [UInt8]? {
    guard page > 0 else { return nil }
    if withLog, let at = newest[page] { return Self.read(log, pageSize, at: at) }
    return Self.read(file, pageSize, at: (Int(page) - 1) * pageSize)
  }

  /// The columns of a row; `nil` when its bytes are none.
  private static func values(_ bytes: [UInt8]) -> [DatabaseValue]? {
    var at = 0
    guard let head = varint(bytes, &at), head <= bytes.count else { return nil }
    let end = Int(head)
    var body = end
    var values: [DatabaseValue] = []
    while at < end {
      guard let kind = varint(bytes, &at) else { return nil }
      let length: Int
      switch kind {
      case 0, 8, 9: length = 0
      case 1...4: length = Int(kind)
      case 5: length = 6
      case 6, 7: length = 8
      case 12...UInt64(2 * longest): length = Int((kind - 12) / 2)
      default: return nil
      }
      guard body + length <= bytes.count else { return nil }
      let part = bytes[body..<body + length]
      body += length
      switch kind {
      case 0: values.append(.null)
      case 8: values.append(Int64(0).databaseValue)
      case 9: values.append(Int64(1).databaseValue)
      case 1...6:
        let isNegative = part.first.map { $0 >= 0x80 } ?? false
        let value = part.reduce(isNegative ? Int64(-1) : 0) { $0 << 8 | Int64($1) }
        values.append(value.databaseValue)
      case 7:
        let bits = part.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        values.append(Double(bitPattern: bits).databaseValue)
      default:
        let isText = !kind.isMultiple(of: 2)
        values.append(
          isText ? String(decoding: part, as: UTF8.self).databaseValue : Data(part).databaseValue)
      }
    }
    return values
  }

  private static func varint(_ bytes: [UInt8], _ at: inout Int) -> UInt64? {
    var value: UInt64 = 0
    for index in 0..<9 {
      guard at < bytes.count else { return nil }
      let byte = bytes[at]
      at += 1
      if index == 8 { return value << 8 | UInt64(byte) }
      value = value << 7 | UInt64(byte & 0x7F)
      if byte < 0x80 { return value }
    }
    return value
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> Int {
    bytes.reduce(0) { $0 << 8 | Int($1) }
  }

  private static func length(_ file: Int32) -> Int {
    file < 0 ? 0 : max(0, Int(lseek(file, 0, SEEK_END)))
  }

  /// - Parameter filled: make up with zeros what the file no longer has.
  /// - Returns: `nil` where nothing can be read, or less than asked for.
  private static func read(
    _ file: Int32, _ count: Int, at place: Int, filled: Bool = false
  ) -> [UInt8]? {
    guard file >= 0 else { return nil }
    var bytes = [UInt8](repeating: 0, count: count)
    let got = pread(file, &bytes, count, off_t(place))
    return got == count || (filled && got > 100) ? bytes : nil
  }
}
