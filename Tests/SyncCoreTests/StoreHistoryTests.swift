import SyncCore
import Testing

/// A store that was put back from a backup gives its sequences out again, but never a life.
struct StoreHistoryTests {
  /// One branch of a store's past: lives with the sequence at which each ended, oldest first.
  private struct Branch {
    var lives: [(life: Life, end: UInt64)] = []

    /// Without the lives in which nothing was given out: a store forgets them.
    var tidied: Branch {
      Branch(lives: lives.dropLast().filter { $0.life.start < $0.end } + lives.suffix(1))
    }

    /// As a checkpoint remembers it.
    var history: StoreHistory {
      StoreHistory(
        reach: lives.last?.end ?? 0,
        lives: lives.map(\.life).suffix(StoreHistory.livesRemembered).reversed())
    }

    func end(of replica: ReplicaID) -> UInt64? {
      lives.first { $0.life.replica == replica }?.end
    }

    mutating func live(_ number: Int, for sequences: Int) {
      let start = lives.last?.end ?? 0
      let life = Life(replica: Sample.replica(number), epoch: 1, start: start)
      lives.append((life, start + UInt64(sequences)))
    }
  }

  @Test(arguments: Seeds.many)
  func `two branches agree up to where the first of them left their last common life`(
    seed: UInt64
  ) {
    var chance = Seeded(seed)
    var stem = Branch()
    for number in 0..<chance.below(4) { stem.live(number, for: 1 + chance.below(4)) }
    stem.live(9, for: chance.below(5))
    var (lost, present) = (stem, stem)
    // The backup is of the middle of a life, or what was lost began with a new one.
    let further = chance.below(4)
    lost.lives[lost.lives.count - 1].end += UInt64(further)
    let common = stem.lives[stem.lives.count - 1].end
    // The last common life may be one that the present store has forgotten: one more is needed.
    let lostLives = chance.below(StoreHistory.livesRemembered - 1)
    for number in 0..<lostLives { lost.live(100 + number, for: chance.below(5)) }
    for number in 0...chance.below(3) { present.live(200 + number, for: chance.below(5)) }
    for (lost, present) in [
      (lost, present), (lost.tidied, present), (lost, present.tidied),
      (lost.tidied, present.tidied),
    ] {
      #expect(lost.history.common(with: present.end) == common)
    }
    #expect(present.history.common(with: present.end) == present.history.reach)
    #expect(lost.history.common(with: lost.end) == lost.history.reach)
  }

  @Test func `a history older than what is remembered counts as lost from its beginning`() {
    var stem = Branch()
    stem.live(0, for: 10)
    var lost = stem
    for number in 1...StoreHistory.livesRemembered { lost.live(number, for: 1) }
    #expect(lost.history.common(with: stem.end) == 0)
  }

  @Test func `nothing was seen, so nothing is lost`() {
    #expect(StoreHistory().common { _ in nil } == 0)
    #expect(StoreHistory().reach == 0)
  }
}
