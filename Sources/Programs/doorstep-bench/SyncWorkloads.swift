import CurlTransport
import Foundation
import ProgramKit
import RecordCatalogue
import ServerStorage
import SyncClient
import SyncCore
import SyncReplica

extension Bench {
  static let cases = 60
  static let contacts = 3_000

  /// 60 cases and 3,000 contacts for one officer.
  func caseload() async throws -> OfficeProcess {
    let now = World.now()
    return try await OfficeProcess(path("caseload")) { transaction in
      var writer = try OfficeWriter(transaction, catalogue: .standard, now: now)
      for index in 0..<Self.cases {
        let name = Value.composite(["forename": .text("Alex"), "surname": .text("Person\(index)")])
        try writer.set(
          ["crn": .text("X\(100_000 + index)"), "name": name],
          of: .named("case-header", "X\(100_000 + index)"), type: "case-header",
          caseID: Self.caseID(index), author: "office")
      }
      for index in 0..<Self.contacts {
        try writer.set(
          Self.fields(index), of: Self.note(index), type: "contact-entry",
          caseID: Self.caseID(index % Self.cases), author: "office")
      }
      for index in 0..<Self.cases {
        _ = try writer.grant("a.khan", Self.caseID(index), reason: "benchmark")
      }
    }
  }

  func emptyLaptop(
    _ home: Home, offersGzip: Bool = false
  ) throws -> (replica: Replica, engine: SyncEngine, transport: CurlTransport) {
    for suffix in ["", "-wal", "-shm", ".lock"] {
      try? FileManager.default.removeItem(atPath: home.store + suffix)
    }
    let known = try home.configuration()
    guard let device = DeviceID(known.device) else { throw OfficeProcess.NotReady() }
    let replica = try Replica.create(
      path: home.store,
      identity: ReplicaIdentity(
        replica: ReplicaID(value: World.random()), device: device, user: known.user,
        role: Role(rawValue: known.role), office: known.office),
      catalogue: .standard)
    let transport = try home.transport(HomeOptions.parse([]), offersGzip: offersGzip)
    return (replica, SyncEngine(replica, transport, World.surroundings), transport)
  }

  /// W1: first sync of a caseload over TLS on loopback into an empty durable replica.
  func firstSync() async throws {
    let office = try await caseload()
    defer { office.stop() }
    let home = try office.enrol("a.khan", "laptop")
    var plain = FirstSync()
    var packed = FirstSync()
    var floor = Sample()
    for _ in 0..<rounds {
      let records = try await run(home, offersGzip: false, into: &plain)
      _ = try await run(home, offersGzip: true, into: &packed)
      floor.add(try floorOfFirstSync(records))
    }
    let floorIs = "encode, decode and insert the same records in plain SQLite, one commit"
    let count = Self.contacts + Self.cases
    report.add(
      "W1", "first sync, \(count) records", "ms", plain.time, floor: floor, floorIs: floorIs,
      goal: "≤ 1.5", peers: "CouchDB's protocol 340 to 404 ms, storing nothing")
    report.add(
      "W1", "first sync, compressed", "ms", packed.time, floor: floor, floorIs: floorIs)
    report.add(
      "W1", "bytes received a record, headers counted", "B", plain.bytes,
      peers: "CouchDB 1,103 B a document")
    report.add(
      "W1", "bytes received a record, compressed", "B", packed.bytes, goal: "≤ 250")
    report.add("W1", "requests", "", plain.requests, goal: "1", peers: "CouchDB 14")
  }

  private struct FirstSync {
    var time = Sample()
    var bytes = Sample()
    var requests = Sample()
  }

  private func run(
    _ home: Home, offersGzip: Bool, into sample: inout FirstSync
  ) async throws -> [SyncCore.Record] {
    let (replica, engine, transport) = try emptyLaptop(home, offersGzip: offersGzip)
    sample.time.add(try await Self.elapsed { _ = try await engine.sync() })
    let records = try replica.records()
    sample.bytes.add(Double(transport.traffic.bytesReceived) / Double(records.count))
    sample.requests.add(Double(transport.traffic.requests))
    try replica.close()
    await transport.close()
    return records
  }

  private func floorOfFirstSync(_ records: [SyncCore.Record]) throws -> Double {
    let store = try PlainStore(path: path("floor"))
    return try Self.milliseconds {
      try store.run("BEGIN IMMEDIATE")
      for record in records {
        let decoded = try SyncCore.Record(reading: record.bytes)
        try store.put(decoded.id.bytes, decoded.caseID.bytes, decoded.type, decoded.bytes)
      }
      try store.run("COMMIT")
    }
  }

