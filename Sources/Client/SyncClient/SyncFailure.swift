import SyncCore
import SyncReplica
import SyncWire

/// Why a sync did not come to its end. Everything that was saved on the laptop is still there.
public enum SyncFailure: Error, Equatable, Sendable, CustomStringConvertible {
  /// No way to the office now.
  case offline(String)
  /// The office, or whatever answers in its name, does not accept this laptop. A person must act.
  /// - code: the protocol's code, or `connection` when it went wrong below it.
  case refused(code: String, message: String)
  /// What answered is not the office, or not in order.
  case garbled(String)
  /// The office asks to come back later.
  case busy(retryAfter: Int?)
  /// The laptop's own store could not do it.
  case store(ReplicaError)
  case cancelled

  public var description: String {
    switch self {
    case .offline(let detail): detail
    case .refused(_, let message): message
    case .garbled(let detail): "What answered is not the office: \(detail)"
    case .busy(let seconds?) where seconds > 0:
      "The office is busy. Try again in \(Self.inWords(seconds)); your work is saved on this laptop."
    case .busy: "The office is busy. Try again shortly; your work is saved on this laptop."
    case .store(let error): error.description
    case .cancelled: "The sync was stopped. What had arrived is kept."
    }
  }

  private static func inWords(_ seconds: Int) -> String {
    switch seconds {
    case 1: "a second"
    case ..<120: "\(seconds) seconds"
    default: "\((seconds + 59) / 60) minutes"
    }
  }

  /// Whether trying again by itself makes sense.
  public var isTemporary: Bool {
    switch self {
    case .offline, .busy, .garbled: true
    case .refused(let code, _): code == "internal" || code == "disk-full"
    case .store, .cancelled: false
    }
  }

  /// What this laptop would send cannot be written.
  init(_ refusal: WireRefusal) {
    self = .refused(code: "unwritable", message: refusal.description)
  }

  init(_ failure: TransportFailure) {
    switch failure {
    case .offline(let detail): self = .offline(detail)
    case .refused(let detail): self = .refused(code: "connection", message: detail)
    case .garbled(let detail): self = .garbled(detail)
    case .cancelled: self = .cancelled
    }
  }
}
