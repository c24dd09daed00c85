import SyncCore

/// That nobody is left in the dark: what came together in a way that needs a person has its alert.
extension World {
  func checkAlerts() throws {
    var kinds: [CaseID: Set<String>] = [:]
    var told: Set<String> = []
    for record in try office.records(of: "alert") {
      let kind = record.read("kind", by: .union)?.value.text ?? ""
      kinds[record.caseID, default: []].insert(kind)
      told.insert("\(kind) \(record.read("record", by: .union)?.value.text ?? "")")
      if let label = Label(rawValue: "alert.\(kind)") { tally.note(label) }
    }
    // An alert of how something arrived is lost with a store that is put back.
    guard !swarm.mayRestoreOffice else { return }
    func demand(_ isTold: Bool, _ why: String) throws(Failure) {
      guard isTold else { throw Failure(.noSilentLoss, "nobody is told that \(why)") }
    }
    for edit in model.edits where office.ledger.outcomes[edit.number] == .accepted(.late) {
      // One alert tells of all that came in one request.
      let told = kinds[cases[model.records[edit.record].caseNumber]] ?? []
      try demand(
        !told.isDisjoint(with: ["late-work", "risk-concern"]), "#\(edit.number) came late")
    }
    for (number, record) in model.records.enumerated() {
      guard let stored = try office.record(record.id) else { continue }
      // What the office enters itself into a deleted record, it need not tell itself.
      if stored.isDeletionDisputed, !stored.edits.contains(where: { $0.by.role == .office }) {
        try demand(
          told.contains("deletion \(record.id)"), "the deletion of record \(number) is disputed")
      }
      if record.type == "outcome-claim", !stored.isDeleted {
        let codes = Set(stored.standing("claim").compactMap { $0.value[member: "code"]?.text })
        try demand(
          codes.count < 2 || told.contains("disputed \(record.id)"), "outcome \(number) is disputed"
        )
      }
      guard record.type == "risk-flag" else { continue }
      let statuses = Set(stored.standing("status").map(\.value))
      if statuses.count > 1, statuses.contains(.text("removed")) {
        try demand(
          told.contains("flag-challenged \(record.id)"), "flag \(number) was removed and kept")
      }
    }
  }
}
