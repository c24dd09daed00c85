import ServerStorage
import SyncCore
import SyncReplica

/// Whether the office refuses and accepts what it should, by the model's own rules and what each
/// author had truly seen.
extension World {
  func note(refusal code: String) {
    tally.note(.receiptRefused)
    switch code {
    case "easing": tally.note(.refusedEasing)
    case "record-unknown": tally.note(.refusedUnknown)
    case "written-once": tally.note(.refusedWrittenOnce)
    case "invalid": tally.note(.refusedInvalid)
    case "office-only": tally.note(.refusedOfficeOnly)
    case "not-the-author": tally.note(.refusedAuthor)
    case "restricted": tally.note(.refusedRestricted)
    default: break
    }
  }

  /// What an up-to-date laptop let through may be refused only for what it could not know.
  func checkRefusal(
    _ edit: Model.Edit, _ code: String, by machine: Machine
  ) throws(Failure) {
    guard !swarm.mayRestoreOffice else { return }
    let sawRefused = edit.seen.numbers.contains { isRefused($0, of: edit.record) }
    let isFair: Bool
    switch code {
    case "group-refused":
      isFair = edit.act.count > 1
    case "out-of-scope" where PlainRule.isAlwaysAccepted(model.records[edit.record].type):
      isFair = false
    case "out-of-scope":
      // Nobody writes to a case after hearing that it left, but on a disk that was put back.
      isFair =
        !office.ledger.holds(edit.author, model.records[edit.record].caseNumber) && !swarm.isStrict
    case "restricted":
      isFair =
        office.ledger.isKeptOut(edit.author, model.records[edit.record].caseNumber)
        && !PlainRule.isAlwaysAccepted(model.records[edit.record].type)
    case "not-the-author": isFair = swarm.roleChanges > 0
    case "record-unknown":
      isFair = !edit.seen.numbers.contains {
        office.ledger.isAccepted(model.edit($0, of: edit.record))
      }
    case "easing", "written-once", "stage-back", "role-may-not-decide", "missing":
      isFair = edit.isUnchecked || sawRefused
    default: isFair = edit.isUnchecked
    }
    guard isFair else {
      throw Failure(.judgement, "#\(edit.number) of \(machine.name) is refused: \(code)")
    }
  }

  /// The laptop itself refuses only by rules that the model has too.
  func checkRefusalHere(
    _ refusal: Refusal, _ entries: [Entry], on machine: Machine
  ) throws(Failure) {
    let isFair: Bool
    switch refusal {
    case .writtenOnce, .easing, .roleMayNotDecide, .roleMayNotWrite, .officeOnly, .invalid,
      .roleMayNotDelete:
      isFair = entries.contains { entry in
        entry.form.shown != nil || entry.form.type == "visit-record" || refusal.isAboutRole
      }
    case .missing, .recordUnknown:
      // All that the form showed has been refused in the meantime, or it is too old by now.
      isFair = entries.contains { entry in
        guard let copy = entry.form.copy else { return everLeft.contains(entry.form.record) }
        return hasLeft(copy.record)
          || copy.seen.numbers.allSatisfy { wasRefused($0, of: copy.record) }
      }
    case .identityChanged, .stageBack, .checkFailed, .outOfScope, .restricted, .laptopLost,
      .notTheAuthor, .tooLarge, .groupRefused, .unreadable:
      isFair = false
    }
    // A form that was open when the store took a new replica shows what is named otherwise now; so
    // does one whose record came home to an office that was put back.
    let present = try? machine.store?.read { try $0.state().replica }
    let isAcross = entries.contains { entry in
      guard entry.form.shown != nil else { return false }
      return entry.form.shownUnder != present || isRenamed(entry.form, on: machine)
    }
    guard isFair || isAcross else {
      throw Failure(.judgement, "\(machine.name) refuses \(refusal.code) to \(entries.map(\.flat))")
    }
  }

  /// Whether a record stands, and nothing that a form showed of it under those names.
  private func isRenamed(_ form: Form, on machine: Machine) -> Bool {
    guard swarm.mayRestoreOffice, let record = try? machine.store?.record(form.record) else {
      return false
    }
    return form.context.met(with: record.version).isEmpty
  }

  /// What must never be taken.
  func checkAcceptance(
    _ edit: Model.Edit, _ verdict: Verdict, by machine: Machine
  ) throws(Failure) {
    let record = model.records[edit.record]
    let holds = office.ledger.holds(edit.author, record.caseNumber)
    // Work of who is kept out stays beside the case.
    let isKeptOut =
      office.ledger.isKeptOut(edit.author, record.caseNumber)
      && !PlainRule.isAlwaysAccepted(record.type)
    guard !isKeptOut || (swarm.mayRestoreOffice && verdict == .late) else {
      throw Failure(.scope, "#\(edit.number) is \(verdict), and a limit keeps its author out")
    }
    guard holds || verdict == .late else {
      throw Failure(.scope, "#\(edit.number) is \(verdict), and its author does not hold the case")
    }
    guard !holds || verdict != .late else {
      throw Failure(.judgement, "#\(edit.number) is late, and its author holds the case")
    }
    guard office.role(of: machine.device) == edit.role else {
      throw Failure(.judgement, "#\(edit.number) is accepted, and its author has another role")
    }
    let seen = edit.seen.numbers.map { model.edit($0, of: edit.record) }
    guard seen.isEmpty || !swarm.isStrict || seen.contains(where: office.ledger.isAccepted) else {
      throw Failure(.judgement, "#\(edit.number) is accepted for a record that is not there")
    }
    for field in edit.fields {
      try checkAccepted(field.name, field.value, of: edit, record.type)
    }
  }

