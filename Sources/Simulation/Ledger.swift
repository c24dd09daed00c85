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

  struct Grant {
    let user: String
    let caseNumber: Int
    let from: UInt64
    var end: UInt64?
    /// Whether it ended because a limit keeps the user out, and runs again when that ends.
    var isSuspended = false
  }

  private(set) var entries: [Int: Entry] = [:]
  private(set) var outcomes: [Int: Outcome] = [:]
  private(set) var grants: [Grant] = []
  /// Whom a limit keeps out of which cases, whether they ever held them or not.
  private var limited: [String: Set<Int>] = [:]
  /// The cases that each user holds now, ascending by number.
  private var held: [String: [Int]] = [:]

  // MARK: Grants

  func holds(_ user: String, _ caseNumber: Int) -> Bool {
    held[user]?.contains(caseNumber) == true
  }

  func everHeld(_ user: String, _ caseNumber: Int) -> Bool {
    grants.contains { $0.user == user && $0.caseNumber == caseNumber }
  }

  /// The cases of a user, ascending by number.
  func cases(of user: String) -> [Int] {
    held[user] ?? []
  }

  mutating func grant(_ user: String, _ caseNumber: Int, at sequence: UInt64) {
    guard !holds(user, caseNumber) else { return }
    grants.append(Grant(user: user, caseNumber: caseNumber, from: sequence))
    held[user] = (cases(of: user) + [caseNumber]).sorted()
  }

  mutating func end(_ user: String, _ caseNumber: Int, at sequence: UInt64) {
    held[user]?.removeAll { $0 == caseNumber }
    for index in grants.indices
    where grants[index].user == user && grants[index].caseNumber == caseNumber {
      grants[index].isSuspended = false
      if grants[index].end == nil { grants[index].end = sequence }
    }
  }

  /// Whether a limit keeps a case from a user who holds it or did.
  func isKeptOut(_ user: String, _ caseNumber: Int) -> Bool {
    limited[user]?.contains(caseNumber) == true && everHeld(user, caseNumber)
  }

  mutating func limit(_ user: String, _ caseNumber: Int, ends: Bool, at sequence: UInt64) {
    let held = holds(user, caseNumber)
    let isSuspended = grants.contains {
      $0.user == user && $0.caseNumber == caseNumber && $0.isSuspended
    }
    if ends {
      limited[user]?.remove(caseNumber)
    } else {
      limited[user, default: []].insert(caseNumber)
    }
    if ends, isSuspended {
      end(user, caseNumber, at: sequence)
      grant(user, caseNumber, at: sequence)
    } else if !ends, held {
      end(user, caseNumber, at: sequence)
      for index in grants.indices.reversed()
      where grants[index].user == user && grants[index].caseNumber == caseNumber {
        grants[index].isSuspended = true
        break
      }
    }
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
