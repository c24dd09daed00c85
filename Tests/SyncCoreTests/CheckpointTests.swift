import SyncCore
import Testing

struct CheckpointTests {
  private static let key = OfficeKey(secret: [UInt8](repeating: 7, count: 32))
  private static let owner = "a.officer/laptop-1"
  private static let caseID = Sample.caseID

  private static func checkpoint(_ seed: UInt64) -> Checkpoint {
    var chance = Seeded(seed)
    var checkpoint = Checkpoint(epoch: chance.number(), position: chance.number())
    if chance.oneIn(2) {
      checkpoint.pull = Checkpoint.Pull(
        target: chance.number(), caseID: CaseID(value: UInt128(chance.below(50))),
        sequence: chance.number())
    }
    checkpoint.history.reach = chance.number()
    for _ in 0..<chance.below(StoreHistory.livesRemembered + 1) {
      checkpoint.history.lives.append(
        Life(
          replica: Sample.replica(chance.below(9)), epoch: chance.number(), start: chance.number()))
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
    let sealed = Self.checkpoint(1).sealed(
      for: Self.owner, key: OfficeKey(secret: [UInt8](repeating: 8, count: 32)))
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

  /// A pull from 50 to 80 that has read case 5 up to 60.
  private static let pulling = Checkpoint(
    epoch: 1, position: 50,
    pull: Checkpoint.Pull(target: 80, caseID: CaseID(value: 5), sequence: 60))

  @Test func `a case sent in part is read on from where that stopped`() {
    for grant in [3, 70] as [UInt64] {
      #expect(!Self.pulling.holds(CaseID(value: 5), grantedAt: grant))
      #expect(Self.pulling.readingPosition(of: CaseID(value: 5), grantedAt: grant) == 60)
    }
  }

  @Test func `a case that the pull has passed is held up to its target`() {
    for grant in [3, 70] as [UInt64] {
      #expect(Self.pulling.holds(CaseID(value: 4), grantedAt: grant))
      #expect(Self.pulling.readingPosition(of: CaseID(value: 4), grantedAt: grant) == 80)
    }
  }

  @Test func `a case that the pull has not come to stands where it stood`() {
    #expect(Self.pulling.holds(CaseID(value: 6), grantedAt: 3))
    #expect(Self.pulling.readingPosition(of: CaseID(value: 6), grantedAt: 3) == 50)
    #expect(!Self.pulling.holds(CaseID(value: 6), grantedAt: 70))
    #expect(Self.pulling.readingPosition(of: CaseID(value: 6), grantedAt: 70) == 0)
  }

  @Test(arguments: [4, 5, 6])
  func `a case granted anew since the pull began is read from its first record`(id: UInt128) {
    #expect(!Self.pulling.holds(CaseID(value: id), grantedAt: 81))
    #expect(Self.pulling.readingPosition(of: CaseID(value: id), grantedAt: 81) == 0)
  }
}
