import ArgumentParser
import Foundation
import SyncClient
import SyncReplica

/// The exit status of every Doorstep program. Documented in the README; scripts rely on it.
package enum ExitStatus: Int32, Sendable {
  case success = 0
  /// Done, and something needs a person: a difference found, a conflict, a refusal.
  case needsYou = 1
  /// The command line is wrong.
  case usage = 64
  /// A file or an entry is wrong.
  case badData = 65
  /// No way to the office.
  case offline = 69
  case internalError = 70
  /// Something cannot be made: it is there already, or the directory does not let us.
  case cannotCreate = 73
  /// The disk: full, failing or damaged.
  case disk = 74
  /// Try again: another program holds the store, or the office is busy.
  case tryAgain = 75
  /// The office, or whatever answers, does not accept us.
  case refused = 77
  /// Not enrolled, or the folder is not complete.
  case notSetUp = 78
}

/// What went wrong, for a person, with the status that goes with it.
package struct Failure: Error, CustomStringConvertible {
  package let status: ExitStatus
  package let code: String
  package let message: String

  package init(_ status: ExitStatus, code: String, _ message: String) {
    self.status = status
    self.code = code
    self.message = message
  }

  package var description: String { message }

  /// From whatever a command threw.
  package init(_ error: any Error) {
    switch error {
    case let failure as Failure: self = failure
    case let error as ReplicaError: self = Failure(error)
    case let error as SyncFailure: self = Failure(error)
    default: self.init(.internalError, code: "internal", "It could not be done: \(error).")
    }
  }

  private init(_ error: ReplicaError) {
    let (status, code): (ExitStatus, String) =
      switch error {
      case .held: (.tryAgain, "held")
      case .missing: (.notSetUp, "not-enrolled")
      case .alreadyThere: (.cannotCreate, "already-there")
      case .noAccess, .readOnly: (.cannotCreate, "no-access")
      case .newer: (.notSetUp, "newer")
      case .diskFull: (.disk, "disk-full")
      case .damaged: (.disk, "damaged")
      case .wrongAnswer: (.refused, "garbled")
      case .database: (.disk, "database")
      case .refused(let refusal): (.badData, refusal.code)
      case .tooLarge: (.badData, "too-large")
      case .unknownCase: (.badData, "unknown-case")
      case .unknownRecord: (.badData, "unknown-record")
      case .caseNotWhole: (.tryAgain, "case-not-whole")
      case .locked: (.refused, "locked")
      }
    self.init(status, code: code, error.description)
  }

  private init(_ error: SyncFailure) {
    switch error {
    case .offline: self.init(.offline, code: "offline", error.description)
    case .refused(let code, _):
      let status: ExitStatus =
        switch code {
        case "bad-request", "not-found", "code-unknown", "code-used", "code-expired": .badData
        case "disk-full", "internal": .tryAgain
        default: .refused
        }
      self.init(status, code: code, error.description)
    case .garbled: self.init(.refused, code: "garbled", error.description)
    case .busy: self.init(.tryAgain, code: "busy", error.description)
    case .store(let error): self.init(error)
    case .cancelled: self.init(.tryAgain, code: "cancelled", error.description)
    }
  }
}

/// A command of ours: what it throws is shown as one plain sentence, or as an object with `--json`.
package protocol Command: AsyncParsableCommand {
  var output: Output { get }
  func perform() async throws
}

extension Command {
  package func run() async throws {
    // Whatever a program makes is for its owner alone.
    umask(0o077)
    do { try await perform() } catch let error
      where !(error is ExitCode) && !(error is ValidationError)
    {
      let failure = Failure(error)
      output.show(failure)
      throw ExitCode(failure.status.rawValue)
    }
  }
}
