import SyncCore
import SyncWire
import TestSupport

/// Messages with something in every field, from a seed.
enum WireSamples {
  static func change(_ chance: inout Seeded, after head: ChainHead, replica: ReplicaID) -> Change {
    Change(
      Change.Body(
        dot: Dot(replica, head.counter + 1), previous: head.hash, record: chance.id(),
        type: "contact-entry", caseID: chance.id(),
        context: VersionVector([Dot(chance.id(), 3), Dot(replica, 1)]),
        action: chance.happens(onceIn: 5)
          ? .delete
          : .set([
            Value.Member("claim", .composite(["code": .text("ATTC"), "present": .flag(true)])),
            Value.Member("seen", .list([.integer(-7), .none, .text("café ☕")])),
            Value.Member("text", .text(String(repeating: "é", count: chance.below(300)))),
          ]),
        author: "a.khan", role: .officer,
        recordedAt: Timestamp(milliseconds: Int64(chance.below(1 << 40))), reason: "because",
        group: chance.happens(onceIn: 3) ? chance.id() : nil,
        writtenUnder: chance.happens(onceIn: 2) ? Place(epoch: 1, sequence: 9) : nil))
  }

  static func request(seed: Int, changes count: Int = 4) -> SyncRequest {
    var chance = Seeded(seed)
    let replica: ReplicaID = chance.id()
    var head = ChainHead.start
    var changes: [PushedChange] = []
    for _ in 0..<count {
      let change = change(&chance, after: head, replica: replica)
      head = ChainHead(counter: change.dot.counter, hash: change.hash)
      changes.append(.readable(change))
    }
    return SyncRequest(
      requestID: chance.next(), replica: replica, epoch: 2, head: head,
      checkpoint: chance.bytes(30), catalogueVersion: 3,
      deviceTime: Timestamp(milliseconds: -12_345), firstCounter: 1, changes: changes, unsent: 7,
      hasMore: chance.happens(onceIn: 2), obeyed: [4, 9], wantsDigests: true)
  }

  static func frames(seed: Int) -> [Frame] {
    var chance = Seeded(seed)
    let place = Place(epoch: 1, sequence: chance.next() >> 20)
    var record = Record(id: chance.id(), type: "contact-entry", caseID: chance.id())
    let replica: ReplicaID = chance.id()
    record.apply(change(&chance, after: .start, replica: replica), at: place)
    let verdicts: [Verdict] = [
      .applied, .merged, .contested, .late, .refused(code: "invalid", field: "kind"), .retry,
    ]
    return [
      .opening(
        Frame.Opening(
          protocolVersion: 1, requestID: chance.next(), epoch: 1,
          serverTime: Timestamp(milliseconds: 1_700_000_000_000))),
      .receipts(
        verdicts.enumerated().map { index, verdict in
          Receipt(
            counter: UInt64(index + 1), verdict: verdict, isAgain: index == 1,
            settlesBase: index == 0, place: index < 4 ? place : nil)
        }),
      .order(Order(id: 3, kind: .resync)), .order(Order(id: 0, kind: .forked(common: 5))),
      .order(Order(id: 0, kind: .resend(from: 6))), .order(Order(id: 0, kind: .newEpoch(7))),
      .scope(
        Scope(place: place, entries: [Scope.Entry(caseID: record.caseID, isSentWhole: true)])),
      .page(
        Page(
          records: [record.bytes], completed: [record.caseID], checkpoint: chance.bytes(40),
          place: place)),
      .digests([CaseDigest(caseID: record.caseID, records: 1, sum: record.digest)]),
      .end(Frame.Ending(frames: 9, known: 4)),
    ]
  }
}
