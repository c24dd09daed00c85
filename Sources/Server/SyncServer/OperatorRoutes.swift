import Foundation
import Hummingbird
import RecordCatalogue
import ServerStorage
import SwiftProtobuf
import SyncCore
import SyncWire

/// What an operator may do, without reading a case: ids, numbers and states only. See
/// `Protocol/README.md` section 8.
struct OperatorRoutes: Sendable {
  let store: any ServerStore
  let authority: Authority
  let catalogue: Catalogue
  let now: @Sendable () -> Timestamp
  let random: @Sendable () -> UInt128

  func add(to group: RouterGroup<OfficeContext>) {
    group.post("enrol-code", use: enrolCode)
    group.post("grant", use: grant)
    group.post("limit", use: limit)
    group.get("report", use: report)
    group.get("verify", use: verify)
  }

  private func enrolCode(_ request: Request, _ context: OfficeContext) async throws -> Response {
    let message: PBEnrolCodeRequest = try await request.message()
    let role = Role(rawValue: message.role.isEmpty ? Role.officer.rawValue : message.role)
    guard Role.known.contains(role) else {
      throw Problem.badRequest(
        "The role is not known: \(Role.known.map(\.rawValue).joined(separator: ", ")).")
    }
    guard Self.isName(message.user) else {
      throw Problem.badRequest("A user name is 1 to 64 printable characters without spaces.")
    }
    let minutes = message.minutes == 0 ? 15 : message.minutes
    guard minutes <= 7 * 24 * 60 else {
      throw Problem.badRequest("A code lives at most seven days.")
    }
    let invitation = Invitation(
      secret: random().bigEndianBytes, authority: try authority.fingerprint())
    let expires = Timestamp(milliseconds: now().milliseconds + Int64(minutes) * 60_000)
    let code = EnrolmentCode(
      hash: invitation.secretHash, user: message.user, role: role, label: message.label,
      isOperator: message.isOperator, expiresAt: expires)
    try await store.transaction { try $0.save(code) }
    return try request.answer(
      PBEnrolCodeResponse.with {
        $0.code = invitation.description
        $0.expiresAt = expires.milliseconds
      })
  }

  static func isName(_ name: String) -> Bool {
    (1...Limits.standard.nameBytes).contains(name.utf8.count)
      && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
  }

  private func grant(_ request: Request, _ context: OfficeContext) async throws -> Response {
    let message: PBGrantRequest = try await request.message()
    guard Self.isName(message.user) else { throw Problem.badRequest("Name the user.") }
    let crns = try CRN.all(message.crns)
    let terms = try terms(message)
    let changed = try await store.transaction { transaction in
      var changed: UInt32 = 0
      for crn in crns {
        let caseID = CaseID.named("case", crn.description)
        guard try transaction.caseHead(caseID) != nil else {
          throw Problem.badRequest("The office has no case \(crn). Nothing was changed.")
        }
        let registry = Registry(transaction)
        do {
          let did =
            message.end
            ? try registry.end(message.user, caseID, reason: message.reason)
            : try registry.grant(
              message.user, caseID, reason: message.reason, terms: terms, by: catalogue,
              at: now())
          if did { changed += 1 }
        } catch is Registry.KeptOut {
          throw Problem.badRequest(
            "A limit of access keeps \(message.user) out of \(crn). Nothing was changed.")
        } catch is Registry.TooManyCases {
          throw Problem.badRequest(
            "\(message.user) holds \(Limits.standard.scopeCases) cases, and a laptop takes no more. Nothing was changed."
          )
        }
      }
      return changed
    }
    return try request.answer(
      PBGrantResponse.with { $0.changed = changed })
  }

