import Foundation
import SwiftProtobuf
import SyncCore

extension Frame {
  /// The frame as it stands in a response: binary behind its length, JSON with a line's end.
  package func framed(as form: WireForm) throws(WireRefusal) -> [UInt8] {
    let body = try form.write(PBFrame(self, form))
    switch form {
    case .binary:
      return withUnsafeBytes(of: UInt32(clamping: body.count).bigEndian) { Array($0) } + body
    case .json: return body + [UInt8(ascii: "\n")]
    }
  }
}

extension PBFrame {
  init(_ frame: Frame, _ form: WireForm) {
    switch frame {
    case .opening(let opening):
      self.opening = .with {
        $0.protocolVersion = opening.protocolVersion
        $0.requestID = opening.requestID
        $0.epoch = opening.epoch
        $0.serverTime = opening.serverTime.milliseconds
        $0.witness = Data(opening.witness)
        $0.catalogueVersion = opening.catalogueVersion
      }
    case .receipts(let receipts):
      self.receipts = .with { $0.receipts = receipts.map(PBReceipt.init) }
    case .order(let order): self.order = PBOrder(order)
    case .scope(let scope):
      self.scope = .with {
        $0.witness = Data(scope.witness)
        $0.entries = scope.entries.map { entry in
          .with {
            $0.caseID = Data(entry.caseID.bytes)
            $0.sentWhole = entry.isSentWhole
            $0.limited = entry.isLimited
            $0.older = entry.hasOlder
          }
        }
        $0.restricted = scope.restricted.map { restricted in
          .with {
            $0.caseID = Data(restricted.caseID.bytes)
            $0.message = restricted.message
          }
        }
        $0.moved = scope.moved.map { moved in
          .with {
            $0.caseID = Data(moved.caseID.bytes)
            $0.user = moved.user
          }
        }
        $0.decided = scope.decided.map { decided in
          .with {
            $0.counter = decided.counter
            $0.decision = decided.decision
            $0.message = decided.message
          }
        }
      }
    case .page(let page):
      self.page = .with {
        $0.records = page.records.map { PBRecord($0, form) }
        $0.proofs = page.proofs.map { Data($0.bytes) }
        $0.departed = page.departed.map { Data($0.bytes) }
        $0.completed = page.completed.map { Data($0.bytes) }
        $0.checkpoint = Data(page.checkpoint)
        $0.place = PBPlace(page.place)
      }
    case .digests(let digests):
      self.digests = .with { $0.digests = digests.map(PBCaseDigest.init) }
    case .end(let ending):
      self.end = .with {
        $0.frames = ending.frames
        $0.known = ending.known
        if let lease = ending.lease {
          $0.lease = .with {
            $0.seconds = lease.seconds
            $0.limitedSeconds = lease.limitedSeconds
          }
        }
      }
    }
  }

  func frame(_ limits: Limits) throws(WireRefusal) -> Frame {
    switch kind {
    case .opening(let opening):
      guard opening.witness.count <= limits.checkpointBytes else {
        throw .unreadable("a witness is too large")
      }
      return .opening(
        Frame.Opening(
          protocolVersion: opening.protocolVersion, requestID: opening.requestID,
          epoch: opening.epoch, serverTime: Timestamp(milliseconds: opening.serverTime),
          witness: [UInt8](opening.witness), catalogueVersion: opening.catalogueVersion))
    case .receipts(let list):
      var receipts: [Receipt] = []
      for receipt in list.receipts { receipts.append(try receipt.receipt()) }
      return .receipts(receipts)
    case .order(let order): return .order(try order.order())
    case .scope(let scope): return .scope(try scope.scope(limits))
    case .page(let page): return .page(try page.page(limits))
    case .digests(let list):
      var digests: [CaseDigest] = []
      for digest in list.digests { digests.append(try digest.digest()) }
      return .digests(digests)
    case .end(let ending):
      let lease = Lease(
        seconds: ending.lease.seconds, limitedSeconds: ending.lease.limitedSeconds)
      return .end(
        Frame.Ending(
          frames: ending.frames, known: ending.known, lease: ending.hasLease ? lease : nil))
    case nil: throw .unreadable("a frame is empty or of a newer kind")
    }
  }
}

