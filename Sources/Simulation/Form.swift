import SyncCore

/// A form on somebody's screen: what it showed when it opened, which is all that its author knows
/// when it is saved, however long it stays open.
struct Form {
  let record: RecordID
  let type: String
  let caseNumber: Int
  /// The record as it was shown; `nil` for a new one.
  let shown: SyncCore.Record?
  /// The same, read back by the model.
  let copy: Model.Copy?
  /// The laptop's replica when it opened.
  var shownUnder: ReplicaID?

  var context: VersionVector { shown?.version ?? VersionVector() }

  /// The values shown in a field, by the model's own record of them.
  func values(of field: String, _ model: Model) -> [String] {
    guard let copy else { return [] }
    return copy.locals(of: field).map {
      model.edit($0, of: copy.record).value(of: field) ?? ""
    }
  }
}

/// What somebody enters into a form: one edit.
struct Entry {
  enum Content {
    case set([(String, Value)])
    case delete
  }

  let form: Form
  var content: Content
  var reason = ""

  /// Field and value as the model writes them down.
  var flat: [(name: String, value: String)] {
    switch content {
    case .set(let fields): fields.map { ($0.0, Mark.flat($0.1)) }.sorted { $0.0 < $1.0 }
    case .delete: [(Model.deletion, "seen")]
    }
  }

  var action: Change.Action {
    switch content {
    case .set(let fields):
      .set(fields.map { Value.Member($0.0, $0.1) }.sorted { $0.name < $1.name })
    case .delete: .delete
    }
  }
}
