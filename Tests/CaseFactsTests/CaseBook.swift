import CaseFacts
import RecordCatalogue
import SyncCore

/// Records of one case, made by hand: each writer is a replica that has seen the record as it
/// stands, unless said otherwise.
struct CaseBook {
  private var records: [RecordID: Record] = [:]
  private var counters: [UInt8: UInt64] = [:]
  private var sequence: UInt64 = 0
  private let caseID = CaseID(value: 0xCA5E)

  /// Sets fields of a record.
  /// - Parameter unseen: whether the author had seen nothing of it yet.
  @discardableResult
  mutating func set(
    _ fields: [String: Value], of name: String, type: String, by writer: UInt8 = 1,
    role: Role = .office, unseen: Bool = false
  ) -> RecordID {
    let id = Self.id(name, type)
    var record = records[id] ?? Record(id: id, type: type, caseID: caseID)
    let counter = counters[writer, default: 0] + 1
    counters[writer] = counter
    let change = Change(
      Change.Body(
        dot: Dot(ReplicaID(value: UInt128(writer)), counter), previous: .zero, record: id,
        type: type, caseID: caseID, context: unseen ? VersionVector() : record.version,
        action: .set(
          fields.map { Value.Member($0.key, $0.value) }.sorted { $0.name < $1.name }),
        author: "writer-\(writer)", role: role, recordedAt: Timestamp(milliseconds: 0)))
    sequence += 1
    record.apply(change, at: Place(epoch: 1, sequence: sequence))
    records[id] = record
    return id
  }

  static func id(_ name: String, _ type: String) -> RecordID {
    // An outcome and an attendance are named by what they are of.
    switch type {
    case "outcome-claim": .named(type, id(name, "appointment").description)
    case "upw-attendance": .named(type, id(name, "upw-session").description)
    default: .named(type, name)
    }
  }

  func window(today: CalendarDate) -> CaseWindow {
    CaseWindow(records.values, .standard, today: today)
  }

  var view: CaseRecords { CaseRecords(records.values, .standard) }

  /// What a derived field should read; `nil` where what stands is right already.
  func derived(_ field: String, of name: String, _ type: String) -> Value? {
    let id = Self.id(name, type)
    return Derivation.facts(of: view).first { $0.record == id }?.fields[field]
  }
}

extension CaseBook {
  mutating func appointment(
    _ name: String, on day: String = "2026-04-20", type: String = "COAP",
    _ more: [String: Value] = [:]
  ) {
    let when = Value.composite(["date": .text(day), "start": .text("14:10")])
    set(
      ["type": .text(type), "when": when].merging(more) { $1 }, of: name, type: "appointment")
  }

  mutating func outcome(_ code: String, of name: String, by writer: UInt8 = 1, unseen: Bool = false)
  {
    set(
      [
        "appointment": .text(Self.id(name, "appointment").description),
        "claim": .composite(["code": .text(code)]),
      ], of: name, type: "outcome-claim", by: writer, unseen: unseen)
  }

  mutating func work(_ name: String, minutes: Int64) {
    set(
      ["number": .text(name), "required-minutes": .integer(minutes)], of: name,
      type: "upw-requirement")
  }

  mutating func session(_ name: String, on day: String = "2026-04-20", of requirement: String) {
    set(
      [
        "requirement": .text(Self.id(requirement, "upw-requirement").description),
        "when": .composite(["date": .text(day), "start": .text("09:00")]),
      ], of: name, type: "upw-session")
  }

  mutating func attendance(
    _ name: String, _ claim: [String: Value], by writer: UInt8 = 1, unseen: Bool = false
  ) {
    set(
      [
        "session": .text(Self.id(name, "upw-session").description),
        "claim": .composite(claim),
      ], of: name, type: "upw-attendance", by: writer, unseen: unseen)
  }

  /// From nine o'clock on.
  static func worked(_ minutes: Int64, code: String = "ATTC") -> [String: Value] {
    ["code": .text(code), "credited-minutes": .integer(minutes)]
  }
}
