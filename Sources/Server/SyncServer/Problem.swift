import HTTPTypes
import Hummingbird
import NIOHTTP1
import ServerStorage
import SyncCore
import SyncWire

/// Every answer that is not a success: a code for programs, and a sentence for people that says
/// what to do next.
///
/// Nothing of the case, and nothing that would tell denied from absent.
enum Problem: Error, Equatable {
  case badRequest(String)
  /// The request broke off on its way.
  case requestCut
  case tooLarge(limit: Int)
  case unsupportedVersion
  case unsupportedMedia
  case notEnrolled
  case revoked
  case wrongRole
  case codeUnknown
  case codeUsed
  case codeExpired
  case replicaOfAnotherDevice
  case foreignCheckpoint
  /// No such address with this method.
  case notFound
  /// What a request names is not there; the text says what, and what to do next.
  case absent(String)
  case methodNotAllowed
  /// - retryAfter: seconds.
  case unavailable(retryAfter: Int = 5)
  case diskFull
  case internalError

  var status: HTTPResponse.Status {
    switch self {
    case .badRequest: .badRequest
    case .requestCut: .requestTimeout
    case .tooLarge: .contentTooLarge
    case .unsupportedVersion: .upgradeRequired
    case .unsupportedMedia: .unsupportedMediaType
    case .notEnrolled: .unauthorized
    case .revoked, .wrongRole, .codeUnknown, .codeUsed, .codeExpired, .replicaOfAnotherDevice:
      .forbidden
    case .foreignCheckpoint: .conflict
    case .notFound, .absent: .notFound
    case .methodNotAllowed: .methodNotAllowed
    case .unavailable: .serviceUnavailable
    case .diskFull: HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage")
    case .internalError: .internalServerError
    }
  }

  var code: String {
    switch self {
    case .badRequest: "bad-request"
    case .requestCut: "request-cut"
    case .tooLarge: "too-large"
    case .unsupportedVersion: "unsupported-version"
    case .unsupportedMedia: "unsupported-media"
    case .notEnrolled: "not-enrolled"
    case .revoked: "revoked"
    case .wrongRole: "wrong-role"
    case .codeUnknown: "code-unknown"
    case .codeUsed: "code-used"
    case .codeExpired: "code-expired"
    case .replicaOfAnotherDevice: "replica-of-another-device"
    case .foreignCheckpoint: "foreign-checkpoint"
    case .notFound, .absent: "not-found"
    case .methodNotAllowed: "method-not-allowed"
    case .unavailable: "unavailable"
    case .diskFull: "disk-full"
    case .internalError: "internal"
    }
  }

  var message: String {
    switch self {
    case .badRequest(let problem), .absent(let problem): problem
    case .requestCut: "The request was cut on its way. Nothing was taken; try again."
    case .tooLarge(let limit): "The request is larger than \(limit) bytes. Send less at a time."
    case .unsupportedVersion:
      "This version of the protocol is not spoken here. Update Doorstep on the laptop or at the office."
    case .unsupportedMedia:
      "Send and accept \(WireForm.binary.mediaType) or \(WireForm.json.mediaType)."
    case .notEnrolled:
      "This machine is not enrolled with this office. Ask the office for a code, then enrol."
    case .revoked: "The office has withdrawn this machine's access. Ring your office."
    case .wrongRole: "This machine is enrolled for other work and may not do this."
    case .codeUnknown: "The office does not know this code. Ask for a new one."
    case .codeUsed: "This code has been used already; each works once. Ask for a new one."
    case .codeExpired: "This code is too old. Ask for a new one."
    case .replicaOfAnotherDevice:
      "This laptop's store belongs to another laptop: it was copied. Enrol this laptop anew; its unsent work is kept."
    case .foreignCheckpoint:
      "The office does not know this laptop's place in the records. Run: doorstep resync."
    case .notFound: "There is nothing at this address."
    case .methodNotAllowed: "This address does not take that method."
    case .unavailable(let seconds):
      "The office is busy or about to stop. Try again in \(seconds == 1 ? "a second" : "\(seconds) seconds")."
    case .diskFull:
      "The office's disk is full. Nothing was stored; what you sent stays on the laptop."
    case .internalError:
      "The office could not do it. What you sent stays on the laptop; try again later."
    }
  }

