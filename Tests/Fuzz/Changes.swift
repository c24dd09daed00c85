import SwiftProtobuf
import SyncCore
import SyncWire

/// A change, whose bytes its hash covers, so that they may have one form only.
enum Changes {
  static func check(_ bytes: [UInt8]) {
    guard let change = try? Change(reading: bytes) else { return }
    let own = Change(change.body)
    promise("a change is written as it was read", change.bytes == bytes && own == change)
    let peer = try? PBChangeBody(serializedBytes: bytes)
    let written: [UInt8]? = try? peer?.serializedBytes()
    promise("every reader of the protocol reads it and writes it alike", written == bytes)

    var record = Record(id: change.body.record, type: change.body.type, caseID: change.body.caseID)
    promise("it changes a new record", record.apply(change, at: Place(epoch: 1, sequence: 1)))
    Records.check(record)
  }
}
