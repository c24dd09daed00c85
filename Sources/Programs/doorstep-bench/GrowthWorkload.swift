import CurlTransport
import Foundation
import ProgramKit
import RecordCatalogue
import ServerStorage
import SyncClient
import SyncCore
import SyncReplica

/// What a pull costs as the office grows around an officer whose caseload stays the same.
extension Bench {
  private static let officeSizes = [1_000, 10_000, 100_000, 240_000]
  private static let pulled = 40

  /// W12: a sync that brings nothing, and one that brings 40 records, in offices of 1,000 to
  /// 240,000 cases, over TLS on loopback. The offices run side by side and take turns; the floor of
  /// each is the smallest.
  func growth() async throws {
    var contestants: [Contestant] = []
    for size in Self.officeSizes { contestants.append(try await contestant(in: size)) }
    defer { for one in contestants { one.office.stop() } }
    for round in 0..<max(rounds, 20) {
      for index in contestants.indices { try await contestants[index].turn(round) }
    }
    for one in contestants {
      report.add(
        "W12", "sync that brings nothing, office of \(one.size) cases", "ms", one.idle,
        floor: contestants[0].idle, floorIs: "the same in an office of \(contestants[0].size)",
        goal: "≤ 1.2")
      report.add(
        "W12", "sync that brings \(Self.pulled) records, office of \(one.size) cases", "ms",
        one.busy, floor: contestants[0].busy,
        floorIs: "the same in an office of \(contestants[0].size)", goal: "≤ 1.2")
    }
    for one in contestants { await one.close() }
  }

  private func contestant(in size: Int) async throws -> Contestant {
    let now = World.now()
    let office = try await OfficeProcess(path("office-\(size)")) { transaction in
      var writer = try OfficeWriter(transaction, catalogue: .standard, now: now)
      for index in 0..<size {
        let crn = Self.crn(index)
        let name = Value.composite(["forename": .text("Alex"), "surname": .text("Person\(index)")])
        try writer.set(
          ["crn": .text(crn), "name": name], of: .named("case-header", crn), type: "case-header",
          caseID: .named("case", crn), author: "office")
        let users = index < Self.cases ? ["a.khan", "b.jones"] : ["user\(index / Self.cases)"]
        for user in users {
          _ = try writer.grant(user, .named("case", crn), reason: "benchmark")
        }
      }
      for index in 0..<Self.contacts {
        try writer.set(
          Self.fields(index), of: Self.note(index), type: "contact-entry",
          caseID: Self.grown(index % Self.cases), author: "office")
      }
    }
    let (khan, jones) = (try office.enrol("a.khan", "khan"), try office.enrol("b.jones", "jones"))
    let contestant = Contestant(
      size: size, office: office, reader: try emptyLaptop(khan), writer: try emptyLaptop(jones))
    _ = try await contestant.reader.engine.sync()
    _ = try await contestant.writer.engine.sync()
    return contestant
  }

  /// A letter and six digits, another for each index.
  private static func crn(_ index: Int) -> String {
    let letter = Character(UnicodeScalar(UInt8(65 + index / 900_000)))
    return "\(letter)\(100_000 + index % 900_000)"
  }

  private static func grown(_ index: Int) -> CaseID { .named("case", crn(index)) }

  /// One office with the laptop that is timed and one that gives it something to fetch.
  private struct Contestant {
    typealias Machine = (replica: Replica, engine: SyncEngine, transport: CurlTransport)

    let size: Int
    let office: OfficeProcess
    let reader, writer: Machine
    var idle = Sample()
    var busy = Sample()

    mutating func turn(_ round: Int) async throws {
      let edits = (0..<Bench.pulled).map { offset in
        let number = 3_000_000 + round * Bench.pulled + offset
        return Edit.set(
          Bench.fields(number), of: Bench.note(number), type: "contact-entry",
          caseID: Bench.grown(number % Bench.cases))
      }
      try writer.replica.edit(edits, at: World.now())
      _ = try await writer.engine.sync()
      var received = 0
      busy.add(
        try await Bench.elapsed { received = try await reader.engine.sync().records })
      guard received == Bench.pulled else { throw OfficeProcess.NotReady() }
      idle.add(try await Bench.elapsed { received = try await reader.engine.sync().records })
      guard received == 0 else { throw OfficeProcess.NotReady() }
    }

    func close() async {
      for machine in [reader, writer] { await machine.transport.close() }
    }
  }
}
