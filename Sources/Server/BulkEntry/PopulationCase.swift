import RecordCatalogue
import SyncCore

/// One case of a population: who holds it, and everything that was ever entered in it.
package struct PopulationCase: Hashable, Sendable {
  package let crn: CRN
  package let caseID: CaseID
  /// The user name of the officer who holds it.
  package let officer: String
  /// In order of time; a record's first entry makes it, later ones change it.
  package let entries: [PopulationEntry]
}

/// Fields that somebody set at one moment.
package struct PopulationEntry: Hashable, Sendable {
  package let record: RecordID
  package let type: String
  package let fields: [String: Value]
  package let author: String
  package let role: Role
  package let recordedAt: Timestamp
  /// Why, where the catalogue asks for it; empty otherwise.
  package let reason: String
}

/// Collects a case's entries and puts them in order of time.
struct CaseEntries {
  private var entries: [PopulationEntry] = []

  /// - Returns: the name of the record, made of its time and chance.
  mutating func add(
    _ type: String, _ fields: [String: Value], by author: Author, at moment: Timestamp,
    _ chance: inout SplitMix64
  ) -> RecordID {
    let id = RecordID.timeOrdered(at: moment, random: chance.wide())
    set(id, type, fields, by: author, at: moment)
    return id
  }

  /// Sets fields of a record that has its name already. Parts that are `none` are left out.
  mutating func set(
    _ id: RecordID, _ type: String, _ fields: [String: Value], by author: Author,
    at moment: Timestamp, reason: String = ""
  ) {
    entries.append(
      PopulationEntry(
        record: id, type: type, fields: fields.filter { $0.value != .none }, author: author.name,
        role: author.role, recordedAt: moment, reason: reason))
  }

  /// Entries of one moment stay in the order in which they were added.
  func sorted() -> [PopulationEntry] {
    let order = entries.indices.sorted { left, right in
      let (a, b) = (entries[left].recordedAt, entries[right].recordedAt)
      return a == b ? left < right : a < b
    }
    return order.map { entries[$0] }
  }
}

/// Who enters something, and in what part.
struct Author: Hashable, Sendable {
  let name: String
  let role: Role

  static let office = Author(name: "office", role: .office)
  static let administrator = Author(name: "case.admin", role: .administrator)
}
