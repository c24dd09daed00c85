import ServerStorage
import SyncCore
import SyncReplica

/// The end of a story: the faults are over, everybody syncs, and all promises are held to what is
/// left.
extension World {
  static let syncsAfterHealing = 5

  /// Ends all faults and lets each laptop sync until all say that they are synced.
  func heal() throws {
    isHealing = true
    trace.note("\(now) everything is mended")
    for machine in machines {
      machine.cutOffUntil = 0
      machine.round = nil
      machine.incarnation += 1
      try switchOn(machine)
    }
    for turn in 1...Self.syncsAfterHealing {
      var salts = Chance(seed &+ UInt64(turn), .schedule)
      for machine in machines where try !isRevoked(machine) {
        try startSync(machine, verifying: turn > 1, salts.next())
        try drain()
      }
      if try machines.allSatisfy({ try isRevoked($0) || isSynced($0) }) { return }
    }
    for machine in machines where try !isRevoked(machine) && !isSynced(machine) {
      throw Failure(
        .liveness,
        "\(machine.name) is not synced after \(Self.syncsAfterHealing) syncs without faults")
    }
  }

  func isRevoked(_ machine: Machine) throws -> Bool {
    try office.device(machine.device)?.state != .active
  }

  /// Whether a laptop says that it is synced, holds nothing half and agrees with the office.
  private func isSynced(_ machine: Machine) throws -> Bool {
    guard let store = machine.store, try store.isSynced() else { return false }
    let state = try store.read { try $0.state() }
    guard state.building == nil, state.obeyed.isEmpty, !state.owes else { return false }
    guard try office.orders(for: machine.device).isEmpty else { return false }
    let digests = try office.digests(of: machine.user)
    return try store.cases() == digests.map(\.caseID) && store.digests() == digests
  }

  func judgeTheEnd() throws {
    for head in try office.caseHeads() { trace.note("\(head.caseID) \(head.digest.sum)") }
    var shown: [RecordID: Shown] = [:]
    for record in model.records.indices {
      guard let one = try checkOffice(record) else { continue }
      try checkReads(one)
      shown[one.record.id] = one
    }
    let problems = try office.problems()
    guard problems.isEmpty else {
      throw Failure(.verifier, problems.joined(separator: "; "))
    }
    // What is logged again after a restore may be known by its hash alone.
    let log = try office.log().map { logged in
      (logged, logged.bytes.isEmpty ? nil : try Change(reading: logged.bytes))
    }
    try checkAlerts()
    try checkLog(log)
    try checkSuperseded(log)
    for machine in machines {
      try checkOwnEdits(of: machine)
      guard try !isRevoked(machine) else { continue }
      try compare(machine, with: shown)
      if let store = machine.store { try checkDecisionsHeard(machine, store) }
    }
  }

  // MARK: Edits

  /// Whatever a disk that is left called saved has come to the office, or is refused with its text
  /// kept, and its author knows which.
  private func checkOwnEdits(of machine: Machine) throws {
    guard let store = machine.store else { return }
    var rows: [Int: OwnRow] = [:]
    for row in try store.ownRows() {
      guard let edit = model.edit(marked: Mark.number(in: row.recordedAt), of: row.record) else {
        throw Failure(.noLostWrite, "\(machine.name) holds a change that nobody made")
      }
      rows[edit.number] = row
    }
    let isRevoked = try isRevoked(machine)
    for number in machine.memory.edits {
      guard let row = rows[number] else {
        throw Failure(.noLostWrite, "\(machine.name) has lost #\(number)")
      }
      if isRevoked, row.change != nil { continue }
      let isKnown: Bool
      switch (office.ledger.outcomes[number], row.verdict) {
      case (.refused(let code)?, .refused(let heard, _)?): isKnown = code == heard
      case (.accepted(let verdict)?, let heard?): isKnown = verdict == heard
      case (_, _): isKnown = false
      }
      // After a restore what came home has no verdict of its own, or came inside what had seen it;
      // and what left with its case has no text that could be offered.
      let isHome =
        office.ledger.outcomes[number] != nil || row.change == nil
        || office.ledger.covers(model.edits[number], in: model)
      guard isKnown || (swarm.mayRestoreOffice && isHome) else {
        throw Failure(
          .noLostWrite,
          "#\(number): \(machine.name) heard \(String(describing: row.verdict)), the office says "
            + String(describing: office.ledger.outcomes[number]))
      }
      // Of a case that its author must not see, the office keeps what was refused.
      let caseNumber = model.records[model.edits[number].record].caseNumber
      if office.ledger.isKeptOut(machine.user, caseNumber), row.verdict != nil, row.change != nil {
        throw Failure(.scope, "\(machine.name) keeps #\(number) of a case that it must forget")
      }
      let mustForget = everKeptOut[machine.user]?.contains(caseNumber) == true
      if row.verdict?.isRefusal == true, row.change == nil, !mustForget {
        throw Failure(.noLostWrite, "the refused text of #\(number) is gone")
      }
    }
  }

  /// The office's log: no gaps, no dot twice, each edit taken once.
  private func checkLog(_ log: [(LoggedChange, Change?)]) throws {
    var taken: [Int: Change.Origin] = [:]
    var last: [ReplicaID: UInt64] = [:]
    for (logged, change) in log {
      guard logged.dot.counter == (last[logged.dot.replica] ?? 0) + 1 else {
        throw Failure(.sequence, "the log of \(logged.dot.replica) has a gap")
      }
      last[logged.dot.replica] = logged.dot.counter
      guard let change,
        let edit = model.edit(
          marked: Mark.number(in: change.body.recordedAt), of: change.body.record)
      else { continue }
      let issue = change.firstIssue
      if let earlier = taken[edit.number], earlier.hash != issue.hash {
        throw Failure(.onceOnly, "#\(edit.number) was taken as \(earlier.dot) and \(issue.dot)")
      }
      taken[edit.number] = issue
    }
  }