extension PBPlace {
  init(_ place: Place) {
    epoch = place.epoch
    sequence = place.sequence
  }

  var place: Place { Place(epoch: epoch, sequence: sequence) }
}

extension PBReceipt {
  init(_ receipt: Receipt) {
    counter = receipt.counter
    again = receipt.isAgain
    settlesBase = receipt.settlesBase
    if let place = receipt.place { self.place = PBPlace(place) }
    if let proof = receipt.proof { self.proof = Data(proof.bytes) }
    if let proof = receipt.baseProof { baseProof = Data(proof.bytes) }
    verdict = PBReceipt.Verdict(receipt.verdict)
    if case .refused(let code, let field) = receipt.verdict {
      self.code = code
      self.field = field
    }
  }

  func receipt() throws(WireRefusal) -> Receipt {
    Receipt(
      counter: counter, verdict: try verdict.verdict(code, field), isAgain: again,
      settlesBase: settlesBase, place: hasPlace ? place.place : nil,
      proof: try checkedProof(proof),
      baseProof: try checkedProof(baseProof))
  }
}

extension PBReceipt.Verdict {
  init(_ verdict: SyncCore.Verdict) {
    switch verdict {
    case .applied: self = .applied
    case .merged: self = .merged
    case .contested: self = .contested
    case .late: self = .late
    case .refused: self = .refused
    case .retry: self = .retry
    }
  }

  func verdict(_ code: String, _ field: String) throws(WireRefusal) -> SyncCore.Verdict {
    switch self {
    case .applied: .applied
    case .merged: .merged
    case .contested: .contested
    case .late: .late
    case .refused: .refused(code: code, field: field)
    case .retry: .retry
    case .unspecified, .UNRECOGNIZED: throw .unreadable("a receipt's verdict is not known")
    }
  }
}

extension PBDot {
  init(_ dot: SyncCore.Dot) {
    replica = Data(dot.replica.bytes)
    counter = dot.counter
  }

  func dot() throws(WireRefusal) -> SyncCore.Dot {
    guard counter > 0 else { throw .unreadable("a dot has no counter") }
    return Dot(try checkedID(replica, "a dot's replica"), counter)
  }
}

/// Absent when empty; otherwise of exactly its length.
func checkedProof(_ bytes: Data) throws(WireRefusal) -> Proof? {
  if bytes.isEmpty { return nil }
  guard let proof = Proof(bytes: bytes) else {
    throw .unreadable("a proof is not \(Proof.byteCount) bytes")
  }
  return proof
}

extension PBOrder {
  init(_ order: Order) {
    id = order.id
    switch order.kind {
    case .resync: resync = PBOrder.Resync()
    case .forked(let common, let head):
      forked = .with {
        $0.common = common
        $0.head = PBChainHead(head)
      }
    case .resend(let from): resend = .with { $0.from = from }
    case .newEpoch(let epoch, let survived):
      newEpoch = .with {
        $0.epoch = epoch
        $0.survived = survived
      }
    case .wipe(let atOnce): wipe = .with { $0.atOnce = atOnce }
    case .unknown: break
    }
  }

  func order() throws(WireRefusal) -> Order {
    switch kind {
    case .resync: Order(id: id, kind: .resync)
    case .forked(let forked):
      Order(id: id, kind: .forked(common: forked.common, head: try forked.head.chainHead()))
    case .resend(let resend): Order(id: id, kind: .resend(from: resend.from))
    case .newEpoch(let new):
      Order(id: id, kind: .newEpoch(new.epoch, survived: new.survived))
    case .wipe(let wipe): Order(id: id, kind: .wipe(atOnce: wipe.atOnce))
    case nil: Order(id: id, kind: .unknown(0))
    }
  }
}

