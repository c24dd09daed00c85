import SyncClient
import SyncCore
import SyncReplica

/// What must hold each time a laptop says that a sync has come to its end.
extension World {
  /// - Parameter scope: the cases that its officer held at the office's last look.
  func checkSynced(
    _ machine: Machine, _ report: SyncRound.Report, scope: [Int]?
  ) throws {
    guard let store = machine.store else { return }
    trace.note(
      "  \(machine.name) is done: \(report.receipts.count) receipts, \(report.records) records"
        + (report.isSynced ? ", synced" : ""))
    machine.memory.hasSynced = true
    machine.memory.heardMoves.formUnion(machine.memory.newMoves)
    machine.memory.newMoves = []
    noteReport(report, machine)
    if let scope {
      let allowed = Set(scope.map { cases[$0] })
      for caseID in try store.heldCases() where !allowed.contains(caseID) {
        throw Failure(.scope, "\(machine.name) still holds a case that its officer lost")
      }
      if report.isSynced, try store.read({ try $0.state().building }) == nil {
        guard try Set(store.cases()) == allowed else {
          throw Failure(.scope, "\(machine.name) is synced and lacks a case of its officer")
        }
      }
    }
    if report.isSynced { try checkReceipted(machine) }
    try checkOwnAreShown(machine, store)
    try checkActs(on: machine, store)
  }

  /// What a laptop saved last it still shows after a sync, where it holds the case whole.
  private func checkOwnAreShown(_ machine: Machine, _ store: any ReplicaStore) throws {
    let whole = Set(try store.cases())
    for number in machine.memory.edits.suffix(8) where everRefused[number] == nil {
      let edit = model.edits[number]
      let record = model.records[edit.record]
      guard whole.contains(cases[record.caseNumber]), !hasLeft(edit.record) else { continue }
      let shown = try store.record(record.id).map { try look(at: $0, on: machine) }
      guard swarm.mayRestoreOffice || shown?.seen.contains(edit.local) == true else {
        throw Failure(.session, "\(machine.name) shows #\(number) no longer")
      }
    }
  }

  /// Remembers the records that are too old for laptops by now.
  func noteWhatLeft() throws {
    let sequence = try office.sequence()
    guard sequence != lookedAt else { return }
    lookedAt = sequence
    if try office.departed() > 0 { everLeft.formUnion(try office.leftRecords()) }
  }

  /// Whether laptops may hold less of a record than before: it was too old for them.
  func hasLeft(_ record: Int) -> Bool {
    let id = model.records[record].id
    return everLeft.contains(id) || (try? office.hasLeft(id)) == true
  }

  /// “Synced” is said only when the office has everything.
  private func checkReceipted(_ machine: Machine) throws(Failure) {
    for number in machine.memory.edits where office.ledger.outcomes[number] == nil {
      guard swarm.mayRestoreOffice else {
        throw Failure(.noLostWrite, "\(machine.name) says synced, and #\(number) is not there")
      }
    }
  }

  /// An act is shown whole or not at all, once a sync is through.
  private func checkActs(on machine: Machine, _ store: any ReplicaStore) throws {
    for number in machine.memory.edits.suffix(8) {
      let act = model.edits[number].act
      guard act.count > 1, act.lowerBound == number else { continue }
      // What somebody released of a refused act stands alone.
      guard everReleased.isDisjoint(with: act) else { continue }
      guard !act.contains(where: { hasLeft(model.edits[$0].record) }) else { continue }
      // What an office lost at a restore comes home part by part, and may be seen so.
      guard !swarm.mayRestoreOffice || act.allSatisfy({ office.ledger.outcomes[$0] != nil })
      else { continue }
      let shown = try act.count { number in
        let edit = model.edits[number]
        guard let record = try store.record(model.records[edit.record].id) else { return false }
        let copy = try look(at: record, on: machine)
        let stands = copy.standing.contains { $0.locals.contains(edit.local) }
        return stands || (copy.seen.contains(edit.local) && !isRefused(edit.local, of: edit.record))
      }
      guard shown == 0 || shown == act.count else {
        throw Failure(.session, "\(machine.name) shows \(shown) of the act \(act)")
      }
    }
  }

  private func noteReport(_ report: SyncRound.Report, _ machine: Machine) {
    if report.didResync {
      tally.note(.resyncFinished)
      if machine.memory.edits.contains(where: { office.ledger.outcomes[$0] == nil }) {
        tally.note(.resyncWithUnsent)
      }
    }
    if report.differences == [] { tally.note(.verifyAgreed) }
    if report.forks > 0 {
      machine.forks += report.forks
      tally.note(.forkFound)
      if machine.forks > 1 { tally.note(.forkTwice) }
    }
    if report.handedBack > 0 { tally.note(.epochReturned) }
  }
}
