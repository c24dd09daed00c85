/// Every bound of the protocol, the same on both sides. Bytes are UTF-8 or encoded bytes, never
/// characters.
///
/// One value so that a test can shrink all of it. Sources: the limits of OWASP ASVS 5 chapter 2 and
/// 4 turned into numbers by the sizes of real caseloads (a year of 36 cases is 5 to 8 MB).
public struct Limits: Sendable {
  /// Changes in one request.
  public var pushChanges = 500
  /// Encoded bytes of all changes in one request; also the most one group may take.
  public var pushBytes = 1 << 20
  /// Encoded bytes of one change; refused at edit, so that an outbox can always be sent.
  public var changeBytes = 256 << 10
  /// Records in one page.
  public var pageRecords = 2_000
  /// Encoded bytes after which a page ends. A page holds at least one record, so it may pass this
  /// by one record.
  public var pageBytes = 64 << 10
  /// Encoded bytes of pages that a laptop stores in one transaction, unless the answer ends before:
  /// a page is the least that a cut connection costs, and this the most that a killed laptop loses.
  public var deliveryBytes = 1 << 20
  /// Encoded bytes of one record with all its standing edits.
  public var recordBytes = 4 << 20
  /// Bytes of one frame of a response.
  public var frameBytes = 8 << 20
  /// Bytes of a request's body.
  public var requestBytes = 6 << 20
  /// Bytes of one text value.
  public var textBytes = 64 << 10
  /// Bytes of a name: a field, a member, a type, a user.
  public var nameBytes = 64
  /// Fields that one change may set.
  public var changeFields = 64
  /// Replicas in one record's version vector or one context.
  public var vectorEntries = 1_024
  /// Standing edits of one record.
  public var standingEdits = 1_024
  /// Composites and lists inside each other.
  public var valueDepth = 8
  /// Members or elements of one composite or list.
  public var valueMembers = 256
  /// Cases that one officer may hold.
  public var scopeCases = 5_000
  /// Bytes of what is said to somebody whom a limit of access keeps out of a case.
  public var messageBytes = 1_000
  /// Bytes of a checkpoint or a witness.
  public var checkpointBytes = 4 << 10
  /// Bytes of an attachment's content. The catalogue bounds the field that says so.
  public var attachmentBytes = 5 << 20
  /// Attachments of one contact entry, and of a case those that belong to none.
  public var attachmentsOfOne = 20
  /// Bytes of an attachment's content in one request or answer: what a cut connection costs.
  public var pieceBytes = 256 << 10

  /// Bytes of all header fields of a request.
  public var headerBytes = 16 << 10
  public var headerFields = 64
  /// Seconds that an idle connection is kept.
  public var idleSeconds = 60
  /// Connections served at once; more wait in the kernel's queue.
  public var connections = 512
  /// Seconds that every request has to arrive in, and bytes for each of which it has more: a body
  /// that comes slower is cut off.
  public var bodySeconds = 60
  public var bodyBytesASecond = 1 << 10
  /// Syncs under way at once; whoever comes then is told to come again.
  public var syncs: Int { max(8, connections / 8) }
  /// Of them, of one machine: it may be cut off and come again before the office hears of the cut,
  /// and a network may send a request several times.
  public var syncsOfOne = 4
  /// Pages read at once. The office's store serves one more reader, for everything else.
  public var turns = 3
  /// Seconds for which a laptop that neither sends nor reads keeps its place from one that would.
  public var stillSeconds = 20
  /// The same for a place that the machine itself would have anew: it has given the first up.
  public var ownStillSeconds = 2
  /// Those who wait for news, all and of one user.
  public var waits: Int { connections * 3 / 4 }
  public var waitsOfOne = 16
  /// Seconds given to running requests once the server is asked to stop.
  public var drainSeconds = 10

  public init() {}

  public static let standard = Limits()
}
