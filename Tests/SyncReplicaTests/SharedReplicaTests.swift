import SyncCore
import TestSupport
import Testing

@testable import SyncReplica

@Suite struct `A store that is shared with other programs` {
  private let copy: Copy
  private let id: RecordID

  init() throws {
    copy = try Copy()
    id = try copy.note("before")
    try copy.replica.close()
  }

  /// Another program.
  private func other() throws -> Replica {
    try Replica(path: copy.path, access: .write(), catalogue: .standard)
  }

  private func shared(rest: Duration) throws -> SharedReplica {
    try SharedReplica(path: copy.path, wait: .zero, catalogue: .standard, rest: rest)
  }

  @Test func `can be written by another while it is at rest, and is seen as it then is`() throws {
    let shared = try shared(rest: .zero)
    #expect(try shared.waiting() == 1)
    let other = try other()
    try other.edit([.note("meanwhile", in: Copy.caseID, id: RecordID(value: 9))], at: Copy.time)
    try other.close()
    #expect(try shared.waiting() == 2)
  }

  @Test func `is held from its first use until it is at rest`() throws {
    let shared = try shared(rest: .seconds(3_600))
    #expect(try shared.waiting() == 1)
    let error = #expect(throws: ReplicaError.self) { try other() }
    guard case .held? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func `is refused while another writes, and used once that one has ended`() throws {
    let shared = try shared(rest: .zero)
    let other = try other()
    #expect(throws: ReplicaError.self) { try shared.waiting() }
    try other.close()
    #expect(try shared.waiting() == 1)
  }

  @Test func `has one such user at a time`() throws {
    let first = try shared(rest: .zero)
    #expect(throws: ReplicaError.self) { try shared(rest: .zero) }
    #expect(try first.waiting() == 1)
  }

  @Test func `is known to hold nothing only while it is new`() throws {
    #expect(try !other().holdsNothing())
    let directory = try TemporaryDirectory()
    let new = try Replica.create(
      path: directory.file("new.db"), identity: Copy.identity, catalogue: .standard)
    #expect(try new.holdsNothing())
    try new.save(
      Draft(id: id, caseID: Copy.caseID, type: "contact-entry", savedAt: Copy.time, text: "words"))
    #expect(try !new.holdsNothing())
  }
}

extension SharedReplica {
  fileprivate func waiting() throws -> UInt64 { try read { rows in try rows.waitingCount() } }
}
