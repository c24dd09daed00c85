import ServerStorage
import SyncCore
import TestSupport
import Testing

@Suite struct `What a laptop is sent` {
  private static func bench(_ kind: StoreKind, pageRecords: Int = 1) async throws -> Bench {
    var limits = Limits.standard
    limits.pageRecords = pageRecords
    return try await Bench.make(kind, limits: limits)
  }

  @Test(arguments: StoreKind.allCases)
  func `is its whole caseload at first, and then only what changed`(
    kind: StoreKind
  ) async throws {
    let bench = try await Self.bench(kind, pageRecords: 100)
    let kim = try await Author.enrol("kim", at: bench.office)
    try await bench.office.grant("kim", [bench.caseID])
    let first = try await kim.pull()
    #expect(first.last?.scope.entries == [.init(caseID: bench.caseID, isSentWhole: true)])
    #expect(try first.records.map(\.type) == ["case-header"])
    #expect(first.flatMap(\.page.completed) == [bench.caseID])
    bench.sam.note("news", as: RecordID(value: 1), in: bench.caseID)
    try await bench.sam.send()
    let second = try await kim.pull()
    #expect(second.last?.scope.entries == [.init(caseID: bench.caseID, isSentWhole: false)])
    #expect(try second.records.map(\.id) == [RecordID(value: 1)])
    #expect(try await kim.pull().records.isEmpty)
  }

  @Test(arguments: StoreKind.allCases, [1, 2, 3, 7])
  func `goes on from any page, and holds each record once`(
    kind: StoreKind, size: Int
  ) async throws {
    let bench = try await Self.bench(kind, pageRecords: size)
    for number: UInt128 in 1...6 {
      bench.sam.note("\(number)", as: RecordID(value: number), in: bench.caseID)
    }
    try await bench.sam.send()
    let kim = try await Author.enrol("kim", at: bench.office)
    let second = try await bench.office.open("X000002")
    try await bench.office.grant("kim", [bench.caseID, second])
    // Each page is asked for in a request of its own, as after a cut.
    var readings: [ServerSession.Reading] = []
    while readings.last.map({ $0.next != nil }) ?? true {
      let checkpoint = try #require(try await kim.send().acceptance.checkpoint)
      let reading = try await bench.office.page(after: checkpoint, for: kim.device.id)
      #expect(reading.page.records.count <= size)
      kim.take(reading)
      readings.append(reading)
    }
    #expect(try readings.records.count == 8)
    #expect(try Set(readings.records.map(\.id)).count == 8)
    #expect(Set(readings.flatMap(\.page.completed)) == [bench.caseID, second])
  }

  @Test(arguments: StoreKind.allCases)
  func `holds a record too large for a page in a page of its own`(kind: StoreKind) async throws {
    var limits = Limits.standard
    limits.pageBytes = 10
    let bench = try await Bench.make(kind, limits: limits)
    for number: UInt128 in 1...3 {
      bench.sam.note("\(number)", as: RecordID(value: number), in: bench.caseID)
    }
    try await bench.sam.send()
    let readings = try await bench.sam.pull()
    #expect(readings.allSatisfy { $0.page.records.count <= 1 })
    #expect(try readings.records.count == 3)
  }

  @Test(arguments: StoreKind.allCases)
  func `stops at once when a case is taken away between two pages`(
    kind: StoreKind
  ) async throws {
    let bench = try await Self.bench(kind)
    let second = try await bench.office.open("X000002")
    let kim = try await Author.enrol("kim", at: bench.office)
    try await bench.office.grant("kim", [bench.caseID, second])
    let start = try #require(try await kim.send().acceptance.checkpoint)
    let first = try await bench.office.page(after: start, for: kim.device.id)
    let sent = try #require(try [first].records.first?.caseID)
    let left = sent == second ? bench.caseID : second
    try await bench.office.end("kim", left)
    kim.take(first)
    let rest = try await kim.pull()
    #expect(try rest.records.allSatisfy { $0.caseID == sent })
    #expect(rest.last?.scope.entries.map(\.caseID) == [sent])
  }

