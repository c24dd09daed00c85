import ProgramKit

/// What one look of the doctor came to. Says nothing of what is in cases.
struct Finding: Encodable {
  enum State: String, Encodable {
    case well
    /// Something is to be done; the remedy says what.
    case wrong
    /// Could not be looked at, mostly because something before it is wrong.
    case unknown
  }

  /// For programs: one word that does not change.
  let check: String
  let state: State
  /// For people.
  let says: String
  let remedy: String?

  static func well(_ check: String, _ says: String) -> Finding {
    Finding(check: check, state: .well, says: says, remedy: nil)
  }
  static func wrong(_ check: String, _ says: String, _ remedy: String) -> Finding {
    Finding(check: check, state: .wrong, says: says, remedy: remedy)
  }
  static func unknown(_ check: String, _ says: String) -> Finding {
    Finding(check: check, state: .unknown, says: says, remedy: nil)
  }
}
