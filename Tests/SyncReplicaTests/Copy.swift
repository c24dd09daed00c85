import Foundation
import SyncCore
import SyncReplica
import TestSupport

/// A laptop's store that holds cases as if an office had sent them, with no office near.
final class Copy {
  let directory: TemporaryDirectory
  private(set) var replica: Replica
  let sealer: any Sealer
  private let limits: Limits
  private var sequence: UInt64 = 10
  private var chance = Seeded(7)

  static let caseID = CaseID(value: 0xCA5E)
  static let identity = ReplicaIdentity(
    replica: ReplicaID(value: 0xA), device: DeviceID(value: 0xD), user: "sam", role: .officer,
    office: "Cardiff")
  static let time = Timestamp(milliseconds: FixedClock.morning)

  init(
    holding cases: [CaseID] = [caseID], sealer: any Sealer = PlainSealer(),
    limits: Limits = .standard
  ) throws {
    directory = try TemporaryDirectory()
    self.sealer = sealer
    self.limits = limits
    replica = try Replica.create(
      path: directory.file("replica.db"), identity: Self.identity, catalogue: .standard,
      sealer: sealer, limits: limits)
    try hold(cases)
  }

  var path: String { directory.file("replica.db") }

  func newID() -> RecordID { chance.id() }

  /// Receives the scope and its cases whole, with these records.
  func hold(_ cases: [CaseID], records: [SyncCore.Record] = []) throws {
    try replica.adopt(scope(cases, whole: cases))
    try replica.apply(page(records, completed: cases))
  }

  func scope(_ cases: [CaseID], whole: [CaseID] = []) -> Scope {
    Scope(
      entries: cases.sorted().map { .init(caseID: $0, isSentWhole: whole.contains($0)) })
  }

  func page(_ records: [SyncCore.Record], completed: [CaseID] = []) -> Page {
    Page(
      records: records.map(\.bytes), completed: completed, checkpoint: [UInt8(sequence % 250)],
      place: place())
  }

  func place() -> Place {
    sequence += 1
    return Place(epoch: 1, sequence: sequence)
  }

  @discardableResult
  func edit(_ edits: Edit..., group: GroupID? = nil) throws -> [Change] {
    try replica.edit(edits, group: group, at: Self.time)
  }

  @discardableResult
  func note(_ text: String, in caseID: CaseID = Copy.caseID) throws -> RecordID {
    let id = newID()
    try edit(.note(text, in: caseID, id: id))
    return id
  }

  func text(_ id: RecordID) throws -> String? {
    try replica.record(id)?.read("text", by: .union)?.value.text
  }

  func acknowledge(_ receipts: Receipt...) throws {
    try replica.acknowledge(receipts, epoch: 1)
  }

  /// Closes the store and opens it again, as a restart does.
  func reopen() throws {
    try replica.close()
    replica = try Replica(
      path: path, access: .write(), catalogue: .standard, sealer: sealer, limits: limits)
  }

  /// Where the store's bytes can be read as anybody could who finds the laptop.
  func diskHolds(_ text: String) throws -> Bool {
    try directory.contents().contains { $0.bytes.range(of: Data(text.utf8)) != nil }
  }
}

/// A colleague's changes as they come back from the office.
struct Colleague {
  private(set) var head = ChainHead.start
  private let replica = ReplicaID(value: 0xB)

  /// Writes into a record and gives it back as the office then holds it.
  mutating func write(
    _ fields: [String: Value], into record: SyncCore.Record, at place: Place
  ) -> SyncCore.Record {
    let members = fields.map { Value.Member($0.key, $0.value) }.sorted { $0.name < $1.name }
    let change = Change(
      Change.Body(
        dot: Dot(replica, head.counter + 1), previous: head.hash, record: record.id,
        type: record.type, caseID: record.caseID, context: record.version, action: .set(members),
        author: "kim", role: .officer, recordedAt: Copy.time))
    head = ChainHead(counter: change.dot.counter, hash: change.hash)
    var result = record
    result.apply(change, at: place)
    return result
  }

  mutating func note(
    _ text: String, at place: Place, in caseID: CaseID = Copy.caseID, id: RecordID
  ) -> SyncCore.Record {
    write(
      ["kind": .text("CHVS"), "text": .text(text)],
      into: SyncCore.Record(id: id, type: "contact-entry", caseID: caseID), at: place)
  }
}
