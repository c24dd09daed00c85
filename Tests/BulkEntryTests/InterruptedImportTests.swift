import ServerStorage
import SyncCore
import Synchronization
import Testing

@testable import BulkEntry

@Suite struct InterruptedImportTests {
  /// A store whose machine stops at a commit.
  private final class StoppingStore: ServerStore {
    struct Stopped: Error {}

    private let store: MemoryStore
    private let left: Mutex<Int>

    /// - Parameter commits: how many succeed.
    init(_ store: MemoryStore, after commits: Int) {
      self.store = store
      left = Mutex(commits)
    }

    func transaction<Result: Sendable>(
      _ body: @escaping @Sendable (any ServerTransaction) throws -> Result
    ) async throws -> Result {
      try await store.transaction { transaction in
        let result = try body(transaction)
        try self.left.withLock { left in
          guard left > 0 else { throw Stopped() }
          left -= 1
        }
        return result
      }
    }

    func read<Result: Sendable>(
      _ body: @escaping @Sendable (any ServerReading) throws -> Result
    ) async throws -> Result { try await store.read(body) }
  }

  /// Two contacts of each of twelve cases, the second ones after all the first ones.
  private static let contacts =
    "crn,kind,date,text,author,reference\n"
    + (0..<24).map { "X\(100_000 + $0 % 12),CTOA,1/2/2025,Rang.,a.khan,r-\($0)\n" }.joined()

  private func store() async throws -> MemoryStore {
    let store = MemoryStore()
    let rows = (0..<12).map { "X\(100_000 + $0),Nia,Parry\n" }.joined()
    try await Samples.apply(try Samples.read(.cases, "crn,forename,surname\n\(rows)"), to: store)
    return store
  }

  private func heads(_ store: MemoryStore) async throws -> [CaseHead] {
    try await store.read { try $0.caseHeads(after: nil, limit: 100) }
  }

  @Test(arguments: 0...5)
  func `stopped at any commit and begun again, it ends as if it had not been`(
    commits: Int
  ) async throws {
    var limits = ImportLimits()
    limits.batchRows = 5
    let file = try Samples.read(.contacts, Self.contacts, limits: limits)
    let whole = try await store()
    try await Samples.apply(file, to: whole)

    let store = try await store()
    let stopping = StoppingStore(store, after: commits)
    let plan = try await Samples.plan(file, in: store)
    do {
      _ = try await file.apply(plan, to: stopping, author: "feed", now: Samples.now)
      #expect(commits >= 4)
    } catch is StoppingStore.Stopped {}
    let entered = try await Samples.counts(store).types["contact-entry"] ?? 0
    #expect(entered == min(24, UInt64(commits) * 6), "whole cases, as many as fill a batch")

    let left = try await Samples.plan(file, in: store).casesToEnter
    #expect(left == 12 - Int(entered) / 2, "what is in is left at that")
    let again = try await Samples.apply(file, to: store)
    #expect(again.new == 24 - Int(entered) && again.unchanged == Int(entered))
    #expect(try await heads(store) == heads(whole), "down to the digest of each case")
    #expect(try await Samples.counts(store) == Samples.counts(whole))
  }

  @Test func `progress is told by whole cases`() async throws {
    var limits = ImportLimits()
    limits.batchRows = 9
    let file = try Samples.read(.contacts, Self.contacts, limits: limits)
    let store = try await store()
    var told: [Int] = []
    _ = try await file.plan(in: store, author: "feed", now: Samples.now) { told.append($0) }
    #expect(told == [5, 10, 12])
  }
}
