import Foundation
import Hummingbird
import RecordCatalogue
import ServerStorage
import SwiftProtobuf
import SyncCore
import SyncWire

/// Where cases and refused work go, by an operator's word: transfers and quarantine. Ids, numbers
/// and states only. See `Protocol/README.md` section 8.
struct CaseRoutes: Sendable {
  let store: any ServerStore
  let catalogue: Catalogue
  let now: @Sendable () -> Timestamp

  func add(to group: RouterGroup<OfficeContext>) {
    group.post("transfer", use: transfer)
    group.get("quarantine", use: quarantine)
    group.post("decide", use: decide)
  }

  // MARK: Transfers

  /// Thrown through the store, so that nothing of a preview remains.
  private struct TakenBack: Error { let outcome: Transfer.Outcome }

  private func transfer(_ request: Request, _ context: OfficeContext) async throws -> Response {
    let message: PBTransferRequest = try await request.message()
    let crns = try CRN.all(message.crns)
    guard OperatorRoutes.isName(message.from), OperatorRoutes.isName(message.to),
      message.from.lowercased() != message.to.lowercased()
    else { throw Problem.badRequest("Name who gives and who receives: two users.") }
    guard message.all == crns.isEmpty, crns.count <= Transfer.batch else {
      throw Problem.badRequest("Name 1 to \(Transfer.batch) cases, or say that it is all.")
    }
    guard message.reason.utf8.count <= Limits.standard.messageBytes else {
      throw Problem.badRequest("The reason is longer than \(Limits.standard.messageBytes) bytes.")
    }
    let after = message.after.isEmpty ? nil : CaseID(bytes: message.after)
    guard message.after.isEmpty || (message.all && after != nil) else {
      throw Problem.badRequest("“after” is the next of the answer before, with all cases.")
    }
    let order = Transfer(
      from: message.from, to: message.to, reason: message.reason,
      by: try context.requireDevice().user)
    let outcome: Transfer.Outcome
    do {
      outcome = try await store.transaction { [catalogue, now] transaction in
        let time = now()
        let outcome =
          message.all
          ? try order.makeAll(after: after, in: transaction, catalogue, at: time)
          : try order.make(crns, in: transaction, catalogue, at: time)
        if message.dryRun { throw TakenBack(outcome: outcome) }
        return outcome
      }
    } catch let taken as TakenBack { outcome = taken.outcome }
    let machines = try await store.read { store in
      try store.devices().filter { device in
        !device.isOperator && device.state == .active
          && [order.from, order.to].contains(device.user.lowercased())
      }
    }
    return try request.answer(
      PBTransferResponse.with {
        $0.moved = UInt32(clamping: outcome.moved)
        $0.left = outcome.left.map { left in
          .with {
            $0.crn = left.crn
            $0.problem = left.problem.rawValue
          }
        }
        $0.machines = machines.map { device in
          .with {
            $0.user = device.user
            $0.label = device.label
            $0.lastContact = device.lastContact?.milliseconds ?? 0
            $0.unsent = device.unsent
          }
        }
        $0.alsoHeldBy = outcome.alsoHeldBy.sorted()
        $0.next = Data(outcome.next?.bytes ?? [])
      })
  }

  // MARK: Quarantine

  /// Items of one answer.
  private static let page = 200

  private func quarantine(_ request: Request, _ context: OfficeContext) async throws -> Response {
    let query = request.uri.queryParameters
    var after: UInt64 = 0
    if let text = query["after"] {
      guard let number = UInt64(text) else {
        throw Problem.badRequest("“after” is a number: the next of the answer before.")
      }
      after = number
    }
    guard ["", "true", "false"].contains(query["all"] ?? "") else {
      throw Problem.badRequest("“all” is true or false.")
    }
    let all = query["all"] == "true"
    let (items, next) = try await store.read { [after] store in
      try Quarantine(store).items(after: after, limit: Self.page, all: all)
    }
    return try request.answer(
      PBQuarantine.with {
        $0.items = items.map(PBQuarantine.Item.init)
        $0.next = next ?? 0
      })
  }

