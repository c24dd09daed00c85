import ServerSQLite
import ServerStorage
import SyncCore

/// The conformances of `ServerStore`, each of which passes the same contract.
package enum StoreKind: CaseIterable, Sendable {
  case memory, sqlite

  /// A new, empty store.
  package func make() throws -> StoreUnderTest {
    switch self {
    case .memory: return StoreUnderTest(store: MemoryStore(), directory: nil)
    case .sqlite:
      let directory = try TemporaryDirectory()
      return StoreUnderTest(store: try .new(in: directory), directory: directory)
    }
  }
}

extension ServerStore where Self == SQLiteStore {
  package static func new(in directory: TemporaryDirectory) throws -> SQLiteStore {
    try SQLiteStore(
      path: directory.file("office.db"), life: ReplicaID(value: 0x0FF1CE),
      creating: SQLiteStore.New(secret: Array(repeating: 7, count: 32)))
  }

  /// - Parameter life: names the life that begins; each needs another.
  package static func reopened(
    in directory: TemporaryDirectory, life: ReplicaID = ReplicaID(value: 0x0FF1CE2)
  ) throws -> SQLiteStore {
    try SQLiteStore(path: directory.file("office.db"), life: life)
  }
}

/// A store together with the folder that it lives in.
package struct StoreUnderTest: ServerStore {
  let store: any ServerStore
  let directory: TemporaryDirectory?

  package func transaction<Result: Sendable>(
    _ body: @escaping @Sendable (any ServerTransaction) throws -> Result
  ) async throws -> Result { try await store.transaction(body) }

  package func read<Result: Sendable>(
    _ body: @escaping @Sendable (any ServerReading) throws -> Result
  ) async throws -> Result { try await store.read(body) }
}
