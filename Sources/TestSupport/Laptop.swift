import Foundation
import RecordCatalogue
import ServerStorage
import SyncClient
import SyncCore
import SyncReplica
import SyncWire
import Synchronization

/// One officer's laptop: a store on disk and an engine over a line to the office.
package final class Laptop: Sendable {
  package let user: String
  package let device: Device
  package let directory: TemporaryDirectory
  package let replica: Replica
  package let engine: SyncEngine
  package let clock: FixedClock
  private let chance: Mutex<Seeded>

  /// - Parameters:
  ///   - directory: where the store is, or is made; a new folder when `nil`.
  ///   - seed: makes record ids and request ids.
  package init(
    _ device: Device, over transport: any Transport, in directory: TemporaryDirectory? = nil,
    catalogue: Catalogue = .standard, sealer: any Sealer = PlainSealer(),
    limits: Limits = .standard, clock: FixedClock = FixedClock(), form: WireForm = .binary,
    seed: UInt64? = nil
  ) throws {
    let seed = seed ?? UInt64(truncatingIfNeeded: device.id.value)
    let directory = try directory ?? TemporaryDirectory()
    let path = directory.file("replica.db")
    self.user = device.user
    self.device = device
    self.directory = directory
    self.clock = clock
    if FileManager.default.fileExists(atPath: path) {
      replica = try Replica(
        path: path, access: .write(), catalogue: catalogue, sealer: sealer, limits: limits)
    } else {
      replica = try Replica.create(
        path: path, identity: Self.identity(device), catalogue: catalogue, sealer: sealer,
        limits: limits)
    }
    let chance = Mutex(Seeded(seed))
    self.chance = chance
    let requests = Mutex(Seeded(seed ^ 0xFEED))
    engine = SyncEngine(
      replica, transport,
      SyncEngine.Surroundings(
        now: { clock.now }, random: { requests.withLock { $0.next() } }, sleep: { _ in }),
      form: form, limits: limits)
  }

  package static func identity(_ device: Device) -> ReplicaIdentity {
    ReplicaIdentity(
      replica: ReplicaID(value: device.id.value ^ 0xABCD), device: device.id, user: device.user,
      role: device.role, office: "Office")
  }

  package func newID() -> RecordID { chance.withLock { $0.id() } }

  @discardableResult
  package func edit(_ edits: Edit..., group: GroupID? = nil) throws -> [Change] {
    try replica.edit(edits, group: group, at: clock.now)
  }

  /// Writes a contact entry.
  @discardableResult
  package func note(_ text: String, in caseID: CaseID) throws -> RecordID {
    let id = newID()
    try edit(.note(text, in: caseID, id: id))
    return id
  }

  /// Sets fields of a record as it is shown now.
  @discardableResult
  package func change(
    _ id: RecordID, _ fields: [String: Value], reason: String = ""
  ) throws -> Change {
    guard let record = try replica.record(id) else { throw ReplicaError.unknownRecord }
    return try edit(.change(record, fields, reason: reason))[0]
  }

  package func text(of field: String, in id: RecordID) throws -> [String] {
    try replica.record(id)?.standing(field).compactMap(\.value.text) ?? []
  }

  @discardableResult
  package func sync(verifying: Bool = false) async throws(SyncFailure) -> SyncEngine.Report {
    try await engine.sync(verifying: verifying)
  }
}

extension OfficeInProcess {
  /// Enrols a user, grants cases, and gives back a laptop that has not synced yet.
  package func laptop(
    _ user: String, holding cases: [CaseID] = [], role: Role = .officer,
    sealer: any Sealer = PlainSealer(), limits: Limits = .standard,
    clock: FixedClock? = nil
  ) async throws -> Laptop {
    let device = try await enrol(user, role: role)
    try await grant(user, cases)
    return try Laptop(
      device, over: OfficeLine(self, device: device.id), sealer: sealer, limits: limits,
      clock: clock ?? self.clock)
  }
}