  func response(as form: WireForm) -> Response {
    let problem = PBProblem.with {
      $0.code = code
      $0.message = message
    }
    // Without a body the status alone says it.
    var response =
      (try? form.write(problem)).map { Response.message($0, form, status: status) }
      ?? Response(status: status)
    if case .unavailable(let seconds) = self { response.headers[.retryAfter] = "\(seconds)" }
    return response
  }

  /// What an error of a layer below means to the peer.
  init(_ error: any Error) {
    switch error {
    case let problem as Problem: self = problem
    case let refusal as WireRefusal:
      switch refusal {
      case .tooLarge(let limit): self = .tooLarge(limit: limit)
      case .unwritable: self = .internalError
      case .unreadable: self = .badRequest(refusal.description)
      case .unsupportedVersion: self = .unsupportedVersion
      }
    case let denial as Intake.Denial:
      switch denial {
      case .replicaOfAnotherDevice: self = .replicaOfAnotherDevice
      case .incoherent: self = .badRequest("The changes do not follow each other.")
      case .foreignCheckpoint: self = .foreignCheckpoint
      }
    case let problem as Registry.CodeProblem:
      switch problem {
      case .unknown: self = .codeUnknown
      case .used: self = .codeUsed
      case .expired: self = .codeExpired
      }
    case is Registry.TooManyCases:
      self = .badRequest(
        "Nobody can hold more than \(Limits.standard.scopeCases) cases. Nothing was changed.")
    case is HTTPParserError: self = .badRequest("The request cannot be read.")
    case StoreError.diskFull: self = .diskFull
    case let error as any HTTPResponseError:
      switch error.status {
      case .notFound: self = .notFound
      case .methodNotAllowed: self = .methodNotAllowed
      case .contentTooLarge: self = .tooLarge(limit: Limits.standard.requestBytes)
      default: self = .badRequest("The request cannot be read.")
      }
    default: self = .internalError
    }
  }
}

extension Response {
  static func message(_ body: [UInt8], _ form: WireForm, status: HTTPResponse.Status = .ok)
    -> Response
  {
    Response(
      status: status, headers: [.contentType: form.mediaType, .cacheControl: "no-store"],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
  }
}

/// Turns every error into a `Problem`, logs those that are ours, and counts all.
struct ProblemAnswers: RouterMiddleware {
  typealias Context = OfficeContext
  let metrics: Metrics

  func handle(
    _ request: Request, context: OfficeContext,
    next: (Request, OfficeContext) async throws -> Response
  ) async throws -> Response {
    do {
      let response = try await next(request, context)
      metrics.count(request.uri.path, response.status)
      return response
    } catch {
      var problem = Problem(error)
      if problem == .notFound, OfficeServer.paths.contains(request.uri.path) {
        problem = .methodNotAllowed
      }
      if problem == .internalError || problem == .diskFull {
        // The type alone: an error's text could hold content.
        context.logger.error(
          "request failed",
          metadata: ["path": "\(request.uri.path)", "error": "\(type(of: error))"])
      }
      metrics.count(request.uri.path, problem.status)
      return problem.response(as: request.acceptedForm)
    }
  }
}

extension Request {
  /// The form of the body; `nil` for a media type that is neither.
  var sentForm: WireForm? { headers[.contentType].flatMap { WireForm(mediaType: Self.bare($0)) } }

  /// The form asked for; JSON where the request does not say.
  var acceptedForm: WireForm {
    guard let accept = headers[.accept] else { return sentForm ?? .json }
    return accept.split(separator: ",").lazy.compactMap {
      WireForm(mediaType: Self.bare(String($0)))
    }.first
      ?? sentForm ?? .json
  }

  private static func bare(_ type: String) -> String {
    String(type.prefix { $0 != ";" }).trimmingSpaces().lowercased()
  }
}

extension String {
  fileprivate func trimmingSpaces() -> String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
