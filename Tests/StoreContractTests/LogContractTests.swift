import ServerStorage
import SyncCore
import TestSupport
import Testing

private let id = RecordID(value: 0xB0B)

@Suite struct `Every store's log` {
  private func change(_ counter: UInt64, refused: Bool = false, offset: Int64? = nil)
    -> LoggedChange
  {
    var change = Sample.change(
      counter, sequence: counter * 10,
      verdict: refused ? .refused(code: "easing", field: "level") : .applied)
    change.record = id
    change.clockOffset = offset
    return change
  }

  @Test(arguments: StoreKind.allCases)
  func `gives back the changes of one record in their order`(kind: StoreKind) async throws {
    let store = try kind.make()
    let changes = [change(1), change(2, refused: true, offset: -7_200_000), change(3, offset: 40)]
    var other = change(4)
    other.record = RecordID(value: 0xB0B0)
    var unreadable = change(5)
    (unreadable.record, unreadable.caseID) = (nil, nil)
    try await store.transaction { [other, unreadable] transaction in
      for change in changes.reversed() + [other, unreadable] { try transaction.append(change) }
    }
    #expect(try await store.read { try $0.changes(of: id) } == changes)
    #expect(try await store.read { try $0.changes(of: RecordID(value: 9)) } == [])
  }

  @Test(arguments: StoreKind.allCases)
  func `counts the changes of each record of a case`(kind: StoreKind) async throws {
    let store = try kind.make()
    var elsewhere = change(3)
    elsewhere.caseID = CaseID(value: 5)
    try await store.transaction { [elsewhere] transaction in
      for change in [
        change(1), change(2, refused: true), elsewhere, Sample.change(4, sequence: 40),
      ] {
        try transaction.append(change)
      }
    }
    #expect(
      try await store.read { try $0.tallies(of: Sample.caseID) } == [
        ChangeTally(record: RecordID(value: 4), changes: 1, refused: 0, last: 40),
        ChangeTally(record: id, changes: 2, refused: 1, last: 20),
      ])
  }

  @Test(arguments: StoreKind.allCases)
  func `finds records by the end of their ids, refused ones too`(kind: StoreKind) async throws {
    let store = try kind.make()
    try await store.transaction { transaction in
      try transaction.append(change(1, refused: true))
      try transaction.save(Sample.record(0xA0B0B, sequence: 20), resolved: Sample.resolved)
    }
    let both = [id, RecordID(value: 0xA0B0B)]
    #expect(try await store.read { try $0.records(endingIn: "0b0b") } == both)
    #expect(try await store.read { try $0.records(endingIn: "a0b0b") } == [both[1]])
    #expect(try await store.read { try $0.records(endingIn: "ffff") } == [])
  }
}
