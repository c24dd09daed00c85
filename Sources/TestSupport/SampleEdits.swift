import SyncCore
import SyncReplica

/// Edits as forms make them, with what the catalogue asks for filled in.
extension Edit {
  package static func note(
    _ text: String, in caseID: CaseID, id: RecordID, sensitive: Bool? = nil
  ) -> Edit {
    var fields: [String: Value] = ["kind": .text("CHVS"), "text": .text(text)]
    if let sensitive { fields["sensitive"] = .text(sensitive ? "yes" : "no") }
    return .set(fields, of: id, type: "contact-entry", caseID: caseID)
  }

  package static func appointment(
    on day: String = "2026-04-20", at start: String = "14:10", in caseID: CaseID, id: RecordID,
    place: String? = nil
  ) -> Edit {
    var fields: [String: Value] = [
      "type": .text("CHVS"),
      "when": .composite(["date": .text(day), "start": .text(start)]),
    ]
    if let place { fields["place"] = .text(place) }
    return .set(fields, of: id, type: "appointment", caseID: caseID)
  }

  package static func plan(in caseID: CaseID, id: RecordID) -> Edit {
    let when = Value.composite(["date": .text("2026-04-20"), "start": .text("09:00")])
    return .set(["when": when], of: id, type: "visit-plan", caseID: caseID)
  }

  package static func flag(
    level: String = "medium", in caseID: CaseID, id: RecordID
  ) -> Edit {
    .set(
      ["code": .text("RVAD"), "status": .text("active"), "level": .text(level)], of: id,
      type: "risk-flag", caseID: caseID)
  }

  package static func concern(_ text: String, in caseID: CaseID, id: RecordID) -> Edit {
    .set(["text": .text(text)], of: id, type: "risk-concern", caseID: caseID)
  }

  package static func outcome(
    _ code: String, of appointment: RecordID, in caseID: CaseID
  ) -> Edit {
    .set(
      ["appointment": .text(appointment.description), "claim": .composite(["code": .text(code)])],
      of: .named("outcome-claim", appointment.description), type: "outcome-claim", caseID: caseID)
  }

  /// Sets fields of a record as it is shown.
  package static func change(
    _ record: SyncCore.Record, _ fields: [String: Value], reason: String = ""
  ) -> Edit {
    .set(
      fields, of: record.id, type: record.type, caseID: record.caseID, context: record.version,
      reason: reason)
  }

  package static func delete(_ record: SyncCore.Record) -> Edit {
    Edit(
      record: record.id, type: record.type, caseID: record.caseID, context: record.version,
      action: .delete)
  }
}
