import SyncCore
import SyncWire

// What cannot be written is empty here, and then equals nothing.

extension Frame {
  func bytes(as form: WireForm) -> [UInt8] { (try? framed(as: form)) ?? [] }
}

extension SyncRequest {
  func bytes(as form: WireForm) -> [UInt8] { (try? written(as: form)) ?? [] }
}
