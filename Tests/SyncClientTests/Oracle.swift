import ServerStorage
import SyncCore

/// What must stand in the end, worked out from the office's log alone, without the core's merging:
/// an edit stands unless an accepted edit of the same field had seen it.
struct Oracle {
  private var setters: [RecordID: [String: [Change]]] = [:]

  init(_ log: [LoggedChange]) throws {
    for logged in log {
      if case .refused = logged.verdict { continue }
      let change = try Change(reading: logged.bytes)
      let fields: [String]
      switch change.body.action {
      case .set(let members): fields = members.map(\.name)
      case .delete: fields = [Record.deletionField]
      }
      for field in fields {
        setters[change.body.record, default: [:]][field, default: []].append(change)
      }
    }
  }

  var records: Set<RecordID> { Set(setters.keys) }

  func standing(in record: RecordID) -> [String: Set<Dot>] {
    (setters[record] ?? [:]).mapValues { changes in
      let standing = changes.filter { change in
        !changes.contains { $0.dot != change.dot && $0.body.context.contains(change.dot) }
      }
      return Set(standing.map(\.dot))
    }
  }
}

extension Record {
  /// The dots that stand in each field.
  var standingDots: [String: Set<Dot>] {
    Dictionary(edits.map { ($0.field, [$0.dot]) }) { $0.union($1) }
  }
}
