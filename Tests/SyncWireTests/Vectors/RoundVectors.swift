import SyncCore
import SyncWire

/// Whole round trips, each message in both forms, and answers that must not be used.
enum RoundVectors {
  static func cases() throws -> [JSONText] {
    [try story] + (try ordered) + (try spoilt)
  }

  private static let replica = VectorSamples.replica(1)
  private static let time = Timestamp(milliseconds: 1_735_689_600_000)
  private static let proof = Proof(bytes: [UInt8](repeating: 7, count: Proof.byteCount))

  // MARK: - A laptop's first two round trips

  private static func change(
    _ number: Int, _ counter: UInt64, _ record: Int, seen: VersionVector, _ fields: [String: Value],
    previous: Hash = .zero
  ) -> Change {
    var body = VectorSamples.set(number, counter, seen: seen, fields).body
    body.record = RecordID(value: UInt128(record))
    body.previous = previous
    return Change(body)
  }

  private static func record(_ number: Int, _ steps: [(Change, UInt64)]) -> Record {
    var record = Record(
      id: RecordID(value: UInt128(number)), type: VectorSamples.type, caseID: VectorSamples.caseID)
    for (change, sequence) in steps { record.take(change, at: VectorSamples.place(sequence)) }
    return record
  }

  private static let old = change(9, 1, 1, seen: VersionVector(), ["a": .text("old")])
  private static let other = change(
    9, 2, 2, seen: VersionVector(), ["a": .none], previous: old.hash)
  private static let meanwhile = change(
    8, 1, 1, seen: VectorSamples.vector([9: 1]), ["a": .text("meanwhile")])

  private static let own: [Change] = {
    let new = change(1, 1, 3, seen: VersionVector(), ["a": .text("new"), "b": .flag(true)])
    let edit = change(
      1, 2, 1, seen: VectorSamples.vector([9: 1]), ["a": .text("mine")], previous: new.hash)
    let refused = change(
      1, 3, 2, seen: VectorSamples.vector([9: 2]), ["a": .integer(1)], previous: edit.hash)
    return [new, edit, refused]
  }()

  private static func opening(_ request: SyncRequest, witness: [UInt8] = []) -> Frame {
    .opening(
      Frame.Opening(
        protocolVersion: 1, requestID: request.requestID, epoch: 1, serverTime: time,
        witness: witness, catalogueVersion: 4))
  }

  private static func page(_ records: [Record], complete: Bool, _ checkpoint: UInt8) -> Frame {
    .page(
      Page(
        records: records.map(\.bytes), proofs: records.compactMap { _ in proof },
        completed: complete ? [VectorSamples.caseID] : [], checkpoint: [checkpoint, 0xFF],
        place: VectorSamples.place(UInt64(checkpoint))))
  }

  private static func scope(whole: Bool) -> Frame {
    .scope(Scope(entries: [Scope.Entry(caseID: VectorSamples.caseID, isSentWhole: whole)]))
  }

  private static func firstAnswer(_ request: SyncRequest) -> [Frame] {
    [
      opening(request), scope(whole: true), page([record(1, [(old, 3)])], complete: false, 4),
      page([record(2, [(other, 4)])], complete: true, 4),
      .end(Frame.Ending(frames: 4, known: 0)),
    ]
  }

  private static func secondAnswer(_ request: SyncRequest) -> [Frame] {
    let edited = record(1, [(old, 3), (meanwhile, 5), (own[1], 7)])
    let place = VectorSamples.place
    var digest = CaseDigest(caseID: VectorSamples.caseID)
    for one in [edited, record(2, [(other, 4)]), record(3, [(own[0], 6)])] {
      digest.replace(nil, with: one.digest)
    }
    return [
      opening(request, witness: [9, 9]),
      .receipts([
        Receipt(
          counter: 1, verdict: .applied, settlesBase: true, place: place(6, 1), proof: proof,
          baseProof: proof),
        Receipt(counter: 2, verdict: .contested, place: place(7, 1), proof: proof),
        Receipt(
          counter: 3, verdict: .refused(code: "invalid", field: "a"), place: place(8, 1),
          proof: proof),
      ]),
      scope(whole: false), page([edited], complete: false, 8), .digests([digest]),
      .end(Frame.Ending(frames: 5, known: 3)),
    ]
  }