extension PBScope {
  func scope(_ limits: Limits) throws(WireRefusal) -> Scope {
    let most = [entries.count, restricted.count, moved.count].max() ?? 0
    guard most <= limits.scopeCases, decided.count <= limits.pushChanges else {
      throw .unreadable("a scope has more than \(limits.scopeCases) cases")
    }
    guard witness.count <= limits.checkpointBytes else {
      throw .unreadable("a witness is too large")
    }
    var result = Scope(entries: [])
    result.witness = [UInt8](witness)
    for entry in entries {
      result.entries.append(
        Scope.Entry(
          caseID: try checkedID(entry.caseID, "a case"), isSentWhole: entry.sentWhole,
          isLimited: entry.limited, hasOlder: entry.older))
    }
    for one in restricted {
      guard one.message.utf8.count <= limits.messageBytes else {
        throw .unreadable("the message of a restricted case is too large")
      }
      result.restricted.append(
        Scope.Restricted(caseID: try checkedID(one.caseID, "a case"), message: one.message))
    }
    for one in moved {
      guard one.user.utf8.count <= limits.nameBytes else {
        throw .unreadable("a user name is too long")
      }
      result.moved.append(
        Scope.Moved(caseID: try checkedID(one.caseID, "a case"), user: one.user))
    }
    for one in decided {
      guard one.message.utf8.count <= limits.messageBytes,
        one.decision.utf8.count <= limits.nameBytes
      else { throw .unreadable("a decision is too long") }
      result.decided.append(
        Scope.Decided(counter: one.counter, decision: one.decision, message: one.message))
    }
    return result
  }
}

extension PBPage {
  func page(_ limits: Limits) throws(WireRefusal) -> Page {
    guard records.count <= limits.pageRecords else {
      throw .unreadable("a page has more than \(limits.pageRecords) records")
    }
    guard checkpoint.count <= limits.checkpointBytes else {
      throw .unreadable("a checkpoint is too large")
    }
    guard proofs.isEmpty || proofs.count == records.count else {
      throw .unreadable("a page does not have one proof a record")
    }
    var checked: [Proof] = []
    for proof in proofs {
      guard let proof = try checkedProof(proof) else { throw .unreadable("a proof is empty") }
      checked.append(proof)
    }
    var completed: [CaseID] = []
    for caseID in self.completed { completed.append(try checkedID(caseID, "a case")) }
    var exact: [[UInt8]] = []
    for record in records { exact.append(try record.exactBytes) }
    var page = Page(
      records: exact, proofs: checked, completed: completed,
      checkpoint: [UInt8](checkpoint),
      place: place.place)
    guard departed.count <= limits.pageRecords else {
      throw .unreadable("a page has more than \(limits.pageRecords) records that departed")
    }
    for id in departed { page.departed.append(try checkedID(id, "a record")) }
    return page
  }
}

extension PBRecord {
  init(_ bytes: [UInt8], _ form: WireForm) {
    encoded = Data(bytes)
    if form == .json, let readable = try? PBRecordBody(serializedBytes: bytes) { body = readable }
  }

  var exactBytes: [UInt8] {
    get throws(WireRefusal) {
      if !encoded.isEmpty || !hasBody { return [UInt8](encoded) }
      return try WireForm.binary.write(body)
    }
  }
}

extension PBCaseDigest {
  package init(_ digest: CaseDigest) {
    caseID = Data(digest.caseID.bytes)
    records = digest.records
    sum = Data(digest.sum.bytes)
  }

  package func digest() throws(WireRefusal) -> CaseDigest {
    CaseDigest(
      caseID: try checkedID(caseID, "a case"), records: records,
      sum: try checkedHash(sum, "a digest"))
  }
}
