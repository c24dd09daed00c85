import ServerStorage
import SyncCore

/// Every request that reaches the office, held to the model: verdicts, repeats, and what stands
/// afterwards.
extension World {
  enum Received {
    case taken(Intake.Outcome)
    /// `nil` when the device's access was withdrawn.
    case turnedAway(Intake.Denial?)
  }

  func receive(_ request: SyncRequest, of machine: Machine) throws -> Received {
    let (before, departed) = (try office.sequence(), try office.departed())
    let outcome: Intake.Outcome
    do {
      outcome = try office.receive(
        request, from: machine.device, at: Timestamp(milliseconds: now),
        newLife: ReplicaID(value: UInt128(request.requestID) << 64 | UInt128(now)))
    } catch Office.Denial.revoked {
      trace.note("  the office turns \(machine.name) away: revoked")
      return .turnedAway(nil)
    } catch Office.Denial.refused(let denial) {
      trace.note("  the office turns \(machine.name) away: \(denial)")
      try checkDenial(denial, machine)
      return .turnedAway(denial)
    }
    let isNewDay = try settleDays(of: machine.user)
    let receipts = outcome.acceptance.receipts
    if receipts.contains(where: \.isAgain) { tally.note(.requestAgain) }
    var touched: Set<Int> = []
    var verdicts: [(edit: Model.Edit, receipt: Receipt)] = []
    for receipt in receipts {
      let index = Int(receipt.counter - request.firstCounter)
      guard case .readable(let change) = request.changes[index] else { continue }
      guard
        let edit = model.edit(
          marked: Mark.number(in: change.body.recordedAt), of: change.body.record)
      else { throw Failure(.noSilentLoss, "\(machine.name) sends what nobody wrote") }
      if change.body.origin != nil { tally.note(receipt.isAgain ? .reissuedKnown : .reissued) }
      verdicts.append((edit, receipt))
    }
    for (edit, receipt) in verdicts {
      try judge(edit, receipt, by: machine)
      touched.insert(edit.record)
      trace.note(
        "  the office: #\(edit.number) \(receipt.verdict)\(receipt.isAgain ? " again" : "")")
    }
    try checkActs(verdicts.map(\.edit))
    let isTaken = !outcome.acceptance.orders.contains {
      if case .newEpoch = $0.kind { true } else { false }
    }
    if isTaken, case .sound = outcome.acceptance.finding {
      try takeWhatCameHome(request, &touched)
    }
    for record in touched.sorted() { try checkOffice(record) }
    let isNew = receipts.contains { !$0.isAgain }
    let mayMove =
      isNew || isNewDay || !request.isPlain || request.changes.contains { $0.isIssuedAgain }
    // With the first contact of an hour, what is too old by now leaves.
    let left = try office.departed() &- departed
    if !mayMove, try office.sequence() != before &+ left {
      throw Failure(.onceOnly, "a request of \(machine.name) with nothing new moved the office")
    }
    return .taken(outcome)
  }

  private func judge(
    _ edit: Model.Edit, _ receipt: Receipt, by machine: Machine
  ) throws(Failure) {
    if receipt.isAgain { return try judgeAgain(edit, receipt) }
    let place = receipt.place?.sequence ?? 0
    if let earlier = office.ledger.outcomes[edit.number], earlier != .cameHome {
      throw Failure(
        .onceOnly, "#\(edit.number) was \(earlier) and is judged anew: \(receipt.verdict)")
    }
    switch receipt.verdict {
    case .refused(let code, _):
      office.ledger.refuse(edit, code)
      everRefused[edit.number] = code
      note(refusal: code)
      try checkRefusal(edit, code, by: machine)
    case .applied, .merged, .contested, .late:
      // It may have been refused before a restore, and its author never heard.
      everRefused[edit.number] = nil
      let sawAll = edit.seen.contains(office.ledger.entry(edit.record).accepted)
      try checkAcceptance(edit, receipt.verdict, by: machine)
      office.ledger.accept(edit, at: place, as: .accepted(receipt.verdict), in: model)
      // Who writes on where the base has left shows, and has seen, their own unsent work alone.
      if swarm.isStrict, receipt.verdict != .late, !recordsWithReleased.contains(edit.record),
        !hasLeft(edit.record)
      {
        try checkVerdict(edit, receipt.verdict, sawAll: sawAll)
      }
      noteAccepted(edit, receipt.verdict)
    case .retry: break
    }
  }

