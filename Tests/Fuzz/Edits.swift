import RecordCatalogue
import SyncCore

/// A change that meets a record, both of anybody's making. Two bytes say how long the record is.
enum Edits {
  static func check(_ bytes: [UInt8]) {
    guard bytes.count > 2 else { return }
    let length = Int(bytes[0]) << 8 | Int(bytes[1])
    let rest = bytes.dropFirst(2)
    guard length <= rest.count, let record = try? Record(reading: Array(rest.prefix(length))),
      let change = try? Change(reading: Array(rest.dropFirst(length)))
    else { return }
    let policy = Catalogue.standard.policy(of: record.type)
    for origin in [Origin.device, .office] {
      _ = Record.refusal(of: change, to: record, policy: policy, origin: origin)
      _ = Record.refusal(of: change, to: nil, policy: policy, origin: origin)
    }

    var edited = record
    edited.apply(change, at: Place(epoch: 1, sequence: 1 << 40))
    promise("a change has its effect once", !copy(of: edited, takes: change))
    promise("the older copy adds nothing", edited.merged(with: record) == edited)
    promise("the older copy takes all", record.merged(with: edited) == edited)
    Records.check(edited)
  }

  private static func copy(of record: Record, takes change: Change) -> Bool {
    var copy = record
    return copy.apply(change, at: nil)
  }
}
