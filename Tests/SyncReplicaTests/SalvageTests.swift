import Foundation
import SyncCore
import TestSupport
import Testing

@testable import SyncReplica

/// A store with two entries that the office has and four that it has not, closed.
private struct Damaged {
  let directory: TemporaryDirectory
  let notes: [RecordID]
  let changes: [Change]
  var path: String { directory.file("replica.db") }

  init(words: Int = 8) throws {
    directory = try TemporaryDirectory()
    let copy = try Copy()
    var notes: [RecordID] = []
    for number in 1...6 {
      let text = "Entry \(number). " + String(repeating: "and so on ", count: words)
      notes.append(try copy.note(text))
    }
    try copy.acknowledge(
      Receipt(counter: 1, verdict: .applied, place: copy.place()),
      Receipt(counter: 2, verdict: .refused(code: "out-of-scope", field: ""), place: copy.place()))
    self.notes = notes
    changes = try copy.replica.read { rows in
      var all: [Change] = []
      try rows.own(of: Copy.identity.replica, from: 1) { row in
        if let change = row.change { all.append(change) }
        return true
      }
      return all
    }
    try copy.replica.close()
    try FileManager.default.copyItem(
      atPath: copy.path, toPath: directory.file("replica.db"))
  }

  func bytes() throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) }

  func spoil(_ body: (inout [UInt8]) -> Void) throws {
    var bytes = try bytes()
    body(&bytes)
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }

  func salvaged() -> Salvage { Salvage(reading: path, of: "sam") }

  /// A fresh store of what could be read.
  func rescued() throws -> Replica {
    var identity = Copy.identity
    identity.replica = ReplicaID(value: 0xF)
    let fresh = directory.file("fresh.db")
    try salvaged().makeStore(at: fresh, identity: identity, catalogue: .standard)
    return try Replica(path: fresh, access: .write(), catalogue: .standard)
  }
}

extension Replica {
  fileprivate func sent() throws -> [Change] { try outgoing().changes }
}

@Suite struct `A damaged store on a laptop` {
  @Test func `is found whole where it is whole`() throws {
    let store = try Damaged()
    let before = try store.bytes()
    let check = StoreCheck(store.path)
    #expect(!check.isDamaged && check.obstacle == nil)
    #expect(check.unsent == 4 && check.newest == Copy.time)
    #expect(check.layout == StoreCheck.ownLayout)
    #expect(try store.bytes() == before)
  }

  @Test func `gives its unsent entries to a fresh store under a new replica`() throws {
    let store = try Damaged()
    let fresh = try store.rescued()
    let sent = try fresh.sent()
    #expect(sent.map(\.body.origin) == store.changes.dropFirst(2).map(\.firstIssue))
    #expect(sent.map(\.dot) == (1...4).map { Dot(ReplicaID(value: 0xF), $0) })
    #expect(try fresh.status().unsent == 4)
    #expect(try fresh.status().refused == 1)
    #expect(try fresh.status().cases == 0 && !fresh.isSynced())
    let former = try fresh.read { try $0.state().former }
    #expect(former.map(\.replica) == [Copy.identity.replica])
    #expect(former.map(\.common) == [2] && former.map(\.count) == [4])
  }

  @Test(arguments: ["header", "every tree", "half", "nothing but the log"])
  func `is read page by page where SQLite cannot`(fault: String) throws {
    let store = try Damaged()
    switch fault {
    case "header":
      try store.spoil { $0.replaceSubrange(0..<100, with: repeatElement(0xFF, count: 100)) }
    case "every tree":
      try store.spoil { bytes in
        // Every page that leads to others, and every index.
        for page in stride(from: 0, to: bytes.count, by: 4096) {
          let at = page == 0 ? 100 : page
          if bytes[at] != 13 {
            bytes.replaceSubrange(at..<at + 8, with: repeatElement(0x55, count: 8))
          }
        }
      }
    case "half":
      // Its last pages, and a part of the one before.
      try store.spoil { $0.removeLast(2 * 4096 + 100) }
    default:
      let copy = try Copy()
      try copy.note("Only in the log.")
      try Data(contentsOf: URL(fileURLWithPath: copy.path + "-wal"))
        .write(to: URL(fileURLWithPath: store.path + "-wal"))
      try FileManager.default.removeItem(atPath: store.path)
      #expect(StoreCheck(store.path).isMissing)
      #expect(store.salvaged().told.unsent == 1)
      return
    }
    #expect(StoreCheck(store.path).isDamaged)
    let told = store.salvaged().told
    #expect(told.unsent == 4 && told.lost.isEmpty, "\(told)")
    #expect(try store.rescued().sent().count == 4)
  }

  @Test func `loses one entry that cannot be read, and no other`() throws {
    let store = try Damaged()
    try store.spoil { bytes in
      let text = Array("Entry 4.".utf8)
      for at in 0..<bytes.count - text.count where Array(bytes[at..<at + text.count]) == text {
        bytes[at] ^= 1
      }
    }
    let check = StoreCheck(store.path)
    #expect(check.isDamaged && check.unsent == 3)
    let told = store.salvaged().told
    #expect(told.unsent == 3 && told.lost == [4] && !told.mayLackMore)
    let fresh = try store.rescued()
    #expect(try fresh.sent().compactMap(\.body.origin?.dot.counter) == [3, 5, 6])
    // The run ends where one is missing.
    #expect(try fresh.read { try $0.state().former.map(\.count) } == [1])
  }

  @Test func `keeps entries that take more than a page`() throws {
    let store = try Damaged(words: 360)
    try store.spoil { $0.replaceSubrange(0..<100, with: repeatElement(0, count: 100)) }
    #expect(try store.rescued().sent().map(\.hash).count == 4)
    #expect(store.salvaged().told.lost.isEmpty)
  }

  @Test func `takes nothing that somebody else wrote`() throws {
    let store = try Damaged()
    #expect(Salvage(reading: store.path, of: "kim").told.unsent == 0)
  }

  @Test(arguments: 0..<60)
  func `never stops a program, whatever is overwritten`(seed: Int) throws {
    let store = try Damaged()
    var chance = Seeded(seed)
    try store.spoil { bytes in
      for _ in 0...chance.below(6) {
        let at = chance.below(bytes.count - 64)
        for index in at..<at + 1 + chance.below(64) { bytes[index] = UInt8(chance.below(256)) }
      }
    }
    _ = StoreCheck(store.path)
    let known = Set(store.changes.map(\.hash))
    // What is given out is what somebody wrote, whatever stands in the file.
    let sent = try store.rescued().sent()
    #expect(Set(sent.map(\.firstIssue.hash)).isSubset(of: known))
  }
}
