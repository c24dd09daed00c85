import SyncCore

/// What a store itself finds wrong. No case content.
package enum StoreError: Error, Equatable, Sendable, CustomStringConvertible {
  case changeLoggedTwice(Dot)
  case damaged(String)
  case held(path: String)
  case missing(path: String)
  case alreadyThere(path: String)
  case noAccess(path: String, reason: String)
  case newer(path: String)
  case diskFull
  case database(String)

  package var description: String {
    switch self {
    case .changeLoggedTwice(let dot): "The change \(dot) is in the log already."
    case .damaged(let what): "The office's store is damaged: \(what)."
    case .held(let path): "Another doorstepd is using \(path). Stop it first."
    case .missing(let path): "There is no office store at \(path). Make one: doorstepd init."
    case .alreadyThere(let path):
      "There is an office store at \(path) already. It was left as it is."
    case .noAccess(let path, let reason): "\(path) cannot be used: \(reason). Check who owns it."
    case .newer(let path): "\(path) was made by a newer doorstepd. Update this program."
    case .diskFull: "The disk is full. Nothing was stored."
    case .database(let problem): "The store could not do it: \(problem)."
    }
  }
}
