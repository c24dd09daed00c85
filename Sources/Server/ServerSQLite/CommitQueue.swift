import Foundation
import GRDB
import ServerStorage
import SyncCore
import Synchronization

/// Runs waiting transactions on a thread of its own, all that wait together in one commit.
///
/// Each body runs behind a savepoint, so that one that throws takes nothing of the others with it.
/// Nobody hears of success before the shared commit is durable; when that fails, all of them fail.
///
/// `@unchecked Sendable`: `jobs` and `isStopped` are touched only under `condition`.
final class CommitQueue: @unchecked Sendable {
  /// A transaction that waits.
  private struct Job {
    /// Runs the body; returns what to do once the commit is known to have succeeded or failed.
    let run: (Database) -> Ran
    let fail: @Sendable (any Error) -> Void
  }

  private struct Ran {
    let finish: @Sendable ((any Error)?) -> Void
    /// Where the store has come to by it; `nil` when that did not move.
    var reached: Place?
    /// What it decided on access, and how far the store had come.
    var noted: (notes: [AccessNote], place: Place)?
  }

  /// Bodies in one commit: enough to share the disk, few enough that nobody waits long behind
  /// others.
  private static let batch = 64

  private let pool: DatabasePool
  private let mark: HighWaterMark
  private let accessLog: AccessLog
  private let condition = NSCondition()
  private var jobs: [Job] = []
  private var isStopped = false
  init(_ pool: DatabasePool, _ mark: HighWaterMark, _ accessLog: AccessLog) {
    self.accessLog = accessLog
    self.pool = pool
    self.mark = mark
    let thread = Thread { [weak self] in
      while let work = self?.next() { self?.commit(work) }
    }
    thread.name = "commit"
    thread.start()
  }

  deinit { stop() }

  func stop() {
    condition.withLock {
      isStopped = true
      condition.broadcast()
    }
  }

  func run<Result: Sendable>(
    _ body: @escaping @Sendable (any ServerTransaction) throws -> Result
  ) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
      let job = Job(
        run: { db in
          var reached: Place?
          var noted: (notes: [AccessNote], place: Place)?
          let outcome = Swift.Result { try Self.isolated(db, body, &reached, &noted) }
          return Ran(
            finish: { commitError in
              if let commitError, case .success = outcome {
                continuation.resume(throwing: commitError)
              } else {
                continuation.resume(with: outcome)
              }
            }, reached: reached, noted: noted)
        },
        fail: { continuation.resume(throwing: $0) })
      let isClosed = condition.withLock {
        guard !isStopped else { return true }
        jobs.append(job)
        condition.signal()
        return false
      }
      if isClosed { job.fail(StoreError.database("it is closed")) }
    }
  }

  private static func isolated<Result>(
    _ db: Database, _ body: (any ServerTransaction) throws -> Result,
    _ reached: inout Place?, _ noted: inout (notes: [AccessNote], place: Place)?
  ) throws -> Result {
    try db.execute(sql: "SAVEPOINT one")
    do {
      let transaction = SQLiteTransaction(db)
      let result = try body(transaction)
      try transaction.finish()
      let place = try transaction.reached()
      try db.execute(sql: "RELEASE one")
      reached = place
      if !transaction.notes.isEmpty {
        noted = (transaction.notes, try transaction.place(of: transaction.sequence()))
      }
      return result
    } catch {
      try db.execute(sql: "ROLLBACK TO one; RELEASE one")
      throw error
    }
  }

  /// Waits for work; `nil` once stopped and empty.
  private func next() -> [Job]? {
    condition.withLock {
      while jobs.isEmpty, !isStopped { _ = condition.wait(until: Date(timeIntervalSinceNow: 60)) }
      guard !jobs.isEmpty else { return isStopped ? nil : [] }
      let work = Array(jobs.prefix(Self.batch))
      jobs.removeFirst(work.count)
      return work
    }
  }

  private func commit(_ work: [Job]) {
    guard !work.isEmpty else { return }
    var ran: [Ran] = []
    do {
      try pool.writeWithoutTransaction { db in
        try db.inTransaction(.immediate) {
          ran = work.map { $0.run(db) }
          // Before the commit: what is done twice harms nobody, and what is not written down would
          // be given back by a restore.
          for one in ran {
            if let noted = one.noted { try accessLog.append(noted.notes, at: noted.place) }
          }
          return .commit
        }
      }
      // What is committed may be asked for again: an answer that says otherwise loses nothing.
      if let reached = ran.compactMap(\.reached).last { try mark.note(reached) }
      for one in ran { one.finish(nil) }
    } catch {
      if ran.isEmpty { for job in work { job.fail(error) } }
      for one in ran { one.finish(error) }
    }
  }
}
