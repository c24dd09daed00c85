import SyncCore
import Testing

/// One change under several dots: issued again by copies of a laptop, or after a restore.
struct DoublesTests {
  private static let text = "text"

  /// An issue of one change under another dot; number 0 is the first.
  private static func issue(_ number: Int) -> Change {
    let first = Sample.set(text, .text("a"), Sample.dot(0, 1))
    guard number > 0 else { return first }
    var body = first.body
    body.dot = Sample.dot(number, 1)
    body.origin = first.firstIssue
    return Change(body)
  }

  private static func next(
    _ replica: Int, _ value: String, seen dots: [Dot] = []
  ) -> Change {
    Sample.set(text, .text(value), Sample.dot(replica, 1), seen: VersionVector(dots))
  }

  private static func values(_ record: Record) -> [Value] {
    record.standing(text).map(\.value)
  }

  /// The record after the first issue and other issues of it.
  private static func record(_ issues: Range<Int>) -> Record {
    var record = Sample.accepted([issue(issues.lowerBound)])
    for number in issues.dropFirst() { record.applyAgain(issue(number)) }
    return record
  }

  @Test func `another issue stands beside the first and is no conflict`() {
    let record = Self.record(0..<3)
    #expect(Self.values(record) == [.text("a"), .text("a"), .text("a")])
    #expect(!record.hasConcurrentValues)
    #expect(record.version == Sample.vector([0: 1, 1: 1, 2: 1]))
    #expect(record.read(Self.text, by: .fieldMerge(.first))?.status != .contested)
  }

  @Test(arguments: [0, 1, 2])
  func `who has seen one issue has seen it`(seen: Int) {
    var record = Self.record(0..<3)
    record.apply(Self.next(7, "b", seen: [Self.issue(seen).dot]), at: nil)
    #expect(Self.values(record) == [.text("b")])
    var deleted = Self.record(0..<3)
    deleted.apply(
      Sample.change(Sample.dot(7, 1), seen: VersionVector([Self.issue(seen).dot]), .delete),
      at: nil)
    #expect(deleted.isDeleted && !deleted.isDeletionDisputed)
  }

  @Test func `an edit that saw no issue stands beside all`() {
    var record = Self.record(0..<2)
    record.apply(Self.next(7, "b"), at: nil)
    #expect(Set(Self.values(record)) == [.text("a"), .text("b")])
  }

  @Test func `an issue of what has been superseded stands nowhere`() {
    var record = Self.record(0..<1)
    record.apply(Self.next(7, "b", seen: [Self.issue(0).dot]), at: nil)
    let isNew = record.applyAgain(Self.issue(1))
    #expect(isNew && Self.values(record) == [.text("b")])
    #expect(record.version.contains(Self.issue(1).dot))
  }

  /// One store took one issue and another the other; in the second it was superseded.
  @Test func `an issue that was superseded elsewhere takes its double with it`() {
    var theirs = Self.record(1..<2)
    theirs.apply(Self.next(7, "b", seen: [Self.issue(1).dot]), at: nil)
    var record = Self.record(0..<1).merged(with: theirs)
    #expect(Set(Self.values(record)) == [.text("a"), .text("b")])
    record.applyAgain(Self.issue(1))
    #expect(Self.values(record) == [.text("b")])
  }

  @Test func `a double counts where the first of its issues stands`() throws {
    var elsewhere = Sample.blank
    elsewhere.apply(Self.issue(1), at: Place(epoch: 1, sequence: 9))
    let beside = Sample.accepted([Self.issue(0), Self.next(7, "b")])
    let reading = try #require(
      beside.merged(with: elsewhere).read(Self.text, by: .serverOwned))
    #expect(reading.value == .text("b") && reading.standing.count == 3)
  }

  @Test func `a double takes the place of the first issue in the office's order`() {
    var elsewhere = Sample.blank
    elsewhere.apply(Self.issue(1), at: Place(epoch: 1, sequence: 2))
    var record = Sample.blank
    record.apply(Self.issue(0), at: Place(epoch: 1, sequence: 9))
    record.merge(elsewhere)
    record.take(Self.issue(2), at: Place(epoch: 1, sequence: 11))
    #expect(record.standing(Self.text).map { $0.place?.sequence } == [9, 2, 2])
  }

  @Test func `a change that stands under another name is taken as its double`() {
    var record = Self.record(0..<1)
    record.take(Self.issue(1), at: nil)
    #expect(
      record.standing(Self.text).map(\.place) == [record.edits[0].place, record.edits[0].place])
    record.apply(Self.next(7, "b", seen: [Self.issue(0).dot]), at: nil)
    record.take(Self.next(8, "c"), at: nil)
    #expect(Self.values(record) == [.text("b"), .text("c")])
  }

  @Test(arguments: Seeds.some)
  func `issues may come in any order and any number of times`(seed: UInt64) {
    var chance = Seeded(seed)
    var numbers = Array(0..<4)
    for index in numbers.indices { numbers.swapAt(index, index + chance.below(4 - index)) }
    var record = Sample.accepted([Self.issue(numbers[0])])
    for number in numbers.dropFirst() + numbers {
      record.applyAgain(Self.issue(number))
    }
    #expect(record.digest == Self.record(0..<4).digest)
    #expect(record.merged(with: Self.record(0..<4)).digest == record.digest)
  }

  @Test func `what comes home beside something supersedes nothing`() {
    var record = Self.record(0..<2)
    record.apply(Self.next(7, "b", seen: [Self.issue(0).dot]), at: nil, having: VersionVector())
    #expect(Set(Self.values(record)) == [.text("a"), .text("b")])
  }
}
