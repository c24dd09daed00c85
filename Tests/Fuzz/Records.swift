import RecordCatalogue
import SwiftProtobuf
import SyncCore
import SyncWire

/// A merged record, as pages bring it and stores keep it.
enum Records {
  static func check(_ bytes: [UInt8]) {
    guard let record = try? Record(reading: bytes) else { return }
    promise(
      "every reader of the protocol reads it", (try? PBRecordBody(serializedBytes: bytes)) != nil)
    check(record)
  }

  static func check(_ record: Record) {
    let bytes = record.bytes
    let again = try? Record(reading: bytes)
    promise("a record that was written reads as itself", again == record)
    promise("it is written the same again", again?.bytes == bytes)
    promise("its digest is the same", again?.digest == record.digest)

    let empty = Record(id: record.id, type: record.type, caseID: record.caseID)
    promise("merged with itself it is itself", record.merged(with: record) == record)
    promise("a new record merged with it is it", empty.merged(with: record) == record)
    promise("it merged with a new record is it", record.merged(with: empty) == record)
    read(record)
  }

  /// Reads every field by every rule that a catalogue has for it.
  private static func read(_ record: Record) {
    _ = record.hasConcurrentValues
    for type in Catalogue.standard.types {
      for (name, field) in type.policy.fields {
        if field.isSet {
          _ = record.elements(of: name, by: field.rule)
        } else if let reading = record.read(name, by: field.rule) {
          promise("a reading lists all that stands", reading.standing.count > 0)
        }
      }
    }
  }
}
