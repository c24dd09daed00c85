import Foundation
import ProgramKit
import RecordCatalogue
import ServerSQLite
import ServerStorage
import SyncCore
import SyncReplica

extension Bench {
  /// W3: durable accepted changes a second at the office, 64 laptops pushing 12 notes each at once.
  func acceptChanges() async throws {
    var ours = Sample()
    var floor = Sample()
    for round in 0..<rounds {
      let store = try SQLiteStore(
        path: path("office"), life: ReplicaID(value: 1),
        creating: SQLiteStore.New(secret: Array(repeating: 1, count: 32)))
      let requests = try await prepare(store, laptops: 64, changes: 12)
      let now = World.now()
      let time = try await Self.elapsed {
        try await withThrowingTaskGroup(of: Void.self) { group in
          for (request, device) in requests {
            group.addTask {
              _ = try await store.transaction { transaction in
                try Intake(
                  transaction, catalogue: .standard, now: now, newLife: ReplicaID(value: 2)
                ).accept(
                  request, from: device)
              }
            }
          }
          try await group.waitForAll()
        }
      }
      ours.add(Double(64 * 12) / time * 1000)
      try store.close()
      let plain = try PlainStore(path: path("floor"))
      let plainTime = try Self.milliseconds {
        for laptop in 0..<64 {
          try plain.run("BEGIN IMMEDIATE")
          for index in 0..<12 {
            try plain.put(
              Self.note(round + laptop * 12 + index).bytes, Self.caseID(laptop).bytes,
              "contact-entry",
              Array(Self.text(index).utf8))
          }
          try plain.run("COMMIT")
        }
      }
      floor.add(Double(64 * 12) / plainTime * 1000)
    }
    report.add(
      "W3", "accepted changes a second, 64 laptops at once, in process", "/s", ours, floor: floor,
      floorIs: "plain SQLite, one 12-row commit a laptop, one row a change and no checks")
  }

  func prepare(
    _ store: SQLiteStore, laptops: Int, changes: Int
  ) async throws -> [(SyncRequest, Device)] {
    var requests: [(SyncRequest, Device)] = []
    for laptop in 0..<laptops {
      let user = "user\(laptop)"
      let caseID = Self.caseID(laptop)
      let device = Device(
        id: DeviceID(value: UInt128(laptop + 1)), user: user, role: .officer, label: "",
        isOperator: false, fingerprint: Hash(of: Array("device\(laptop)".utf8)),
        certificateExpires: Timestamp(milliseconds: .max), enrolledAt: Timestamp(milliseconds: 0))
      try await store.transaction { transaction in
        try transaction.save(device)
        _ = try Registry(transaction).grant(
          user, caseID, reason: "benchmark", by: .standard, at: Timestamp(milliseconds: 0))
      }
      requests.append(
        (Self.push(ReplicaID(value: UInt128(laptop + 100)), user, caseID, changes), device))
    }
    return requests
  }

  private static func push(
    _ replica: ReplicaID, _ user: String, _ caseID: CaseID, _ count: Int
  ) -> SyncRequest {
    var head = ChainHead.start
    var changes: [PushedChange] = []
    for index in 0..<count {
      let members = fields(index).map { Value.Member($0.key, $0.value) }.sorted {
        $0.name < $1.name
      }
      let change = Change(
        Change.Body(
          dot: Dot(replica, head.counter + 1), previous: head.hash,
          record: .named("contact", "\(replica)\(index)"), type: "contact-entry", caseID: caseID,
          context: VersionVector(), action: .set(members), author: user, role: .officer,
          recordedAt: Timestamp(milliseconds: 1_770_000_000_000)))
      head = ChainHead(counter: change.dot.counter, hash: change.hash)
      changes.append(.readable(change))
    }
    return SyncRequest(
      requestID: 1, replica: replica, epoch: 0, head: head, checkpoint: [], catalogueVersion: 1,
      deviceTime: Timestamp(milliseconds: 0), firstCounter: 1, changes: changes,
      unsent: UInt64(count), hasMore: false)
  }

  /// W5: the core alone: 100,000 records edited on both sides, two fields each, merged in memory.
  func merge() throws {
    let count = 100_000
    let pairs = (0..<count).map(Self.concurrentPair)
    var ours = Sample()
    var floor = Sample()
    var applied = Sample()
    for _ in 0..<rounds {
      var contested = 0
      let time = Self.milliseconds {
        for (left, right) in pairs where left.merged(with: right).hasConcurrentValues {
          contested += 1
        }
      }
      guard contested == count else { throw OfficeProcess.NotReady() }
      ours.add(Double(count) / time * 1000)
      floor.add(Double(count) / Self.lastWriteWins(pairs) * 1000)
      applied.add(Double(count) / (try Self.apply(pairs)) * 1000)
    }
    report.add(
      "W5", "merges of records edited on both sides, in memory", "/s", ours, floor: floor,
      floorIs: "last write wins by clock on the same fields: no history, loses one side",
      goal: "≥ 181,000 a second",
      peers: "yrs 181,000, loro 98,000 in memory; vector merge in C 211,000, CouchDB 2,300 durable")
    report.add("W5", "concurrent changes applied, in memory", "/s", applied)
  }

  private static func change(
    _ record: RecordID, _ replica: UInt128, _ counter: UInt64, _ context: VersionVector,
    _ members: [Value.Member]
  ) -> Change {
    Change(
      Change.Body(
        dot: Dot(ReplicaID(value: replica), counter), previous: .zero, record: record,
        type: "contact-entry", caseID: CaseID(value: 1), context: context, action: .set(members),
        author: "a.khan", role: .officer, recordedAt: Timestamp(milliseconds: Int64(counter))))
  }

