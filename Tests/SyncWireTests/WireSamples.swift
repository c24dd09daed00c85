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
    var request = SyncRequest(
      requestID: chance.next(), replica: replica, epoch: 2, head: head,
      checkpoint: chance.bytes(30), catalogueVersion: 3,
      deviceTime: Timestamp(milliseconds: -12_345), firstCounter: 1, changes: changes, unsent: 7,
      hasMore: chance.happens(onceIn: 2), obeyed: [4, 9], wantsDigests: true)
    let bytes = chance.bytes(50)
    request.witness = chance.bytes(20)
    request.returned = [ReturnedRecord(bytes: bytes, proof: proof(&chance))]
    let refused = Verdict.refused(code: "invalid", field: "kind")
    for case .readable(let change) in changes {
      for (bytes, verdict) in [(change.bytes, Verdict.merged), (nil, refused)] {
        request.offered.append(
          OfferedChange(
            dot: change.dot, hash: change.hash, bytes: bytes, verdict: verdict,
            proof: proof(&chance)))
      }
    }
    return request
  }

  static func proof(_ chance: inout Seeded) -> Proof {
    Proof(bytes: chance.bytes(Proof.byteCount))!
  }

  static func frames(seed: Int) -> [Frame] {
    var chance = Seeded(seed)
    let place = Place(epoch: 1, sequence: chance.next() >> 20)
    var record = Record(id: chance.id(), type: "contact-entry", caseID: chance.id())
    let replica: ReplicaID = chance.id()
    record.apply(change(&chance, after: .start, replica: replica), at: place)
    let proof = proof(&chance)
    let verdicts: [Verdict] = [
      .applied, .merged, .contested, .late, .refused(code: "invalid", field: "kind"), .retry,
    ]
    return [
      .opening(
        Frame.Opening(
          protocolVersion: 1, requestID: chance.next(), epoch: 1,
          serverTime: Timestamp(milliseconds: 1_700_000_000_000), witness: chance.bytes(20))),
      .receipts(
        verdicts.enumerated().map { index, verdict in
          Receipt(
            counter: UInt64(index + 1), verdict: verdict, isAgain: index == 1,
            settlesBase: index == 0, place: index < 4 ? place : nil,
            proof: index < 5 ? proof : nil, baseProof: index == 0 ? proof : nil)
        }),
      .order(Order(id: 3, kind: .resync)),
      .order(
        Order(id: 0, kind: .forked(common: 5, head: ChainHead(counter: 9, hash: record.digest)))),
      .order(Order(id: 0, kind: .resend(from: 6))),
      .order(Order(id: 0, kind: .newEpoch(7, survived: 40))),
      .order(Order(id: 0, kind: .wipe(atOnce: seed % 2 == 0))),
      .scope(
        Scope(entries: [
          Scope.Entry(caseID: record.caseID, isSentWhole: true, isLimited: seed % 2 == 0)
        ])),
      .page(
        Page(
          records: [record.bytes], proofs: [proof], completed: [record.caseID],
          checkpoint: chance.bytes(40),
          place: place)),
      .digests([CaseDigest(caseID: record.caseID, records: 1, sum: record.digest)]),
      .end(Frame.Ending(frames: 9, known: 4)),
      .end(
        Frame.Ending(
          frames: 9, known: 4,
          lease: Lease(seconds: chance.next(), limitedSeconds: seed % 3 == 0 ? 0 : 86_400))),
    ]
  }
}
