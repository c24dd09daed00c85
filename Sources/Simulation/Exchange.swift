import ServerStorage
import SyncCore
import SyncWire

/// One request with its answer, and what the network makes of them.
final class Exchange {
  /// Drawn when the request leaves.
  struct Fate {
    var isLost = false
    var isAnswerLost = false
    /// Arrives twice, and the second answer is the one that counts.
    var isRepeated = false
    /// Arrives once more, long after, in milliseconds.
    var comesBackAfter: Int64?
    /// How many frames of the answer arrive.
    var cutAfter: Int?
    var isWebPage = false
    /// An answer of another exchange comes in place of its own.
    var swappedFor: [Frame]?
    /// The frame that comes before its time.
    var misplaced: Int?
    /// The frame whose bytes are changed.
    var garbled: Int?
  }

  let machine: Machine
  let incarnation: Int
  let request: SyncRequest
  var fate: Fate
  var chance: Chance
  var answer: Answer?
  /// Why the office did not answer it as a sync.
  var denial: Intake.Denial?
  /// Frames that have left the network.
  var delivered: [Frame] = []
  /// Cases that a scope left out, and to whom they had gone when the first one did.
  var absent: [Int: String] = [:]
  private var held: Frame?

  init(_ machine: Machine, _ request: SyncRequest, _ fate: Fate, _ chance: Chance) {
    self.machine = machine
    incarnation = machine.incarnation
    self.request = request
    self.fate = fate
    self.chance = chance
  }

  /// Whether the laptop still waits for it.
  var isWanted: Bool { machine.incarnation == incarnation && machine.round != nil }

  /// The office's side of the answer while it streams: each frame is made when it is pulled.
  final class Answer {
    var session: ServerSession
    var action: ServerSession.Action
    let grounds: Intake.Grounds
    /// How often the office's store had been put back when the answer began.
    let restores: Int
    /// The cases in force at the last look at the store.
    var scope: [Int]
    /// The office's position at the last look.
    var sequence: UInt64
    var isCut = false
    /// Whether cases came or went since the answer began.
    var isScopeMoved = false

    init(
      _ outcome: Intake.Outcome, to request: SyncRequest, restores: Int, scope: [Int],
      sequence: UInt64
    ) {
      session = ServerSession(request)
      action = session.handle(.accepted(outcome.acceptance))
      grounds = outcome.grounds
      self.restores = restores
      self.scope = scope
      self.sequence = sequence
    }
  }

  /// Whether frames arrive as the office sends them.
  var isInOrder: Bool { fate.swappedFor == nil && fate.misplaced == nil }

  /// The next frame that arrives; `nil` when nothing more does.
  /// - Parameter make: makes the office's next frame.
  func next(_ make: () throws -> Frame?) throws -> Frame? {
    guard !fate.isWebPage else { return nil }
    if let cut = fate.cutAfter, delivered.count >= cut { return nil }
    let frame: Frame?
    if let swapped = fate.swappedFor {
      frame = delivered.count < swapped.count ? swapped[delivered.count] : nil
    } else if let late = held {
      held = nil
      frame = late
    } else if fate.misplaced == delivered.count, let first = try make() {
      let second = try make()
      // Pages, and scopes between them, may come in any order as far as a laptop can tell: what
      // keeps theirs is the connection.
      let isNoticed = second.map { second in
        !(first.isPage && second.isScope || first.isPage && second.isPage)
          && !(first.isScope && second.isPage && delivered.contains(where: \.isScope))
      }
      frame = isNoticed == true ? second : first
      held = isNoticed == true ? first : second
    } else {
      frame = try make()
    }
    if let frame { delivered.append(frame) }
    return frame
  }
}

/// The real wire between the two sides, and what may happen to bytes on it.
enum Wire {
  /// A request as it arrives, written and read again.
  static func passed(_ request: SyncRequest, limits: Limits) throws -> SyncRequest {
    try Unverified(try request.written(as: .binary), as: .binary).syncRequest(limits)
  }

  /// A frame as it arrives, written and read again.
  static func passed(_ frame: Frame) throws -> Frame? {
    var reader = FrameReader(.binary)
    reader.append(try frame.framed(as: .binary))
    return try reader.next()
  }

  /// Bytes that were changed on the way. TLS ends the connection there; the reader must bear them
  /// all the same.
  static func garble(_ frame: Frame, _ chance: inout Chance) throws {
    var bytes = try frame.framed(as: .binary)
    switch chance.below(3) {
    case 0: bytes[chance.below(bytes.count)] ^= 1 << UInt8(chance.below(8))
    case 1: bytes.removeLast(1 + chance.below(bytes.count))
    default: for _ in 0..<4 { bytes[chance.below(bytes.count)] = UInt8(chance.below(256)) }
    }
    var reader = FrameReader(.binary)
    reader.append(bytes)
    _ = try? reader.next()
  }
}
