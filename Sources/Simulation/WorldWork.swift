import SyncCore
import SyncReplica

/// What officers do on their laptops: forms open, stay open while pages arrive, and are saved.
extension World {
  func work(on machine: Machine, _ chance: inout Chance) throws {
    guard let store = machine.store else { return }
    if !machine.forms.isEmpty, chance.happens(450) {
      let form = machine.forms.remove(at: chance.below(machine.forms.count))
      return try save(form, on: machine, store, &chance)
    }
    let held = try store.cases()
    guard !held.isEmpty else { return }
    guard held.allSatisfy(machine.memory.complete.contains) else {
      throw Failure(.session, "\(machine.name) opens a case that has not come whole")
    }
    let number = cases.firstIndex(of: chance.pick(held)) ?? 0
    if chance.happens(120) { return try visit(number, on: machine, store, &chance) }
    var form = try form(in: number, on: machine, store, &chance)
    form.shownUnder = try store.read { try $0.state().replica }
    if chance.happens(700) || machine.forms.count > 3 {
      try save(form, on: machine, store, &chance)
    } else {
      machine.forms.append(form)
    }
  }

  // MARK: Forms

  /// A form for a new record, or for one that is shown. Few records get most of the work, so that
  /// people meet in them.
  private func form(
    in number: Int, on machine: Machine, _ store: any ReplicaStore, _ chance: inout Chance
  ) throws -> Form {
    let records = recordsOfCase[number]
    if !records.isEmpty, chance.happens(700) {
      for _ in 0..<3 {
        let few = chance.happens(700) ? min(records.count, 4) : records.count
        let id = records[chance.below(few)]
        if let form = try form(for: id, number, on: machine, store) { return form }
      }
    }
    let type = chance.pick(weighted: Workload.newTypes)
    return Form(record: chance.id(), type: type, caseNumber: number, shown: nil, copy: nil)
  }

  private func form(
    for id: RecordID, _ number: Int, on machine: Machine, _ store: any ReplicaStore
  ) throws -> Form? {
    guard let shown = try store.record(id), !shown.isDeleted else { return nil }
    let copy = try look(at: shown, on: machine)
    return Form(record: id, type: shown.type, caseNumber: number, shown: shown, copy: copy)
  }

  /// Reads a record as a machine shows it, and holds it to what the same machine showed before.
  func look(at shown: SyncCore.Record, on machine: Machine) throws(Failure) -> Model.Copy {
    let copy = try model.read(shown, at: machine.name)
    try remember(copy, on: machine)
    return copy
  }

  /// Nobody sees less of a record than they saw before.
  func remember(_ copy: Model.Copy, on machine: Machine) throws(Failure) {
    let before = machine.memory.views[copy.record] ?? SeenSet()
    if !copy.seen.contains(before) {
      let missing = before.numbers.filter { !copy.seen.contains($0) }.filter {
        !isRefused($0, of: copy.record)
      }
      if !missing.isEmpty, !swarm.mayRestoreOffice, !hasLeft(copy.record) {
        throw Failure(
          .session, "\(machine.name) no longer shows \(missing) of record \(copy.record)")
      }
    }
    machine.memory.views[copy.record] = copy.seen
  }

  func isRefused(_ local: Int, of record: Int) -> Bool {
    let edit = model.edit(local, of: record)
    if case .refused = office.ledger.outcomes[edit.number] { return true }
    return false
  }

  /// Whether it ever was, also before a restore of the office.
  func wasRefused(_ local: Int, of record: Int) -> Bool {
    everRefused[model.edit(local, of: record).number] != nil
  }

  // MARK: Saving

  private func save(
    _ form: Form, on machine: Machine, _ store: any ReplicaStore, _ chance: inout Chance
  ) throws {
    var form = form
    let role = machine.isOutdated && chance.happens(500) ? "administrator" : machine.role.rawValue
    let entry: Entry
    if form.shown == nil {
      entry = Workload.fresh(form, model.nextNumber, &chance)
    } else if form.type == "appointment", chance.happens(350) {
      let appointment = form.record
      form = try outcomeForm(of: form, on: machine, store)
      entry = Workload.outcome(form, of: appointment, &chance)
    } else {
      entry = Workload.change(form, model.nextNumber, role: role, &chance)
    }
    try save([entry], group: nil, on: machine, store)
  }

  /// The form for what came of an appointment: its record is named by the appointment.
  private func outcomeForm(
    of appointment: Form, on machine: Machine, _ store: any ReplicaStore
  ) throws -> Form {
    let id = RecordID.named("outcome-claim", appointment.record.description)
    if let form = try form(for: id, appointment.caseNumber, on: machine, store) { return form }
    return Form(
      record: id, type: "outcome-claim", caseNumber: appointment.caseNumber, shown: nil, copy: nil)
  }

  /// A visit ended: what was seen, what is noted, and often the next appointment, in one act.
  private func visit(
    _ number: Int, on machine: Machine, _ store: any ReplicaStore, _ chance: inout Chance
  ) throws {
    let first = model.nextNumber
    var entries: [Entry] = []
    var types = ["visit-record", "contact-entry"]
    if chance.happens(500) { types.append(chance.pick(["appointment", "drone-photo"])) }
    for (index, type) in types.enumerated() {
      let form = Form(
        record: chance.id(), type: type, caseNumber: number, shown: nil, copy: nil)
      entries.append(Workload.fresh(form, first + index, &chance))
    }
    // Often something that stands already is changed in the same act.
    if chance.happens(500) {
      let form = try form(in: number, on: machine, store, &chance)
      if form.shown != nil, form.type != "risk-concern" {
        entries.append(
          Workload.change(
            form, first + entries.count, role: machine.role.rawValue, &chance))
      }
    }
    try save(entries, group: chance.id(), on: machine, store)
  }

