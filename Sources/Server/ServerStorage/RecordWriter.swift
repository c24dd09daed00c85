import RecordCatalogue
import SyncCore

/// Writes a record together with everything that follows from it: its case's head and digest, and
/// its resolved view.
struct RecordWriter {
  private let transaction: any ServerTransaction
  private let catalogue: Catalogue

  init(_ transaction: any ServerTransaction, _ catalogue: Catalogue) {
    self.transaction = transaction
    self.catalogue = catalogue
  }

  /// A record as it stood before.
  struct Former {
    let digest: Hash
    let hasLeft: Bool

    /// `nil` for one that was not there.
    init?(_ record: Record?, in stored: StoredRecord?) {
      guard let record, let stored else { return nil }
      digest = record.digest
      hasLeft = stored.hasLeft
    }
  }

  /// Whatever is written comes to the laptops, also where the record had left their window before.
  /// - Parameter former: `nil` for a new one.
  /// - Returns: the proof of what was written.
  @discardableResult
  func save(_ record: Record, at sequence: UInt64, replacing former: Former?) throws -> Proof {
    let bytes = record.bytes
    let proof = Proof.ofRecord(bytes, key: try transaction.key())
    let stored = StoredRecord(
      id: record.id, type: record.type, caseID: record.caseID, sequence: sequence,
      bytes: bytes, proof: proof)
    try transaction.save(
      stored, resolved: ResolvedView(of: record, policy: catalogue.policy(of: record.type)))
    var head = try transaction.caseHead(record.caseID) ?? CaseHead(caseID: record.caseID)
    head.sequence = max(head.sequence, sequence)
    let hadLeft = former?.hasLeft == true
    if hadLeft { head.comeBack() }
    let before = hadLeft ? nil : former?.digest
    head.digest.replace(before, with: record.digest)
    try transaction.save(head)
    if hadLeft { try WindowSweep.bringBack(with: record, transaction, catalogue) }
    return proof
  }
}

/// A record as it reads by its rules, for reporting in SQL.
package struct ResolvedView: Sendable {
  /// Whether fields conflict.
  package let isContested: Bool
  private let text: @Sendable () -> String

  /// - Parameter json: what `json` says; it is worked out when somebody asks.
  package init(json: @autoclosure @escaping @Sendable () -> String, isContested: Bool) {
    text = json
    self.isContested = isContested
  }

  package init(of record: Record, policy: TypePolicy?) {
    let readings = record.fields.compactMap { field in
      record.read(field, by: policy?.rule(of: field) ?? .fieldMerge(.first)).map { (field, $0) }
    }
    let isDeleted = record.isDeleted
    self.init(
      json: Self.json(readings, isDeleted: isDeleted),
      isContested: readings.contains { $0.1.status == .contested })
  }

  /// An object of the fields. Conflicting ones are named in `_contested`.
  package var json: String { text() }

  private static func json(_ readings: [(String, Reading)], isDeleted: Bool) -> String {
    var text = "{"
    for (field, reading) in readings {
      append(field, to: &text)
      text += ":"
      append(reading.value, to: &text)
      text += ","
    }
    text += "\"_contested\":["
    let contested = readings.filter { $0.1.status == .contested }
    for (index, (field, _)) in contested.enumerated() {
      if index > 0 { text += "," }
      append(field, to: &text)
    }
    text += "],\"_deleted\":\(isDeleted)}"
    return text
  }

  private static func append(_ value: Value, to text: inout String) {
    switch value {
    case .none, .seen, .unknown: text += "null"
    case .flag(let flag): text += flag ? "true" : "false"
    case .integer(let integer): text += String(integer)
    case .text(let string): append(string, to: &text)
    case .bytes(let bytes): append(hexText(bytes), to: &text)
    case .composite(let members):
      text += "{"
      for (index, member) in members.enumerated() {
        if index > 0 { text += "," }
        append(member.name, to: &text)
        text += ":"
        append(member.value, to: &text)
      }
      text += "}"
    case .list(let values):
      text += "["
      for (index, value) in values.enumerated() {
        if index > 0 { text += "," }
        append(value, to: &text)
      }
      text += "]"
    }
  }

  /// A JSON string by RFC 8259 section 7. U+0000 is escaped, which SQLite's text functions need
  /// too.
  private static func append(_ string: String, to text: inout String) {
    text += "\""
    var plain = string.utf8[...]
    while let index = plain.firstIndex(where: { $0 < 0x20 || $0 == 0x22 || $0 == 0x5C }) {
      text += String(plain[..<index]) ?? ""
      switch plain[index] {
      case 0x22: text += "\\\""
      case 0x5C: text += "\\\\"
      case 0x0A: text += "\\n"
      case let byte: text += "\\u00" + hexText([byte])
      }
      plain = plain[plain.index(after: index)...]
    }
    text += String(plain) ?? ""
    text += "\""
  }
}