  @Test(arguments: StoreKind.allCases)
  func `is a case whole again when it was taken away and granted anew`(
    kind: StoreKind
  ) async throws {
    let bench = try await Self.bench(kind)
    bench.sam.note("old", as: RecordID(value: 1), in: bench.caseID)
    try await bench.sam.send()
    try await bench.sam.pull()
    try await bench.office.end("sam", bench.caseID)
    try await bench.office.grant("sam", [bench.caseID])
    let readings = try await bench.sam.pull()
    #expect(readings.first?.scope.entries == [.init(caseID: bench.caseID, isSentWhole: true)])
    #expect(try readings.records.count == 2)
    #expect(readings.last?.page.completed == [bench.caseID])
  }

  @Test(arguments: StoreKind.allCases)
  func `starts a case anew that was regranted while half of it was sent`(
    kind: StoreKind
  ) async throws {
    let bench = try await Self.bench(kind)
    for number: UInt128 in 1...4 {
      bench.sam.note("\(number)", as: RecordID(value: number), in: bench.caseID)
    }
    try await bench.sam.send()
    let kim = try await Author.enrol("kim", at: bench.office)
    try await bench.office.grant("kim", [bench.caseID])
    let start = try #require(try await kim.send().acceptance.checkpoint)
    kim.take(try await bench.office.page(after: start, for: kim.device.id))
    try await bench.office.end("kim", bench.caseID)
    try await bench.office.grant("kim", [bench.caseID])
    let readings = try await kim.pull()
    #expect(readings.first?.scope.entries.first?.isSentWhole == true)
    #expect(try readings.records.count == 5)
  }

  @Test(arguments: StoreKind.allCases)
  func `no longer names a case whose grant has ended`(kind: StoreKind) async throws {
    let bench = try await Self.bench(kind)
    try await bench.office.end("sam", bench.caseID)
    let readings = try await bench.sam.pull()
    #expect(readings.map(\.scope.entries) == [[]])
    #expect(try readings.records.isEmpty)
  }

  @Test(arguments: StoreKind.allCases)
  func `is nothing for a laptop that was revoked between two pages`(
    kind: StoreKind
  ) async throws {
    let bench = try await Self.bench(kind)
    let start = try #require(try await bench.sam.send().acceptance.checkpoint)
    try await bench.office.change(bench.sam.device.id) { $0.state = .revoked }
    await #expect(throws: OfficeInProcess.Revoked.self) {
      try await bench.office.page(after: start, for: bench.sam.device.id)
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `ends with the digest of every case when asked for`(kind: StoreKind) async throws {
    let bench = try await Self.bench(kind)
    bench.sam.note("one", as: RecordID(value: 1), in: bench.caseID)
    try await bench.sam.send()
    let readings = try await bench.sam.pull(wantsDigests: true)
    var expected = CaseDigest(caseID: bench.caseID)
    for record in try await bench.office.records(of: bench.caseID) {
      expected.replace(nil, with: record.digest)
    }
    #expect(readings.last?.digests == [expected])
    #expect(readings.dropLast().allSatisfy { $0.digests.isEmpty })
  }
}

@Suite struct `A receipt settles the laptop's copy` {
  private static let note = RecordID(value: 0x1)

  @Test(arguments: StoreKind.allCases)
  func `when nobody else wrote, and the record is not sent back`(kind: StoreKind) async throws {
    let bench = try await Bench.make(kind)
    bench.sam.note("mine", as: Self.note, in: bench.caseID)
    let outcome = try await bench.sam.send()
    #expect(outcome.acceptance.receipts.map(\.settlesBase) == [true])
    let start = try #require(outcome.acceptance.checkpoint)
    let reading = try await bench.office.page(
      after: start, for: bench.sam.device.id, on: outcome.grounds)
    #expect(reading.page.records.isEmpty)
  }

