import SyncCore
import Testing

/// One change under two dots: contexts may name either, and a record shows it once.
struct SynonymTests {
  private static let text = "text"

  /// The sample record with a first issue by replica 0, and the same issued again by replica 1.
  private static let first = Sample.set(text, .text("a"), Sample.dot(0, 1))
  private static let again = Synonym(dot: Sample.dot(1, 1), takenAs: Sample.dot(0, 1))

  @Test(arguments: [[again], [Synonym(dot: again.takenAs, takenAs: again.dot)]])
  func `an edit that saw the issue that was not taken supersedes the one that was`(
    synonyms: [Synonym]
  ) {
    var record = Sample.accepted([Self.first])
    let next = Sample.set(
      Self.text, .text("b"), Sample.dot(1, 2), seen: Sample.vector([1: 1]))
    var naive = record
    naive.apply(next, at: nil)
    #expect(naive.standing(Self.text).count == 2)
    record.apply(next, at: nil, synonyms: synonyms)
    #expect(record.standing(Self.text).map(\.value) == [.text("b")])
  }

  @Test func `an edit that saw neither issue stands beside it`() {
    var record = Sample.accepted([Self.first])
    record.apply(
      Sample.set(Self.text, .text("b"), Sample.dot(2, 1)), at: nil, synonyms: [Self.again])
    #expect(record.standing(Self.text).count == 2)
  }

  @Test func `nobody is said to have seen an edit that only shares a replica with one seen`() {
    let unseen = Sample.set("other", .text("x"), Sample.dot(0, 1))
    let taken = Sample.set(Self.text, .text("a"), Sample.dot(0, 2))
    let synonym = Synonym(dot: Sample.dot(1, 1), takenAs: taken.dot)
    var record = Sample.accepted([unseen, taken])
    let next = Sample.set("other", .text("y"), Sample.dot(1, 2), seen: Sample.vector([1: 1]))
    #expect(record.seen(by: next, [synonym]).isEmpty)
    record.apply(next, at: nil, synonyms: [synonym])
    #expect(record.standing("other").count == 2)
  }

  /// A store took the issue of replica 0; the store before it, which is lost, took that of replica
  /// 1. Each went on with edits that may have superseded it; the lost one's record comes home.
  @Test(arguments: [false, true], [false, true])
  func `two issues become one, whatever became of either`(isOursOver: Bool, isTheirsOver: Bool) {
    let lostIssue = Sample.set(Self.text, .text("a"), Sample.dot(1, 1))
    var ours = Sample.accepted([Self.first])
    var theirs = Sample.accepted([lostIssue])
    if isOursOver {
      let next = Sample.set(Self.text, .text("b"), Sample.dot(2, 1), seen: ours.version)
      ours.apply(next, at: nil)
    }
    if isTheirsOver {
      let next = Sample.set(Self.text, .text("c"), Sample.dot(3, 1), seen: theirs.version)
      theirs.apply(next, at: nil)
    }
    let later = [isOursOver ? "b" : nil, isTheirsOver ? "c" : nil].compactMap(\.self)
    let expected = later.isEmpty ? ["a"] : later

    var handedBackFirst = ours.merged(with: theirs)
    let isUnited = handedBackFirst.unite(Self.again, hash: lostIssue.hash)
    #expect(isUnited == !(isOursOver && isTheirsOver))
    var offeredFirst = ours
    let isUnitedHere = offeredFirst.unite(Self.again, hash: lostIssue.hash)
    #expect(isUnitedHere)
    offeredFirst.merge(theirs)
    for record in [handedBackFirst, offeredFirst] {
      #expect(Set(record.standing(Self.text).map(\.value)) == Set(expected.map(Value.text)))
      #expect(record.standing(Self.text).count == expected.count)
      #expect(
        record.version.contains(Self.again.dot) && record.version.contains(Self.again.takenAs))
    }
    #expect(handedBackFirst.digest == offeredFirst.digest)
  }

  @Test func `a record without the issue that was taken stays as it is`() {
    var record = Sample.blank
    let isUnited = record.unite(Self.again, hash: .zero)
    #expect(!isUnited && record == Sample.blank)
  }
}
