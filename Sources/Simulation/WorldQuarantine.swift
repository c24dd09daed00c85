import ServerStorage
import SyncCore
import SyncReplica

/// Decisions on what the office had refused, held to the model's own rules.
extension World {
  func decide(_ chance: inout Chance) throws {
    let items = try office.quarantine()
    guard !items.isEmpty else { return }
    let item = chance.pick(items)
    let dot = item.change.dot
    guard let body = item.body,
      let edit = model.edit(marked: Mark.number(in: body.recordedAt), of: body.record)
    else { return }
    if let earlier = office.ledger.decisions[dot] {
      throw Failure(.onceOnly, "#\(edit.number) waits, and was \(earlier.kind)")
    }
    let kind = chance.pick(weighted: [
      (QuarantineDecision.Kind.released, 60), (.returned, 20), (.redirected, 20),
    ])
    let number = model.records[edit.record].caseNumber
    let target = kind == .redirected ? chance.below(cases.count) : number
    let record = RecordID.named("moved", "\(body.record) \(cases[target])")
    // What was redirected once, and lost with the decision, may come home.
    guard target == number || model.place(of: record) == nil else { return }
    let decided = try office.decide(
      kind, on: dot, to: kind == .redirected ? cases[target] : nil,
      at: Timestamp(milliseconds: now))
    trace.note("  #\(edit.number) is \(kind) for case \(target): \(decided)")
    switch decided {
    case .returned:
      office.ledger.decisions[dot] = .init(kind: kind.rawValue, edit: edit.number)
      tally.note(.quarantineReturned)
    case .refused(let problem): try checkNotReleased(edit, problem, isHere: target == number)
    case .taken(let sequence):
      try checkReleased(edit)
      let isHere = target == number
      office.ledger.decisions[dot] = .init(
        kind: isHere ? "released" : "redirected", edit: edit.number)
      tally.note(isHere ? .quarantineReleased : .quarantineRedirected)
      if body.origin != nil { tally.note(.quarantineReissued) }
      everReleased.insert(edit.number)
      let taken = isHere ? edit : redirected(edit, body, as: record, to: target)
      recordsWithReleased.insert(taken.record)
      office.ledger.take(taken, at: sequence, in: model)
      try checkOffice(taken.record)
    }
  }

  /// The same edit in a record of its own in another case.
  private func redirected(
    _ edit: Model.Edit, _ body: Change.Body, as id: RecordID, to number: Int
  ) -> Model.Edit {
    let type = model.records[edit.record].type
    recordsOfCase[number].append(id)
    let place = model.place(of: id, type: type, caseNumber: number)
    let copy = model.nextNumber
    model.add(
      { number, local in
        Model.Edit(
          number: number, record: place, local: local, act: number..<number + 1,
          author: edit.author, role: edit.role, machine: nil, fields: edit.fields,
          hasReason: edit.hasReason, seen: SeenSet(), isUnchecked: edit.isUnchecked)
      }, to: place)
    model.know(Mark.number(in: body.recordedAt), in: place, as: copy)
    return model.edits[copy]
  }

  /// Who wrote it is lifted, what was written is not.
  private func checkReleased(_ edit: Model.Edit) throws(Failure) {
    guard swarm.mayRestoreOffice || !everReleased.contains(edit.number) else {
      throw Failure(.onceOnly, "#\(edit.number) is released a second time")
    }
    guard swarm.isStrict else { return }
    guard !office.ledger.isAccepted(edit) else {
      throw Failure(.onceOnly, "#\(edit.number) is released and was taken")
    }
    for field in edit.fields {
      try checkAccepted(field.name, field.value, of: edit, model.records[edit.record].type)
    }
  }

  private func checkNotReleased(
    _ edit: Model.Edit, _ problem: Quarantine.Problem, isHere: Bool
  ) throws(Failure) {
    guard swarm.isStrict else { return }
    let isFair: Bool
    switch problem {
    case .isAnEdit:
      isFair = !edit.seen.isEmpty || model.records[edit.record].type == "outcome-claim"
    case .takenAlready: isFair = office.ledger.isAccepted(edit)
    case .refused(let refusal):
      tally.note(.quarantineRefused)
      let isAboutScope = [.outOfScope, .restricted, .groupRefused].contains(refusal)
      let sawRefused = edit.seen.numbers.contains { isRefused($0, of: edit.record) }
      isFair = !isAboutScope && (edit.isUnchecked || sawRefused || edit.act.count > 1)
    case .unknown, .notRefused, .decidedAlready, .unreadable, .unknownCase: isFair = false
    }
    guard isFair else {
      throw Failure(.judgement, "#\(edit.number) cannot be released: \(problem)")
    }
  }

  /// What was decided on a laptop's refused changes, its author can read there.
  func checkDecisionsHeard(_ machine: Machine, _ store: any ReplicaStore) throws {
    guard swarm.isStrict else { return }
    let replica = try store.read { try $0.state().replica }
    let decided = office.ledger.decisions.filter { $0.key.replica == replica }
    for row in try store.ownRows() {
      let decision = decided[row.dot]
      // Of very many at once, an answer tells the newest.
      guard row.dot.replica == replica, decided.count <= swarm.pushChanges else { continue }
      guard row.decision == decision?.kind else {
        throw Failure(
          .noSilentLoss,
          "\(machine.name) knows of \(String(describing: row.decision)) on \(row.dot), not "
            + String(describing: decision))
      }
      if decision != nil { tally.note(.quarantineHeard) }
    }
  }
}