  func checkAccepted(
    _ field: String, _ value: String, of edit: Model.Edit, _ type: String
  ) throws(Failure) {
    func broken(_ why: String) -> Failure {
      Failure(.judgement, "#\(edit.number) is accepted: \(why) \(field)")
    }
    if edit.isDeletion {
      guard PlainRule.mayDelete(type, edit.role) else { throw broken("deletes") }
      return
    }
    // Where contexts may have been cut, the office cannot know what an author had seen.
    let seen = (office.ledger.entry(edit.record).standing[field] ?? []).filter {
      edit.seen.contains($0.local) && swarm.isStrict
    }.map { model.edit($0.local, of: edit.record).value(of: field) ?? "" }
    switch PlainRule.of(field, in: type) {
    case .officeOnly: throw broken("writes the office's")
    case .writtenOnce:
      guard type != "visit-record" || field != "arrived" || Int64(value) != nil else {
        throw broken("is no moment in")
      }
      guard seen.isEmpty else { throw broken("writes a second time in") }
    case .ratchet(let order, let deciders):
      let highest = seen.map { PlainRule.rank($0, order) }.max() ?? -1
      let isEased = PlainRule.rank(value, order) < highest
      guard !isEased || (deciders.contains(edit.role) && edit.hasReason) else {
        throw Failure(.protective, "#\(edit.number) lowers \(field) without leave")
      }
    case .claims(_, _, _, let deciders):
      let decides = PlainRule.of(field, in: type).asksForReview(seen)
      guard !decides || deciders.contains(edit.role) else { throw broken("decides") }
    case .element, .first, .last, .ranked: break
    }
  }

  /// A protective field never reads lower than the highest value that nobody with leave has eased.
  func checkProtective(_ copy: Model.Copy) throws(Failure) {
    let type = model.records[copy.record].type
    let accepted = office.ledger.entry(copy.record).accepted
    for (field, locals) in copy.standing {
      guard case .ratchet(let order, let deciders) = PlainRule.of(field, in: type) else { continue }
      let setters = accepted.numbers.map { model.edit($0, of: copy.record) }.filter {
        $0.value(of: field) != nil
      }
      // What stands may have come home without what it had seen.
      let known = copy.seen.numbers.map { model.edit($0, of: copy.record) }.filter {
        $0.value(of: field) != nil
      }
      let floor =
        setters.filter { high in
          !(setters + known).contains { other in
            other.seen.contains(high.local)
              && (!isLower(other, than: high, field, order)
                || (deciders.contains(other.role) && other.hasReason))
          }
        }.map { PlainRule.rank($0.value(of: field) ?? "", order) }.max() ?? -1
      let reads =
        locals.map {
          PlainRule.rank(model.edit($0, of: copy.record).value(of: field) ?? "", order)
        }.max() ?? -1
      guard reads >= floor else {
        throw Failure(.protective, "\(field) of record \(copy.record) reads lower than it may")
      }
    }
  }

  private func isLower(
    _ edit: Model.Edit, than other: Model.Edit, _ field: String, _ order: [String]
  ) -> Bool {
    PlainRule.rank(edit.value(of: field) ?? "", order)
      < PlainRule.rank(other.value(of: field) ?? "", order)
  }

  func noteAccepted(_ edit: Model.Edit, _ verdict: Verdict) {
    switch verdict {
    case .applied: tally.note(.receiptApplied)
    case .merged: tally.note(.receiptMerged)
    case .contested: tally.note(.receiptContested)
    case .late: tally.note(.receiptLate)
    case .refused, .retry: break
    }
    let entry = office.ledger.entry(edit.record)
    let type = model.records[edit.record].type
    for field in edit.fields {
      let standing = entry.standing[field.name] ?? []
      guard standing.count > 1 else { continue }
      tally.note(standing.count == 2 ? .conflictTwoWay : .conflictThreeWay)
      let values = Set(
        standing.map { model.edit($0.local, of: edit.record).value(of: field.name) ?? "" })
      if values.count == 1 {
        tally.note(.conflictEqualValues)
        continue
      }
      let rule = PlainRule.of(field.name, in: type)
      switch rule {
      case .ratchet: tally.note(.conflictRatchet)
      case .claims:
        tally.note(rule.asksForReview(Array(values)) ? .conflictClaims : .conflictAgreed)
      case .first, .last, .ranked: tally.note(.conflictContested)
      case .writtenOnce, .element, .officeOnly: break
      }
    }
    if type == "outcome-claim", edit.seen.isEmpty,
      !entry.accepted.numbers.allSatisfy({ $0 == edit.local })
    {
      tally.note(.conflictNaturalKey)
    }
    if edit.isDeletion {
      let isDeleted = office.ledger.isDeleted(edit.record, in: model)
      tally.note(isDeleted ? .deleteCovered : .deleteDisputed)
      if !isDeleted { tally.note(.deletedBesideEdit) }
    }
  }

  /// Only a copied store may be turned away.
  func checkDenial(_ denial: Intake.Denial, _ machine: Machine) throws(Failure) {
    switch denial {
    case .foreignCheckpoint where swarm.mayRestoreOffice: break
    case .incoherent, .foreignCheckpoint, .replicaOfAnotherDevice:
      throw Failure(.unexpected, "\(machine.name) is turned away: \(denial)")
    }
  }
}

extension Refusal {
  fileprivate var isAboutRole: Bool {
    switch self {
    case .roleMayNotWrite, .roleMayNotDelete, .roleMayNotDecide: true
    default: false
    }
  }
}
