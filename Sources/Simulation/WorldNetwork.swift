import ServerStorage
import SyncCore
import SyncReplica

/// Requests and answers on their way, frame by frame, with what the network does to them.
extension World {
  private static let quarter: Int64 = 90 * 86_400_000

  func startSync(_ machine: Machine, verifying: Bool, _ salt: UInt64) throws {
    guard machine.store != nil, machine.round == nil else { return }
    machine.incarnation += 1
    if let last = machine.lastAsked, now - last > Self.quarter { tally.note(.absence) }
    machine.lastAsked = now
    let request = try machine.begin(
      verifying: verifying, now: { [unowned self] in clock(of: machine) },
      chance: Chance(salt, .identity))
    if let request { send(request, of: machine) }
  }

  private func send(_ request: SyncRequest, of machine: Machine) {
    tally.sessions += 1
    if !request.changes.isEmpty { machine.memory.hasPushed = true }
    var chance = Chance(machine.chance.next(), .network)
    let fate = fate(of: machine, &chance)
    let exchange = Exchange(machine, request, fate, chance)
    trace.note(
      "  \(machine.name) asks: head \(request.head.counter), sends \(request.changes.count)"
        + (request.hasMore ? " of more" : "") + ", epoch \(request.epoch)")
    if let after = fate.comesBackAfter {
      queue.add(.comeBack(request, machine), at: now + after, tie: exchange.chance.next())
    }
    schedule(fate.isLost ? .pull(exchange) : .arrive(exchange), of: exchange)
  }

  private func fate(of machine: Machine, _ chance: inout Chance) -> Exchange.Fate {
    var fate = Exchange.Fate()
    guard !isHealing else { return fate }
    if machine.cutOffUntil > now {
      tally.note(.partition)
      if machine.hearsNothing { fate.isAnswerLost = true } else { fate.isLost = true }
      return fate
    }
    if chance.happens(swarm.late) {
      let isLong = chance.happens(200)
      fate.comesBackAfter = Int64(1 + chance.below(isLong ? 864_000_000 : 20 * swarm.pace))
      tally.note(.repeatedRequest)
    }
    if chance.happens(swarm.lost) {
      fate.isLost = true
      tally.note(.lostRequest)
    } else if chance.happens(swarm.cutAfterCommit) {
      fate.isAnswerLost = true
      tally.note(.lostAnswer)
    } else if chance.happens(swarm.webPage) {
      fate.isWebPage = true
      fate.isLost = true
      tally.note(.webPage)
    }
    if chance.happens(swarm.repeated) {
      fate.isRepeated = true
      tally.note(.repeatedRequest)
    }
    if chance.happens(swarm.cutReply) {
      fate.cutAfter = chance.below(chance.happens(500) ? 4 : 12)
      tally.note(.cutAnswer)
    }
    if chance.happens(swarm.stale), !machine.oldAnswers.isEmpty {
      fate.swappedFor = chance.pick(machine.oldAnswers)
      tally.note(.wrongAnswer)
      tally.note(.answerStale)
    }
    if chance.happens(swarm.misordered) {
      fate.misplaced = chance.below(4)
      tally.note(.misorderedFrames)
    }
    if chance.happens(swarm.garbled) {
      fate.garbled = chance.below(5)
      tally.note(.garbledAnswer)
    }
    return fate
  }

  func cutOff(_ machine: Machine, _ chance: inout Chance) {
    machine.cutOffUntil = now + Int64(chance.below(swarm.pace * 60))
    machine.hearsNothing = chance.happens(400)
  }

  // MARK: At the office

  func arrive(_ exchange: Exchange) throws {
    var request = exchange.request
    if swarm.isOverWire { request = try Wire.passed(request, limits: swarm.limits) }
    if exchange.fate.isRepeated { _ = try receive(request, of: exchange.machine) }
    let outcome = try receive(request, of: exchange.machine)
    if exchange.fate.isAnswerLost {
      schedule(.pull(exchange), of: exchange)
      return
    }
    switch outcome {
    case .taken(let outcome):
      exchange.answer = Exchange.Answer(
        outcome, to: request, restores: office.restores,
        scope: office.ledger.cases(of: exchange.machine.user), sequence: try office.sequence())
    case .turnedAway(let denial): exchange.denial = denial
    }
    schedule(.pull(exchange), of: exchange)
  }

  /// A request that the network had kept, or that somebody repeats, arrives: nobody waits for its
  /// answer.
  func comeBack(_ request: SyncRequest, _ machine: Machine) throws {
    trace.note("\(now) an earlier request of \(machine.name) arrives")
    if case .taken(let outcome) = try receive(request, of: machine),
      outcome.acceptance.receipts.contains(where: { !$0.isAgain })
    {
      tally.note(.requestLateNew)
    }
  }

  // MARK: The answer

  func pull(_ exchange: Exchange) throws {
    guard exchange.isWanted else { return }
    let machine = exchange.machine
    if exchange.denial == .foreignCheckpoint {
      return try goOn(exchange) { () throws(Failure) in try machine.hearForeignCheckpoint() }
    }
    guard exchange.answer != nil || exchange.fate.swappedFor != nil, !exchange.fate.isAnswerLost
    else { return try hearBreak(exchange) }
    var frame = try exchange.next { try self.produce(exchange) }
    if let whole = frame {
      if exchange.fate.garbled == exchange.delivered.count - 1 {
        try Wire.garble(whole, &exchange.chance)
        frame = nil
      } else if swarm.isOverWire {
        frame = try Wire.passed(whole)
      }
    }
    guard let frame else {
      if exchange.delivered.contains(where: \.isPage) { tally.note(.pageCutBetween) }
      return try hearBreak(exchange)
    }
    try note(frame, exchange)
    try goOn(exchange) { () throws(Failure) in try machine.hear(.frame(frame)) }
    if case .end = frame, exchange.fate.swappedFor == nil {
      machine.oldAnswers.append(exchange.delivered)
      if machine.oldAnswers.count > 3 { machine.oldAnswers.removeFirst() }
    }
  }