  /// A change that the office knows gets its first verdict again.
  private func judgeAgain(_ edit: Model.Edit, _ receipt: Receipt) throws(Failure) {
    switch (office.ledger.outcomes[edit.number], receipt.verdict) {
    case (.accepted(let first)?, let verdict) where first == verdict: break
    case (.refused(let first)?, .refused(let code, _)) where first == code: break
    case (let earlier, let verdict):
      // Handed back inside a record, it had no verdict of its own.
      if swarm.mayRestoreOffice { return }
      throw Failure(
        .onceOnly, "#\(edit.number) heard \(String(describing: earlier)), and again \(verdict)")
    }
  }

  /// Applied, merged or contested, by what the author had truly seen and what now stands.
  private func checkVerdict(
    _ edit: Model.Edit, _ verdict: Verdict, sawAll: Bool
  ) throws(Failure) {
    let isContested: Bool
    if edit.isDeletion {
      isContested = !office.ledger.isDeleted(edit.record, in: model)
    } else {
      isContested = edit.fields.contains {
        office.ledger.reads($0.name, of: edit.record, in: model)?.isContested == true
      }
    }
    let expected: Verdict = isContested ? .contested : sawAll ? .applied : .merged
    guard verdict == expected else {
      throw Failure(.judgement, "#\(edit.number) is \(verdict) and should be \(expected)")
    }
  }

  /// What was made in one act was taken whole or refused whole.
  private func checkActs(_ edits: [Model.Edit]) throws(Failure) {
    for edit in edits where edit.act.count > 1 && edit.number == edit.act.lowerBound {
      let refused = edit.act.count { number in
        if case .refused = office.ledger.outcomes[number] { true } else { false }
      }
      guard refused == 0 || refused == edit.act.count else {
        throw Failure(.session, "of the act \(edit.act) the office refused \(refused)")
      }
      tally.note(refused == 0 ? .groupAccepted : .refusedGroup)
    }
  }

  /// A record as somebody shows it, with what the model makes of it.
  struct Shown {
    let record: Record
    let copy: Model.Copy
  }

  /// What stands in a record at the office: by the model exactly, or after a fork at least.
  @discardableResult
  func checkOffice(_ record: Int) throws -> Shown? {
    let entry = office.ledger.entry(record)
    let id = model.records[record].id
    guard let stored = try office.record(id) else {
      guard entry.accepted.isEmpty else {
        throw Failure(.noLostWrite, "the office lacks record \(record)")
      }
      return nil
    }
    let copy = try model.read(stored, at: "the office")
    for (field, locals) in copy.standing {
      let expected = (entry.standing[field] ?? []).map(\.local).sorted()
      guard locals != expected else { continue }
      try compare(locals, with: expected, field, record)
    }
    let lacking = entry.standing.lazy.filter { field, standing in
      !standing.isEmpty && copy.locals(of: field).isEmpty
    }
    if let (field, standing) = lacking.min(by: { $0.key < $1.key }) {
      let numbers = standing.map { model.edit($0.local, of: record).number }
      throw Failure(
        .noSilentLoss, "the office shows nothing in \(field) of record \(record), not \(numbers)")
    }
    if swarm.isStrict, !recordsWithReleased.contains(record) {
      let isDeleted = office.ledger.isDeleted(record, in: model)
      guard stored.isDeleted == isDeleted else {
        throw Failure(.noResurrection, "record \(record) deleted: \(stored.isDeleted)")
      }
    }
    try checkProtective(copy)
    return Shown(record: stored, copy: copy)
  }

  private func compare(
    _ locals: [Int], with expected: [Int], _ field: String, _ record: Int
  ) throws(Failure) {
    let numbers = { (locals: [Int]) in locals.map { self.model.edit($0, of: record).number } }
    let missing = expected.filter { !locals.contains($0) }
    let extra = locals.filter { !expected.contains($0) }
    // A fork or a restore may cut contexts: then more may stand, and never less.
    let mayStand = extra.allSatisfy {
      office.ledger.entry(record).accepted.contains($0)
        && (!swarm.isStrict || recordsWithReleased.contains(record))
    }
    guard missing.isEmpty, mayStand else {
      throw Failure(
        .noSilentLoss,
        "\(field) of record \(record) holds \(numbers(locals)), expected \(numbers(expected))")
    }
  }
}

extension SyncRequest {
  /// Whether it hands nothing back to a restored office.
  var isPlain: Bool { returned.isEmpty && offered.isEmpty && obeyed.isEmpty }
}

extension PushedChange {
  var isIssuedAgain: Bool {
    if case .readable(let change) = self { change.body.origin != nil } else { false }
  }
}
