import Foundation
import RecordCatalogue
import SyncCore

/// What people are shown of the records.
extension ReplicaStore {
  /// Cases held whole, ascending.
  public func cases() throws(ReplicaError) -> [CaseID] {
    try read { rows in try shownCases(rows, in: rows.state().generation) }
  }

  /// Held whole, and not closed.
  private func shownCases(
    _ rows: any ReplicaReading, in generation: Int64
  ) throws -> [CaseID] {
    try rows.cases(in: generation).filter(\.isWhole).map(\.caseID)
      .filter { !closedCases.contains($0) }
  }

  /// Records as they are shown, deleted ones left out.
  public func records(
    caseID: CaseID? = nil, type: String? = nil
  ) throws(ReplicaError) -> [Record] {
    try records(caseID: caseID, types: type.map { [$0] })
  }

  /// Records of some types. What is asked of a whole caseload leaves out what it does not need, the
  /// contact log above all.
  public func records(
    caseID: CaseID?, types: Set<String>?
  ) throws(ReplicaError) -> [Record] {
    try read { rows in
      let generation = try rows.state().generation
      let whole = try shownCases(rows, in: generation)
      var found: [Record] = []
      func add(_ record: Record) {
        if !record.isDeleted { found.append(record) }
      }
      if types == nil, caseID == nil {
        let whole = Set(whole)
        try rows.shown(in: generation, of: nil, types: nil) { record in
          if whole.contains(record.caseID) { add(record) }
        }
      } else {
        // Case by case, as the index has them.
        for id in whole where caseID == nil || caseID == id {
          try rows.shown(in: generation, of: id, types: types, add)
        }
      }
      return found
    }
  }

  /// One record as it is shown; `nil` when this laptop does not hold it.
  public func record(_ id: RecordID) throws(ReplicaError) -> Record? {
    try read { rows in
      let row = try rows.record(id, in: rows.state().generation)
      return row.flatMap { closedCases.contains($0.caseID) ? nil : $0.current }
    }
  }

  /// Every field that a person must decide.
  public func disputes() throws(ReplicaError) -> [Dispute] {
    try read { rows in
      let generation = try rows.state().generation
      let whole = Set(try shownCases(rows, in: generation))
      var found: [Dispute] = []
      try rows.disputed(in: generation) { row in
        guard let record = row.current, whole.contains(row.caseID) else { return }
        found += record.disputes(by: catalogue.policy(of: record.type))
      }
      return found
    }
  }

  /// Records with a text value that holds every word of `query`, whatever the letters' case and
  /// accents.
  public func search(_ query: String) throws(ReplicaError) -> [Record] {
    let words = query.split(separator: " ").map { Self.folded(String($0)) }
    guard !words.isEmpty else { return [] }
    return try records().filter { record in
      let text = Self.folded(record.edits.map { $0.value.allText }.joined(separator: " "))
      return words.allSatisfy { text.contains($0) }
    }
  }

  private static func folded(_ text: String) -> String {
    text.folding(options: [.caseInsensitive, .diacriticInsensitive], locale: nil)
  }
}

extension Value {
  /// All text in it, for searching.
  fileprivate var allText: String {
    switch self {
    case .text(let text): text
    case .composite(let members): members.map { $0.value.allText }.joined(separator: " ")
    case .list(let values): values.map(\.allText).joined(separator: " ")
    case .none, .flag, .integer, .bytes, .seen, .unknown: ""
    }
  }
}
