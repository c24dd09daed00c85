import RecordCatalogue
import SyncCore

/// What a field of a record refers to.
public struct RecordReference: Hashable, Sendable {
  /// The record's type and the field, for a part of a composite `field.part`.
  public let type, field: String
  /// The type that the catalogue says it leads to.
  public let wanted: String
  public let target: RecordID
}

extension CaseRecords {
  /// Every reference that stands in a record of the case, concurrent ones included.
  public var references: [RecordReference] {
    present.flatMap { record in
      (catalogue[record.type]?.fields ?? []).flatMap { references(in: $0, of: record) }
    }
  }

  private func references(in field: Field, of record: Record) -> [RecordReference] {
    func reference(_ text: String?, _ wanted: String, _ name: String) -> RecordReference? {
      text.flatMap { RecordID($0) }.map {
        RecordReference(type: record.type, field: name, wanted: wanted, target: $0)
      }
    }
    if let wanted = field.target, field.policy.isSet {
      return record.elements(of: field.name, by: field.policy.rule).compactMap {
        reference($0.element, wanted, field.name)
      }
    }
    let values = read(field.name, of: record)?.standing.map(\.value) ?? []
    if let wanted = field.target {
      return values.compactMap { reference($0.text, wanted, field.name) }
    }
    return field.members.flatMap { member in
      member.target.map { wanted in
        values.compactMap {
          reference($0[member: member.name]?.text, wanted, "\(field.name).\(member.name)")
        }
      } ?? []
    }
  }
}
