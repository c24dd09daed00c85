import ServerStorage
import SyncCore
import TestSupport
import Testing

@Suite struct `Contents of attachments` {
  static let limits = {
    var limits = Limits.standard
    (limits.pieceBytes, limits.attachmentsOfOne) = (4, 2)
    return limits
  }()
  static let content = Array("0123456789".utf8)
  static let record = RecordID(value: 0xA77AC4)

  /// An office where sam holds a case and has an attachment in it.
  static func bench(_ kind: StoreKind) async throws -> Bench {
    let bench = try await Bench.make(kind, limits: limits)
    attach(record, to: bench)
    try await bench.sam.send()
    return bench
  }

  static func attach(
    _ record: RecordID, to bench: Bench, digest: Hash = Hash(of: content),
    size: Int = content.count
  ) {
    bench.sam.write(
      [
        "name": .text("Letter"), "kind": .text("text"), "size": .integer(Int64(size)),
        "digest": .text(digest.description),
      ], of: record, type: "attachment", in: bench.caseID)
  }

  static func take(
    _ piece: [UInt8], at offset: UInt64, of record: RecordID = record, from author: Author,
    _ bench: Bench
  ) async throws -> Result<Contents.State, Contents.Problem> {
    let id = author.device.id
    return try await bench.office.store.transaction { transaction in
      let device = try #require(try transaction.device(id))
      return try Contents(limits).take(piece, at: offset, of: record, from: device, transaction)
    }
  }

  static func send(
    _ content: [UInt8], of record: RecordID = record, from author: Author, _ bench: Bench
  ) async throws -> Result<Contents.State, Contents.Problem> {
    var last = try await take([], at: 0, of: record, from: author, bench)
    for start in stride(from: 0, to: content.count, by: 4) {
      last = try await take(
        Array(content[start..<min(start + 4, content.count)]), at: UInt64(start), of: record,
        from: author, bench)
    }
    return last
  }

  /// What somebody gets of it; `nil` where there is nothing for them.
  static func fetched(
    _ record: RecordID = record, by author: Author, _ bench: Bench
  ) async throws -> [UInt8]? {
    let id = author.device.id
    return try await bench.office.store.read { store in
      let device = try #require(try store.device(id))
      var content: [UInt8] = []
      while true {
        let found = try Contents(limits).piece(
          at: UInt64(content.count), of: record, for: device, store)
        guard case .success((let piece, _)) = found else { return nil }
        guard !piece.isEmpty else { return content }
        #expect(piece.count <= limits.pieceBytes)
        content += piece
      }
    }
  }

  static func held(_ bench: Bench, _ content: [UInt8] = content) async throws -> UInt64 {
    let key = ContentKey(caseID: bench.caseID, digest: Hash(of: content))
    return try await bench.office.store.read { try $0.contentBytes(key) }
  }