  /// Nothing stands that somebody superseded, by whichever of its names they had seen it. After a
  /// restore of the office a name may come home without what it stands for.
  private func checkSuperseded(_ log: [(LoggedChange, Change?)]) throws {
    guard !swarm.mayRestoreOffice else { return }
    let taken = log.filter { !$0.0.verdict.isRefusal }.compactMap(\.1)
    let names = Dictionary(grouping: taken, by: \.firstIssue.hash).mapValues { $0.map(\.dot) }
    for change in taken {
      guard case .set(let members) = change.body.action,
        let record = try office.record(change.body.record)
      else { continue }
      for member in members {
        for edit in record.standing(member.name) where edit.hash != change.firstIssue.hash {
          guard names[edit.hash]?.contains(where: change.body.context.contains) != true else {
            throw Failure(
              .noSilentLoss, "\(edit.dot) stands in \(member.name), and \(change.dot) had seen it")
          }
        }
      }
    }
  }

  // MARK: Copies

  /// A laptop holds its officer's cases, all of each, and shows what the office shows.
  private func compare(_ machine: Machine, with office: [RecordID: Shown]) throws {
    guard let store = machine.store else { return }
    let held = self.office.ledger.cases(of: machine.user).map { cases[$0] }.sorted()
    guard try store.heldCases() == held else {
      throw Failure(.scope, "\(machine.name) holds other cases than its officer")
    }
    for (number, caseID) in cases.enumerated() {
      for id in recordsOfCase[number] {
        let ours = try store.record(id)
        guard held.contains(caseID) else {
          guard ours == nil else {
            throw Failure(.scope, "\(machine.name) holds a record of a case that it lost")
          }
          continue
        }
        if let left = office[id], try self.office.hasLeft(id) {
          guard ours == nil else {
            throw Failure(.scope, "\(machine.name) holds a record that is too old for it")
          }
          try checkIsOld(left.record)
          tally.note(.windowLeft)
          continue
        }
        try compare(ours, office[id], on: machine)
      }
    }
  }

  /// Nothing leaves laptops before its year is over, and an outcome only with its appointment.
  private func checkIsOld(_ record: SyncCore.Record) throws {
    if record.type == "outcome-claim" {
      let appointment = record.read("appointment", by: .union)?.value.text.flatMap { RecordID($0) }
      guard let appointment, try office.hasLeft(appointment) else {
        throw Failure(.scope, "outcome \(record.id) left without its appointment")
      }
      return
    }
    let day =
      record.type == "visit-record"
      ? record.read("arrived", by: .union)?.value.integer.map { PlainDay.text(PlainDay.at($0)) }
      : record.read("when", by: .fieldMerge(.first))?.value[member: "date"]?.text
    guard let day, day < PlainDay.text(PlainDay.at(now) - 365) else {
      throw Failure(.scope, "record \(record.id) of \(day ?? "no day") left too early")
    }
  }

  private func compare(
    _ ours: SyncCore.Record?, _ theirs: Shown?, on machine: Machine
  ) throws {
    guard let theirs else {
      guard ours == nil else {
        throw Failure(.convergence, "\(machine.name) shows a record that the office lacks")
      }
      return
    }
    guard let ours else {
      throw Failure(.convergence, "\(machine.name) lacks record \(theirs.record.id)")
    }
    // What is alike in every part reads alike, and what the office shows is checked already.
    guard ours != theirs.record else { return try remember(theirs.copy, on: machine) }
    let mine = try look(at: ours, on: machine)
    let office = theirs.copy
    guard mine.standing.map(\.field) == office.standing.map(\.field),
      mine.standing.map(\.locals) == office.standing.map(\.locals),
      ours.isDeleted == theirs.record.isDeleted
    else {
      let standing = { (copy: Model.Copy) in
        copy.standing.map { field, locals in
          "\(field) \(locals.map { self.model.edit($0, of: copy.record).number })"
        }.joined(separator: ", ")
      }
      throw Failure(
        .convergence,
        "\(machine.name) shows record \(mine.record) otherwise: \(standing(mine)); the office: "
          + standing(office))
    }
    for (field, _) in mine.standing where field != Model.deletion {
      let rule = self.office.catalogue.policy(of: ours.type)?.rule(of: field) ?? .fieldMerge(.first)
      let reads = ours.read(field, by: rule)
      guard reads?.value == theirs.record.read(field, by: rule)?.value else {
        throw Failure(.convergence, "\(machine.name) reads \(field) of \(mine.record) otherwise")
      }
    }
  }

  /// The office reads each field as the plain rules say of what stands.
  private func checkReads(_ shown: Shown) throws {
    guard swarm.isStrict, !recordsWithReleased.contains(shown.copy.record) else { return }
    for (field, _) in shown.copy.standing where field != Model.deletion {
      let rule =
        office.catalogue.policy(of: shown.record.type)?.rule(of: field) ?? .fieldMerge(.first)
      let reads = shown.record.read(field, by: rule)
      let expected = office.ledger.reads(field, of: shown.copy.record, in: model)
      guard let reads, Mark.flat(reads.value) == expected?.0,
        (reads.status == .contested) == expected?.isContested
      else {
        throw Failure(
          .noSilentLoss,
          "\(field) of record \(shown.copy.record) reads \(String(describing: reads?.value)), expected "
            + String(describing: expected))
      }
    }
  }
}
