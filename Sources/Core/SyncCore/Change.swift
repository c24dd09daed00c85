/// One edit of one record by one replica. Immutable: its bytes are kept, hashed and passed on as
/// they were made.
///
/// Each change names the hash of its replica's previous one. A laptop that was cloned or restored
/// from a backup counts the same dots twice, and this chain is what shows it (`Protocol/README.md`
/// section 6).
public struct Change: Hashable, Sendable {
  /// What a change says, before it is sealed into bytes.
  public struct Body: Hashable, Sendable {
    public var dot: Dot
    /// Hash of this replica's previous change; `Hash.zero` for its first.
    public var previous: Hash
    public var record: RecordID
    /// The record's type, for instance `contact-entry`.
    public var type: String
    public var caseID: CaseID
    /// The record's version as it was shown when the form opened, never as it was at save: what
    /// arrived in between was not seen.
    public var context: VersionVector
    public var action: Action
    /// User name of who made the edit.
    public var author: String
    public var role: Role
    /// The laptop's clock when it was saved. Evidence only.
    public var recordedAt: Timestamp
    /// Why, where the rule asks for a reason; empty otherwise.
    public var reason: String
    /// The act that this change is part of; `nil` when it stands alone.
    public var group: GroupID?
    /// Up to where the laptop knew the office when it was written, which decides later whether it
    /// is late or refused.
    ///
    /// Not authenticated: a laptop that lied here could as well have kept an old checkpoint by
    /// staying offline.
    public var writtenUnder: Place?
    /// What this was first issued as, when it is issued again under a new replica; `nil` for a
    /// first issue.
    public var origin: Origin?

    public init(
      dot: Dot, previous: Hash, record: RecordID, type: String, caseID: CaseID,
      context: VersionVector, action: Action, author: String, role: Role, recordedAt: Timestamp,
      reason: String = "", group: GroupID? = nil, writtenUnder: Place? = nil,
      origin: Origin? = nil
    ) {
      self.dot = dot
      self.previous = previous
      self.record = record
      self.type = type
      self.caseID = caseID
      self.context = context
      self.action = action
      self.author = author
      self.role = role
      self.recordedAt = recordedAt
      self.reason = reason
      self.group = group
      self.writtenUnder = writtenUnder
      self.origin = origin
    }
  }

  /// The first issue of a change: its dot, and its hash, which names it beyond doubt where two
  /// copies of one laptop counted the same dot.
  public struct Origin: Hashable, Sendable {
    public let dot: Dot
    public let hash: Hash

    public init(dot: Dot, hash: Hash) {
      self.dot = dot
      self.hash = hash
    }
  }

  public enum Action: Hashable, Sendable {
    /// Sets these fields; names ascending, each once.
    case set([Value.Member])
    /// Deletes what the context saw.
    case delete
  }

  public let body: Body
  /// The canonical form of `body`.
  public let bytes: [UInt8]
  /// SHA-256 of `bytes`.
  public let hash: Hash

  public init(_ body: Body) {
    self.body = body
    bytes = body.canonicalBytes
    hash = Hash(of: bytes)
  }

  /// Reads what a peer or a file holds. Fails unless the bytes are exactly the canonical form of
  /// what they say.
  public init(reading bytes: [UInt8], limits: Limits = .standard) throws(MalformedBytes) {
    guard bytes.count <= limits.changeBytes else {
      throw MalformedBytes("a change is larger than \(limits.changeBytes) bytes")
    }
    let body = try Body(reading: bytes, limits: limits)
    guard body.canonicalBytes == bytes else {
      throw MalformedBytes("a change is not in its canonical form")
    }
    self.body = body
    self.bytes = bytes
    hash = Hash(of: bytes)
  }

  public var dot: Dot { body.dot }

  /// What this was first issued as: itself, or its origin. The office takes each first issue once.
  public var firstIssue: Origin { body.origin ?? Origin(dot: dot, hash: hash) }

  public var authorship: Authorship {
    Authorship(author: body.author, role: body.role, recordedAt: body.recordedAt)
  }
}

/// The part somebody plays, as the device register knows it. Open, so that a newer office may know
/// more of them.
public struct Role: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
  public let rawValue: String
  public init(rawValue: String) { self.rawValue = rawValue }

  /// Holds a caseload: probation officer or probation services officer.
  public static let officer = Role(rawValue: "officer")
  /// Senior probation officer: settles disputes, countersigns.
  public static let senior = Role(rawValue: "senior")
  /// Case administrator at the office.
  public static let administrator = Role(rawValue: "administrator")
  /// Data-protection officer: the only one who may lift a sensitive mark.
  public static let dataProtection = Role(rawValue: "data-protection")
  /// The office itself: imports and feeds of other systems.
  public static let office = Role(rawValue: "office")

  public static let known: [Role] = [.officer, .senior, .administrator, .dataProtection, .office]

  public var description: String { rawValue }
}
