import Hummingbird
import NIOCore
import SyncCore
import Synchronization

/// Lets syncs in and gives them their turns: the two queues, with the clock and those who wait.
///
/// What is refused here has cost a handshake and no look at the store, and its body is not kept.
final class SyncGate: Sendable {
  fileprivate typealias Caller = CheckedContinuation<Void, any Error>

  fileprivate struct State {
    var desk: Desk
    var turns: TurnQueue
    var callers: [UInt64: Caller] = [:]
    /// How to cut off whoever holds a place.
    var channels: [UInt64: any Channel] = [:]
    var counts = GateCounts()
  }

  /// The place was given to somebody else, because the laptop stood still.
  struct TakenAway: Error {}

  private let state: Mutex<State>
  private let random: @Sendable () -> UInt128
  private let began = ContinuousClock.now

  init(_ limits: Limits, random: @escaping @Sendable () -> UInt128) {
    state = Mutex(State(desk: Desk(limits), turns: TurnQueue(atOnce: limits.turns)))
    self.random = random
  }

  private var now: Duration { ContinuousClock.now - began }

  /// How it stands, for monitoring.
  var counts: GateCounts {
    state.withLock { state in
      var counts = state.counts
      counts.underWay = state.desk.count
      counts.waiting = state.turns.count
      return counts
    }
  }

  /// Takes a place, or says when to come again.
  func enter(_ machine: Hash, _ channel: any Channel) throws(Problem) -> SyncPlace {
    let chance = Double(UInt64(truncatingIfNeeded: random() >> 75)) / Double(1 << 53)
    let moment = now
    let (answer, cut, caller) = state.withLock {
      state -> (Desk.Answer, (any Channel)?, Caller?) in
      let answer = state.desk.enter(machine, at: moment, chance: chance)
      switch answer {
      case .full:
        state.counts.refused += 1
        return (answer, nil, nil)
      case .place(let place, let instead):
        state.channels[place] = channel
        guard let instead else { return (answer, nil, nil) }
        state.counts.takenAway += 1
        return (answer, state.channels.removeValue(forKey: instead), state.end(instead))
      }
    }
    cut?.close(promise: nil)
    caller?.resume(throwing: TakenAway())
    switch answer {
    case .full(let seconds): throw .unavailable(retryAfter: seconds)
    case .place(let place, _): return SyncPlace(number: place, gate: self)
    }
  }

  fileprivate func leave(_ place: UInt64) {
    let moment = now
    let (caller, begun) = state.withLock { state -> (Caller?, [Caller]) in
      state.desk.leave(place, at: moment)
      state.channels[place] = nil
      return (state.end(place), state.begin())
    }
    caller?.resume(throwing: TakenAway())
    for caller in begun { caller.resume() }
  }

  fileprivate func waits(_ place: UInt64) {
    let moment = now
    state.withLock { $0.desk.waits(place, since: moment) }
  }

  fileprivate func works(_ place: UInt64) { state.withLock { $0.desk.works(place) } }

  /// Waits for a turn, does the work, and lets the next begin.
  fileprivate func turn<Result>(
    _ place: UInt64, isFirst: Bool, _ work: () async throws -> Result
  ) async throws -> Result {
    let asked = now
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { caller in
        let begun = state.withLock { state -> [Caller]? in
          guard let machine = state.desk.machine(of: place) else { return nil }
          state.callers[place] = caller
          state.turns.ask(place, of: machine, isFirst: isFirst)
          return state.begin()
        }
        guard let begun else { return caller.resume(throwing: TakenAway()) }
        for caller in begun { caller.resume() }
      }
    } onCancel: {
      end(place, throwing: CancellationError())
    }
    let waited = now - asked
    state.withLock { state in
      state.counts.turns += 1
      state.counts.waited += waited
    }
    defer { end(place, throwing: TakenAway()) }
    return try await work()
  }

  private func end(_ place: UInt64, throwing error: any Error) {
    let (caller, begun) = state.withLock { state -> (Caller?, [Caller]) in
      (state.end(place), state.begin())
    }
    caller?.resume(throwing: error)
    for caller in begun { caller.resume() }
  }
}

extension SyncGate.State {
  /// Ends a turn, or the waiting for one. Returns who waited for it.
  fileprivate mutating func end(_ place: UInt64) -> SyncGate.Caller? {
    turns.end(place)
    return callers.removeValue(forKey: place)
  }

  /// Those whose turn it is now.
  fileprivate mutating func begin() -> [SyncGate.Caller] {
    var begun: [SyncGate.Caller] = []
    while let place = turns.next() {
      if let caller = callers.removeValue(forKey: place) { begun.append(caller) }
    }
    return begun
  }
}

/// A place at the desk: given up by `leave`, or with the last that holds it.
final class SyncPlace: Sendable {
  private let number: UInt64
  private let gate: SyncGate

  fileprivate init(number: UInt64, gate: SyncGate) {
    self.number = number
    self.gate = gate
  }

  deinit { gate.leave(number) }

  /// The sync is over. May be said again.
  func leave() { gate.leave(number) }

  /// The office waits for the laptop, until it says that it `works`.
  func waits() { gate.waits(number) }

  /// The laptop has done its part.
  func works() { gate.works(number) }

  /// Does what reads a page when it is this sync's turn.
  func turn<Result>(
    isFirst: Bool, _ work: () async throws -> Result
  ) async throws -> Result {
    try await gate.turn(number, isFirst: isFirst, work)
  }
}

/// How the gate stands, for monitoring. Numbers only.
struct GateCounts: Sendable {
  var underWay = 0
  var waiting = 0
  var refused: UInt64 = 0
  var takenAway: UInt64 = 0
  var turns: UInt64 = 0
  var waited = Duration.zero

  /// In the text form that Prometheus reads.
  var text: String {
    [
      "# TYPE doorstep_syncs_under_way gauge", "doorstep_syncs_under_way \(underWay)",
      "# TYPE doorstep_turns_waiting gauge", "doorstep_turns_waiting \(waiting)",
      "# TYPE doorstep_syncs_refused_total counter", "doorstep_syncs_refused_total \(refused)",
      "# TYPE doorstep_places_taken_away_total counter",
      "doorstep_places_taken_away_total \(takenAway)",
      "# TYPE doorstep_turn_wait_seconds summary",
      "doorstep_turn_wait_seconds_sum \(waited / .seconds(1))",
      "doorstep_turn_wait_seconds_count \(turns)", "",
    ].joined(separator: "\n")
  }
}

/// Gives each sync a place before anything is asked of the store, or sends it away.
struct GateCheck: RouterMiddleware {
  typealias Context = OfficeContext

  let gate: SyncGate

  func handle(
    _ request: Request, context: OfficeContext,
    next: (Request, OfficeContext) async throws -> Response
  ) async throws -> Response {
    guard let fingerprint = try await DeviceCheck.fingerprint(context.channel) else {
      throw Problem.notEnrolled
    }
    var context = context
    context.fingerprint = fingerprint
    context.place = try gate.enter(fingerprint, context.channel)
    return try await next(request, context)
  }
}
