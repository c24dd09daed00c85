import Crypto

/// How far a replica has been sent the office's records. Opaque to laptops, made and read by the
/// office alone.
///
/// One position, and the exceptions to it: cases still being sent whole, each with how far that
/// went. So an interrupted first sync, a case granted anew and a plain delta are one mechanism:
/// each case has a place from which it is read on.
public struct Checkpoint: Hashable, Sendable {
  public var epoch: UInt64
  /// Every record of a held case up to this sequence has been sent.
  public var position: UInt64
  /// The server's life in which `position` was reached. A store put back from a backup begins
  /// another life there, which shows that what was sent afterwards is gone.
  public var life: ReplicaID
  /// Cases that have been read beyond or before `position`.
  public var filling: [CaseID: Reach]

  /// How far one case has been sent, and under which grant: one that was taken away and given again
  /// starts anew, because the laptop may have dropped it in between.
  public struct Reach: Hashable, Sendable {
    public let grant: UInt64
    public let sequence: UInt64

    public init(grant: UInt64, sequence: UInt64) {
      self.grant = grant
      self.sequence = sequence
    }
  }

  public init(
    epoch: UInt64, position: UInt64, life: ReplicaID = ReplicaID(value: 0),
    filling: [CaseID: Reach] = [:]
  ) {
    self.epoch = epoch
    self.life = life
    self.position = position
    self.filling = filling
  }

  /// Reads nothing sent yet.
  public static func start(epoch: UInt64) -> Checkpoint { Checkpoint(epoch: epoch, position: 0) }

  /// The highest sequence that it names.
  public var reach: UInt64 { filling.values.reduce(position) { max($0, $1.sequence) } }

  /// Whether a case granted at `grant` is held whole.
  public func holds(_ caseID: CaseID, grantedAt grant: UInt64) -> Bool {
    filling[caseID] == nil && grant <= position
  }

  /// The sequence after which a case is read on.
  public func readingPosition(of caseID: CaseID, grantedAt grant: UInt64) -> UInt64 {
    guard let reach = filling[caseID] else { return grant <= position ? position : 0 }
    return reach.grant == grant ? reach.sequence : 0
  }

  /// The written form with a message authentication code over it and over whom it was made for.
  public func sealed(for owner: String, key: SymmetricKey) -> [UInt8] {
    var writer = WireWriter()
    writer.number(1, epoch)
    writer.number(2, position)
    for (caseID, reach) in filling.sorted(by: { $0.key < $1.key }) {
      writer.message(3) {
        $0.identifier(1, caseID)
        $0.number(2, reach.grant)
        $0.number(3, reach.sequence)
      }
    }
    writer.identifier(4, life)
    return writer.bytes + Self.code(writer.bytes, owner, key)
  }

  /// Reads one that comes back. `nil` if it was not made here for this owner, or was altered.
  public init?(
    opening bytes: [UInt8], for owner: String, key: SymmetricKey, limits: Limits = .standard
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
      case 3:
        var entry = try reader.nested()
        var caseID: CaseID?
        var grant: UInt64 = 0
        var sequence: UInt64 = 0
        while let field = try entry.field() {
          switch field.number {
          case 1: caseID = try entry.identifier()
          case 2: grant = try entry.varint()
          case 3: sequence = try entry.varint()
          default: throw MalformedBytes("a checkpoint's case has an unknown field")
          }
        }
        if let caseID { filling[caseID] = Reach(grant: grant, sequence: sequence) }
      case 4: life = try reader.identifier()
      default: throw MalformedBytes("a checkpoint has an unknown field \(field.number)")
      }
    }
  }

  private static let codeBytes = 16

  private static func code(_ body: [UInt8], _ owner: String, _ key: SymmetricKey) -> [UInt8] {
    let message = body + Array("|\(owner)".utf8)
    return Array(HMAC<SHA256>.authenticationCode(for: message, using: key).prefix(codeBytes))
  }
}
