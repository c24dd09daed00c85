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
  /// 1. Each went on with an edit that may have superseded it; the lost one's record comes home,
  /// and then the edits themselves.
  @Test(arguments: [false, true], [false, true])
  func `two issues become one, whatever became of either`(isOursOver: Bool, isTheirsOver: Bool) {
    let lost = Sample.set(Self.text, .text("a"), Self.again.dot)
    let our = Sample.set(
      Self.text, .text("b"), Sample.dot(2, 1), seen: VersionVector([Self.first.dot]))
    let their = Sample.set(Self.text, .text("c"), Sample.dot(3, 1), seen: VersionVector([lost.dot]))
    let ours = Sample.accepted([Self.first] + (isOursOver ? [our] : []))
    let theirs = Sample.accepted([lost] + (isTheirsOver ? [their] : []))
    var record = ours.merged(with: theirs)
    record.uniteDoubles([Self.again])
    for change in [lost, their] where record.version.contains(change.dot) {
      record.supersede(by: change, [Self.again])
    }
    let later = [isOursOver ? our : nil, isTheirsOver ? their : nil].compactMap { $0?.dot }
    // What superseded the one issue in this store had not seen the other's name.
    let expected = later.isEmpty ? [Self.first.dot] : isTheirsOver ? later : [lost.dot] + later
    #expect(record.standing(Self.text).map(\.dot) == expected.sorted())
    var again = record
    again.uniteDoubles([Self.again])
    again.supersede(by: lost, [Self.again])
    #expect(again == record)
  }

  @Test func `an issue that stands alone is no double`() {
    var record = Sample.accepted([Self.first])
    record.uniteDoubles([Self.again])
    #expect(record.standing(Self.text).count == 1)
    var other = Sample.accepted([Sample.set(Self.text, .text("a"), Self.again.dot)])
    other.uniteDoubles([Self.again])
    #expect(other.standing(Self.text).count == 1)
  }
}