  static func concurrentPair(_ index: Int) -> (Record, Record) {
    let id = note(index)
    var base = Record(id: id, type: "contact-entry", caseID: CaseID(value: 1))
    let all = fields(index % 100).map { Value.Member($0.key, $0.value) }.sorted {
      $0.name < $1.name
    }
    base.apply(change(id, 1, UInt64(index + 1), VersionVector(), all), at: nil)
    func edited(_ replica: UInt128, _ text: String) -> Record {
      var copy = base
      let members = [Value.Member("observed", .text(text)), Value.Member("text", .text(text))]
      copy.apply(change(id, replica, UInt64(index + 1), base.version, members), at: nil)
      return copy
    }
    return (edited(2, "reported"), edited(3, "opinion"))
  }

  private static func lastWriteWins(_ pairs: [(Record, Record)]) -> Double {
    struct Row { var fields: [String: (Int64, Value)] }
    func row(_ record: Record) -> Row {
      var row = Row(fields: [:])
      for edit in record.edits {
        row.fields[edit.field] = (edit.by.recordedAt.milliseconds, edit.value)
      }
      return row
    }
    let rows = pairs.map { (row($0.0), row($0.1)) }
    var kept = 0
    let time = milliseconds {
      for (left, right) in rows {
        var merged = left
        for (name, value) in right.fields where value.0 >= (merged.fields[name]?.0 ?? .min) {
          merged.fields[name] = value
        }
        kept += merged.fields.count
      }
    }
    return kept > 0 ? time : 0
  }

  private static func apply(_ pairs: [(Record, Record)]) throws -> Double {
    let changes = pairs.enumerated().map { index, pair in
      change(
        pair.0.id, 4, UInt64(index + 1), VersionVector(),
        [Value.Member("observed", .text("opinion"))])
    }
    return milliseconds {
      for (pair, change) in zip(pairs, changes) {
        var copy = pair.0
        copy.apply(change, at: nil)
      }
    }
  }

  /// W7: one local edit, durable before the screen answers.
  func localEdit() throws {
    let replica = try laptopWithOneCase()
    let plain = try PlainStore(path: path("floor"))
    var ours = Sample()
    var floor = Sample()
    let count = max(rounds * 40, 200)
    for index in 0..<count {
      let edit = Edit.set(
        Self.fields(index), of: Self.note(5_000_000 + index), type: "contact-entry",
        caseID: Self.caseID(0))
      ours.add(try Self.milliseconds { try replica.edit([edit], at: World.now()) })
      let body = Array(Self.text(index).utf8)
      floor.add(
        try Self.milliseconds {
          try plain.run("BEGIN IMMEDIATE")
          try plain.put(
            Self.note(5_000_000 + index).bytes, Self.caseID(0).bytes, "contact-entry", body)
          try plain.run("COMMIT")
        })
    }
    report.add(
      "W7", "one local edit, FULL, median", "ms", ours, floor: floor,
      floorIs: "one row in plain SQLite, FULL", goal: "≤ 1.3",
      peers: "in bulk: session extension 1.1, cr-sqlite 5.6, sqlite-sync 12")
    var p99 = Sample()
    p99.add(ours.quantile(0.99))
    var floor99 = Sample()
    floor99.add(floor.quantile(0.99))
    report.add("W7", "one local edit, FULL, p99", "ms", p99, floor: floor99, floorIs: "the same")
    try replica.close()
  }

  private func laptopWithOneCase() throws -> Replica {
    let identity = ReplicaIdentity(
      replica: ReplicaID(value: 9), device: DeviceID(value: 9), user: "a.khan", role: .officer,
      office: "Benchmark")
    let replica = try Replica.create(
      path: path("replica"), identity: identity, catalogue: .standard)
    let place = Place(epoch: 1, sequence: 1)
    try replica.adopt(
      Scope(entries: [Scope.Entry(caseID: Self.caseID(0), isSentWhole: true)]))
    try replica.apply(
      Page(records: [], completed: [Self.caseID(0)], checkpoint: [1], place: place))
    return replica
  }

  /// W8: from exec to exit of `doorstep status` on a caseload.
  func coldStart() throws {
    let programs = OfficeProcess.programs
    let home = path("home")
    try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
    let replica = try laptopWithOneCase()
    for index in 0..<3_000 where index % 100 == 0 {
      let edits = (0..<100).map { offset in
        Edit.set(
          Self.fields(index + offset), of: Self.note(7_000_000 + index + offset),
          type: "contact-entry",
          caseID: Self.caseID(0))
      }
      try replica.edit(edits, at: World.now())
    }
    let store = replica.storePath
    try replica.close()
    try FileManager.default.moveItem(atPath: store, toPath: home + "/replica.sqlite")
    for suffix in ["-wal", "-shm"] where FileManager.default.fileExists(atPath: store + suffix) {
      try FileManager.default.moveItem(
        atPath: store + suffix, toPath: home + "/replica.sqlite" + suffix)
    }
    let settings = """
      {"address":"https://localhost:1","office":"Benchmark","device":"","user":"a.khan","role":"officer","authority":"","certificate":"","key":""}
      """
    try settings.write(toFile: home + "/office.json", atomically: true, encoding: .utf8)
    var ours = Sample()
    var floor = Sample()
    for _ in 0..<max(rounds, 15) {
      ours.add(
        try Self.milliseconds {
          try OfficeProcess.run(programs + "/doorstep", ["status", "--home", home, "--json"])
        })
      floor.add(
        try Self.milliseconds { try OfficeProcess.run(programs + "/doorstep", ["--version"]) })
    }
    report.add(
      "W8", "doorstep status on 3,000 notes, exec to exit", "ms", ours, floor: floor,
      floorIs: "the same program printing its version", goal: "≤ 60 ms")
  }
}