  private static var story: JSONText {
    get throws {
      var copy = RoundCopy(replica: replica)
      let first = try copy.exchange([], 1, firstAnswer)
      let second = try copy.exchange(own, 2, wantsDigests: true, secondAnswer)
      let third = try copy.exchange([], 3) { request in
        [
          opening(request), scope(whole: false), page([], complete: false, 8),
          .end(Frame.Ending(frames: 3, known: 3)),
        ]
      }
      return .object([
        ("name", "a first sync, changes with their receipts, and nothing new"),
        ("replica", .hex(replica.bytes)), ("exchanges", .list([first, second, third])),
      ])
    }
  }

  // MARK: - Orders

  private static var ordered: [JSONText] {
    get throws {
      let head = ChainHead(counter: 5, hash: Hash(of: [5]))
      let orders: [(String, Order)] = [
        ("resync", Order(id: 3, kind: .resync)),
        ("forked", Order(id: 0, kind: .forked(common: 2, head: head))),
        ("resend", Order(id: 0, kind: .resend(from: 2))),
        ("new epoch", Order(id: 0, kind: .newEpoch(2, survived: 40))),
      ]
      return try orders.map { name, order in
        var copy = RoundCopy(replica: replica)
        let exchange = try copy.exchange(own, 7) { request in
          [opening(request), .order(order), .end(Frame.Ending(frames: 2, known: 5))]
        }
        return .object([
          ("name", .text("an order: \(name)")), ("replica", .hex(replica.bytes)),
          ("exchanges", .list([exchange])),
        ])
      }
    }
  }

  // MARK: - Answers that must not be used

  private static var spoilt: [JSONText] {
    get throws {
      let spoils: [(String, String, (inout [Frame]) -> Void)] = [
        ("cut before its end", "6.8: whole with the end", { $0.removeLast() }),
        ("of no frames", "6.8: whole with the end", { $0 = [] }),
        ("without an opening", "6.8: the opening first", { $0.removeFirst() }),
        ("opened twice", "6.8: once", { $0.insert($0[0], at: 1) }),
        (
          "to another request", "6.8: the id of this request",
          { $0[0] = reopened($0[0]) { $0.requestID = 1 } }
        ),
        (
          "of another version", "6.8: version 1",
          { $0[0] = reopened($0[0]) { $0.protocolVersion = 2 } }
        ),
        ("without receipts", "6.8: as many as changes", { $0.remove(at: 1) }),
        ("with too few receipts", "6.8: as many as changes", { $0[1] = receipts(1...2) }),
        ("with too many receipts", "6.8: as many as changes", { $0[1] = receipts(1...4) }),
        (
          "with receipts that begin later", "6.8: from the first counter",
          { $0[1] = receipts(2...3) }
        ),
        ("with a page before the scope", "6.8: a scope precedes every page", { $0.swapAt(2, 3) }),
        ("with digests before the page", "6.2: the order of frames", { $0.swapAt(3, 4) }),
        ("with receipts after the scope", "6.2: the order of frames", { $0.swapAt(1, 2) }),
        ("with a scope that descends", "6.6: ascending", { $0[2] = .scope(descending) }),
        ("with a frame missing", "6.8: the number of frames", { $0.remove(at: 4) }),
        (
          "which knows more than was written", "6.8: not above the head",
          { $0[5] = .end(Frame.Ending(frames: 5, known: 4)) }
        ),
      ]
      return try spoils.map { name, why, spoil in
        var copy = RoundCopy(replica: replica)
        let request = copy.request(own, 2, wantsDigests: true)
        var frames = secondAnswer(request)
        spoil(&frames)
        precondition((try? copy.take(frames, request)) == nil, "taken though \(name)")
        return .object([
          ("name", .text("an answer \(name)")), ("replica", .hex(replica.bytes)),
          ("edits", .list(own.map { .hex($0.bytes) })),
          ("request", try RoundCopy.told(request)), ("answer", try RoundCopy.told(frames)),
          ("refused", .text(why)),
        ])
      }
    }
  }

  private static func reopened(
    _ frame: Frame, _ spoil: (inout Frame.Opening) -> Void
  ) -> Frame {
    guard case .opening(var opening) = frame else { return frame }
    spoil(&opening)
    return .opening(opening)
  }

  private static func receipts(_ counters: ClosedRange<UInt64>) -> Frame {
    .receipts(
      counters.map { Receipt(counter: $0, verdict: .merged, place: VectorSamples.place($0)) })
  }

  private static var descending: Scope {
    let high = Scope.Entry(caseID: CaseID(value: .max), isSentWhole: false)
    let own = Scope.Entry(caseID: VectorSamples.caseID, isSentWhole: false)
    return Scope(entries: [high, own])
  }
}
