import ServerStorage
import SyncCore
import TestSupport
import Testing

private let note = RecordID(value: 0x1)

@Suite struct `A change that is issued again` {
  /// A change of `author`'s chain that claims to be another issue of `first`.
  private func issue(
    _ first: Change, by author: Author, saying sensitive: String? = nil, of record: RecordID? = nil
  ) -> Change {
    var body = first.body
    body.dot = Dot(author.replica, author.head.counter + 1)
    body.previous = author.head.hash
    body.origin = first.firstIssue
    body.author = author.device.user
    if let record { body.record = record }
    if let sensitive {
      body.action = .set([Value.Member("sensitive", .text(sensitive))])
    }
    let change = Change(body)
    author.push(.readable(change))
    return change
  }

  private func sensitiveNote(_ bench: Bench) -> Change {
    bench.sam.write(
      ["kind": .text("CHVS"), "text": .text("a"), "sensitive": .text("yes")], of: note,
      in: bench.caseID)
  }

  @Test(arguments: StoreKind.allCases)
  func `is taken once and stands as a double`(kind: StoreKind) async throws {
    let bench = try await Bench.make(kind)
    let first = sensitiveNote(bench)
    try await bench.sam.send()
    let again = issue(first, by: bench.sam)
    let receipt = try #require(try await bench.sam.send(from: 2).acceptance.receipts.first)
    #expect(receipt.verdict == .applied && receipt.isAgain)
    let record = try #require(try await bench.office.record(note))
    #expect(record.standing("text").map(\.dot) == [first.dot, again.dot].sorted())
    #expect(!record.hasConcurrentValues)
  }

  @Test(arguments: StoreKind.allCases)
  func `is refused when it is of somebody else's edit, and changes nothing`(
    kind: StoreKind
  ) async throws {
    let bench = try await Bench.make(kind)
    let kim = try await bench.colleague()
    let first = sensitiveNote(bench)
    try await bench.sam.send()
    let before = try await bench.office.record(note)
    // As it was, with another value, and of another record.
    _ = issue(first, by: kim)
    _ = issue(first, by: kim, saying: "no")
    _ = issue(first, by: kim, of: RecordID(value: 0x77))
    let refused = Verdict.refused(code: "not-the-author", field: "")
    #expect(try await kim.verdicts() == [refused, refused, refused])
    #expect(try await bench.office.record(note) == before)
    #expect(try await bench.office.record(RecordID(value: 0x77)) == nil)
  }

  @Test(arguments: StoreKind.allCases)
  func `is refused when its author says it of another record`(kind: StoreKind) async throws {
    let bench = try await Bench.make(kind)
    let first = sensitiveNote(bench)
    try await bench.sam.send()
    _ = issue(first, by: bench.sam, of: RecordID(value: 0x77))
    let refused = Verdict.refused(code: "not-the-author", field: "")
    #expect(try await bench.sam.verdicts(from: 2) == [refused])
  }
}
