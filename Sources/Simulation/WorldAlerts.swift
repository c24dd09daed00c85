import SyncCore

/// That nobody is left in the dark: what came together in a way that needs a person has its alert.
extension World {
  func checkAlerts() throws {
    var kinds: [CaseID: Set<String>] = [:]
    for record in try office.records(of: "alert") {
      let kind = record.read("kind", by: .union)?.value.text ?? ""
      kinds[record.caseID, default: []].insert(kind)
      if let label = Label(rawValue: "alert.\(kind)") { tally.note(label) }
    }
    // An alert is lost with the store and raised anew only when its case is touched again.
    guard !swarm.mayRestoreOffice else { return }
    func demand(_ expected: String..., in record: Int, _ why: String) throws(Failure) {
      let caseID = cases[model.records[record].caseNumber]
      guard kinds[caseID]?.isDisjoint(with: expected) == false else {
        throw Failure(.noSilentLoss, "nobody is told that \(why)")
      }
    }
    for edit in model.edits where office.ledger.outcomes[edit.number] == .accepted(.late) {
      try demand("late-work", "risk-concern", in: edit.record, "#\(edit.number) came late")
    }
    for (number, record) in model.records.enumerated() {
      guard let stored = try office.record(record.id) else { continue }
      // What the office enters itself into a deleted record, it need not tell itself.
      if stored.isDeletionDisputed, !stored.edits.contains(where: { $0.by.role == .office }) {
        try demand("deletion", in: number, "the deletion of record \(number) is disputed")
      }
      guard record.type == "risk-flag" else { continue }
      let statuses = Set(stored.standing("status").map(\.value))
      if statuses.count > 1, statuses.contains(.text("removed")) {
        try demand("flag-challenged", in: number, "flag \(number) was removed and kept")
      }
    }
  }
}
