import ServerStorage
import SyncCore

/// What people at the office do: entries and imports, allocations, orders.
extension World {
  /// Makes a record, or sets fields of one as the office has it.
  func enter(
    _ content: Entry.Content, of id: RecordID, type: String, _ number: Int, reason: String = ""
  ) throws {
    let stored = try office.record(id)
    let copy = try stored.map { try model.read($0, at: "the office") }
    let form = Form(record: id, type: type, caseNumber: number, shown: stored, copy: copy)
    try enter(Entry(form: form, content: content, reason: reason))
  }

  /// - Precondition: the entry's form shows the record as the office has it now.
  func enter(_ entry: Entry) throws {
    let form = entry.form
    let number = model.nextNumber
    let time = Mark.time(now, number: number)
    guard let sequence = try office.enter(entry, in: cases[form.caseNumber], at: time) else {
      trace.note("  the office's rules refuse it")
      return
    }
    let place = record(of: form)
    model.add(
      { number, local in
        Model.Edit(
          number: number, record: place, local: local, act: number..<number + 1, author: "import",
          role: "office", machine: nil, fields: entry.flat, hasReason: !entry.reason.isEmpty,
          seen: form.copy?.seen ?? SeenSet(), isUnchecked: false)
      }, to: place)
    office.ledger.accept(
      model.edits[number], at: sequence, as: .accepted(.applied), in: model)
    tally.edits += 1
    trace.note("  the office enters #\(number) in record \(place) at \(sequence)")
    try checkOffice(place)
  }

  /// The model's record that a form is about.
  func record(of form: Form) -> Int {
    if let place = model.place(of: form.record) { return place }
    recordsOfCase[form.caseNumber].append(form.record)
    return model.place(of: form.record, type: form.type, caseNumber: form.caseNumber)
  }

  func workAtTheOffice(_ chance: inout Chance) throws {
    let number = chance.below(cases.count)
    let records = recordsOfCase[number]
    if chance.happens(400) || records.isEmpty {
      let type = chance.pick(weighted: Workload.newTypes)
      let form = Form(
        record: chance.id(), type: type, caseNumber: number, shown: nil, copy: nil)
      return try enter(Workload.fresh(form, model.nextNumber, &chance))
    }
    let id = records[chance.below(records.count)]
    guard let stored = try office.record(id) else { return }
    let copy = try model.read(stored, at: "the office")
    let form = Form(
      record: id, type: stored.type, caseNumber: number, shown: stored, copy: copy)
    let entry = Workload.change(form, model.nextNumber, role: "", &chance)
    guard case .set = entry.content else { return }
    try enter(entry)
  }

  // MARK: Who holds what

  func grant(_ user: String, _ number: Int) throws {
    if !office.ledger.holds(user, number) {
      let isAgain = office.ledger.everHeld(user, number)
      if isAgain {
        tally.note(.scopeGrantedAgain)
        let stillThere = try machines.contains {
          try $0.user == user && ($0.store?.holds(cases[number]) ?? false)
        }
        if stillThere { tally.note(.scopeAgainUnnoticed) }
      } else {
        tally.note(.cameWithPast)
      }
    }
    try office.grant(user, cases[number], number, at: Timestamp(milliseconds: now))
    trace.note("  \(user) gets case \(number)")
  }

  /// Somebody turns out to know the person, or is found not to.
  func limit(_ user: String, _ number: Int, _ chance: inout Chance) throws {
    let ends = office.ledger.isKeptOut(user, number) && chance.happens(700)
    try office.limit(
      user, crn(number), number, ends: ends, at: Timestamp(milliseconds: now))
    noteWhoIsKeptOut(of: number)
    try checkAccess(of: [user])
    tally.note(ends ? .limitEnded : .limitSet)
    trace.note("  \(user) is \(ends ? "no longer " : "")kept out of case \(number)")
  }

  func end(_ user: String, _ number: Int) throws {
    try office.end(user, cases[number], number)
    trace.note("  \(user) loses case \(number)")
  }

  func orderResync(of machine: Machine) throws {
    guard try office.orderResync(of: machine.device) else { return }
    tally.note(.resyncOrdered)
  }

  func revoke(_ machine: Machine) throws {
    // One laptop must be left to work with.
    guard machine.number > 0, machine.device != machines[0].device else { return }
    try office.revoke(machine.device)
    tally.note(.revoked)
  }

  func changeRole(of machine: Machine) throws {
    guard machine.number > 0, machine.device != machines[0].device else { return }
    try office.change(machine.device) { $0.role = .senior }
  }
}
