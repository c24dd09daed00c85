/// How far a replica has been sent the office's records. Opaque to laptops, made and read by the
/// office alone.
///
/// One position for all cases, and while a pull runs, how far that went. So an interrupted first
/// sync, a case granted anew and a plain delta are one mechanism: each case has a place from which
/// it is read on.
public struct Checkpoint: Hashable, Sendable {
  public var epoch: UInt64
  /// Every record of a held case up to this sequence has been sent.
  public var position: UInt64
  /// `nil` between pulls.
  public var pull: Pull?
  /// The store when this was made. A store put back from a backup shows by it what was lost.
  public var history: StoreHistory

  /// Cases are read in ascending order up to one sequence, which is the next position. What comes
  /// while that goes on is left to the next pull.
  public struct Pull: Hashable, Sendable {
    /// The position once every case has been read.
    public let target: UInt64
    /// The case that is being read; lower ones have been.
    public let caseID: CaseID
    /// Up to where it has been read.
    public let sequence: UInt64

    public init(target: UInt64, caseID: CaseID, sequence: UInt64) {
      self.target = target
      self.caseID = caseID
      self.sequence = sequence
    }
  }

  public init(
    epoch: UInt64, position: UInt64, pull: Pull? = nil, history: StoreHistory = StoreHistory()
  ) {
    self.epoch = epoch
    self.position = position
    self.pull = pull
    self.history = history
  }

  /// Reads nothing sent yet.
  public static func start(epoch: UInt64) -> Checkpoint { Checkpoint(epoch: epoch, position: 0) }

  /// Whether a case granted at `grant` is held whole.
  public func holds(_ caseID: CaseID, grantedAt grant: UInt64) -> Bool {
    guard let pull, caseID <= pull.caseID else { return grant <= position }
    return caseID < pull.caseID && grant <= pull.target
  }

  /// The sequence after which a case is read on; 0 for one that is sent whole. One that was taken
  /// away and given again starts anew, because the laptop may have dropped it in between.
  public func readingPosition(of caseID: CaseID, grantedAt grant: UInt64) -> UInt64 {
    guard let pull, caseID <= pull.caseID else { return grant <= position ? position : 0 }
    guard grant <= pull.target else { return 0 }
    return caseID < pull.caseID ? pull.target : pull.sequence
  }

  /// The written form with a message authentication code over it and over whom it was made for.
  public func sealed(for owner: String, key: OfficeKey) -> [UInt8] {
    var writer = WireWriter()
    writer.number(1, epoch)
    writer.number(2, position)
    if let pull {
      writer.message(3) {
        $0.number(1, pull.target)
        $0.identifier(2, pull.caseID)
        $0.number(3, pull.sequence)
      }
    }
    writer.number(4, history.reach)
    for life in history.lives {
      writer.message(5) {
        $0.identifier(1, life.replica)
        $0.number(2, life.epoch)
        $0.number(3, life.start)
      }
    }
    return writer.bytes + Self.code(writer.bytes, owner, key)
  }

  /// Reads one that comes back. `nil` if it was not made here for this owner, or was altered.
  public init?(
    opening bytes: [UInt8], for owner: String, key: OfficeKey, limits: Limits = .standard
  ) {
    guard bytes.count >= Self.codeBytes, bytes.count <= limits.checkpointBytes else { return nil }
    let body = Array(bytes.dropLast(Self.codeBytes))
    let expected = Self.code(body, owner, key)
    guard zip(expected, bytes.suffix(Self.codeBytes)).reduce(0, { $0 | ($1.0 ^ $1.1) }) == 0 else {
      return nil
    }
    guard let checkpoint = try? Checkpoint(reading: body) else { return nil }
    self = checkpoint
  }

  private init(reading bytes: [UInt8]) throws(MalformedBytes) {
    self.init(epoch: 0, position: 0)
    var reader = WireReader(bytes)
    while let field = try reader.field() {
      switch field.number {
      case 1: epoch = try reader.varint()
      case 2: position = try reader.varint()
      case 3: pull = try Pull(reading: reader.nested())
      case 4: history.reach = try reader.varint()
      case 5: history.lives.append(try Life(reading: reader.nested()))
      default: throw MalformedBytes("a checkpoint has an unknown field \(field.number)")
      }
    }
  }

  private static let codeBytes = 16

  private static func code(_ body: [UInt8], _ owner: String, _ key: OfficeKey) -> [UInt8] {
    let code = key.code(over: body, Array("|\(owner)".utf8))
    return code.withUnsafeBytes { Array($0.prefix(codeBytes)) }
  }
}

extension Checkpoint.Pull {
  fileprivate init(reading entry: WireReader) throws(MalformedBytes) {
    var entry = entry
    var target: UInt64 = 0
    var caseID: CaseID?
    var sequence: UInt64 = 0
    while let field = try entry.field() {
      switch field.number {
      case 1: target = try entry.varint()
      case 2: caseID = try entry.identifier()
      case 3: sequence = try entry.varint()
      default: throw MalformedBytes("a checkpoint's pull has an unknown field")
      }
    }
    guard let caseID else { throw MalformedBytes("a checkpoint's pull names no case") }
    self.init(target: target, caseID: caseID, sequence: sequence)
  }
}

extension Life {
  fileprivate init(reading entry: WireReader) throws(MalformedBytes) {
    var entry = entry
    var replica: ReplicaID?
    var epoch: UInt64 = 0
    var start: UInt64 = 0
    while let field = try entry.field() {
      switch field.number {
      case 1: replica = try entry.identifier()
      case 2: epoch = try entry.varint()
      case 3: start = try entry.varint()
      default: throw MalformedBytes("a checkpoint's life has an unknown field")
      }
    }
    guard let replica else { throw MalformedBytes("a checkpoint's life has no name") }
    self.init(replica: replica, epoch: epoch, start: start)
  }
}
