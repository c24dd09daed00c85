import ServerStorage
import SyncCore

/// What seniors and administrators order, and what must come of it.
extension World {
  func crn(_ number: Int) -> String { "X00000\(number)" }

  // MARK: Transfers

  /// One case, or all that somebody holds, goes to somebody else.
  func transfer(_ user: String, all: Bool, _ chance: inout Chance) throws {
    let successor = users[chance.below(users.count)].name
    let number = chance.below(cases.count)
    let first = model.nextNumber
    let time = Mark.time(now, number: first)
    let today = PlainDay.at(now)
    // The time carries the mark of what it writes, and is a little earlier for that.
    guard successor != user, PlainDay.at(time.milliseconds) == today else { return }
    let numbers = all ? cases.indices.sorted { cases[$0] < cases[$1] } : [number]
    var access = office.ledger.access
    let moving = numbers.filter { number in
      guard !all || access.holding(user, number)?.isGiven == true else { return false }
      return access.transfer(number, from: user, to: successor, today: today)
    }
    let renamed = try moving.filter { try names(user, $0) }
    let forms = try renamed.map { number in
      let id = RecordID.named("case-header", crn(number))
      let shown = try office.record(id)
      return Form(
        record: id, type: "case-header", caseNumber: number, shown: shown,
        copy: try shown.map { try model.read($0, at: "the office") })
    }
    let order = Transfer(from: user, to: successor, reason: "moved", by: "senior")
    let outcome = try office.transfer(order, all ? nil : [crn(number)], at: time)
    guard outcome.moved == moving.count else {
      throw Failure(
        .scope, "\(outcome.moved) cases moved from \(user) to \(successor), not \(moving.count)")
    }
    office.ledger.access = access
    let fields = [(name: "responsible-officer", value: successor)]
    enterByOffice(forms.map { ($0, fields) }, author: "senior", at: try office.sequence())
    for form in forms { try checkOffice(record(of: form)) }
    try checkAccess(of: [user, successor])
    if !moving.isEmpty { tally.note(all ? .transferAll : .transferOne) }
    if moving.count > 1 { tally.note(.transferSeveral) }
    if !renamed.isEmpty { tally.note(.transferRenamed) }
    if moving.contains(where: { hasUnsent(of: user, in: $0) }) { tally.note(.transferUnsent) }
    trace.note("  \(moving.count) cases move from \(user) to \(successor)")
  }

  /// Whether a case's header names a user as who answers for it, as the office has it: of what came
  /// home after a restore the ledger does not know the places, and so not which value is the last.
  private func names(_ user: String, _ number: Int) throws -> Bool {
    let header = try office.record(.named("case-header", crn(number)))
    return header?.read("responsible-officer", by: .serverOwned)?.value == .text(user)
  }

  /// What the office wrote by itself, all of it in one act.
  func enterByOffice(
    _ entries: [(form: Form, fields: [(name: String, value: String)])], author: String,
    at sequence: UInt64
  ) {
    let first = model.nextNumber
    for (form, fields) in entries {
      let number = model.nextNumber
      let place = record(of: form)
      model.add(
        { number, local in
          Model.Edit(
            number: number, record: place, local: local, act: first..<first + entries.count,
            author: author, role: "office", machine: nil, fields: fields, hasReason: true,
            seen: form.copy?.seen ?? SeenSet(), isUnchecked: false)
        }, to: place)
      office.ledger.accept(
        model.edits[number], at: sequence, as: .accepted(.applied), in: model)
      tally.edits += 1
    }
  }

  private func hasUnsent(of user: String, in number: Int) -> Bool {
    machines.contains { machine in
      machine.user == user
        && machine.memory.edits.suffix(20).contains {
          office.ledger.outcomes[$0] == nil
            && model.records[model.edits[$0].record].caseNumber == number
        }
    }
  }

  // MARK: Days and lists

  /// Gives somebody a case for some days, often from a later one.
  func grantForDays(_ user: String, _ chance: inout Chance) throws {
    let today = PlainDay.at(now)
    var terms = Access.Terms(isCover: chance.happens(500))
    if chance.happens(500) { terms.from = today + chance.below(4) }
    if chance.happens(700) { terms.until = max(terms.from ?? today, today) + 1 + chance.below(20) }
    let number = chance.below(cases.count)
    try office.grant(user, cases[number], number, terms, at: Timestamp(milliseconds: now))
    try checkAccess(of: [user])
    tally.note(.grantForDays)
    trace.note("  \(user) gets case \(number) for \(terms)")
  }

  /// Says who alone may see a case, or takes somebody off that list.
  func restrict(_ chance: inout Chance) throws {
    let number = chance.below(cases.count)
    let names = users.map(\.name).filter { _ in chance.happens(500) }
    let ends = chance.happens(500)
    let time = Timestamp(milliseconds: now)
    guard !names.isEmpty else { return }
    if try office.restrict(names, crn(number), ends: ends, at: time) {
      office.ledger.access.admit(names, number, ends: ends, today: PlainDay.at(now))
    }
    noteWhoIsKeptOut(of: number)
    try checkAccess(of: users.map(\.name))
    tally.note(ends ? .restrictionEnded : .restrictionSet)
    trace.note("  case \(number) is \(ends ? "no longer " : "")for \(names) alone")
  }

