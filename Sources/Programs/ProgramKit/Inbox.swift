import RecordCatalogue
import SyncCore

/// What people recorded differently, side by side, as a laptop and the office's server show it.
package struct Inbox {
  package struct Choice: Encodable {
    package let choice, value: String
    package let authors: [String]
    package let recordedAt: Int64
  }
  package struct Row: Encodable {
    package let id, crn, name, type, field, readsAs: String
    /// User name of who answers for the case.
    package let owner: String?
    package let deciders: [String]
    package let since: Int64
    package let workingDays: Int64
    package let choices: [Choice]
  }

  /// Where a dispute stands and for how long.
  package struct Setting {
    package let crn, name: String
    package let owner: String?
    package let since: Timestamp
    package let workingDays: Int64

    package init(
      crn: String, name: String, owner: String?, since: Timestamp, workingDays: Int64
    ) {
      self.crn = crn
      self.name = name
      self.owner = owner
      self.since = since
      self.workingDays = workingDays
    }
  }

  package private(set) var rows: [Row] = []
  private let wording: Wording
  private let patience: Int64

  /// - Parameter patience: working days after which it is for the senior.
  package init(_ catalogue: Catalogue, patience: Int64) {
    wording = Wording(catalogue: catalogue)
    self.patience = patience
  }

  package mutating func add(_ dispute: Dispute, _ setting: Setting) {
    let (type, field) = (dispute.record.type, dispute.field)
    rows.append(
      Row(
        id: dispute.record.id.description, crn: setting.crn, name: setting.name, type: type,
        field: field, readsAs: wording.text(dispute.reading.value, type: type, field: field),
        owner: setting.owner, deciders: dispute.deciders.map(\.rawValue).sorted(),
        since: setting.since.milliseconds, workingDays: setting.workingDays,
        choices: dispute.choices.enumerated().map { index, choice in
          Choice(
            choice: Self.letter(index),
            value: wording.text(choice.value, type: type, field: field),
            authors: choice.by.map(\.by.author),
            recordedAt: choice.by[0].by.recordedAt.milliseconds)
        }))
  }

  /// - Parameter decide: the command that decides, before the id of the record.
  package func show(_ output: Output, decide: String) throws {
    try output.answer(rows)
    for row in rows {
      let short = String(row.id.filter { $0 != "-" }.suffix(8))
      output.say(
        "\(wording.label(type: row.type, field: row.field))  \(row.name) \(row.crn)  \(short)")
      output.say("  reads as “\(row.readsAs)” until somebody decides")
      let owner = row.owner.map { ", in a case of \($0)" } ?? ""
      output.say(
        "  for \(row.deciders.joined(separator: " or "))\(owner), since \(Show.time(row.since))")
      if row.workingDays > patience {
        output.say("  ! It has waited \(row.workingDays) working days. Tell the senior.")
      }
      for choice in row.choices {
        output.say("  \(choice.choice)) \(choice.value)")
        output.say(
          "     by \(choice.authors.joined(separator: ", ")), \(Show.time(choice.recordedAt)) by their clock"
        )
      }
      output.say("  Decide: \(decide) \(short) a --field \(row.field) --reason “…”")
      output.say("")
    }
    output.say(
      rows.isEmpty
        ? "Nothing is in dispute."
        : "\(Show.count(rows.count, "record needs", "records need")) you.")
  }

  /// The value that somebody chose among the disputes of one record.
  /// - Parameter field: `nil` where only one is in dispute.
  package static func chosen(
    _ choice: String, field: String?, among disputes: [Dispute], list: String
  ) throws -> (field: String, value: Value) {
    let open = disputes.filter { field == nil || $0.field == field }
    guard let dispute = open.first else {
      throw Failure(
        .badData, code: "no-conflict", "Nothing is in dispute there. See: \(list).")
    }
    guard open.count == 1 else {
      throw Failure(
        .badData, code: "ambiguous",
        "Several fields are in dispute: \(open.map(\.field).joined(separator: ", ")). Name one: --field."
      )
    }
    let choices = dispute.choices
    guard let index = choices.indices.first(where: { letter($0) == choice.lowercased() }) else {
      throw Failure(
        .badData, code: "bad-choice",
        "“\(choice)” is not one of \(choices.indices.map(letter).joined(separator: ", ")).")
    }
    return (dispute.field, choices[index].value)
  }

  private static func letter(_ index: Int) -> String {
    index < 26 ? String(UnicodeScalar(UInt8(97 + index))) : String(index + 1)
  }
}
