import Foundation
import Hummingbird
import ServerStorage
import SyncCore
import SyncWire

/// What becomes of the machines: who has one, what is on it, and how it is taken out of service.
/// See `Protocol/README.md` sections 6.12 and 8.4.
struct DeviceRoutes: Sendable {
  let store: any ServerStore
  let now: @Sendable () -> Timestamp

  func add(to group: RouterGroup<OfficeContext>) {
    group.get("devices", use: devices)
    group.get("holdings", use: holdings)
    group.post("resync", use: resync)
    group.post("revoke", use: revoke)
    group.post("wipe", use: wipe)
  }

  private func devices(_ request: Request, _ context: OfficeContext) async throws -> Response {
    let list = try await store.read { store in
      try PBDeviceList.with { list in
        list.devices = try store.devices().map { try PBDeviceList.Device($0, in: store) }
      }
    }
    return try request.answer(list)
  }

  private func holdings(_ request: Request, _ context: OfficeContext) async throws -> Response {
    guard let id = request.uri.queryParameters["device"].flatMap({ DeviceID($0) }) else {
      throw Problem.badRequest("Name the device.")
    }
    let answer = try await store.read { store in
      guard let device = try store.device(id) else { throw Problem.unknownDevice }
      let holdings = try Holdings(of: device, in: store)
      return try PBHoldings.with {
        $0.device = try PBDeviceList.Device(device, in: store)
        $0.cases = holdings.items.map { item in
          .with {
            $0.caseID = Data(item.caseID.bytes)
            $0.crn = item.crn
            $0.ended = item.hasEnded
          }
        }
        $0.erased = try holdings.erased.map { erasure in
          try .with {
            $0.caseID = Data(erasure.caseID.bytes)
            $0.crn = try store.number(of: erasure.caseID) ?? ""
            $0.ended = true
            $0.erasedAt = erasure.receivedAt.milliseconds
          }
        }
      }
    }
    return try request.answer(answer)
  }

  private func resync(_ request: Request, _ context: OfficeContext) async throws -> Response {
    let message: PBResyncRequest = try await request.message()
    let ids = Set(message.devices.compactMap { DeviceID(bytes: $0) })
    guard message.all || !ids.isEmpty || !message.user.isEmpty else {
      throw Problem.badRequest("Name devices, a user, or all.")
    }
    let user = message.user.lowercased()
    let all = message.all
    let ordered = try await store.transaction { transaction in
      try Registry(transaction).orderResync { device in
        all || ids.contains(device.id) || (!user.isEmpty && device.user.lowercased() == user)
      }
    }
    return try request.answer(
      PBResyncResponse.with { $0.ordered = UInt32(clamping: ordered.count) })
  }

  private func revoke(_ request: Request, _ context: OfficeContext) async throws -> Response {
    let message: PBRevokeRequest = try await request.message()
    guard let id = DeviceID(bytes: message.device) else {
      throw Problem.badRequest("Name the device.")
    }
    let wasActive = try await store.transaction { transaction in
      guard var device = try transaction.device(id) else {
        throw Problem.unknownDevice
      }
      let wasActive = device.state.isHeard
      device.state = .revoked
      try transaction.enter(device)
      return wasActive
    }
    return try request.answer(
      PBRevokeResponse.with { $0.wasActive = wasActive })
  }

  private func wipe(_ request: Request, _ context: OfficeContext) async throws -> Response {
    let message: PBWipeRequest = try await request.message()
    guard let id = DeviceID(bytes: message.device) else {
      throw Problem.badRequest("Name the device.")
    }
    let (lost, cancel) = (message.lost, message.cancel)
    guard !lost || !cancel else {
      throw Problem.badRequest("Either order it, or take the order back.")
    }
    let device = try await store.transaction { transaction in
      do { return try Registry(transaction).wipe(id, lost: lost, cancel: cancel) } catch let problem
        as Registry.WipeProblem
      {
        switch problem {
        case .unknown: throw Problem.unknownDevice
        case .notALaptop:
          throw Problem.badRequest("It is an operator's machine, which holds no case. Revoke it.")
        case .refusedAlready:
          throw Problem.badRequest(
            "It was wiped or revoked before: the office does not speak to it any more.")
        }
      }
    }
    return try request.answer(PBWipeResponse.with { $0.state = device.state.rawValue })
  }

  /// A laptop's own word that it is wiped. What it says is the last of it.
  func wiped(_ request: Request, _ context: OfficeContext) async throws -> Response {
    let device = try context.requireDevice()
    let _: PBWipedRequest = try await request.message()
    let time = now()
    try await store.transaction { transaction in
      do { try Registry(transaction).wasWiped(device.id, at: time) } catch is Registry.WipeProblem {
        throw Problem.revoked
      }
    }
    return try request.answer(PBWipedResponse())
  }
}

extension Problem {
  static let unknownDevice = Problem.absent(
    "The office has no such device. See: doorstepctl devices.")
}

extension PBDeviceList.Device {
  init(_ device: Device, in store: any ServerReading) throws {
    self = try .with {
      $0.device = Data(device.id.bytes)
      $0.user = device.user
      $0.role = device.role.rawValue
      $0.label = device.label
      $0.state = device.state.rawValue
      $0.isOperator = device.isOperator
      $0.enrolledAt = device.enrolledAt.milliseconds
      $0.lastContact = device.lastContact?.milliseconds ?? 0
      $0.clockOffset = device.clockOffset
      $0.forks = device.forks
      $0.unsent = device.unsent
      $0.known = try device.replica.map { try store.head(of: $0).counter } ?? 0
      $0.replica = Data(device.replica?.bytes ?? [])
      $0.certificateExpires = device.certificateExpires.milliseconds
      $0.orders = try store.orders(for: device.id).map(\.kind.rawValue)
    }
  }
}
