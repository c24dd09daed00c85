import Foundation
import Hummingbird
import ServerStorage
import SyncCore
import SyncWire

/// `GET /v1/operator/restored`: what came back after a restore, and what did not. See
/// `Protocol/README.md` section 8.4.
struct RestoreRoute: Sendable {
  let store: any ServerStore

  func add(to group: RouterGroup<OfficeContext>) { group.get("restored", use: restored) }

  private func restored(_ request: Request, _ context: OfficeContext) async throws -> Response {
    let answer = try await store.read { store in
      let report = try RestoreReport(store)
      return try PBRestoreReport.with {
        $0.epoch = report.epoch
        $0.held = report.held
        $0.reached = report.reached
        $0.laptops = try report.laptops.map { try PBRestoreReport.Laptop($0, in: store) }
        $0.missing = report.missing.map { missing in
          .with {
            $0.replica = Data(missing.replica.bytes)
            $0.device = Data(missing.device?.bytes ?? [])
            $0.known = missing.known
            $0.shown = missing.shown
          }
        }
      }
    }
    return try request.answer(answer)
  }
}

extension PBRestoreReport.Laptop {
  fileprivate init(_ laptop: RestoreReport.Laptop, in store: any ServerReading) throws {
    self = try .with {
      $0.device = try PBDeviceList.Device(laptop.device, in: store)
      $0.standing = laptop.standing.rawValue
      $0.heardAt = laptop.tally?.heardAt.milliseconds ?? 0
      $0.records = laptop.tally?.records ?? 0
      $0.changes = laptop.tally?.changes ?? 0
      $0.reissued = laptop.tally?.reissued ?? 0
      $0.unproven = laptop.tally?.unproven ?? 0
    }
  }
}
