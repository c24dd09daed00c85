import SyncCore
import Testing

@Suite struct `Changes that are issued again` {
  private let old = ReplicaID(value: 0xA)
  private let new = ReplicaID(value: 0xB)
  private let other = ReplicaID(value: 0xC)

  private func change(_ counter: UInt64, seen: [Dot] = []) -> Change {
    Change(
      Change.Body(
        dot: Dot(old, counter), previous: .zero, record: RecordID(value: 1), type: "contact-entry",
        caseID: CaseID(value: 2), context: VersionVector(seen), action: .delete, author: "sam",
        role: .officer, recordedAt: Timestamp(milliseconds: 1)))
  }

  @Test func `stand in a chain of their own and name their first issue`() {
    var reissue = Reissue(as: new, givingUp: [old: 4])
    let first = reissue.issue(change(5))
    let second = reissue.issue(change(6))
    #expect(first.dot == Dot(new, 1) && first.body.previous == .zero)
    #expect(second.dot == Dot(new, 2) && second.body.previous == first.hash)
    #expect(first.body.origin == change(5).firstIssue)
    #expect(reissue.head == ChainHead(counter: 2, hash: second.hash))
    // Issued once more, it still names the first issue.
    var again = Reissue(as: other, givingUp: [new: 0])
    #expect(again.issue(first).body.origin == change(5).firstIssue)
  }

  @Test func `claim to have seen nothing that is missing between them`() {
    var reissue = Reissue(as: new, givingUp: [old: 4])
    _ = reissue.issue(change(5))
    // Number 6 cannot be read. Who had seen it has seen 5 of what is there.
    let seen = reissue.issue(change(7, seen: [Dot(old, 6), Dot(other, 9)]))
    #expect(
      seen.body.context == VersionVector([Dot(old, 4), Dot(new, 1), Dot(other, 9)]))
    let last = reissue.issue(change(8, seen: [Dot(old, 7)]))
    #expect(last.body.context == VersionVector([Dot(old, 4), Dot(new, 2)]))
  }

  @Test func `keep what they had seen of the office's`() {
    var reissue = Reissue(as: new, givingUp: [old: 4])
    let kept = reissue.issue(change(5, seen: [Dot(old, 3), Dot(other, 2)]))
    #expect(kept.body.context == VersionVector([Dot(old, 3), Dot(other, 2)]))
  }
}
