import RecordCatalogue
import ServerStorage
import SyncCore
import TestSupport
import Testing

/// An officer's laptop as the office sees it: a chain of changes and a checkpoint, nothing else.
final class Author {
  let office: OfficeInProcess
  let device: Device
  let replica: ReplicaID
  private(set) var head = ChainHead.start
  /// The place up to which it knows the office, as changes claim it.
  var under: Place?
  var checkpoint: [UInt8] = []
  private var sent: [PushedChange] = []

  init(_ device: Device, at office: OfficeInProcess) {
    self.office = office
    self.device = device
    replica = ReplicaID(value: device.id.value ^ 0xABCD)
  }

  static func enrol(
    _ user: String, at office: OfficeInProcess, role: Role = .officer
  ) async throws -> Author {
    Author(try await office.enrol(user, role: role), at: office)
  }

  /// The laptop as it would come back from a backup of this moment.
  func copy() -> Author {
    let copy = Author(device, at: office)
    (copy.head, copy.sent, copy.checkpoint, copy.under) = (head, sent, checkpoint, under)
    return copy
  }

  /// Writes the next change of the chain.
  @discardableResult
  func write(
    _ fields: [String: Value], of record: RecordID, type: String = "contact-entry",
    in caseID: CaseID, having context: VersionVector = VersionVector(), reason: String = "",
    group: GroupID? = nil, as author: String? = nil, role: Role? = nil
  ) -> Change {
    let members = fields.map { Value.Member($0.key, $0.value) }.sorted { $0.name < $1.name }
    return add(
      .set(members), of: record, type: type, in: caseID, having: context, reason: reason,
      group: group, as: author, role: role)
  }

  @discardableResult
  func delete(
    _ record: RecordID, type: String, in caseID: CaseID, having context: VersionVector
  ) -> Change {
    add(.delete, of: record, type: type, in: caseID, having: context)
  }

  private func add(
    _ action: Change.Action, of record: RecordID, type: String, in caseID: CaseID,
    having context: VersionVector, reason: String = "", group: GroupID? = nil,
    as author: String? = nil, role: Role? = nil
  ) -> Change {
    let change = Change(
      Change.Body(
        dot: Dot(replica, head.counter + 1), previous: head.hash, record: record, type: type,
        caseID: caseID, context: context, action: action, author: author ?? device.user,
        role: role ?? device.role, recordedAt: office.clock.now, reason: reason, group: group,
        writtenUnder: under))
    push(.readable(change))
    return change
  }

  /// Writes a contact entry.
  @discardableResult
  func note(
    _ text: String, as id: RecordID, in caseID: CaseID, group: GroupID? = nil
  ) -> Change {
    write(["kind": .text("CHVS"), "text": .text(text)], of: id, in: caseID, group: group)
  }

  /// Adds anything to the chain, readable or not.
  func push(_ change: PushedChange) {
    sent.append(change)
    head = ChainHead(counter: head.counter + 1, hash: change.hash)
  }

  /// The request that sends the changes from a counter on.
  func request(from first: UInt64 = 1, adjusting: (inout SyncRequest) -> Void = { _ in })
    -> SyncRequest
  {
    var request = SyncRequest(
      requestID: 1, replica: replica, epoch: 1, head: head, checkpoint: checkpoint,
      catalogueVersion: 1, deviceTime: office.clock.now, firstCounter: first,
      changes: Array(sent.dropFirst(Int(first) - 1)), unsent: 0, hasMore: false)
    adjusting(&request)
    return request
  }

  /// Sends the changes from a counter on.
  @discardableResult
  func send(from first: UInt64 = 1) async throws -> Intake.Outcome {
    try await send(request(from: first))
  }

  @discardableResult
  func send(_ request: SyncRequest) async throws -> Intake.Outcome {
    try await office.receive(request, from: device.id)
  }

  /// What the office said of each change sent.
  func verdicts(from first: UInt64 = 1) async throws -> [Verdict] {
    try await send(from: first).acceptance.receipts.map(\.verdict)
  }

  /// Reads everything that the office has for this laptop, page by page.
  @discardableResult
  func pull(wantsDigests: Bool = false) async throws -> [ServerSession.Reading] {
    var readings: [ServerSession.Reading] = []
    var next: Checkpoint? = try await send(from: head.counter + 1).acceptance.checkpoint
    while let checkpoint = next {
      let reading = try await office.page(
        after: checkpoint, for: device.id, wantsDigests: wantsDigests)
      take(reading)
      readings.append(reading)
      next = reading.next
    }
    return readings
  }

  /// Keeps a page's checkpoint and place.
  func take(_ reading: ServerSession.Reading) {
    checkpoint = reading.page.checkpoint
    under = reading.page.place
  }
}

extension Array where Element == ServerSession.Reading {
  var records: [Record] {
    get throws { try flatMap(\.page.records).map { try Record(reading: $0) } }
  }
}

/// An office with a case that `sam` holds.
final class Bench {
  let office: OfficeInProcess
  let caseID: CaseID
  let sam: Author

  private init(_ office: OfficeInProcess, _ caseID: CaseID, _ sam: Author) {
    self.office = office
    self.caseID = caseID
    self.sam = sam
  }

  static func make(_ kind: StoreKind, limits: Limits = .standard) async throws -> Bench {
    let office = OfficeInProcess(try kind.make(), limits: limits)
    let caseID = try await office.open("X000001")
    let sam = try await Author.enrol("sam", at: office)
    try await office.grant("sam", [caseID])
    try await sam.pull()
    return Bench(office, caseID, sam)
  }

  /// A second officer who holds the same case.
  func colleague(_ user: String = "kim", role: Role = .officer) async throws -> Author {
    let author = try await Author.enrol(user, at: office, role: role)
    try await office.grant(user, [caseID])
    try await author.pull()
    return author
  }

  func version(of id: RecordID) async throws -> VersionVector {
    try await office.record(id)?.version ?? VersionVector()
  }
}
