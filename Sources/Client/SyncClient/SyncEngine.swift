import SyncCore
import SyncReplica
import SyncWire

/// Drives syncs for one store: one round at a time, which later callers join.
///
/// A round uploads everything that waits, carries out what the office orders, and fetches
/// everything that changed in scope. Each page is stored as it arrives, so a cut costs at most one
/// page.
public actor SyncEngine {
  /// What an engine needs from outside: time and chance.
  public struct Surroundings: Sendable {
    public var now: @Sendable () -> Timestamp
    public var random: @Sendable () -> UInt64
    public var sleep: @Sendable (Duration) async throws -> Void

    public init(
      now: @escaping @Sendable () -> Timestamp, random: @escaping @Sendable () -> UInt64,
      sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
      self.now = now
      self.random = random
      self.sleep = sleep
    }
  }

  public typealias Report = SyncRound.Report

  private let replica: any ReplicaStore
  private let transport: any Transport
  private let surroundings: Surroundings
  private let form: WireForm
  private let limits: Limits
  private let patience: Duration
  private let board = StatusBoard()
  private var round: Round?

  /// - Parameter patience: how long a request waits in all for an office that is busy and says when
  ///   to come again. What it says beyond that fails at once.
  public init(
    _ replica: any ReplicaStore, _ transport: any Transport, _ surroundings: Surroundings,
    limits: Limits = .standard, patience: Duration = .zero
  ) {
    self.init(
      replica, transport, surroundings, form: .binary, limits: limits, patience: patience)
  }

  package init(
    _ replica: any ReplicaStore, _ transport: any Transport, _ surroundings: Surroundings,
    form: WireForm, limits: Limits = .standard, patience: Duration = .zero
  ) {
    self.replica = replica
    self.transport = transport
    self.surroundings = surroundings
    self.form = form
    self.limits = limits
    self.patience = patience
  }

  /// The present status, then each that follows.
  public nonisolated func statuses() -> AsyncStream<SyncStatus> { board.listen() }

  /// Runs a round, or joins the one that runs.
  /// - Parameter verifying: compare every case's digest with the office's at the end. A caller that
  ///   joins a round which does not verify gets one of its own afterwards.
  public func sync(verifying: Bool = false) async throws(SyncFailure) -> Report {
    while let running = round {
      let result = await running.outcome()
      // One that others have stopped is no answer to this caller.
      if running.isStopped, !Task.isCancelled { continue }
      if !verifying || running.isVerifying { return try result.get() }
    }
    let new = Round(isVerifying: verifying) { await self.run(verifying: verifying) }
    round = new
    return try await new.outcome().get()
  }

  /// How many wait for the round that runs.
  var callers: Int { round?.callers ?? 0 }

  /// Tries until a round ends well, waiting longer after each temporary failure.
  /// - Parameter attempts: at least 1.
  public func sync(attempts: Int, backoff: Backoff = Backoff()) async throws(SyncFailure) -> Report
  {
    var failures = 0
    while true {
      do { return try await sync() } catch {
        failures += 1
        guard error.isTemporary, failures < attempts else { throw error }
        var atLeast = Duration.zero
        if case .busy(let seconds?) = error { atLeast = .seconds(seconds) }
        let delay = backoff.delay(after: failures, chance: chance, atLeast: atLeast)
        board.show(.waiting(delay))
        try await sleep(delay)
      }
    }
  }

  /// 0 up to but not including 1.
  private var chance: Double { Double(surroundings.random() >> 11) / Double(1 << 53) }

  private func sleep(_ delay: Duration) async throws(SyncFailure) {
    do { try await surroundings.sleep(delay) } catch { throw .cancelled }
  }

  private func run(verifying: Bool) async -> Round.Outcome {
    // Before anybody hears of its end: who asks from then on gets a new one.
    defer { round = nil }
    do throws(SyncFailure) {
      let report = try await exchangeUntilDone(verifying: verifying)
      board.show(report.isSynced ? .synced : .idle)
      return .success(report)
    } catch {
      board.show(.failed(error.description))
      return .failure(error)
    }
  }

  private func exchangeUntilDone(verifying: Bool) async throws(SyncFailure) -> Report {
    let chance = SyncRound.Chance(now: surroundings.now, random: surroundings.random)
    var round = SyncRound(replica, isVerifying: verifying, chance: chance)
    while true {
      do throws(SyncFailure) {
        if try await exchange(&round) == .done { return round.report }
      } catch {
        // A checkpoint that the office does not take is of no use to anybody: a fresh copy is.
        guard case .refused("foreign-checkpoint", _) = error, try round.beginAnew() else {
          throw error
        }
      }
    }
  }

  private enum Exchanged { case again, done }

  private func exchange(_ round: inout SyncRound) async throws(SyncFailure) -> Exchanged {
    board.show(.connecting)
    let request = try round.request()
    let body: [UInt8]
    do throws(WireRefusal) { body = try request.written(as: form) } catch {
      throw SyncFailure(error)
    }
    let message = TransportRequest(
      .post, "/v1/sync", contentType: form.mediaType, accept: form.mediaType, body: body)
    board.show(.sending(changes: request.changes.count))
    return try await receive(answer(to: message), &round)
  }

  /// The body of the office's answer. While the office is busy, it is asked again when it says.
  private func answer(to message: TransportRequest) async throws(SyncFailure) -> ResponseBody {
    var left = patience
    while true {
      let response: TransportResponse
      do { response = try await transport.exchange(message) } catch { throw SyncFailure(error) }
      do throws(SyncFailure) {
        try await OfficeAnswer(response).require(form)
        return response.body
      } catch {
        guard case .busy(let seconds?) = error, .seconds(seconds) <= left else { throw error }
        let delay = .seconds(max(seconds, 1)) + .seconds(1) * chance
        left -= delay
        board.show(.busy(delay))
        try await sleep(delay)
      }
    }
  }

  /// Pulls frames and stores what they bring before more than one further frame is read, so that
  /// the sender waits for the disk.
  private func receive(
    _ body: ResponseBody, _ round: inout SyncRound
  ) async throws(SyncFailure) -> Exchanged {
    var reader = FrameReader(form, limits: limits)
    while true {
      let event: ClientSession.Event
      do { event = try await nextEvent(body, &reader) } catch {
        // What arrived whole is kept, whatever became of the rest.
        try round.keepWhatCame()
        throw error
      }
      let pages = round.report.pages
      let step: SyncRound.Step
      do { step = try round.take(event) } catch {
        body.cancel()
        throw error
      }
      if round.report.pages != pages { board.show(.receiving(records: round.report.records)) }
      switch step {
      case .read: break
      case .again: return .again
      case .done: return .done
      }
      if Task.isCancelled {
        body.cancel()
        throw .cancelled
      }
    }
  }

  private func nextEvent(
    _ body: ResponseBody, _ reader: inout FrameReader
  ) async throws(SyncFailure) -> ClientSession.Event {
    while true {
      do throws(WireRefusal) {
        if let frame = try reader.next() { return .frame(frame) }
      } catch {
        body.cancel()
        throw .garbled("The answer cannot be read.")
      }
      do throws(TransportFailure) {
        guard let chunk = try await body.next() else { return .closed }
        reader.append(chunk)
      } catch { throw SyncFailure(error) }
    }
  }
}
