import Foundation
import GRDB
import SyncCore

/// What a person wants to change of one record.
public struct Edit: Sendable {
  public var record: RecordID
  public var type: String
  public var caseID: CaseID
  /// The record's version as it was shown when the form opened; empty for a new record.
  public var context: VersionVector
  public var action: Change.Action
  /// Why, where the rule asks for it.
  public var reason: String

  public init(
    record: RecordID, type: String, caseID: CaseID, context: VersionVector, action: Change.Action,
    reason: String = ""
  ) {
    self.record = record
    self.type = type
    self.caseID = caseID
    self.context = context
    self.action = action
    self.reason = reason
  }

  /// Sets fields; their order does not matter.
  public static func set(
    _ fields: [String: Value], of record: RecordID, type: String, caseID: CaseID,
    context: VersionVector = VersionVector(), reason: String = ""
  ) -> Edit {
    let members = fields.map { Value.Member($0.key, $0.value) }.sorted { $0.name < $1.name }
    return Edit(
      record: record, type: type, caseID: caseID, context: context, action: .set(members),
      reason: reason)
  }
}

extension Replica {
  /// Saves edits made in one act. When this returns, they survive a power cut.
  ///
  /// All or none: dots, records and outbox change in one transaction.
  /// - Parameters:
  ///   - group: names the act when its parts must stand or fall together at the office too.
  ///   - time: the laptop's clock; evidence only.
  /// - Returns: the changes, in dot order.
  @discardableResult
  public func edit(
    _ edits: [Edit], group: GroupID? = nil, at time: Timestamp
  ) throws(ReplicaError) -> [Change] {
    try write { db in
      let overlay = Overlay(db: db, sealer: sealer, limits: limits)
      let records = StoredRecords(db: db, sealer: sealer, generation: try db.generation())
      let place = try db.place()
      var head = try overlay.head()
      var changes: [Change] = []
      for edit in edits {
        let isHeld = try db.isWhole(edit.caseID, in: records.generation)
        guard let isHeld else { throw ReplicaError.unknownCase }
        guard isHeld else { throw ReplicaError.caseNotWhole }
        let change = try make(edit, group, time, after: head, place: place)
        let row = try records.row(edit.record)
        if let refusal = Record.refusal(
          of: change, to: row?.current, policy: catalogue.policy(of: edit.type), origin: .device)
        {
          throw ReplicaError.refused(refusal)
        }
        var record = row?.current ?? Record(id: edit.record, type: edit.type, caseID: edit.caseID)
        record.apply(change, at: nil)
        try overlay.append(change)
        try records.save(
          StoredRecords.Row(
            id: edit.record, caseID: edit.caseID, type: edit.type, base: row?.base, shown: record))
        head = ChainHead(counter: change.dot.counter, hash: change.hash)
        changes.append(change)
      }
      // An act travels in one request; a longer one would be cut, and its halves judged apart.
      let bytes = changes.reduce(0) { $0 + $1.bytes.count }
      guard group == nil || (changes.count <= limits.pushChanges && bytes <= limits.pushBytes)
      else { throw ReplicaError.tooLarge(limit: limits.pushBytes) }
      return changes
    }
  }

  private func make(
    _ edit: Edit, _ group: GroupID?, _ time: Timestamp, after head: ChainHead, place: Place?
  ) throws -> Change {
    let (counter, overflow) = head.counter.addingReportingOverflow(1)
    guard !overflow else { throw ReplicaError.damaged("its counter has run out") }
    let change = Change(
      Change.Body(
        dot: Dot(identity.replica, counter), previous: head.hash, record: edit.record,
        type: edit.type,
        caseID: edit.caseID, context: edit.context, action: edit.action, author: identity.user,
        role: identity.role, recordedAt: time, reason: edit.reason, group: group,
        writtenUnder: place))
    // What cannot be read back cannot be sent: the same limits that the office has.
    guard change.bytes.count <= limits.changeBytes else {
      throw ReplicaError.tooLarge(limit: limits.changeBytes)
    }
    do { _ = try Change(reading: change.bytes, limits: limits) } catch {
      throw ReplicaError.tooLarge(limit: limits.textBytes)
    }
    return change
  }
}

extension Database {
  func generation() throws -> Int64 { try metaNumber(.generation) ?? 1 }

  /// The generation that pages go to: the one being built, if there is one.
  func targetGeneration() throws -> Int64 { try metaNumber(.buildingGeneration) ?? generation() }

  func place() throws -> Place? {
    guard let epoch = try metaNumber(.placeEpoch), let sequence = try metaNumber(.placeSequence)
    else {
      return nil
    }
    return Place(epoch: UInt64(stored: epoch), sequence: UInt64(stored: sequence))
  }

  /// Whether a case is held whole; `nil` when it is not held.
  func isWhole(_ caseID: CaseID, in generation: Int64) throws -> Bool? {
    try Bool.fetchOne(
      cachedStatement(sql: "SELECT is_whole FROM cases WHERE generation = ? AND case_id = ?"),
      arguments: [generation, Data(caseID.bytes)])
  }
}
