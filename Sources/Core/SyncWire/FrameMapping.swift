import Foundation
import SwiftProtobuf
import SyncCore

extension Frame {
  /// The frame as it stands in a response: binary behind its length, JSON with a line's end.
  package func framed(as form: WireForm) -> [UInt8] {
    let body = form.write(PBFrame(self, form))
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
      }
    case .receipts(let receipts):
      self.receipts = .with { $0.receipts = receipts.map(PBReceipt.init) }
    case .order(let order): self.order = PBOrder(order)
    case .scope(let scope):
      self.scope = .with {
        $0.place = PBPlace(scope.place)
        $0.entries = scope.entries.map { entry in
          .with {
            $0.caseID = Data(entry.caseID.bytes)
            $0.sentWhole = entry.isSentWhole
          }
        }
      }
    case .page(let page):
      self.page = .with {
        $0.records = page.records.map { PBRecord($0, form) }
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
      }
    }
  }

  func frame(_ limits: Limits) throws(WireRefusal) -> Frame {
    switch kind {
    case .opening(let opening):
      return .opening(
        Frame.Opening(
          protocolVersion: opening.protocolVersion, requestID: opening.requestID,
          epoch: opening.epoch,
          serverTime: Timestamp(milliseconds: opening.serverTime)))
    case .receipts(let list):
      var receipts: [Receipt] = []
      for receipt in list.receipts { receipts.append(try receipt.receipt()) }
      return .receipts(receipts)
    case .order(let order): return .order(order.order)
    case .scope(let scope): return .scope(try scope.scope(limits))
    case .page(let page): return .page(try page.page(limits))
    case .digests(let list):
      var digests: [CaseDigest] = []
      for digest in list.digests { digests.append(try digest.digest()) }
      return .digests(digests)
    case .end(let ending):
      return .end(Frame.Ending(frames: ending.frames, known: ending.known))
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
    switch receipt.verdict {
    case .applied: verdict = .applied
    case .merged: verdict = .merged
    case .contested: verdict = .contested
    case .late: verdict = .late
    case .refused(let code, let field):
      verdict = .refused
      self.code = code
      self.field = field
    case .retry: verdict = .retry
    }
  }

  func receipt() throws(WireRefusal) -> Receipt {
    let verdict: SyncCore.Verdict
    switch self.verdict {
    case .applied: verdict = .applied
    case .merged: verdict = .merged
    case .contested: verdict = .contested
    case .late: verdict = .late
    case .refused: verdict = .refused(code: code, field: field)
    case .retry: verdict = .retry
    case .unspecified, .UNRECOGNIZED: throw .unreadable("a receipt's verdict is not known")
    }
    return Receipt(
      counter: counter, verdict: verdict, isAgain: again, settlesBase: settlesBase,
      place: hasPlace ? place.place : nil)
  }
}

extension PBOrder {
  init(_ order: Order) {
    id = order.id
    switch order.kind {
    case .resync: resync = PBOrder.Resync()
    case .forked(let common): forked = .with { $0.common = common }
    case .resend(let from): resend = .with { $0.from = from }
    case .newEpoch(let epoch): newEpoch = .with { $0.epoch = epoch }
    case .unknown: break
    }
  }

  var order: Order {
    switch kind {
    case .resync: Order(id: id, kind: .resync)
    case .forked(let forked): Order(id: id, kind: .forked(common: forked.common))
    case .resend(let resend): Order(id: id, kind: .resend(from: resend.from))
    case .newEpoch(let new): Order(id: id, kind: .newEpoch(new.epoch))
    case nil: Order(id: id, kind: .unknown(0))
    }
  }
}

extension PBScope {
  func scope(_ limits: Limits) throws(WireRefusal) -> Scope {
    guard entries.count <= limits.scopeCases else {
      throw .unreadable("a scope has more than \(limits.scopeCases) cases")
    }
    var result = Scope(place: place.place, entries: [])
    for entry in entries {
      result.entries.append(
        Scope.Entry(caseID: try checkedID(entry.caseID, "a case"), isSentWhole: entry.sentWhole))
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
    var completed: [CaseID] = []
    for caseID in self.completed { completed.append(try checkedID(caseID, "a case")) }
    return Page(
      records: records.map(\.exactBytes), completed: completed, checkpoint: [UInt8](checkpoint),
      place: place.place)
  }
}

extension PBRecord {
  init(_ bytes: [UInt8], _ form: WireForm) {
    encoded = Data(bytes)
    if form == .json, let readable = try? PBRecordBody(serializedBytes: bytes) { body = readable }
  }

  var exactBytes: [UInt8] {
    if !encoded.isEmpty || !hasBody { return [UInt8](encoded) }
    return (try? body.serializedBytes()) ?? []
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
