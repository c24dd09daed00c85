import SyncCore
import SyncWire

/// A laptop's request, read by the office.
enum Requests {
  static func check(_ bytes: [UInt8], as form: WireForm) {
    guard let request = try? Unverified(bytes, as: form).syncRequest() else { return }
    let written = request.bytes(as: .binary)
    let again = try? Unverified(written, as: .binary).syncRequest()
    promise("a request that was read is written and read again", again != nil)
    promise("it is the same request", again?.bytes(as: .binary) == written)
    promise("its changes are the same", again?.changes == request.changes)
    guard request.changes.allSatisfy(\.isReadable) else { return }
    let other = try? Unverified(request.bytes(as: .json), as: .json).syncRequest()
    promise("JSON says the same", other?.bytes(as: .binary) == written)
  }
}

extension PushedChange {
  fileprivate var isReadable: Bool {
    switch self {
    case .readable: true
    case .unreadable: false
    }
  }
}
