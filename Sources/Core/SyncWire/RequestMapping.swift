import Foundation
import SwiftProtobuf
import SyncCore

extension SyncRequest {
  /// The request in one of the two forms.
  package func written(as form: WireForm) throws(WireRefusal) -> [UInt8] {
    try form.write(PBSyncRequest(self, form))
  }
}

extension PBSyncRequest {
  init(_ request: SyncRequest, _ form: WireForm) {
    protocolVersion = request.protocolVersion
    requestID = request.requestID
    replica = Data(request.replica.bytes)
    epoch = request.epoch
    head = PBChainHead(request.head)
    checkpoint = Data(request.checkpoint)
    witness = Data(request.witness)
    catalogueVersion = request.catalogueVersion
    deviceTime = request.deviceTime.milliseconds
    firstCounter = request.firstCounter
    changes = request.changes.map { PBChange($0.bytes, form) }
    unsent = request.unsent
    hasMore_p = request.hasMore
    obeyed = request.obeyed
    wantsDigests = request.wantsDigests
    returned = request.returned.map { record in
      .with {
        $0.record = PBRecord(record.bytes, form)
        $0.proof = Data(record.proof.bytes)
      }
    }
    offered = request.offered.map { PBOfferedChange($0, form) }
    survived = request.survived
  }
}

extension PBOfferedChange {
  init(_ offered: OfferedChange, _ form: WireForm) {
    dot = PBDot(offered.dot)
    hash = Data(offered.hash.bytes)
    if let bytes = offered.bytes { change = PBChange(bytes, form) }
    verdict = PBReceipt.Verdict(offered.verdict)
    if case .refused(let code, let field) = offered.verdict {
      self.code = code
      self.field = field
    }
    proof = Data(offered.proof.bytes)
  }

  func offered() throws(WireRefusal) -> OfferedChange {
    guard let proof = try checkedProof(proof) else {
      throw .unreadable("an offered change has no proof")
    }
    return OfferedChange(
      dot: try dot.dot(), hash: try checkedHash(hash, "an offered change's hash"),
      bytes: hasChange ? try change.exactBytes : nil, verdict: try verdict.verdict(code, field),
      proof: proof)
  }
}

extension PBReturnedRecord {
  func returned() throws(WireRefusal) -> ReturnedRecord {
    guard let proof = try checkedProof(proof) else {
      throw .unreadable("a returned record has no proof")
    }
    return ReturnedRecord(bytes: try record.exactBytes, proof: proof)
  }
}

extension PBChange {
  init(_ bytes: [UInt8], _ form: WireForm) {
    encoded = Data(bytes)
    if form == .json, let readable = try? PBChangeBody(serializedBytes: bytes) {
      body = readable
    }
  }

  /// The exact bytes, or the canonical form of a body that came alone.
  var exactBytes: [UInt8] {
    get throws(WireRefusal) {
      if !encoded.isEmpty || !hasBody { return [UInt8](encoded) }
      return try WireForm.binary.write(body)
    }
  }
}

extension PBChainHead {
  init(_ head: ChainHead) {
    counter = head.counter
    if head.hash != .zero { hash = Data(head.hash.bytes) }
  }

  func chainHead() throws(WireRefusal) -> ChainHead {
    ChainHead(counter: counter, hash: try checkedHash(hash, "a head's hash"))
  }
}

extension Unverified {
  /// The request, after every check that needs no store.
  ///
  /// A single change that cannot be read is carried as it came: one bad record holds up nothing
  /// else.
  package func syncRequest(_ limits: Limits = .standard) throws(WireRefusal) -> SyncRequest {
    guard bytes.count <= limits.requestBytes else { throw .tooLarge(limit: limits.requestBytes) }
    let message: PBSyncRequest = try message()
    guard message.protocolVersion == SyncRequest.currentVersion else {
      throw .unsupportedVersion(message.protocolVersion)
    }
    guard message.changes.count <= limits.pushChanges else {
      throw .unreadable("it holds more than \(limits.pushChanges) changes")
    }
    guard message.checkpoint.count <= limits.checkpointBytes,
      message.witness.count <= limits.checkpointBytes
    else {
      throw .unreadable("its checkpoint is larger than \(limits.checkpointBytes) bytes")
    }
    guard message.obeyed.count <= limits.pushChanges else {
      throw .unreadable("it obeys too many orders")
    }
    guard message.changes.isEmpty || message.firstCounter > 0 else {
      throw .unreadable("its changes have no first counter")
    }
    var changes: [PushedChange] = []
    for pushed in message.changes {
      let bytes = try pushed.exactBytes
      let change = try? Change(reading: bytes, limits: limits)
      changes.append(change.map(PushedChange.readable) ?? .unreadable(bytes))
    }
    guard message.returned.count <= limits.pageRecords, message.offered.count <= limits.pushChanges
    else { throw .unreadable("it hands back too much at once") }
    var request = SyncRequest(
      requestID: message.requestID, replica: try checkedID(message.replica, "the replica"),
      epoch: message.epoch,
      head: try message.head.chainHead(),
      checkpoint: [UInt8](message.checkpoint), catalogueVersion: message.catalogueVersion,
      deviceTime: Timestamp(milliseconds: message.deviceTime), firstCounter: message.firstCounter,
      changes: changes, unsent: message.unsent, hasMore: message.hasMore_p, obeyed: message.obeyed,
      wantsDigests: message.wantsDigests)
    request.witness = [UInt8](message.witness)
    request.survived = message.survived
    for returned in message.returned { request.returned.append(try returned.returned()) }
    for offered in message.offered { request.offered.append(try offered.offered()) }
    return request
  }
}
