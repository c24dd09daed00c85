import SyncCore

/// Everything that was ever written, in a plain list, with what each author had truly seen.
///
/// It knows nothing of dots, vectors or chains. What a copy of a record shows is read back by the
/// mark that each edit carries (`Mark`), so that a value from nowhere is noticed.
package struct Model {
  /// One edit of one record, as its author meant it.
  package final class Edit {
    let number: Int
    /// The place of its record in `records`, and its own among that record's edits.
    let record: Int
    let local: Int
    /// The first edit of the act that it is part of, and how many there are.
    let act: Range<Int>
    let author: String
    let role: String
    /// The machine that saved it; `nil` for the office.
    let machine: Int?
    /// Field and value as flat text; a deletion sets `Model.deletion` alone.
    let fields: [(name: String, value: String)]
    let hasReason: Bool
    /// What its author was shown, and everything that the authors of that had been shown.
    let seen: SeenSet
    /// Whether its author's laptop ran a catalogue that lets anything through.
    let isUnchecked: Bool

    init(
      number: Int, record: Int, local: Int, act: Range<Int>, author: String, role: String,
      machine: Int?, fields: [(name: String, value: String)], hasReason: Bool, seen: SeenSet,
      isUnchecked: Bool
    ) {
      self.number = number
      self.record = record
      self.local = local
      self.act = act
      self.author = author
      self.role = role
      self.machine = machine
      self.fields = fields
      self.hasReason = hasReason
      self.seen = seen
      self.isUnchecked = isUnchecked
    }

    var isDeletion: Bool { fields[0].name == Model.deletion }
    func value(of field: String) -> String? { fields.first { $0.name == field }?.value }
  }

  package struct Record {
    let id: RecordID
    let type: String
    let caseNumber: Int
    /// Numbers of its edits, in the order in which they were made.
    var edits: [Int] = []
  }

  static let deletion = "~deleted"

  private(set) var edits: [Edit] = []
  private(set) var records: [Record] = []
  private var places: [RecordID: Int] = [:]

  /// In a record that holds what was written elsewhere: the edit there, by the mark of the first.
  private var copies: [Int: [Int: Int]] = [:]

  func place(of id: RecordID) -> Int? { places[id] }

  /// From now on the mark of one edit stands, in one record, for another.
  mutating func know(_ mark: Int, in record: Int, as number: Int) {
    copies[record, default: [:]][mark] = number
  }

  mutating func place(of id: RecordID, type: String, caseNumber: Int) -> Int {
    if let place = places[id] { return place }
    places[id] = records.count
    records.append(Record(id: id, type: type, caseNumber: caseNumber))
    return records.count - 1
  }

  /// The number that the next edit gets.
  var nextNumber: Int { edits.count }

  mutating func add(_ make: (_ number: Int, _ local: Int) -> Edit, to record: Int) {
    let edit = make(edits.count, records[record].edits.count)
    edits.append(edit)
    records[record].edits.append(edit.number)
  }

  func edit(_ local: Int, of record: Int) -> Edit { edits[records[record].edits[local]] }

  /// The edit behind a mark.
  func edit(marked mark: Int, of id: RecordID) -> Edit? {
    guard edits.indices.contains(mark), let place = places[id] else { return nil }
    if !copies.isEmpty, let number = copies[place]?[mark] { return edits[number] }
    for number in edits[mark].act where edits.indices.contains(number) {
      if edits[number].record == place { return edits[number] }
    }
    return nil
  }

  // MARK: Reading a copy

  /// One copy of a record, read back: what stands in each field, and all that its reader has seen.
  struct Copy {
    let record: Int
    /// Local numbers by field, ascending by field, then by number.
    var standing: [(field: String, locals: [Int])] = []
    var seen = SeenSet()

    func locals(of field: String) -> [Int] { standing.first { $0.field == field }?.locals ?? [] }
  }

  /// Reads a copy back, whoever holds it.
  func read(_ copy: SyncCore.Record, at whom: String) throws(Failure) -> Copy {
    guard let record = places[copy.id] else {
      throw Failure(.noSilentLoss, "\(whom) holds \(copy.id), which nobody made")
    }
    var result = Copy(record: record)
    var issues: [Hash] = []
    for standing in copy.edits {
      guard let edit = edit(marked: Mark.number(in: standing.by.recordedAt), of: copy.id) else {
        throw Failure(
          .noSilentLoss,
          "\(whom) shows a value that nobody wrote in \(copy.id): \(standing.field), at \(standing.by.recordedAt.milliseconds)"
        )
      }
      guard let value = edit.value(of: standing.field), standing.by.author == edit.author else {
        throw Failure(.noSilentLoss, "\(whom) shows #\(edit.number) where it was not written")
      }
      if !edit.isDeletion, value != Mark.flat(standing.value) {
        throw Failure(.noSilentLoss, "\(whom) shows #\(edit.number) as \(standing.value)")
      }
      result.seen.insert(edit.local)
      result.seen.formUnion(edit.seen)
      if result.standing.last?.field != standing.field {
        result.standing.append((standing.field, []))
        issues.removeAll()
      }
      // An edit may stand under several names, and counts once.
      guard !issues.contains(standing.hash) else { continue }
      issues.append(standing.hash)
      result.standing[result.standing.count - 1].locals.append(edit.local)
    }
    for index in result.standing.indices { result.standing[index].locals.sort() }
    return result
  }
}

/// How an edit is known again wherever it turns up: its number stands in the low digits of the time
/// that its author's clock gave, which is evidence and decides nothing.
enum Mark {
  static let span: Int64 = 1_000_000

  static func time(_ clock: Int64, number: Int) -> Timestamp {
    let whole = clock >= 0 ? clock / span : -((-clock + span - 1) / span)
    return Timestamp(milliseconds: whole * span + Int64(number))
  }

  static func number(in time: Timestamp) -> Int {
    let rest = time.milliseconds % span
    return Int(rest >= 0 ? rest : rest + span)
  }

  /// A value as the model writes it down.
  static func flat(_ value: Value) -> String {
    switch value {
    case .none: ""
    case .flag(let flag): flag ? "true" : "false"
    case .integer(let number): String(number)
    case .text(let text): text
    case .bytes(let bytes): hexText(bytes)
    case .composite(let members):
      members.map { "\($0.name)=\(flat($0.value))" }.joined(separator: ";")
    case .list(let values): values.map(flat).joined(separator: ",")
    case .seen: "seen"
    case .unknown(let kind, let bytes): "\(kind):\(hexText(bytes))"
    }
  }
}
