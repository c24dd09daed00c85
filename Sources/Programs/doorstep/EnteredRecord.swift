import ArgumentParser
import Foundation
import ProgramKit
import RecordCatalogue
import SyncCore
import SyncReplica

/// What somebody types of any record: the catalogue says what it takes.
struct EnteredRecord {
  let type: RecordType

  init(_ name: String, in catalogue: Catalogue) throws {
    guard let type = catalogue[name.lowercased()] else {
      throw Failure(
        .badData, code: "unknown-type",
        "There is no record type “\(name)”. See all: doorstep forms.")
    }
    self.type = type
  }

  /// The entered fields as values, merged with what the record shows.
  func fields(
    _ entries: [String], on current: Record?, in replica: Replica
  ) throws -> [String: Value] {
    let reader = EntryReader { text, type throws(EntryReader.Problem) in
      do { return try replica.findRecord(text, type: type).id } catch {
        throw .init(Failure(error).message, "give the end of an id that is shown")
      }
    }
    let fields: [String: Value]
    do throws(EnteredForm.Fault) {
      fields = try EnteredForm(type, reader, on: current).fields(entries)
    } catch {
      throw Failure(
        .badData, code: "bad-field",
        "\(error.field): \(error.problem.problem). To mend it: \(error.problem.remedy).")
    }
    for name in fields.keys.sorted() {
      guard let policy = type.policy.policy(of: name) else { continue }
      let mayWrite = policy.writers.union(policy.deciders).contains(replica.identity.role)
      guard mayWrite else {
        throw Failure(
          .badData, code: "role-may-not-write",
          "\(name): it is written by \(policy.writers.map(\.rawValue).sorted().joined(separator: ", ")), not on this laptop."
        )
      }
    }
    return fields
  }

  /// A new record in a case; what its name says is there already is a change of that.
  func edit(
    _ entries: [String], in caseID: CaseID, _ reason: String, in replica: Replica,
    newRecord: RecordID
  ) throws -> Edit {
    let entered = try fields(entries, on: nil, in: replica)
    guard !entered.isEmpty else {
      throw Failure(
        .badData, code: "no-fields",
        "There is nothing to save. See what it takes: doorstep forms \(type.name).")
    }
    let id = type.naturalKey.isEmpty ? newRecord : try name(entered, caseID)
    guard let known = try replica.record(id) else {
      return Edit.set(entered, of: id, type: type.name, caseID: caseID, reason: reason)
    }
    guard known.caseID == caseID else {
      throw Failure(.badData, code: "other-case", "\(type.label) \(id.short) is of another case.")
    }
    return try edit(entries, of: known, reason, in: replica, but: type.naturalKey)
  }

  /// A change of a record.
  /// - Parameter names: fields that stand in it already.
  func edit(
    _ entries: [String], of record: Record, _ reason: String, in replica: Replica,
    but names: [String] = []
  ) throws -> Edit {
    let entered = try fields(entries, on: record, in: replica)
      .filter { !names.contains($0.key) }
    guard !entered.isEmpty else {
      throw Failure(
        .badData, code: "no-fields",
        "\(type.label) \(record.id.short) is there already, and there is nothing to add to it.")
    }
    return Edit.set(
      entered, of: record.id, type: record.type, caseID: record.caseID, context: record.version,
      reason: reason)
  }

  private func name(_ entered: [String: Value], _ caseID: CaseID) throws -> RecordID {
    guard let id = type.naturalID(of: entered, in: caseID) else {
      throw Failure(
        .badData, code: "missing",
        "It must say \(type.naturalKey.joined(separator: " and ")): that is what names it.")
    }
    return id
  }
}

extension LaptopCommand {
  /// Adds a record that somebody typed.
  func add(_ type: String, to crn: String, _ fields: [String], reason: String) async throws {
    try await enter { replica in
      try EnteredRecord(type, in: replica.catalogue).edit(
        fields, in: replica.findCase(crn), reason, in: replica, newRecord: newRecord())
    }
  }

  /// Saves one edit, with the office in reach where a check asks for it.
  func enter(_ edit: (Replica) throws -> Edit) async throws {
    let isOnNewest: Bool
    do {
      let replica = try laptop.writing()
      let entered = try edit(replica)
      isOnNewest = replica.catalogue.isOnNewest(entered)
      if !isOnNewest { try save(entered, replica) }
    }
    guard isOnNewest else { return }
    try await OfficeInReach(laptop: laptop).around {
      let replica = try laptop.writing()
      try save(edit(replica), replica)
    }
  }

  private func save(_ edit: Edit, _ replica: Replica) throws {
    let label = replica.catalogue[edit.type]?.label ?? edit.type
    let warnings = try Booking.warnings(of: edit, edit.fields["when"], in: replica)
    try save([edit], replica, label, and: warnings)
  }
}

extension Edit {
  /// What it sets, by field.
  fileprivate var fields: [String: Value] {
    guard case .set(let members) = action else { return [:] }
    return Dictionary(members.map { ($0.name, $0.value) }) { first, _ in first }
  }
}

extension Catalogue {
  fileprivate func isOnNewest(_ edit: Edit) -> Bool {
    policy(of: edit.type)?.isOnNewest(setting: edit.fields) == true
  }
}