  private func save(
    _ entries: [Entry], group: GroupID?, on machine: Machine, _ store: any ReplicaStore
  ) throws {
    let first = model.nextNumber
    let edits = entries.map { entry in
      var edit = Edit(
        record: entry.form.record, type: entry.form.type, caseID: cases[entry.form.caseNumber],
        context: entry.form.context, action: entry.action, reason: entry.reason)
      edit.openedUnder = entry.form.shownUnder
      return edit
    }
    let time = Mark.time(clock(of: machine), number: first)
    let changes: [Change]
    do { changes = try store.edit(edits, group: group, at: time) } catch {
      return try refusedHere(error, entries, on: machine)
    }
    for entry in entries {
      noteSaving(entry, on: machine, store)
      let place = record(of: entry.form)
      model.add(
        { number, local in
          Model.Edit(
            number: number, record: place, local: local, act: first..<first + entries.count,
            author: machine.user, role: machine.role.rawValue, machine: machine.number,
            fields: entry.flat, hasReason: !entry.reason.isEmpty,
            seen: entry.form.copy?.seen ?? SeenSet(), isUnchecked: machine.isOutdated)
        }, to: place)
      tally.edits += 1
    }
    let numbers = Array(first..<first + entries.count)
    machine.memory.edits += numbers
    for change in changes { trace.fold(change.hash.bytes.reduce(0) { $0 &* 31 &+ UInt64($1) }) }
    trace.note("  \(machine.name) saves \(told(numbers))")
    try checkPlace(of: changes, on: machine)
    for number in numbers { try checkOwn(number, on: machine, store) }
  }

  /// Edits as a trace tells them: number, record, and the names of their fields.
  private func told(_ numbers: [Int]) -> String {
    numbers.map { number in
      let edit = model.edits[number]
      let fields = edit.fields.map { "\($0.name)=\($0.value.prefix(8))" }.joined(separator: " ")
      return "#\(number) (record \(edit.record): \(fields))"
    }.joined(separator: " ")
  }

  private func refusedHere(
    _ error: ReplicaError, _ entries: [Entry], on machine: Machine
  ) throws {
    switch error {
    case .refused(let refusal):
      tally.note(.editRefusedHere)
      trace.note("  \(machine.name) is refused: \(refusal.code)")
      try checkRefusalHere(refusal, entries, on: machine)
    // The case has left in the meantime, or is being fetched anew: the text stays in its form.
    case .unknownCase, .caseNotWhole: trace.note("  \(machine.name) does not hold the case")
    default: throw error
    }
  }

  // MARK: Looking back

  /// A change never claims an older position of the office than the one before it.
  private func checkPlace(of changes: [Change], on machine: Machine) throws(Failure) {
    guard let place = changes.last?.body.writtenUnder else { return }
    if let before = machine.memory.place, place < before {
      throw Failure(.sequence, "\(machine.name) went back from \(before) to \(place)")
    }
    machine.memory.place = place
  }

  /// What was just saved is shown.
  private func checkOwn(
    _ number: Int, on machine: Machine, _ store: any ReplicaStore
  ) throws {
    let edit = model.edits[number]
    guard let shown = try store.record(model.records[edit.record].id) else {
      throw Failure(.session, "\(machine.name) does not show #\(number), which it just saved")
    }
    let copy = try look(at: shown, on: machine)
    for field in edit.fields where !copy.locals(of: field.name).contains(edit.local) {
      throw Failure(.session, "\(machine.name) does not show #\(number) in \(field.name)")
    }
  }

  private func noteSaving(_ entry: Entry, on machine: Machine, _ store: any ReplicaStore) {
    guard let copy = entry.form.copy else { return }
    let rank = entry.flat.first.map { field in
      (field, PlainRule.of(field.name, in: entry.form.type))
    }
    if case (let field, .ratchet(let order, _))? = rank {
      let before = entry.form.values(of: field.name, model).map { PlainRule.rank($0, order) }.max()
      let after = PlainRule.rank(field.value, order)
      if let before, after > before { tally.note(.ratchetRaised) }
      if let before, after < before { tally.note(.ratchetEased) }
    }
    for field in entry.flat where copy.locals(of: field.name).count > 1 {
      tally.note(.conflictResolved)
    }
    if machine.round != nil { tally.note(.editDuringSync) }
    if machine.isResyncing { tally.note(.resyncEdited) }
    if let shown = try? store.record(entry.form.record), shown.version != entry.form.context {
      tally.note(.editStaleForm)
    }
    let own = Set(machine.memory.edits)
    let last = model.records[copy.record].edits.last { own.contains($0) }
    if let last {
      switch office.ledger.outcomes[last] {
      case nil: tally.note(.editOnUnsent)
      case .refused: tally.note(.editAfterRefused)
      case .accepted, .cameHome: break
      }
    }
  }
}
