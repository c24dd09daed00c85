import ArgumentParser
import Foundation
import SyncCore

/// The core alone, for another implementation to be held against it.
struct Core: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Answer questions to the core, one JSON object a line.",
    discussion: """
      Each line has "do": change, record, apply, merge or case, and what that takes; bytes \
      are hexadecimal. Each is answered by one line. What cannot be read is answered by "refused" \
      and why. Nothing is kept between two lines. Tests/Reference asks.
      """)

  func run() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    while let line = readLine() {
      var answer = CoreAnswer()
      do {
        answer = try JSONDecoder().decode(CoreQuestion.self, from: Data(line.utf8)).answer()
      } catch { answer.refused = "\(error)" }
      FileHandle.standardOutput.write(try encoder.encode(answer) + Data("\n".utf8))
    }
  }
}

/// One line of what is asked.
struct CoreQuestion: Decodable {
  enum Deed: String, Decodable {
    /// Reads a change.
    case change
    /// Reads a record.
    case record
    /// Takes a change into a record, or into a new one.
    case apply
    /// Merges two copies of a record.
    case merge
    /// Adds up the digests of a case's records.
    case `case`
  }

  let deed: Deed
  let change: String?
  let record: String?
  let other: String?
  let records: [String]?
  /// Epoch and sequence; `nil` for no place.
  let place: [UInt64]?
  /// Whether the office's log knows another issue of the change.
  let again: Bool?
  /// By which to read every field of the record that comes of it.
  let rules: [CoreRule]?

  enum CodingKeys: String, CodingKey {
    case deed = "do"
    case change, record, other, records, place, again, rules
  }
}

/// One line of what is answered: what was asked for, and nothing else.
struct CoreAnswer: Encodable {
  var refused: String?
  var bytes: String?
  /// Of a change its hash, of a record or a case its digest.
  var digest: String?
  var count: UInt64?
  /// Replicas and counters.
  var version: [String: UInt64]?
  var deleted: Bool?
  /// For each field, and for each rule asked for, what it shows and how sure that is.
  var readings: [String: [[String]]]?
}

extension CoreQuestion {
  func answer() throws -> CoreAnswer {
    switch deed {
    case .change:
      let read = try readChange()
      return CoreAnswer(bytes: hexText(read.bytes), digest: hexText(read.hash.bytes))
    case .record: return told(try read(record))
    case .apply: return told(try applied())
    case .merge:
      let (one, other) = (try read(record), try read(other))
      guard one.id == other.id else { throw ValidationError("copies of two records") }
      return told(one.merged(with: other))
    case .case: return try sum()
    }
  }

  private func applied() throws -> Record {
    let change = try readChange()
    let body = change.body
    var made =
      try record == nil
      ? Record(id: body.record, type: body.type, caseID: body.caseID) : read(record)
    if again == true {
      made.applyAgain(change)
    } else {
      made.take(change, at: try placed())
    }
    return made
  }

  private func placed() throws -> Place? {
    guard let place else { return nil }
    guard place.count == 2 else { throw ValidationError("a place is an epoch and a sequence") }
    return Place(epoch: place[0], sequence: place[1])
  }

  private func sum() throws -> CoreAnswer {
    var digest = CaseDigest(caseID: CaseID(value: 0))
    for one in records ?? [] { digest.replace(nil, with: try read(one).digest) }
    return CoreAnswer(digest: hexText(digest.sum.bytes), count: digest.records)
  }

  private func readChange() throws -> Change { try Change(reading: bytes(change)) }

  private func read(_ text: String?) throws -> Record { try Record(fromPeer: bytes(text)) }

  private func told(_ record: Record) -> CoreAnswer {
    var answer = CoreAnswer(
      bytes: hexText(record.bytes), digest: hexText(record.digest.bytes),
      deleted: record.isDeleted)
    answer.version = Dictionary(
      uniqueKeysWithValues: record.version.entries.map { (hexText($0.replica.bytes), $0.counter) })
    if let rules {
      let fields = record.fields.map { field in
        (field, rules.compactMap { record.read(field, by: $0.rule)?.told })
      }
      answer.readings = Dictionary(uniqueKeysWithValues: fields)
    }
    return answer
  }

  private func bytes(_ text: String?) throws -> [UInt8] {
    let digits = Array((text ?? "?").utf8)
    let pairs = stride(from: 0, to: digits.count, by: 2).map {
      UInt8(String(decoding: digits[$0..<min($0 + 2, digits.count)], as: UTF8.self), radix: 16)
    }
    let bytes = pairs.compactMap(\.self)
    guard bytes.count * 2 == digits.count else { throw ValidationError("not hexadecimal") }
    return bytes
  }
}

extension Reading {
  /// The value's written form, and the status as `Protocol/README.md` section 5.3 calls it.
  fileprivate var told: [String] {
    switch status {
    case .settled: [hexText(value.writtenForm), "settled"]
    case .settledByRule: [hexText(value.writtenForm), "settled by rule"]
    case .contested: [hexText(value.writtenForm), "contested"]
    }
  }
}