  private func terms(_ message: PBGrantRequest) throws -> Grant.Terms {
    guard let kind = Grant.Kind(rawValue: message.kind.isEmpty ? "officer" : message.kind) else {
      let kinds = Grant.Kind.allCases.map(\.rawValue).joined(separator: ", ")
      throw Problem.badRequest("The kind of a grant is one of: \(kinds).")
    }
    let days = [message.from, message.until].map { ($0, CalendarDate($0)) }
    guard days.allSatisfy({ $0.0.isEmpty || $0.1 != nil }) else {
      throw Problem.badRequest("A day is written as 2026-05-17.")
    }
    if let until = days[1].1, let today = CalendarDate(at: now()), until <= today {
      throw Problem.badRequest("It would be over already: \(until) is its first day off.")
    }
    if let from = days[0].1, let until = days[1].1, from >= until {
      throw Problem.badRequest("It would end before it begins: \(until) is its first day off.")
    }
    return Grant.Terms(kind, from: days[0].1, until: days[1].1)
  }

  private func limit(_ request: Request, _ context: OfficeContext) async throws -> Response {
    let message: PBLimitRequest = try await request.message()
    guard let crn = CRN(message.crn) else {
      throw Problem.badRequest("A CRN is a letter and six digits, for instance X123456.")
    }
    guard !message.users.isEmpty, message.users.allSatisfy(Self.isName) else {
      throw Problem.badRequest("Name the users.")
    }
    guard let kind = LimitEntry.Kind(rawValue: message.kind) else {
      throw Problem.badRequest("The kind of a limit is exclusion or restriction.")
    }
    guard message.message.utf8.count <= Limits.standard.messageBytes else {
      throw Problem.badRequest("The message is longer than \(Limits.standard.messageBytes) bytes.")
    }
    guard message.until.isEmpty || CalendarDate(message.until) != nil else {
      throw Problem.badRequest("The day from which it holds no longer is written as 2026-05-17.")
    }
    if let until = CalendarDate(message.until), let today = CalendarDate(at: now()),
      until <= today, !message.end
    {
      throw Problem.badRequest(
        "It would be over already: \(until) is the first day on which it holds no longer. To end one, say so."
      )
    }
    let entry = LimitEntry(
      crn, kind, message.users, until: CalendarDate(message.until), message: message.message)
    let (catalogue, time, ends) = (catalogue, now(), message.end)
    let outcome: LimitEntry.Outcome
    do {
      outcome = try await store.transaction { transaction in
        ends
          ? try entry.end(in: transaction, catalogue, at: time)
          : try entry.make(in: transaction, catalogue, at: time)
      }
    } catch let problem as LimitEntry.Problem {
      switch problem {
      case .unknownCase:
        throw Problem.badRequest("The office has no case \(crn). Nothing was changed.")
      case .dayUnknown:
        throw Problem.badRequest(
          "The office does not know today's date in the United Kingdom: install tzdata on the server."
        )
      }
    }
    return try request.answer(
      PBLimitResponse.with {
        $0.changed = UInt32(clamping: outcome.changed)
        $0.keptOut = outcome.keptOut
      })
  }

  private func report(_ request: Request, _ context: OfficeContext) async throws -> Response {
    let report = try await store.read { store in
      let counts = try store.counts()
      return try PBOfficeReport.with {
        $0.epoch = try store.epoch()
        $0.sequence = try store.sequence()
        $0.cases = counts.cases
        $0.records = counts.records
        $0.changes = counts.changes
        $0.refused = counts.refused
        $0.contestedRecords = counts.contested
        $0.devices = counts.devices
        $0.grants = counts.grants
        $0.types = counts.types.sorted { $0.key < $1.key }.map { type in
          .with {
            $0.name = type.key
            $0.count = type.value
          }
        }
      }
    }
    return try request.answer(
      report)
  }

  private func verify(_ request: Request, _ context: OfficeContext) async throws -> Response {
    let report = try await store.read { try StoreVerifier($0).verify() }
    let answer = PBVerifyResponse.with {
      $0.cases = UInt64(report.cases)
      $0.records = UInt64(report.records)
      $0.changes = UInt64(report.changes)
      $0.digests = report.digests.map(PBCaseDigest.init)
      $0.differences = report.problems.map { problem in
        .with {
          $0.caseID = Data(problem.caseID?.bytes ?? [])
          $0.problem = problem.problem
        }
      }
    }
    return try request.answer(answer)
  }
}

extension UInt128 {
  var bigEndianBytes: [UInt8] { withUnsafeBytes(of: bigEndian) { Array($0) } }
}
