import Foundation

/// A decoder that bytes of somebody else's making reach, and what it promises.
enum Target: String, CaseIterable {
  case frames
  case framesJSON = "frames-json"
  case requests
  case requestsJSON = "requests-json"
  case messages
  case messagesJSON = "messages-json"
  case changes
  case records
  case edits
  case checkpoints
  case catalogue
  case importCSV = "import-csv"
  case importJSON = "import-json"
  case invitations
  case entered

  /// Named by the environment, because libFuzzer starts the program anew with arguments of its own.
  static let chosen = ProcessInfo.processInfo.environment["DOORSTEP_FUZZ_TARGET"]
    .flatMap(Target.init)

  func check(_ bytes: [UInt8]) {
    switch self {
    case .frames: Frames.check(bytes, as: .binary)
    case .framesJSON: Frames.check(bytes, as: .json)
    case .requests: Requests.check(bytes, as: .binary)
    case .requestsJSON: Requests.check(bytes, as: .json)
    case .messages: Messages.check(bytes, as: .binary)
    case .messagesJSON: Messages.check(bytes, as: .json)
    case .changes: Changes.check(bytes)
    case .records: Records.check(bytes)
    case .edits: Edits.check(bytes)
    case .checkpoints: Checkpoints.check(bytes)
    case .catalogue: CatalogueFiles.check(bytes)
    case .importCSV: Imports.check(bytes, name: "feed.csv")
    case .importJSON: Imports.check(bytes, name: "feed.jsonl")
    case .invitations: Invitations.check(bytes)
    case .entered: Entered.check(bytes)
    }
  }
}

/// Stops the fuzzer, which then keeps the input, unless the promise holds.
func promise(_ claim: String, _ holds: Bool) {
  if !holds { fatalError("broken promise: \(claim)") }
}