  /// A limit falls between two pages of an answer.
  func limitBetweenPages(_ exchange: Exchange) throws {
    let user = exchange.machine.user
    let held = office.ledger.cases(of: user)
    guard !held.isEmpty else { return }
    let number = held[exchange.chance.below(held.count)]
    try office.limit(
      user, crn(number), number, ends: false, at: Timestamp(milliseconds: now))
    noteWhoIsKeptOut(of: number)
    tally.note(.limitBetweenPages)
    trace.note("  \(user) is kept out of case \(number) between two pages")
  }

  func noteWhoIsKeptOut(of number: Int) {
    for (user, _) in users where office.ledger.access.isBarred(user, number) {
      everKeptOut[user, default: []].insert(number)
    }
  }

  // MARK: What must hold

  /// A contact of a laptop holds its officer's grants to the day.
  /// - Returns: whether any began or ended.
  func settleDays(of user: String) throws -> Bool {
    let change = office.ledger.access.settle(of: user, today: PlainDay.at(now))
    if change.began > 0 { tally.note(.daysBegan) }
    if change.ended > 0 { tally.note(.daysEnded) }
    guard change.began + change.ended > 0 else { return false }
    try checkAccess(of: [user])
    return true
  }

  /// The office gives each user the cases that the model does.
  func checkAccess(of users: [String]) throws {
    for user in users {
      let expected = office.ledger.cases(of: user)
      let held = try office.runningCases(of: user).compactMap { cases.firstIndex(of: $0) }.sorted()
      guard held == expected else {
        throw Failure(.scope, "\(user) holds the cases \(held) at the office, not \(expected)")
      }
    }
  }

  /// After a backup was put back, nobody gets back what was taken away, and nobody loses what they
  /// had.
  func checkAccessLog(_ before: [Device]) throws {
    let names = users.map(\.name)
    try checkAccess(of: names)
    let time = Timestamp(milliseconds: now)
    for user in names {
      for number in cases.indices {
        let may = try office.mayHold(user, cases[number], at: time)
        guard may != office.ledger.access.isBarred(user, number) else {
          throw Failure(.scope, "a limit of \(user) in case \(number) is not as it was")
        }
      }
    }
    for device in before {
      guard try office.device(device.id)?.state == device.state else {
        throw Failure(.scope, "the access of \(device.label) is not as it was")
      }
    }
  }

  // MARK: What the former officer hears

  /// Every word of a transfer is true, and is not said again once a sync was through with it.
  func checkMoved(_ scope: Scope, _ exchange: Exchange) throws(Failure) {
    let machine = exchange.machine
    guard exchange.isInOrder, !swarm.mayRestoreOffice else { return }
    let held = Set(scope.entries.map(\.caseID))
    for (number, caseID) in cases.enumerated() where !held.contains(caseID) {
      let holding = office.ledger.access.holding(machine.user, number)
      if exchange.absent[number] == nil { exchange.absent[number] = holding?.movedTo ?? "" }
    }
    for moved in scope.moved {
      let number = cases.firstIndex(of: moved.caseID) ?? -1
      let holding = office.ledger.access.holding(machine.user, number)
      guard let holding, !holding.runs, holding.movedTo == moved.user else {
        throw Failure(.scope, "\(machine.name) hears that case \(number) went to \(moved.user)")
      }
      guard !machine.memory.heardMoves.contains(holding.move) else {
        throw Failure(.onceOnly, "\(machine.name) hears twice where case \(number) went")
      }
      machine.memory.newMoves.insert(holding.move)
      tally.note(.movedHeard)
    }
  }

  /// Who loses a case that was given to somebody else hears to whom.
  func checkToldMoved(_ dropped: ArraySlice<CaseID>, _ exchange: Exchange) throws(Failure) {
    let machine = exchange.machine
    guard !dropped.isEmpty, exchange.isInOrder, machine.memory.hasSynced,
      !swarm.mayRestoreOffice,
      !machine.isResyncing, let report = machine.round?.report, !report.didResync
    else { return }
    for caseID in dropped {
      guard let number = cases.firstIndex(of: caseID),
        let holding = office.ledger.access.holding(machine.user, number), !holding.runs,
        let successor = holding.movedTo,
        // A limit or a day may have come first, and left nothing to be moved from.
        exchange.absent[number] == successor, !office.ledger.access.isBarred(machine.user, number)
      else { continue }
      guard report.moved[caseID] == successor else {
        throw Failure(
          .scope, "\(machine.name) is not told that case \(number) went to \(successor)")
      }
    }
  }
}
