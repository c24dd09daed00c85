import ProgramKit
import RecordCatalogue
import ServerStorage
import SyncCore

/// A record's history in words and as JSON.
struct HistoryTelling {
  private let history: RecordHistory
  private let wording: Wording
  /// The number of each change, which is its place in the office's order.
  private let numbers: [Dot: UInt64]

  init(_ history: RecordHistory, _ wording: Wording) {
    self.history = history
    self.wording = wording
    let entries = history.entries.map { ($0.logged.dot, $0.logged.sequence) }
    numbers = Dictionary(entries) { first, _ in first }
  }

  struct Answer: Encodable {
    let id, type: String
    let changes: [Row]
    let lost: [Lost]
    /// Whether the log explains all that stands.
    let isWhole: Bool
  }
  struct Row: Encodable {
    let number: UInt64
    let change, verdict: String
    /// Why it was refused, by its code, and the field that this is about.
    let refusal, refusedField: String?
    let receivedAt: Int64
    /// That laptop's clock minus the office's, in milliseconds, when this arrived.
    let clockOffset: Int64?
    /// Milliseconds between saving and sending, both by the laptop's clock.
    let sentAfter: Int64?
    /// `nil` where the bytes cannot be read.
    let author, role, reason: String?
    let recordedAt: Int64?
    let isDeletion: Bool
    /// What it was first issued as, where this is another issue.
    let issueOf: String?
    let sets: [Part]
    let supersedes: [Standing]
    let atOnceWith: [AtOnce]
  }
  struct Part: Encodable { let field, value: String }
  struct Standing: Encodable {
    let field, value, author, role, change: String
    let recordedAt: Int64
    /// `nil` where the log has no text of it.
    let number: UInt64?
  }
  struct AtOnce: Encodable {
    let number: UInt64
    let fields: [String]
  }
  struct Lost: Encodable {
    let change: String
    let number: UInt64?
    let stands: [Standing]
  }

  /// Every change, and what is lost.
  func tell(_ output: Output) throws {
    let rows = history.entries.map(row)
    let lost = history.lost.map {
      Lost(change: $0.dot.description, number: $0.sequence, stands: $0.standing.map(standing))
    }
    try output.answer(
      Answer(
        id: history.id.description, type: type, changes: rows, lost: lost,
        isWhole: history.isWhole))
    output.say("\(wording.catalogue[type]?.label ?? type)  \(history.id)")
    for row in rows {
      output.say("")
      for line in lines(of: row) { output.say(line) }
    }
    for change in lost {
      output.say("")
      output.say(
        "\(change.number.map { "no. \($0)" } ?? change.change)  its text was lost when the store was put back"
      )
      for edit in change.stands {
        output.say("  of it stands: \(edit.field): \(edit.value), by \(edit.author)")
      }
    }
    if !history.isWhole {
      output.say("")
      output.say(
        "The log does not explain all that stands: the store was put back from a backup, and a part came home in records that laptops handed back."
      )
    }
  }

  // MARK: The record at one moment

  enum Moment {
    /// When somebody began the change of this number.
    case asOf(UInt64, uncertain: [UInt64])
    case at(UInt64)
  }

  struct Shown: Encodable {
    let id, type: String
    let asOf, at: UInt64?
    /// Whether there was such a record.
    let exists, isDeleted: Bool
    /// Refused changes in it of which the log cannot tell whether they were still shown.
    let uncertain: [UInt64]
    /// Whether the log has all that it is made from; otherwise something may be missing in it.
    let isWhole: Bool
    let fields: [Field]
  }
  struct Field: Encodable {
    let field, value, status: String
    let standing: [Standing]
  }

  /// - Parameter record: `nil` when there was none.
  func show(_ record: Record?, _ moment: Moment, _ output: Output) throws {
    let policy = wording.catalogue.policy(of: type)
    let fields = (record?.fields ?? []).compactMap { name -> Field? in
      let rule = policy?.rule(of: name) ?? .fieldMerge(.first)
      guard let reading = record?.read(name, by: rule) else { return nil }
      return Field(
        field: name, value: wording.text(reading.value, type: type, field: name),
        status: reading.status.word, standing: reading.standing.map(standing))
    }
    let (asOf, at, uncertain): (UInt64?, UInt64?, [UInt64]) =
      switch moment {
      case .asOf(let number, let uncertain): (number, nil, uncertain)
      case .at(let number): (nil, number, [])
      }
    let isDeleted = record?.isDeleted ?? false
    // As it stands it is kept, whatever the log lacks.
    let isWhole = history.isWhole && history.lost.isEmpty || record == history.stored
    try output.answer(
      Shown(
        id: history.id.description, type: type, asOf: asOf, at: at, exists: record != nil,
        isDeleted: isDeleted, uncertain: uncertain, isWhole: isWhole, fields: fields))
    let when =
      asOf.map { "as the author of no. \($0) saw it" } ?? at.map { "at no. \($0)" } ?? ""
    output.say("\(wording.catalogue[type]?.label ?? type)  \(history.id)  \(when)")
    if !isWhole {
      output.say(
        "The log cannot tell all of it: the store was put back from a backup since the record began, and what stood then may be missing here."
      )
    }
    guard record != nil else {
      return output.say(isWhole ? "Nothing of it was there yet." : "The log has nothing of it.")
    }
    if isDeleted { output.say("It was deleted.") }
    for field in fields {
      output.say("\(field.field): \(field.value)")
      guard field.status != Reading.Status.settled.word else { continue }
      output.say("  \(field.status); there stood")
      for edit in field.standing {
        output.say("  \(edit.value), by \(edit.author) (\(edit.role)), \(name(of: edit))")
      }
    }
    for number in uncertain {
      output.say(
        "no. \(number) is in it though it was refused: the laptop had not heard so, unless the office's answer was cut just after."
      )
    }
  }

