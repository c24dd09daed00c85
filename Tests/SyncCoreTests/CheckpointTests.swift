import Crypto
import SyncCore
import Testing

struct CheckpointTests {
  private static let key = SymmetricKey(data: [UInt8](repeating: 7, count: 32))
  private static let owner = "a.officer/laptop-1"
  private static let caseID = Sample.caseID

  private static func checkpoint(_ seed: UInt64) -> Checkpoint {
    var chance = Seeded(seed)
    var checkpoint = Checkpoint(epoch: chance.number(), position: chance.number())
    for _ in 0..<chance.below(5) {
      checkpoint.filling[CaseID(value: UInt128(chance.below(50)))] = Checkpoint.Reach(
        grant: chance.number(), sequence: chance.number())
    }
    return checkpoint
  }

  @Test(arguments: Seeds.some)
  func `a checkpoint comes back as it was given out`(seed: UInt64) {
    let checkpoint = Self.checkpoint(seed)
    let sealed = checkpoint.sealed(for: Self.owner, key: Self.key)
    #expect(Checkpoint(opening: sealed, for: Self.owner, key: Self.key) == checkpoint)
    #expect(checkpoint.sealed(for: Self.owner, key: Self.key) == sealed)
  }

  @Test(arguments: Seeds.bytewise)
  func `a checkpoint altered in any byte, cut or lengthened is not taken`(seed: UInt64) {
    var chance = Seeded(seed)
    let sealed = Self.checkpoint(seed).sealed(for: Self.owner, key: Self.key)
    let taken = sealed.indices.filter { index in
      var altered = sealed
      altered[index] ^= UInt8(1 + chance.below(255))
      let cut = Array(sealed[..<index])
      return [altered, cut, sealed + [0]].contains {
        Checkpoint(opening: $0, for: Self.owner, key: Self.key) != nil
      }
    }
    #expect(taken.isEmpty)
  }

  @Test(arguments: ["", "a.officer/laptop-2", "b.officer/laptop-1", "a.officer/laptop-1 "])
  func `a checkpoint made for another is not taken`(owner: String) {
    let sealed = Self.checkpoint(1).sealed(for: Self.owner, key: Self.key)
    #expect(Checkpoint(opening: sealed, for: owner, key: Self.key) == nil)
  }

  @Test func `a checkpoint of another office is not taken`() {
    let sealed = Self.checkpoint(1).sealed(for: Self.owner, key: SymmetricKey(size: .bits256))
    #expect(Checkpoint(opening: sealed, for: Self.owner, key: Self.key) == nil)
  }

  @Test(arguments: Seeds.some)
  func `bytes that nobody made are no checkpoint`(seed: UInt64) {
    var chance = Seeded(seed)
    let bytes = chance.bytes(chance.below(60))
    #expect(Checkpoint(opening: bytes, for: Self.owner, key: Self.key) == nil)
  }

  @Test func `a checkpoint beyond its limit is not taken`() {
    var limits = Limits()
    let sealed = Self.checkpoint(3).sealed(for: Self.owner, key: Self.key)
    limits.checkpointBytes = sealed.count - 1
    #expect(Checkpoint(opening: sealed, for: Self.owner, key: Self.key, limits: limits) == nil)
  }

  @Test func `at the start no case is held and each is read from its first record`() {
    let start = Checkpoint.start(epoch: 1)
    #expect(!start.holds(Self.caseID, grantedAt: 1))
    #expect(start.readingPosition(of: Self.caseID, grantedAt: 1) == 0)
  }

  @Test func `a case held whole is read on from the common position`() {
    let checkpoint = Checkpoint(epoch: 1, position: 50)
    #expect(checkpoint.holds(Self.caseID, grantedAt: 50))
    #expect(checkpoint.readingPosition(of: Self.caseID, grantedAt: 50) == 50)
  }

  @Test func `a case granted since is not held and is read from its first record`() {
    let checkpoint = Checkpoint(epoch: 1, position: 50)
    #expect(!checkpoint.holds(Self.caseID, grantedAt: 51))
    #expect(checkpoint.readingPosition(of: Self.caseID, grantedAt: 51) == 0)
  }

  @Test func `a case sent in part is read on from where that stopped`() {
    let reach = Checkpoint.Reach(grant: 3, sequence: 20)
    let checkpoint = Checkpoint(epoch: 1, position: 50, filling: [Self.caseID: reach])
    #expect(!checkpoint.holds(Self.caseID, grantedAt: 3))
    #expect(checkpoint.readingPosition(of: Self.caseID, grantedAt: 3) == 20)
  }

  @Test(arguments: [40, 51])
  func `a case sent in part, taken away and granted anew is read from its first record`(
    grant: UInt64
  ) {
    let reach = Checkpoint.Reach(grant: 3, sequence: 20)
    let checkpoint = Checkpoint(epoch: 1, position: 50, filling: [Self.caseID: reach])
    #expect(checkpoint.readingPosition(of: Self.caseID, grantedAt: grant) == 0)
  }
}
