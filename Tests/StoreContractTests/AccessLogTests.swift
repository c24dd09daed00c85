import Foundation
import RecordCatalogue
import ServerSQLite
import ServerStorage
import SyncCore
import TestSupport
import Testing

/// An older copy of the store that is put into service gives nobody back what was taken from them.
@Suite struct `Who was given or denied what` {
  private static let now = FixedClock().now

  /// An office in a folder of its own, with a case that Khan and Jones hold.
  private struct Office {
    let directory: TemporaryDirectory
    let caseID: CaseID
    var path: String { directory.file("office.sqlite") }

    init() async throws {
      directory = try TemporaryDirectory()
      caseID = .named("case", "X000001")
      let store = try SQLiteStore(
        path: directory.file("office.sqlite"), life: ReplicaID(value: 1),
        creating: .init(secret: Array(repeating: 7, count: 32)))
      let office = OfficeInProcess(store)
      _ = try await office.open("X000001")
      for user in ["khan", "jones"] {
        _ = try await office.enrol(user)
        try await office.grant(user, [caseID])
      }
      try store.close()
    }

    func open(_ life: UInt128) throws -> SQLiteStore {
      try SQLiteStore(path: path, life: ReplicaID(value: life))
    }

    /// What Khan and Jones hold, and which devices may come.
    func state(_ store: SQLiteStore) async throws -> [String] {
      try await store.read { store in
        let held = try ["jones", "kim", "khan"].map { user in
          let runs = try store.grants(of: user).contains { $0.endedAt == nil }
          return "\(user) \(runs)"
        }
        return held + (try store.devices().map { "\($0.user) \($0.state)" }).sorted()
      }
    }
  }

  private static func copy(_ office: Office, to folder: TemporaryDirectory) throws {
    try FileManager.default.copyItem(atPath: office.path, toPath: folder.file("old.sqlite"))
  }

  private static func decide(_ office: Office) async throws {
    let store = try office.open(2)
    let caseID = office.caseID
    try await store.transaction { transaction in
      try transaction.enter(
        Device(
          id: .named("device", "kim"), user: "kim", role: .officer, label: "new",
          isOperator: false, fingerprint: Hash(of: [9]),
          certificateExpires: Timestamp(milliseconds: .max), enrolledAt: now))
      _ = try Registry(transaction).end("jones", caseID, reason: "left")
      _ = try Registry(transaction).grant(
        "kim", caseID, reason: "took over", by: .standard, at: now)
      guard let crn = CRN("X000001") else { return }
      _ = try LimitEntry(crn, .exclusion, ["khan"]).make(in: transaction, .standard, at: now)
      guard var device = try transaction.devices().first(where: { $0.user == "jones" }) else {
        return
      }
      device.state = .revoked
      try transaction.enter(device)
    }
    try store.close()
  }

  @Test func `is done again in an older copy, once, before anybody is served`() async throws {
    let office = try await Office()
    let folder = try TemporaryDirectory()
    try Self.copy(office, to: folder)
    try await Self.decide(office)
    let before = try office.open(3)
    let decided = try await office.state(before)
    #expect(
      decided == [
        "jones false", "kim true", "khan false", "jones revoked", "khan active", "kim active",
      ])
    try before.close()

    try FileManager.default.removeItem(atPath: office.path)
    try FileManager.default.copyItem(atPath: folder.file("old.sqlite"), toPath: office.path)
    let restored = try office.open(4)
    #expect(restored.wasRestored)
    #expect(try await restored.replayAccess(by: .standard, at: Self.now).again == 5)
    #expect(try await office.state(restored) == decided)
    #expect(try await restored.replayAccess(by: .standard, at: Self.now).again == 0)
    try restored.close()
  }

  @Test func `is done again though the first try was cut, and past a line that broke off`()
    async throws
  {
    let office = try await Office()
    let folder = try TemporaryDirectory()
    try Self.copy(office, to: folder)
    try await Self.decide(office)
    let log = office.path + ".access.log"
    let whole = try #require(FileManager.default.contents(atPath: log))
    try (whole + Data("{\"epoch\":1,\"sequ".utf8)).write(to: URL(fileURLWithPath: log))
    try FileManager.default.removeItem(atPath: office.path)
    try FileManager.default.copyItem(atPath: folder.file("old.sqlite"), toPath: office.path)
    // Opened, so that the epoch began, and then killed before anything was done again.
    try office.open(4).close()
    let again = try office.open(5)
    #expect(!again.wasRestored)
    let replayed = try await again.replayAccess(by: .standard, at: Self.now)
    #expect(replayed == (5, 1))
    #expect(try await office.state(again).prefix(3) == ["jones false", "kim true", "khan false"])
    try again.close()
  }

  @Test func `changes nothing in a store that nobody put back`() async throws {
    let office = try await Office()
    try await Self.decide(office)
    let store = try office.open(3)
    #expect(try await store.replayAccess(by: .standard, at: Self.now).again == 0)
    try store.close()
  }

  /// A copy from the time when Kim answered for the case; since then it was taken away, and Kim
  /// covers it for some days.
  @Test func `runs on its own terms, not on those of the older copy`() throws {
    let (store, caseID) = (MemoryStore(), CaseID.named("case", "X000001"))
    _ = try store.now {
      try Registry($0).grant("kim", caseID, reason: "", by: .standard, at: Self.now)
    }
    let copy = MemoryStore(store.image)
    let terms = Grant.Terms(.cover, until: CalendarDate("2099-01-01"))
    try store.now {
      _ = try Registry($0).end("kim", caseID, reason: "left")
      _ = try Registry($0).grant(
        "kim", caseID, reason: "leave", terms: terms, by: .standard, at: Self.now)
    }
    let notes = store.notes
    let standing = try copy.now { transaction in
      _ = try AccessNote.replay(notes, in: transaction, .standard, at: Self.now)
      return try transaction.grants(of: "kim").filter { $0.endedAt == nil }.map(\.terms)
    }
    #expect(standing == [terms])
  }

  /// Given after the copy was made, and then held up by a limit.
  @Test func `comes back when the limit ends that holds it up`() throws {
    let (store, caseID) = (MemoryStore(), CaseID.named("case", "X000001"))
    let crn = try #require(CRN("X000001"))
    let limit = LimitEntry(crn, .exclusion, ["kim"])
    try store.now { transaction in
      try transaction.enter(
        Device(
          id: .named("device", "kim"), user: "kim", role: .officer, label: "", isOperator: false,
          fingerprint: Hash(of: [9]), certificateExpires: Timestamp(milliseconds: .max),
          enrolledAt: Self.now))
      var writer = try OfficeWriter(transaction, catalogue: .standard, now: Self.now)
      let name = Value.composite(["forename": .text("Robin"), "surname": .text("Test")])
      try writer.set(
        ["crn": .text("X000001"), "name": name], of: .named("case-header", "X000001"),
        type: "case-header", caseID: caseID,
        author: "import")
    }
    let copy = MemoryStore(store.image)
    try store.now {
      _ = try Registry($0).grant("kim", caseID, reason: "", by: .standard, at: Self.now)
      _ = try limit.make(in: $0, .standard, at: Self.now)
    }
    let notes = store.notes
    func runs() throws -> Bool {
      try copy.now { try $0.grants(of: "kim").contains { $0.endedAt == nil } }
    }
    _ = try copy.now { try AccessNote.replay(notes, in: $0, .standard, at: Self.now) }
    #expect(try !runs())
    _ = try copy.now { try limit.end(in: $0, .standard, at: Self.now) }
    #expect(try runs())
  }
}
