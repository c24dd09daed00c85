import RecordCatalogue
import SyncCore

/// The records of one case as their rules read them. Deleted ones are left out.
public struct CaseRecords: Sendable {
  public let catalogue: Catalogue
  /// Ascending by id.
  let present: [Record]
  private let byType: [String: [Record]]
  private let byID: [RecordID: Record]

  /// - Parameter records: of one case, in any order.
  public init(_ records: some Sequence<Record>, _ catalogue: Catalogue) {
    self.catalogue = catalogue
    present = records.filter { !$0.isDeleted }.sorted { $0.id < $1.id }
    byType = Dictionary(grouping: present, by: \.type)
    byID = Dictionary(present.map { ($0.id, $0) }) { first, _ in first }
  }

  /// Those of one type, ascending by id.
  public func all(_ type: String) -> [Record] { byType[type] ?? [] }

  public subscript(id: RecordID) -> Record? { byID[id] }

  public func read(_ field: String, of record: Record) -> Reading? {
    record.read(
      field, by: catalogue.policy(of: record.type)?.rule(of: field) ?? .fieldMerge(.first))
  }

  /// What a field, or a part of it, reads as; `nil` where nothing stands.
  public func value(_ field: String, _ member: String? = nil, of record: Record) -> Value? {
    let value = read(field, of: record)?.value
    guard let member else { return value == Value.none ? nil : value }
    return value?[member: member]
  }

  public func text(_ field: String, _ member: String? = nil, of record: Record) -> String? {
    value(field, member, of: record)?.text
  }

  public func number(_ field: String, _ member: String? = nil, of record: Record) -> Int64? {
    value(field, member, of: record)?.integer
  }

  public func day(_ field: String, _ member: String? = nil, of record: Record) -> CalendarDate? {
    text(field, member, of: record).flatMap { CalendarDate($0) }
  }

  /// The record that a field refers to, as far as it is here.
  public func target(_ field: String, of record: Record) -> RecordID? {
    text(field, of: record).flatMap { RecordID($0) }
  }
}