  private var type: String {
    history.stored?.type ?? history.entries.lazy.compactMap { $0.change?.body.type }.first ?? ""
  }
}

extension HistoryTelling {
  private func row(_ entry: RecordHistory.Entry) -> Row {
    let (logged, body) = (entry.logged, entry.change?.body)
    var sets: [Part] = []
    if case .set(let members)? = body?.action {
      sets = members.map {
        Part(
          field: $0.name,
          value: wording.text($0.value, type: body?.type ?? type, field: $0.name))
      }
    }
    var refusal: (code: String, field: String)?
    if case .refused(let code, let field) = logged.verdict { refusal = (code, field) }
    return Row(
      number: logged.sequence, change: logged.dot.description, verdict: logged.verdict.word,
      refusal: refusal?.code,
      refusedField: refusal.flatMap { $0.field.isEmpty ? nil : $0.field },
      receivedAt: logged.receivedAt.milliseconds, clockOffset: logged.clockOffset,
      sentAfter: Self.sentAfter(logged, body?.recordedAt), author: body?.author,
      role: body?.role.rawValue, reason: body?.reason,
      recordedAt: body?.recordedAt.milliseconds, isDeletion: body?.action == .delete,
      issueOf: body?.origin?.dot.description, sets: sets,
      supersedes: entry.superseded.map(standing),
      atOnceWith: entry.concurrent.map { AtOnce(number: $0.sequence, fields: $0.fields) })
  }

  /// When it was sent, by the laptop's own clock, is when it was received by the office's, with the
  /// offset between both.
  private static func sentAfter(_ logged: LoggedChange, _ recordedAt: Timestamp?) -> Int64? {
    guard let recordedAt, let offset = logged.clockOffset else { return nil }
    let apart = recordedAt.milliseconds(until: logged.receivedAt)
    let (length, overflow) = apart.addingReportingOverflow(offset)
    return overflow ? nil : length
  }

  private func standing(_ edit: StandingEdit) -> Standing {
    Standing(
      field: edit.field, value: wording.text(edit.value, type: type, field: edit.field),
      author: edit.by.author, role: edit.by.role.rawValue, change: edit.dot.description,
      recordedAt: edit.by.recordedAt.milliseconds, number: numbers[edit.dot])
  }

  private func name(of edit: Standing) -> String { edit.number.map { "no. \($0)" } ?? edit.change }

  private func lines(of row: Row) -> [String] {
    let by = row.author.map { "\($0) (\(row.role ?? ""))" } ?? "by nobody who can be read"
    let refused = row.refusal.map { code in
      " (\(code)\(row.refusedField.map { ": \($0)" } ?? ""))"
    }
    var lines = ["no. \(row.number)  \(by)  \(row.verdict)\(refused ?? "")"]
    if let recordedAt = row.recordedAt {
      let own = row.clockOffset == nil ? "" : " by that laptop's clock"
      lines.append("  made \(Show.time(recordedAt))\(own)\(sent(row))")
    }
    lines.append("  received \(Show.time(row.receivedAt))\(Self.clock(row.clockOffset))")
    if let first = row.issueOf { lines.append("  first issued as \(first)") }
    if row.isDeletion { lines.append("  deleted the record") }
    lines += row.sets.map { "  \($0.field): \($0.value)" }
    if let reason = row.reason, !reason.isEmpty { lines.append("  reason: \(reason)") }
    lines += row.supersedes.map {
      "  superseded \($0.field): \($0.value), by \($0.author) (\($0.role)), \(name(of: $0))"
    }
    if !row.atOnceWith.isEmpty {
      let others = row.atOnceWith.map { other in
        "no. \(other.number)"
          + (other.fields.isEmpty ? "" : " (\(other.fields.joined(separator: ", ")))")
      }
      lines.append("  at once with \(others.joined(separator: ", ")): neither had seen the other")
    }
    return lines
  }

  private func sent(_ row: Row) -> String {
    guard let after = row.sentAfter else { return "" }
    return after < 0
      ? ", and sent before that by the same clock: it was put back"
      : ", sent \(Show.length(milliseconds: after)) after"
  }

  /// A clock that is a minute off or more is told of.
  private static func clock(_ offset: Int64?) -> String {
    guard let offset, offset.magnitude >= 60_000 else { return "" }
    let length = Show.length(milliseconds: offset)
    return ", when that laptop's clock was \(length) \(offset > 0 ? "fast" : "slow")"
  }
}

extension Verdict {
  fileprivate var word: String {
    switch self {
    case .applied: "applied"
    case .merged: "merged"
    case .contested: "contested"
    case .late: "late"
    case .refused: "refused"
    case .retry: "retry"
    }
  }
}
