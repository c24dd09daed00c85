import SyncCore
import SyncWire

/// A laptop's copy in memory, as small as it can be: what a round trip does to base and outbox.
struct RoundCopy {
  let replica: ReplicaID
  private var outbox: [Change] = []
  private var head = ChainHead.start
  private var epoch: UInt64 = 0
  private var checkpoint: [UInt8] = []
  private var witness: [UInt8] = []
  private var base: [RecordID: Record] = [:]

  init(replica: ReplicaID) { self.replica = replica }

  /// The request of a laptop that has made these changes since its last one.
  mutating func request(
    _ edits: [Change], _ number: UInt64, wantsDigests: Bool = false
  ) -> SyncRequest {
    outbox += edits
    if let last = edits.last { head = ChainHead(counter: last.dot.counter, hash: last.hash) }
    var request = SyncRequest(
      requestID: number, replica: replica, epoch: epoch, head: head, checkpoint: checkpoint,
      catalogueVersion: 0, deviceTime: Timestamp(milliseconds: -5),
      firstCounter: outbox.first?.dot.counter ?? 0, changes: outbox.map { .readable($0) },
      unsent: UInt64(outbox.count), hasMore: false, wantsDigests: wantsDigests)
    request.witness = witness
    return request
  }

  /// Takes an answer in; throws if it must not be used.
  mutating func take(
    _ frames: [Frame], _ request: SyncRequest
  ) throws -> ClientSession.Outcome {
    var session = ClientSession(request)
    for frame in frames {
      switch session.handle(.frame(frame)) {
      case .open(let opening):
        epoch = opening.epoch
        witness = opening.witness.isEmpty ? witness : opening.witness
      case .acknowledge(let receipts): for receipt in receipts { acknowledge(receipt) }
      case .apply(let page): try apply(page)
      case .finish(let outcome): return outcome
      case .reject(let breach): throw breach
      case .read, .adopt, .compare: break
      }
    }
    guard case .reject(let breach) = session.handle(.closed) else { throw Unfinished() }
    throw breach
  }

  private struct Unfinished: Error {}

  private mutating func acknowledge(_ receipt: Receipt) {
    let change = outbox.removeFirst()
    guard receipt.settlesBase, let place = receipt.place else { return }
    let body = change.body
    var record =
      base[body.record] ?? Record(id: body.record, type: body.type, caseID: body.caseID)
    record.apply(change, at: place)
    base[body.record] = record
  }

  private mutating func apply(_ page: Page) throws {
    for bytes in page.records {
      let record = try Record(fromPeer: bytes)
      base[record.id] = base[record.id]?.merged(with: record) ?? record
    }
    checkpoint = page.checkpoint
    witness = []
  }

  /// One round trip, and what the laptop holds after it.
  mutating func exchange(
    _ edits: [Change], _ number: UInt64, wantsDigests: Bool = false,
    _ answer: (SyncRequest) -> [Frame]
  ) throws -> JSONText {
    let request = request(edits, number, wantsDigests: wantsDigests)
    let frames = answer(request)
    let outcome = try take(frames, request)
    return .object([
      ("edits", .list(edits.map { .hex($0.bytes) })), ("request", try Self.told(request)),
      ("answer", try Self.told(frames)), ("known", .number(Int(outcome.known))),
      ("orders", .number(outcome.orders.count)), ("unsent", .number(outbox.count)),
      ("checkpoint", .hex(checkpoint)),
      ("base", .list(base.keys.sorted().compactMap { base[$0].map { .hex($0.bytes) } })),
    ])
  }

  /// A request in both forms.
  static func told(_ request: SyncRequest) throws -> JSONText {
    .object([
      ("binary", .hex(try request.written(as: .binary))),
      ("json", .written(String(decoding: try request.written(as: .json), as: UTF8.self))),
    ])
  }

  /// An answer in both forms: the binary one as it is streamed, and the lines of the other.
  static func told(_ frames: [Frame]) throws -> JSONText {
    .object([
      ("binary", .hex(try frames.flatMap { try $0.framed(as: .binary) })),
      (
        "json",
        .list(
          try frames.map {
            .written(String(decoding: try $0.framed(as: .json).dropLast(), as: UTF8.self))
          })
      ),
    ])
  }
}
