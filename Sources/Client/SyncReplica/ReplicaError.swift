import GRDB
import SyncCore

/// Why the laptop's store did not do what was asked. Nothing was changed. No case content.
public enum ReplicaError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Another program has the store open for writing; `holder` is its process id and command, when
  /// known.
  case held(holder: String)
  case missing(path: String)
  case alreadyThere(path: String)
  /// The directory or file cannot be read or written by this user.
  case noAccess(path: String, reason: String)
  /// Made by a newer version of this program.
  case newer(path: String)
  case diskFull
  case readOnly
  /// A row or the file itself is not what was written.
  case damaged(String)
  /// The office's answer cannot be: the store is as it was before it.
  case wrongAnswer(String)
  /// The edit may not be made, by the record's rule.
  case refused(Refusal)
  case tooLarge(limit: Int)
  case unknownCase
  case unknownRecord
  /// The case is known but has not arrived whole yet.
  case caseNotWhole
  /// The lease is over: nothing is shown or written until the next sync, and nothing is lost.
  case locked(clockWasSetBack: Bool)
  case database(String)

  public var description: String {
    switch self {
    case .held(let holder):
      "Another Doorstep program is writing to this store (\(holder)). Wait for it, or use --wait."
    case .missing(let path):
      "There is no Doorstep store at \(path). Enrol this laptop first: doorstep enrol."
    case .alreadyThere(let path):
      "There is a Doorstep store at \(path) already. It was left as it is."
    case .noAccess(let path, let reason):
      "\(path) cannot be used: \(reason). Check who owns it and its permissions."
    case .newer(let path): "\(path) was made by a newer Doorstep. Update this program."
    case .diskFull: "The disk is full. Nothing was saved. Free some space and try again."
    case .readOnly: "The store is open for reading only."
    case .damaged(let what):
      "Your store is damaged: \(what). Run: doorstep rescue. It keeps the old file, and all that can be read."
    case .wrongAnswer(let what): "The office's answer is not right: \(what). Sync again."
    case .refused(let refusal): "Not saved: \(refusal.explanation)"
    case .tooLarge(let limit):
      "Not saved: it is longer than \(limit / 1024) KiB. Split it into two entries."
    case .unknownCase: "This laptop does not hold that case."
    case .unknownRecord: "This laptop does not hold that record."
    case .caseNotWhole: "That case has not arrived whole yet. Sync again to finish it."
    case .locked(clockWasSetBack: false):
      "This laptop has not reached the office for too long, and is locked until it does. Nothing is lost. Connect, then: doorstep sync. A note or a risk concern can be written meanwhile."
    case .locked(clockWasSetBack: true):
      "This laptop's clock shows an earlier time than before, and the laptop is locked until it reaches the office. Nothing is lost. Set the clock right, or connect and: doorstep sync. A note or a risk concern can be written meanwhile."
    case .database(let problem): "The store could not do it: \(problem)."
    }
  }

  /// What an error of the database means to a person.
  init(_ error: any Error, path: String = "") {
    switch error {
    case let error as ReplicaError: self = error
    case let error as MalformedBytes: self = .damaged(error.problem)
    case is RowDecodingError: self = .damaged("a column does not hold what it should")
    case let error as DatabaseError: self = Self.meaning(of: error, path: path)
    default: self = .database("\(type(of: error))")
    }
  }

  private static func meaning(of error: DatabaseError, path: String) -> ReplicaError {
    switch error.resultCode {
    case .SQLITE_FULL: .diskFull
    case .SQLITE_CANTOPEN, .SQLITE_PERM: .noAccess(path: path, reason: "it cannot be opened")
    case .SQLITE_READONLY: .readOnly
    case .SQLITE_CORRUPT, .SQLITE_NOTADB: .damaged("SQLite reports \(error.resultCode)")
    // The index of the log could not grow: it is made at the first opening.
    case .SQLITE_IOERR where error.extendedResultCode == .SQLITE_IOERR_SHMSIZE: .diskFull
    case .SQLITE_IOERR: .database("the disk reports an input or output error; nothing was saved")
    default: .database("SQLite reports \(error.resultCode)")
    }
  }
}

extension Refusal {
  /// One sentence for the author, with what to do next.
  public var explanation: String {
    switch self {
    case .roleMayNotWrite(let field):
      "your role may not write “\(field)”. Ask your senior probation officer."
    case .roleMayNotDelete: "your role may not delete this. Add an entry that corrects it."
    case .roleMayNotDecide(let field):
      "deciding between the claims in “\(field)” is for another role."
    case .officeOnly(let field): "“\(field)” is kept by the office. Tell the office what is wrong."
    case .writtenOnce(let field):
      "“\(field)” cannot be changed once saved. Add an entry that corrects it."
    case .easing(let field):
      "“\(field)” protects somebody and can be lowered only by an authorised person, with a reason."
    case .stageBack(let field): "“\(field)” has gone further already and does not go back."
    case .invalid(let field): "what was entered for “\(field)” is not valid."
    case .missing(let field): "“\(field)” must be filled in."
    case .checkFailed(let check):
      "its fields do not fit one another: see “\(check)” in doorstep forms."
    case .recordUnknown:
      "the office does not know the record that it changes, or keeps it from laptops as too old."
    case .identityChanged: "a record cannot change its type or its case."
    case .outOfScope: "the case is not on your caseload."
    case .restricted: "you are restricted from viewing this case."
    case .laptopLost: "this laptop was reported lost. Ring your office."
    case .notTheAuthor: "it was not made by the person that this laptop is enrolled for."
    case .tooLarge: "it is larger than the office accepts."
    case .groupRefused: "another part of the same act was refused."
    case .unreadable: "the office could not read it."
    }
  }
}
