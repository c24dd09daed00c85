import ServerStorage
import SyncCore
import TestSupport
import Testing

@Suite struct `Many laptops at once` {
  @Test(arguments: StoreKind.allCases)
  func `are all stored, each exactly once`(kind: StoreKind) async throws {
    let store = try kind.make()
    let laptops = 300
    let sequences = try await withThrowingTaskGroup(of: UInt64.self) { group in
      for number in 1...laptops {
        group.addTask {
          try await store.transaction { transaction throws in
            let sequence = try transaction.nextSequence()
            let replica = ReplicaID(value: UInt128(number))
            try transaction.append(Sample.change(1, of: replica, sequence: sequence))
            return sequence
          }
        }
      }
      return try await group.reduce(into: Set<UInt64>()) { $0.insert($1) }
    }
    #expect(sequences == Set(1...UInt64(laptops)))
    #expect(try await store.read { try $0.counts().changes } == UInt64(laptops))
    #expect(try await store.read { try $0.sequence() } == UInt64(laptops))
  }

  @Test(arguments: StoreKind.allCases)
  func `never see half of what another one did`(kind: StoreKind) async throws {
    let store = try kind.make()
    let halves = try await withThrowingTaskGroup(of: Bool.self) { group in
      for number in 1...60 {
        group.addTask {
          try await store.transaction { transaction throws in
            for part in 0..<2 {
              try transaction.save(
                Sample.record(UInt128(number * 2 + part), sequence: try transaction.nextSequence()),
                resolved: Sample.resolved)
            }
          }
          return false
        }
        group.addTask {
          let seen = try await store.read {
            try $0.records(of: Sample.caseID, after: 0, limit: 999)
          }
          return seen.count % 2 == 1
        }
      }
      return try await group.contains(true)
    }
    #expect(!halves)
  }

  @Test(arguments: StoreKind.allCases)
  func `lose nothing by a neighbour whose request fails`(kind: StoreKind) async throws {
    let store = try kind.make()
    let outcomes = await withTaskGroup(of: Bool.self) { group in
      for number in 1...200 {
        group.addTask {
          do {
            try await store.transaction { transaction throws in
              let sequence = try transaction.nextSequence()
              let replica = ReplicaID(value: UInt128(number))
              try transaction.append(Sample.change(1, of: replica, sequence: sequence))
              if number % 3 == 0 { throw Withdrawn() }
            }
            return true
          } catch { return false }
        }
      }
      return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect(outcomes == 134)
    let replicas = try await store.read { try $0.replicas() }
    let succeeded = (1...200).filter { $0 % 3 != 0 }
    #expect(Set(replicas) == Set(succeeded.map { ReplicaID(value: UInt128($0)) }))
    #expect(try await store.read { try $0.sequence() } == 134)
  }
}
