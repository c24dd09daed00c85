import CaseFacts
import SyncCore

/// Where the content of attachments is kept: under its digest, in each case for itself.
///
/// Were it kept once for all cases, whoever knows a digest could make a record that names it, and
/// read what others have sent.
package struct ContentKey: Hashable, Comparable, Sendable {
  package let caseID: CaseID
  package let digest: Hash

  package init(caseID: CaseID, digest: Hash) {
    self.caseID = caseID
    self.digest = digest
  }

  init(_ attachment: Attachment) {
    self.init(caseID: attachment.caseID, digest: attachment.digest)
  }

  package static func < (left: Self, right: Self) -> Bool {
    (left.caseID, hexText(left.digest.bytes)) < (right.caseID, hexText(right.digest.bytes))
  }
}

/// Taking in and giving out what attachments hold. See `Protocol/README.md` section 6.14.
package struct Contents {
  /// Why it is not done. Nothing was kept but what is said.
  package enum Problem: Error, Hashable, Sendable {
    /// There is no such attachment for this device. What is denied and what is absent look alike.
    case unknown
    /// The piece is empty or larger than the limits allow.
    case badPiece
    /// The contact entry, or the case, has as many attachments before it as it may have.
    case tooMany
    /// All came, and has another digest than the record says. It was thrown away.
    case differs
  }

  /// How much of a content the office holds.
  package struct State: Hashable, Sendable {
    package var held: UInt64
    package var size: UInt64

    package init(held: UInt64, size: UInt64) {
      self.held = held
      self.size = size
    }
  }

  private let limits: Limits

  package init(_ limits: Limits) { self.limits = limits }

  /// Takes a piece in, when it is the next. An empty one only asks how much is there; so does one
  /// that is not the next, for instance because it came twice.
  ///
  /// What was thrown away because it `differs` is gone only once the transaction is committed, so
  /// that is answered, not thrown.
  package func take(
    _ piece: [UInt8], at offset: UInt64, of record: RecordID, from device: Device,
    _ transaction: any ServerTransaction
  ) throws -> Result<State, Problem> {
    guard [.active, .leaving].contains(device.state) else { return .failure(.unknown) }
    guard let attachment = try attachment(record, transaction),
      try attachment.author == device.user.lowercased() || holds(device, attachment, transaction)
    else { return .failure(.unknown) }
    let key = ContentKey(attachment)
    var state = State(held: try transaction.contentBytes(key), size: attachment.size)
    guard state.held < state.size, offset == state.held, !piece.isEmpty else {
      return .success(state)
    }
    guard piece.count <= limits.pieceBytes, UInt64(piece.count) <= state.size - state.held else {
      return .failure(.badPiece)
    }
    guard attachment.size <= limits.attachmentBytes, try isAmongFirst(attachment, transaction)
    else { return .failure(.tooMany) }
    try transaction.append(piece, to: key)
    state.held += UInt64(piece.count)
    if state.held == state.size, try Hash(of: whole(key, transaction)) != key.digest {
      try transaction.removeContent(key)
      return .failure(.differs)
    }
    return .success(state)
  }

  /// What stands at a place of a content, at most a piece of it; empty while not all of it is here.
  package func piece(
    at offset: UInt64, of record: RecordID, for device: Device, _ store: any ServerReading
  ) throws -> Result<(piece: [UInt8], state: State), Problem> {
    guard device.state == .active, let attachment = try attachment(record, store),
      try holds(device, attachment, store)
    else { return .failure(.unknown) }
    let key = ContentKey(attachment)
    let state = State(held: try store.contentBytes(key), size: attachment.size)
    guard state.held == state.size else { return .success(([], state)) }
    return .success((Array(try store.content(key, at: offset).prefix(limits.pieceBytes)), state))
  }

  /// Removes the contents of a case that no record names any longer.
  static func collect(_ caseID: CaseID, _ transaction: any ServerTransaction) throws {
    let held = try transaction.contents(of: caseID)
    guard !held.isEmpty else { return }
    let named = Set(
      try attachments(of: caseID, transaction).map { ContentKey($0) })
    for key in held where !named.contains(key) { try transaction.removeContent(key) }
  }

  private static func attachments(
    of caseID: CaseID, _ store: any ServerReading
  ) throws -> [Attachment] {
    try store.records(of: caseID, types: [Attachment.type]).compactMap { stored in
      Attachment(try Record(reading: stored.bytes))
    }
  }

  private func attachment(_ id: RecordID, _ store: any ServerReading) throws -> Attachment? {
    guard let stored = try store.record(id), stored.type == Attachment.type else { return nil }
    return Attachment(try Record(reading: stored.bytes))
  }

  private func holds(
    _ device: Device, _ attachment: Attachment, _ store: any ServerReading
  ) throws -> Bool {
    let user = device.user.lowercased()
    let grant = try store.grants(on: attachment.caseID).filter { $0.user == user }.newest
    return grant.map { $0.endedAt == nil } ?? false
  }

  /// Whether there is room for it among the attachments of its contact entry, in the order of their
  /// ids, which is about that of their making.
  private func isAmongFirst(_ attachment: Attachment, _ store: any ServerReading) throws -> Bool {
    let before = try Self.attachments(of: attachment.caseID, store)
      .count { $0.about == attachment.about && $0.record < attachment.record }
    return before < limits.attachmentsOfOne
  }

  private func whole(_ key: ContentKey, _ store: any ServerReading) throws -> [UInt8] {
    var content: [UInt8] = []
    while true {
      let piece = try store.content(key, at: UInt64(content.count))
      guard !piece.isEmpty else { return content }
      content += piece
    }
  }
}
