import Foundation
import SyncCore
import SyncReplica
import SyncWire

/// Brings the contents of attachments to the office and from it, a piece at a time: a cut costs one
/// piece, and whoever comes again goes on behind it. See `Protocol/README.md` section 6.14.
public struct AttachmentExchange: Sendable {
  private let store: any ContentStore
  private let office: OfficeCall
  private let limits: Limits

  public init(
    _ store: any ContentStore, _ transport: any Transport, limits: Limits = .standard
  ) {
    self.store = store
    office = OfficeCall(transport)
    self.limits = limits
  }

  /// What came of sending.
  public struct Sent: Hashable, Sendable {
    /// Contents that the office has now.
    public var arrived = 0
    /// What the office does not take, with its reason.
    public var refused: [RecordID: String] = [:]
  }

  /// Sends what waits, and clears away what nothing names any longer.
  /// - Parameter board: called with the number of those that are still to be sent.
  public func send(
    _ board: (_ left: Int) -> Void = { _ in }
  ) async throws(SyncFailure) -> Sent {
    let waiting = try stored { contents in
      try contents.tidy()
      return try contents.waiting()
    }
    var sent = Sent()
    for (number, record) in waiting.enumerated() {
      board(waiting.count - number)
      do throws(SyncFailure) {
        try await send(record)
        sent.arrived += 1
      } catch .refused(let code, let message) where ["not-found", "bad-request"].contains(code) {
        sent.refused[record] = message
      }
    }
    // Of a case that has left, what the office has now is not kept any longer.
    if sent.arrived > 0 { try stored { try $0.tidy() } }
    return sent
  }

  private func send(_ record: RecordID) async throws(SyncFailure) {
    var offset: UInt64 = 0
    var piece: [UInt8] = []
    // It begins with asking how much is there. Another laptop may send the same and move its end.
    for _ in 0..<2 * (limits.attachmentBytes / limits.pieceBytes + 2) {
      let request = PBAttachmentSendRequest.with {
        $0.record = Data(record.bytes)
        $0.offset = offset
        $0.piece = Data(piece)
      }
      let answer: PBAttachmentSendResponse = try await office.post(
        "/v1/attachment/send", request)
      if answer.held >= answer.size {
        try stored { try $0.arrived(record) }
        return
      }
      offset = answer.held
      let place = Int(clamping: offset)
      piece = try stored { try $0.piece(at: place, of: record) }
      guard !piece.isEmpty else {
        throw .refused(
          code: "not-found", message: "Less of it is on this laptop than its record says.")
      }
      piece = Array(piece.prefix(limits.pieceBytes))
    }
    throw .garbled("The office does not come to an end with an attachment.")
  }

  /// Fetches what is missing of a content, and keeps it.
  /// - Parameters:
  ///   - size: bytes, as its record says.
  ///   - digest: the same.
  /// - Returns: all of it; `nil` while the office does not have it either.
  public func fetch(
    _ record: RecordID, of caseID: CaseID, size: UInt64, digest: Hash
  ) async throws(SyncFailure) -> [UInt8]? {
    guard size <= limits.attachmentBytes else {
      throw .refused(code: "too-large", message: "It is larger than an attachment may be.")
    }
    while true {
      let held = try stored { try $0.bytes(of: record) }
      if held >= Int(size) { break }
      let answer: PBAttachmentFetchResponse = try await office.post(
        "/v1/attachment/fetch",
        PBAttachmentFetchRequest.with {
          $0.record = Data(record.bytes)
          $0.offset = UInt64(held)
        })
      if answer.held < answer.size { return nil }
      let piece = [UInt8](answer.piece)
      guard !piece.isEmpty, piece.count <= Int(size) - held else {
        throw .garbled("An attachment is not as long as its record says.")
      }
      try stored { try $0.append(piece, to: record, of: caseID, size: Int(size), waits: false) }
    }
    let content = try stored { try $0.content(of: record) }
    guard Hash(of: content) == digest else {
      try stored { try $0.remove(record) }
      throw .garbled("The attachment came otherwise than its record says. Fetch it again.")
    }
    return content
  }

  private func stored<Result>(
    _ body: (HeldContents) throws -> Result
  ) throws(SyncFailure) -> Result {
    do throws(ReplicaError) { return try store.contents(body) } catch { throw .store(error) }
  }
}