  @Test(arguments: StoreKind.allCases)
  func `and nothing more is sent once a copy of the laptop has sent something`(
    kind: StoreKind
  ) async throws {
    let bench = try await Bench.make(kind)
    let copy = bench.sam.copy()
    let outcome = try await copy.send()
    bench.sam.note("mine", as: Self.note, in: bench.caseID)
    try await bench.sam.send()
    let start = try #require(outcome.acceptance.checkpoint)
    await #expect(throws: Feed.GroundsMoved.self) {
      try await bench.office.page(
        after: start, for: bench.sam.device.id, on: outcome.grounds)
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `but is sent with its case when that is given anew before the page`(
    kind: StoreKind
  ) async throws {
    let bench = try await Bench.make(kind)
    bench.sam.note("mine", as: Self.note, in: bench.caseID)
    let outcome = try await bench.sam.send()
    try await bench.office.end("sam", bench.caseID)
    try await bench.office.grant("sam", [bench.caseID])
    let reading = try await bench.office.page(
      after: try #require(outcome.acceptance.checkpoint), for: bench.sam.device.id,
      on: outcome.grounds)
    #expect(reading.scope.entries.map(\.isSentWhole) == [true])
    #expect(try [reading].records.map(\.id).contains(Self.note))
  }

  @Test(arguments: StoreKind.allCases)
  func `for each of several changes of one record`(kind: StoreKind) async throws {
    let bench = try await Bench.make(kind)
    let first = bench.sam.note("mine", as: Self.note, in: bench.caseID)
    bench.sam.write(
      ["sensitive": .text("yes")], of: Self.note, in: bench.caseID,
      having: VersionVector([first.dot]))
    let receipts = try await bench.sam.send().acceptance.receipts
    #expect(receipts.map(\.settlesBase) == [true, true])
  }

  @Test(arguments: StoreKind.allCases)
  func `not when a colleague's change has not reached the laptop`(kind: StoreKind) async throws {
    let bench = try await Bench.make(kind)
    let kim = try await bench.colleague()
    let first = bench.sam.note("mine", as: Self.note, in: bench.caseID)
    try await bench.sam.send()
    try await bench.sam.pull()
    kim.write(
      ["sensitive": .text("yes")], of: Self.note, in: bench.caseID,
      having: VersionVector([first.dot]))
    try await kim.send()
    bench.sam.write(
      ["observed": .text("observed")], of: Self.note, in: bench.caseID,
      having: VersionVector([first.dot]))
    let outcome = try await bench.sam.send(from: 2)
    #expect(outcome.acceptance.receipts.map(\.settlesBase) == [false])
    let reading = try await bench.office.page(
      after: try #require(outcome.acceptance.checkpoint), for: bench.sam.device.id,
      on: outcome.grounds)
    #expect(try [reading].records.map(\.id) == [Self.note])
  }

  @Test(arguments: StoreKind.allCases)
  func `not when it repeats an earlier verdict`(kind: StoreKind) async throws {
    let bench = try await Bench.make(kind)
    bench.sam.note("mine", as: Self.note, in: bench.caseID)
    try await bench.sam.send()
    let again = try await bench.sam.send()
    #expect(again.acceptance.receipts.map(\.settlesBase) == [false])
    #expect(again.grounds.settled.isEmpty)
  }

  @Test(arguments: StoreKind.allCases)
  func `not while its case is still being sent whole`(kind: StoreKind) async throws {
    let bench = try await Bench.make(kind)
    bench.sam.checkpoint = []
    bench.sam.note("mine", as: Self.note, in: bench.caseID)
    #expect(try await bench.sam.send().acceptance.receipts.map(\.settlesBase) == [false])
  }

  @Test(arguments: StoreKind.allCases)
  func `not when the act that it was part of was refused`(kind: StoreKind) async throws {
    let bench = try await Bench.make(kind)
    let act = GroupID(value: 3)
    bench.sam.note("mine", as: Self.note, in: bench.caseID, group: act)
    bench.sam.write(
      ["kind": .text("NONE"), "text": .text("x")], of: RecordID(value: 9), in: bench.caseID,
      group: act)
    let outcome = try await bench.sam.send()
    #expect(outcome.grounds.settled.isEmpty)
    #expect(outcome.acceptance.receipts.map(\.settlesBase) == [false, false])
    #expect(outcome.acceptance.receipts.allSatisfy { $0.place != nil && $0.proof != nil })
  }
}
