import SyncCore

/// What a person wants to change of one record.
public struct Edit: Sendable {
  public var record: RecordID
  public var type: String
  public var caseID: CaseID
  /// The record's version as it was shown when the form opened; empty for a new record.
  public var context: VersionVector
  /// The store's replica when the form opened (`ReplicaState.replica`); `nil` when it opened just
  /// now. A form that stood open while the store took a new replica shows own changes under names
  /// that may be somebody else's by now.
  public var openedUnder: ReplicaID?
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

extension ReplicaStore {
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
    try write { rows in try enter(edits, group, time, rows) }
  }

  /// The same in a transaction that does more.
  func enter(
    _ edits: [Edit], _ group: GroupID?, _ time: Timestamp, _ rows: any ReplicaTransaction
  ) throws -> [Change] {
    var state = try rows.state()
    if state.see(time) { try rows.save(state) }
    var head = try rows.head(of: state.replica)
    var changes: [Change] = []
    for edit in edits {
      guard let isHeld = try rows.isWhole(edit.caseID, in: state.generation) else {
        throw ReplicaError.unknownCase
      }
      guard isHeld else { throw ReplicaError.caseNotWhole }
      let change = try make(edit, group, time, after: head, state)
      let held = try rows.record(edit.record, in: state.generation)
      // Begun anew, it would pass for one that has seen what this laptop wrote to it before.
      guard try held != nil || !rows.isWrittenElsewhere(edit.record) else {
        throw ReplicaError.refused(.recordUnknown)
      }
      var row = held ?? RecordRow(id: edit.record, caseID: edit.caseID, type: edit.type)
      if let refusal = Record.refusal(
        of: change, to: row.current, policy: catalogue.policy(of: edit.type), origin: .device)
      {
        throw ReplicaError.refused(refusal)
      }
      var record = row.current ?? Record(id: edit.record, type: edit.type, caseID: edit.caseID)
      record.apply(change, at: nil)
      if let failed = try failedCheck(change, record, row.current, rows, state) {
        throw ReplicaError.refused(.checkFailed(check: failed.name))
      }
      row.shown = record
      try rows.append(change)
      try rows.save(row, in: state.generation)
      head = ChainHead(counter: change.dot.counter, hash: change.hash)
      changes.append(change)
    }
    // An act travels in one request; a longer one would be cut, and its halves judged apart.
    let bytes = changes.reduce(0) { $0 + $1.bytes.count + Self.reissueBytes }
    guard group == nil || (changes.count <= limits.pushChanges && bytes <= limits.pushBytes)
    else { throw ReplicaError.tooLarge(limit: limits.pushBytes) }
    return changes
  }

  /// A check that the record fails with what else this laptop shows.
  private func failedCheck(
    _ change: Change, _ record: Record, _ before: Record?, _ rows: any ReplicaTransaction,
    _ state: ReplicaState
  ) throws -> Check? {
    guard let policy = catalogue.policy(of: record.type), !policy.checks.isEmpty,
      case .set(let members) = change.body.action
    else { return nil }
    // A clock that was put back is not believed: the office's last answer was not later than now.
    // Without any answer yet, no clock is.
    let now = state.lastSync.map { max(change.body.recordedAt, $0) }
    let names = Set(members.map(\.name))
    let referred = { try rows.record($0, in: state.generation)?.current }
    return try policy.bar(
      on: change, in: record, before: before, referred: referred, policy: catalogue.policy)
      ?? policy.failedCheck(
        setting: names, in: record, today: now.flatMap { CalendarDate(at: $0) },
        referred: referred, policy: catalogue.policy)
  }

  /// Room that a change takes more when it is issued again: its origin, and one entry in its
  /// context.
  private static var reissueBytes: Int { 128 }

  /// What the author saw, under the names that own changes have now.
  private func context(of edit: Edit, _ state: ReplicaState) -> VersionVector {
    guard let replica = edit.openedUnder, replica != state.replica else { return edit.context }
    return state.former.drop { $0.replica != replica }.reduce(edit.context) { $1.renamed($0) }
  }

  private func make(
    _ edit: Edit, _ group: GroupID?, _ time: Timestamp, after head: ChainHead, _ state: ReplicaState
  ) throws -> Change {
    let (counter, overflow) = head.counter.addingReportingOverflow(1)
    guard !overflow else { throw ReplicaError.damaged("its counter has run out") }
    let change = Change(
      Change.Body(
        dot: Dot(state.replica, counter), previous: head.hash, record: edit.record, type: edit.type,
        caseID: edit.caseID, context: context(of: edit, state), action: edit.action,
        author: identity.user, role: identity.role, recordedAt: time, reason: edit.reason,
        group: group, writtenUnder: state.place))
    // What cannot be read back cannot be sent: the same limits that the office has.
    guard change.bytes.count <= limits.changeBytes - Self.reissueBytes else {
      throw ReplicaError.tooLarge(limit: limits.changeBytes)
    }
    do { _ = try Change(reading: change.bytes, limits: limits) } catch {
      throw ReplicaError.tooLarge(limit: limits.textBytes)
    }
    return change
  }
}
