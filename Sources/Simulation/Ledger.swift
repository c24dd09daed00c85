import SyncCore

/// What the office must hold by the model: accepted edits, what stands of them, who holds which
/// case.
///
/// A value, so that a copy of it goes with each backup of the office's store.
package struct Ledger {
  package enum Outcome: Hashable, Sendable {
    case accepted(Verdict)
    case refused(String)
    /// Back after a restore, inside a record that somebody handed back.
    case cameHome
  }

  struct Standing {
    let local: Int
    /// Its place in the office's order: that of the earliest edit that it displaced.
    let place: UInt64
  }

  struct Entry {
    var accepted = SeenSet()
    var standing: [String: [Standing]] = [:]
  }

  private(set) var entries: [Int: Entry] = [:]
  private(set) var outcomes: [Int: Outcome] = [:]
  /// Who holds which case.
  var access = Access()
  /// What was decided on refused changes, by the name of the change.
  var decisions: [Dot: Decision] = [:]

  /// What somebody decided on a refused change.
  struct Decision: Hashable {
    let kind: String
    let edit: Int
  }

  // MARK: Who holds what

  func holds(_ user: String, _ caseNumber: Int) -> Bool { access.holds(user, caseNumber) }
  func everHeld(_ user: String, _ caseNumber: Int) -> Bool {
    access.holding(user, caseNumber) != nil
  }
  func cases(of user: String) -> [Int] { access.cases(of: user) }

  /// Whether a limit keeps a case from a user who holds it or did.
  func isKeptOut(_ user: String, _ caseNumber: Int) -> Bool {
    access.isBarred(user, caseNumber) && everHeld(user, caseNumber)
  }

  // MARK: Edits

  func entry(_ record: Int) -> Entry { entries[record] ?? Entry() }

  func isAccepted(_ edit: Model.Edit) -> Bool { entry(edit.record).accepted.contains(edit.local) }

  mutating func refuse(_ edit: Model.Edit, _ code: String) {
    outcomes[edit.number] = .refused(code)
  }

  /// Takes an edit in: in each field it displaces what its author had truly seen, and nothing else.
  mutating func accept(
    _ edit: Model.Edit, at sequence: UInt64, as outcome: Outcome, in model: Model
  ) {
    outcomes[edit.number] = outcome
    take(edit, at: sequence, in: model)
  }

  /// The same without a verdict for its author, who keeps the first one.
  mutating func take(_ edit: Model.Edit, at sequence: UInt64, in model: Model) {
    var entry = entry(edit.record)
    for field in edit.fields {
      // Only after a restore does something come in behind what had seen it.
      let isBehind = entry.accepted.numbers.contains { local in
        let other = model.edit(local, of: edit.record)
        return other.seen.contains(edit.local) && other.value(of: field.name) != nil
      }
      guard !isBehind else { continue }
      var place = sequence
      var kept: [Standing] = []
      for standing in entry.standing[field.name] ?? [] {
        if edit.seen.contains(standing.local) {
          place = min(place, standing.place)
        } else {
          kept.append(standing)
        }
      }
      entry.standing[field.name] = kept + [Standing(local: edit.local, place: place)]
    }
    entry.accepted.insert(edit.local)
    entries[edit.record] = entry
  }

  /// Whether in each of its fields something accepted has seen an edit.
  func covers(_ edit: Model.Edit, in model: Model) -> Bool {
    let accepted = entry(edit.record).accepted.numbers.map { model.edit($0, of: edit.record) }
    return edit.fields.allSatisfy { field in
      accepted.contains { $0.seen.contains(edit.local) && $0.value(of: field.name) != nil }
    }
  }

  /// Whether a record reads as deleted: its deletions have seen all that stands.
  func isDeleted(_ record: Int, in model: Model) -> Bool {
    let entry = entry(record)
    var seen = SeenSet()
    let deletions = entry.standing[Model.deletion] ?? []
    for deletion in deletions { seen.formUnion(model.edit(deletion.local, of: record).seen) }
    return !deletions.isEmpty
      && entry.standing.allSatisfy { field, standing in
        field == Model.deletion || standing.allSatisfy { seen.contains($0.local) }
      }
  }

  /// What a field reads as, and whether a person must decide.
  func reads(_ field: String, of record: Int, in model: Model) -> (String, isContested: Bool)? {
    let standing = (entry(record).standing[field] ?? []).sorted {
      ($0.place, $0.local) < ($1.place, $1.local)
    }
    guard !standing.isEmpty else { return nil }
    let rule = PlainRule.of(field, in: model.records[record].type)
    let values = standing.map { model.edit($0.local, of: record).value(of: field) ?? "" }
    return (rule.reads(values), rule.asksForReview(values))
  }
}