  private func decide(_ request: Request, _ context: OfficeContext) async throws -> Response {
    let message: PBDecideRequest = try await request.message()
    guard let replica = ReplicaID(bytes: message.replica), message.counter > 0 else {
      throw Problem.badRequest("Name the change by its replica and its counter.")
    }
    guard ["release", "redirect", "return"].contains(message.decision) else {
      throw Problem.badRequest("The decision is release, redirect or return.")
    }
    guard message.reason.utf8.count <= Limits.standard.messageBytes else {
      throw Problem.badRequest("The reason is longer than \(Limits.standard.messageBytes) bytes.")
    }
    let crn = CRN(message.crn)
    guard (message.decision == "redirect") == (crn != nil), message.crn.isEmpty == (crn == nil)
    else {
      throw Problem.badRequest("With redirect, and only then, name the case that it goes to.")
    }
    let dot = Dot(replica, message.counter)
    let user = try context.requireDevice().user
    do {
      try await store.transaction { [catalogue, now] transaction in
        var writer = try OfficeWriter(transaction, catalogue: catalogue, now: now())
        if message.decision == "return" {
          try writer.returnToAuthor(dot, by: user, reason: message.reason)
        } else {
          let target = crn.map { CaseID.named("case", $0.description) }
          try writer.release(dot, to: target, by: user, reason: message.reason)
        }
      }
    } catch let Quarantine.Problem.refused(refusal) {
      return try request.answer(
        PBDecideResponse.with {
          $0.refusal = refusal.code
          $0.field = refusal.field
        })
    } catch let problem as Quarantine.Problem { throw Problem.badRequest(Self.sentence(problem)) }
    return try request.answer(PBDecideResponse())
  }

  private static func sentence(_ problem: Quarantine.Problem) -> String {
    switch problem {
    case .unknown: "The office has no such change. See: doorstepctl quarantine list."
    case .notRefused: "That change was taken when it came. There is nothing to decide."
    case .decidedAlready(let kind): "Somebody decided already: it was \(kind.rawValue)."
    case .takenAlready:
      "The same change was taken before, under another number of its author’s laptop. It can be returned."
    case .unreadable: "That change cannot be read, and so not be entered. It can be returned."
    case .isAnEdit:
      "That change edits a record of its own case. Only what stands by itself goes to another."
    case .unknownCase: "The office has no such case. Nothing was changed."
    case .refused(let refusal): "The office may not take it either (\(refusal.code))."
    }
  }
}

extension PBQuarantine.Item {
  fileprivate init(_ item: Quarantine.Item) {
    var code = ""
    var field = ""
    if case .refused(let reason, let place) = item.change.verdict {
      (code, field) = (reason, place)
    }
    self = .with {
      $0.replica = Data(item.change.dot.replica.bytes)
      $0.counter = item.change.dot.counter
      $0.author = item.body?.author ?? ""
      $0.role = item.body?.role.rawValue ?? ""
      $0.record = Data(item.change.record?.bytes ?? [])
      $0.type = item.body?.type ?? ""
      $0.crn = item.crn
      $0.code = code
      $0.field = field
      $0.bytes = UInt64(item.change.bytes.count)
      $0.recordedAt = item.body?.recordedAt.milliseconds ?? 0
      $0.receivedAt = item.change.receivedAt.milliseconds
      $0.decision = item.decision?.kind.rawValue ?? ""
      $0.decidedBy = item.decision?.by ?? ""
      $0.decidedAt = item.decision?.at.milliseconds ?? 0
      $0.reason = item.decision?.reason ?? ""
      $0.sequence = item.change.sequence
    }
  }
}

extension CRN {
  /// The numbers of a request, in their order.
  static func all(_ texts: [String]) throws -> [CRN] {
    try texts.map { text in
      guard let crn = CRN(text) else {
        throw Problem.badRequest("A CRN is a letter and six digits, for instance X123456.")
      }
      return crn
    }
  }
}

extension Request {
  /// - Parameter limit: bytes of its body.
  func message<Message: SwiftProtobuf.Message>(
    limit: Int = Limits.standard.requestBytes
  ) async throws -> Message {
    guard let form = sentForm else { throw Problem.unsupportedMedia }
    let body = try await collectBody(limit: limit)
    return try Unverified(body, as: form).message()
  }

  func answer(_ message: some SwiftProtobuf.Message) throws -> Response {
    .message(try acceptedForm.write(message), acceptedForm)
  }
}