  /// W2: a day's 12 notes, durable on both sides, receipted.
  func pushNotes() async throws {
    let office = try await caseload()
    defer { office.stop() }
    let home = try office.enrol("a.khan", "laptop")
    let (replica, engine, transport) = try emptyLaptop(home)
    _ = try await engine.sync()
    var ours = Sample()
    var floor = Sample()
    let plain = try PlainStore(path: path("floor"))
    var next = 1_000_000
    for _ in 0..<max(rounds, 20) {
      for _ in 0..<12 {
        next += 1
        try replica.edit([Self.edit(next)], at: World.now())
      }
      ours.add(try await Self.elapsed { _ = try await engine.sync() })
      floor.add(try await floorOfPush(plain, transport, from: next))
    }
    report.add(
      "W2", "push of 12 notes, one request", "ms", ours, floor: floor,
      floorIs: "one 12-row commit in plain SQLite and one request", goal: "≤ 2.5",
      peers: "CouchDB 13 to 15 ms, 4 requests")
    try replica.close()
    await transport.close()
  }

  private func floorOfPush(_ plain: PlainStore, _ transport: CurlTransport, from next: Int)
    async throws
    -> Double
  {
    try await Self.elapsed {
      try plain.run("BEGIN IMMEDIATE")
      for index in 0..<12 {
        let id = Self.note(next * 100 + index)
        try plain.put(
          id.bytes, Self.caseID(0).bytes, "contact-entry", Array(Self.text(index).utf8))
      }
      try plain.run("COMMIT")
      let response = try await transport.exchange(
        TransportRequest(.get, "/healthz", accept: "text/plain"))
      _ = try await response.body.collect(limit: 100)
    }
  }

  static func edit(_ index: Int) -> Edit {
    .set(fields(index), of: note(index), type: "contact-entry", caseID: caseID(index % cases))
  }

  /// W6: bytes on the wire of a new note and of an edit of two fields, in batches.
  func wireBytes() async throws {
    let office = try await caseload()
    defer { office.stop() }
    let home = try office.enrol("a.khan", "laptop")
    let (replica, engine, transport) = try emptyLaptop(home)
    _ = try await engine.sync()
    var next = 2_000_000
    for batch in [1, 12, 100] {
      var edits: [Edit] = []
      for _ in 0..<batch {
        next += 1
        edits.append(
          .set(
            [
              "address": .composite([
                "line-1": .text("\(next % 90) Test Row"), "town": .text("Ashbourne"),
                "postcode": .text("ZZ1 1ZZ"), "kind": .text("main"),
                "verified": .text("unverified"),
              ]), "notes": .text("Second floor."),
            ], of: Self.note(next), type: "address", caseID: Self.caseID(next % Self.cases)))
      }
      try replica.edit(edits, at: World.now())
      _ = try await engine.sync()
      let changed = try edits.map { edit -> Edit in
        let version = try replica.record(edit.record)?.version ?? VersionVector()
        return .set(
          [
            "notes": .text("Third floor, ring twice."),
            "address": .composite([
              "line-1": .text("1 Test Row"), "town": .text("Ashbourne"),
              "postcode": .text("ZZ1 1ZZ"),
              "kind": .text("main"), "verified": .text("door"),
            ]),
          ], of: edit.record, type: "address", caseID: edit.caseID, context: version)
      }
      try await measure("edit of two fields", changed, replica, engine, transport)
      let notes = (0..<batch).map { offset in
        next += 1
        return Self.edit(next + offset * 1_000)
      }
      try await measure("new note of 400 characters", notes, replica, engine, transport)
    }
    try replica.close()
    await transport.close()
  }

  private func measure(
    _ what: String, _ edits: [Edit], _ replica: Replica, _ engine: SyncEngine,
    _ transport: CurlTransport
  ) async throws {
    try replica.edit(edits, at: World.now())
    let before = transport.traffic
    _ = try await engine.sync()
    let after = transport.traffic
    var sent = Sample()
    sent.add(Double(after.bytesSent - before.bytesSent) / Double(edits.count))
    var received = Sample()
    received.add(Double(after.bytesReceived - before.bytesReceived) / Double(edits.count))
    let name = "\(what), batch of \(edits.count)"
    report.add(
      "W6", "\(name): sent a change, headers counted", "B", sent,
      peers: "CouchDB 905 to 950, session patchset 66, yrs 52")
    report.add("W6", "\(name): received a change", "B", received)
  }
}
