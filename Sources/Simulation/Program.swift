import SyncClient
import SyncCore
import SyncReplica

/// The laptop's program: the production round, driven by events of the simulation.
extension Machine {
  enum Step {
    case read
    case request(SyncRequest)
    case done(SyncRound.Report)
    case failed(String)
  }

  /// Begins a round and makes its first request.
  func begin(
    verifying: Bool, now: @escaping () -> Int64, chance: Chance
  ) throws(Failure) -> SyncRequest? {
    guard let store else { return nil }
    self.chance = chance
    var round = SyncRound(
      store, isVerifying: verifying,
      chance: SyncRound.Chance(
        now: { Timestamp(milliseconds: now()) }, random: { self.chance.next() }))
    do {
      let request = try round.request()
      self.round = round
      return request
    } catch { throw Failure(.unexpected, "\(name) cannot begin: \(error)") }
  }

  /// The program takes one event of the answer and says what is next.
  func hear(_ event: ClientSession.Event) throws(Failure) -> Step {
    try going { round throws(SyncFailure) in
      switch try round.take(event) {
      case .read: .read
      case .again: .request(try round.request())
      case .done: .done(round.report)
      }
    }
  }

  /// The line breaks: what had arrived whole is kept.
  func hearBreak() throws(Failure) -> Step {
    try going { round throws(SyncFailure) in
      try round.keepWhatCame()
      return .failed("the line broke")
    }
  }

  /// The office does not take the checkpoint.
  func hearForeignCheckpoint() throws(Failure) -> Step {
    try going { round throws(SyncFailure) in
      try round.beginAnew() ? .request(try round.request()) : .failed("foreign checkpoint")
    }
  }

  /// A store that complains is a bug; whatever else goes wrong in a round may.
  private func going(
    _ body: (inout SyncRound) throws(SyncFailure) -> Step
  ) throws(Failure) -> Step {
    guard var round = round.take() else { return .failed("there is no round") }
    do throws(SyncFailure) {
      let step = try body(&round)
      self.round = round
      return step
    } catch {
      self.round = round
      if case .store(let problem) = error {
        throw Failure(.unexpected, "\(name): \(problem.description)")
      }
      return .failed(error.description)
    }
  }
}