  @Test(arguments: StoreKind.allCases)
  func `come a piece at a time, and go out whole`(kind: StoreKind) async throws {
    let bench = try await Self.bench(kind)
    #expect(
      try await Self.take([1, 2, 3, 4, 5], at: 0, from: bench.sam, bench) == .failure(.badPiece))
    #expect(
      try await Self.take(Array(Self.content[..<3]), at: 0, from: bench.sam, bench)
        == .success(.init(held: 3, size: 10)))
    #expect(try await Self.fetched(by: bench.sam, bench) == [])
    // Twice, and with a gap: nothing is taken, and where it goes on is said.
    for offset: UInt64 in [0, 4, .max] {
      #expect(
        try await Self.take([7, 7], at: offset, from: bench.sam, bench)
          == .success(.init(held: 3, size: 10)))
    }
    for (start, end) in [(3, 7), (7, 10)] {
      _ = try await Self.take(
        Array(Self.content[start..<end]), at: UInt64(start), from: bench.sam, bench)
    }
    #expect(try await Self.held(bench) == 10)
    #expect(try await Self.fetched(by: bench.sam, bench) == Self.content)
  }

  @Test(arguments: StoreKind.allCases)
  func `that are longer or other than their record says are not kept`(
    kind: StoreKind
  ) async throws {
    let bench = try await Self.bench(kind)
    let other = Array("012345678X".utf8)
    #expect(try await Self.send(other, from: bench.sam, bench) == .failure(.differs))
    #expect(try await Self.held(bench) == 0)
    let longer = Self.content + [1]
    #expect(
      try await Self.send(Array(longer[..<8]), from: bench.sam, bench)
        == .success(.init(held: 8, size: 10)))
    #expect(try await Self.take([1, 2, 3], at: 8, from: bench.sam, bench) == .failure(.badPiece))
    #expect(
      try await Self.take([56, 57], at: 8, from: bench.sam, bench)
        == .success(.init(held: 10, size: 10)))
  }

  @Test(arguments: StoreKind.allCases)
  func `are for those who hold the case, and taken from their author besides`(
    kind: StoreKind
  ) async throws {
    let bench = try await Self.bench(kind)
    let kim = try await Author.enrol("kim", at: bench.office)
    #expect(
      try await Self.take([1], at: 0, from: kim, bench) == .failure(.unknown))
    try await bench.office.end("sam", bench.caseID)
    // Late: the case has moved on, and what sam saw at the door comes all the same.
    #expect(
      try await Self.send(Self.content, from: bench.sam, bench)
        == .success(.init(held: 10, size: 10)))
    #expect(try await Self.fetched(by: bench.sam, bench) == nil)
    #expect(try await Self.fetched(by: kim, bench) == nil)
    try await bench.office.grant("kim", [bench.caseID])
    #expect(try await Self.fetched(by: kim, bench) == Self.content)
    for state: Device.State in [.leaving, .lost, .revoked, .wiped] {
      var device = kim.device
      device.state = state
      try await bench.office.store.transaction { [device] in try $0.save(device) }
      #expect(try await Self.fetched(by: kim, bench) == nil)
      let taken = try await Self.take([], at: 0, from: kim, bench)
      #expect((taken == .failure(.unknown)) == (state != .leaving))
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `are not to be had by whoever knows their digest`(kind: StoreKind) async throws {
    let bench = try await Self.bench(kind)
    _ = try await Self.send(Self.content, from: bench.sam, bench)
    let kim = try await Author.enrol("kim", at: bench.office)
    let elsewhere = try await bench.office.open("X000002")
    try await bench.office.grant("kim", [elsewhere])
    let theirs = RecordID(value: 0x7EF)
    kim.write(
      [
        "name": .text("x"), "kind": .text("text"), "size": .integer(10),
        "digest": .text(Hash(of: Self.content).description),
      ], of: theirs, type: "attachment", in: elsewhere)
    try await kim.send()
    #expect(try await Self.fetched(theirs, by: kim, bench) == [])
  }

  @Test(arguments: StoreKind.allCases)
  func `are no more than a note may have`(kind: StoreKind) async throws {
    let bench = try await Self.bench(kind)
    let others = (1...2).map { RecordID(value: Self.record.value + UInt128($0)) }
    let contents = (1...2).map { [UInt8($0), 2] }
    for (other, content) in zip(others, contents) {
      Self.attach(other, to: bench, digest: Hash(of: content), size: 2)
    }
    try await bench.sam.send()
    let taken = [
      try await Self.take(contents[0], at: 0, of: others[0], from: bench.sam, bench),
      try await Self.take(contents[1], at: 0, of: others[1], from: bench.sam, bench),
    ]
    #expect(taken == [.success(.init(held: 2, size: 2)), .failure(.tooMany)])
  }

  @Test(arguments: StoreKind.allCases)
  func `go when no record names them any longer`(kind: StoreKind) async throws {
    let bench = try await Self.bench(kind)
    let copy = RecordID(value: 0xC0B)
    Self.attach(copy, to: bench)
    try await bench.sam.send()
    _ = try await Self.send(Self.content, from: bench.sam, bench)
    let clerk = try await Author.enrol(
      "clerk", at: bench.office, role: Role(rawValue: "administrator"))
    try await bench.office.grant("clerk", [bench.caseID])
    for (number, record) in [Self.record, copy].enumerated() {
      let stored = try #require(
        try await bench.office.store.read { try $0.record(record) })
      let version = try Record(reading: stored.bytes).version
      clerk.delete(record, type: "attachment", in: bench.caseID, having: version)
      try await clerk.send()
      #expect(try await Self.fetched(record, by: clerk, bench) == nil)
      // At a holder's first contact of the next hour.
      bench.office.clock.advance(milliseconds: 3_600_000)
      try await clerk.send()
      #expect(try await Self.held(bench) == (number == 0 ? 10 : 0))
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `are kept with the rest of a transaction or not at all`(kind: StoreKind) async throws {
    struct Stopped: Error {}
    let store = try kind.make()
    let key = ContentKey(caseID: CaseID(value: 1), digest: Hash(of: [1]))
    try await store.transaction { try $0.append([1, 2], to: key) }
    await #expect(throws: Stopped.self) {
      try await store.transaction { transaction throws in
        try transaction.append([3], to: key)
        try transaction.removeContent(key)
        throw Stopped()
      }
    }
    try await store.read { store throws in
      #expect(try store.contentBytes(key) == 2)
      #expect(try store.content(key, at: 1) == [2])
      #expect(try store.content(key, at: 2).isEmpty)
      #expect(try store.contents(of: key.caseID) == [key])
      #expect(try store.contents(of: CaseID(value: 2)).isEmpty)
    }
  }
}
