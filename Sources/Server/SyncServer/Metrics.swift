import HTTPTypes
import SyncCore
import Synchronization

/// Counts for monitoring, in the text form that Prometheus reads. Numbers only, never a name.
package final class Metrics: Sendable {
  private struct State {
    var requests: [String: UInt64] = [:]
    var verdicts: [String: UInt64] = [:]
    var sentBytes: UInt64 = 0
    var unproven: UInt64 = 0
  }

  private let state = Mutex(State())

  package init() {}

  /// The known paths; everything else counts as one, so that a peer cannot make the list grow.
  private static let paths: Set<String> = [
    "/v1/sync", "/v1/enrol", "/v1/authority", "/healthz", "/readyz", "/metrics",
  ]

  func count(_ path: String, _ status: HTTPResponse.Status) {
    let name =
      Self.paths.contains(path) ? path : path.hasPrefix("/v1/operator/") ? "/v1/operator" : "other"
    state.withLock { $0.requests["\(name)\",status=\"\(status.code)", default: 0] += 1 }
  }

  func count(_ receipts: [Receipt]) {
    state.withLock { state in
      for receipt in receipts {
        let name: String
        switch receipt.verdict {
        case .applied: name = "applied"
        case .merged: name = "merged"
        case .contested: name = "contested"
        case .late: name = "late"
        case .refused: name = "refused"
        case .retry: name = "retry"
        }
        state.verdicts[receipt.isAgain ? "again" : name, default: 0] += 1
      }
    }
  }

  func count(unproven: Int) { state.withLock { $0.unproven &+= UInt64(unproven) } }

  func count(sent bytes: Int) { state.withLock { $0.sentBytes &+= UInt64(bytes) } }

  /// The whole page.
  func text(_ counts: (sequence: UInt64, devices: Int)) -> String {
    let state = state.withLock { $0 }
    var lines = ["# TYPE doorstep_requests_total counter"]
    lines += state.requests.sorted { $0.key < $1.key }.map {
      "doorstep_requests_total{path=\"\($0.key)\"} \($0.value)"
    }
    lines.append("# TYPE doorstep_changes_total counter")
    lines += state.verdicts.sorted { $0.key < $1.key }.map {
      "doorstep_changes_total{verdict=\"\($0.key)\"} \($0.value)"
    }
    lines += [
      "# TYPE doorstep_sync_sent_bytes_total counter",
      "doorstep_sync_sent_bytes_total \(state.sentBytes)",
      "# TYPE doorstep_unproven_returns_total counter",
      "doorstep_unproven_returns_total \(state.unproven)",
      "# TYPE doorstep_sequence gauge", "doorstep_sequence \(counts.sequence)",
      "# TYPE doorstep_devices gauge", "doorstep_devices \(counts.devices)", "",
    ]
    return lines.joined(separator: "\n")
  }
}