  /// The office's next frame; a page is read from the store at this moment.
  private func produce(_ exchange: Exchange) throws -> Frame? {
    while let answer = exchange.answer, !answer.isCut, answer.restores == office.restores {
      switch answer.action {
      case .send(let frame):
        answer.action = answer.session.handle(.sent)
        return frame
      case .read(let checkpoint):
        if swarm.limitsBetween > 0, !isHealing, exchange.delivered.contains(where: \.isPage),
          exchange.chance.happens(swarm.limitsBetween)
        {
          try limitBetweenPages(exchange)
        }
        do {
          let reading = try office.page(
            after: checkpoint, for: exchange.machine.device, on: answer.grounds,
            wantsDigests: exchange.request.wantsDigests)
          answer.action = answer.session.handle(.read(reading))
          let sequence = try office.sequence()
          if answer.sequence != sequence { tally.note(.writesBetweenPages) }
          answer.sequence = sequence
          let scope = office.ledger.cases(of: exchange.machine.user)
          if scope != answer.scope {
            answer.isScopeMoved = true
            tally.note(.scopeChangedBetweenPages)
            tally.note(.scopeChangedBetween)
          }
          answer.scope = scope
          if answer.isScopeMoved { try checkPage(reading.page, holds: scope) }
        } catch is Office.Denial { answer.isCut = true } catch is Feed.GroundsMoved {
          answer.isCut = true
        }
      case .accept, .finish: return nil
      }
    }
    return nil
  }

  /// Once a case has gone, nothing of it comes, in whichever page.
  private func checkPage(_ page: Page, holds scope: [Int]) throws {
    let held = Set(scope.map { cases[$0] })
    for bytes in page.records {
      let record = try Record(reading: bytes)
      guard held.contains(record.caseID) else {
        throw Failure(.scope, "a page brings \(record.id) of a case that has gone")
      }
    }
  }

  private func note(_ frame: Frame, _ exchange: Exchange) throws {
    let pages = exchange.delivered.count(where: \.isPage)
    switch frame {
    case .page(let page):
      if pages == 2 { tally.note(.pageSeveral) }
      if page.records.isEmpty { tally.note(.pageEmpty) }
      trace.note("  \(exchange.machine.name) gets a page of \(page.records.count)")
      for record in page.records { trace.fold(UInt64(record.count)) }
      exchange.machine.memory.complete.formUnion(page.completed)
    case .receipts(let receipts):
      trace.note("  \(exchange.machine.name) gets \(receipts.count) receipts")
      for receipt in receipts {
        if receipt.isAgain { tally.note(.receiptAgain) }
        if receipt.settlesBase { tally.note(.receiptSettles) }
      }
    case .order(let order):
      trace.note("  \(exchange.machine.name) gets the order \(order.kind)")
      switch order.kind {
      case .forked where exchange.request.unsent > 0: tally.note(.forkWithUnsent)
      case .newEpoch: tally.note(.epochNoticed)
      case .forked, .resync, .resend, .wipe, .unknown: break
      }
    case .scope(let scope):
      trace.note("  \(exchange.machine.name) gets a scope of \(scope.entries.count)")
      try checkMoved(scope, exchange)
    case .opening, .digests, .end: break
    }
  }

  /// The answer ends before its end, by a close or by a failure of the line.
  private func hearBreak(_ exchange: Exchange) throws {
    let isClosed = exchange.chance.happens(500)
    if exchange.machine.isResyncing { tally.note(.resyncCut) }
    try goOn(exchange) { () throws(Failure) in
      isClosed ? try exchange.machine.hear(.closed) : try exchange.machine.hearBreak()
    }
  }

  /// The laptop's program takes one event and says what is next.
  private func goOn(
    _ exchange: Exchange, _ takeEvent: () throws(Failure) -> Machine.Step
  ) throws {
    let machine = exchange.machine
    let droppedBefore = machine.round?.report.dropped.count ?? 0
    let step = try takeEvent()
    let dropped = machine.round?.report.dropped.dropFirst(droppedBefore) ?? []
    note(dropped: dropped, machine)
    try checkToldMoved(dropped, exchange)
    switch step {
    case .read: schedule(.pull(exchange), of: exchange)
    case .request(let request):
      machine.incarnation += 1
      tally.note(.pushSeveral)
      send(request, of: machine)
    case .done(let report):
      machine.round = nil
      try checkSynced(machine, report, scope: exchange.answer?.scope)
    case .failed(let reason):
      machine.round = nil
      trace.note("  \(machine.name) gives up: \(reason)")
    }
  }

  private func note(dropped: ArraySlice<CaseID>, _ machine: Machine) {
    for caseID in dropped {
      tally.note(.scopeDropped)
      let number = cases.firstIndex(of: caseID)
      let isUnsent = machine.memory.edits.suffix(20).contains {
        office.ledger.outcomes[$0] == nil
          && model.records[model.edits[$0].record].caseNumber == number
      }
      if isUnsent {
        tally.note(.leftWithUnsent)
        tally.note(.scopeDroppedUnsent)
      }
      trace.note("  \(machine.name) drops case \(number ?? -1)")
    }
  }
}

extension Frame {
  var isPage: Bool { if case .page = self { true } else { false } }
  var isScope: Bool { if case .scope = self { true } else { false } }
}

extension Exchange {
  /// Milliseconds until the next thing arrives.
  func delay() -> Int { chance.happens(50) ? chance.below(2_000) : 1 + chance.below(120) }
}
