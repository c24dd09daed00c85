import SyncCore

/// One kind of record: what it holds, how it is read when people wrote at once, and how long a
/// laptop keeps it.
public struct RecordType: Hashable, Sendable {
  /// The name on the wire and in stores, for instance `contact-entry`. It never changes.
  public let name: String
  /// What people call one of them, for instance “Contact entry”.
  public let label: String
  /// What people call several of them.
  public let plural: String
  /// What both sides enforce.
  public let policy: TypePolicy
  /// In the order of the file, which is the order of forms.
  public let fields: [Field]
  /// 0 (distress) to 5 (documents): what comes first in a response, and how soon a sync starts.
  public let priority: Int
  /// How long a laptop keeps a record of it.
  public let window: Window
  /// One sentence: why this rule and no other.
  public let why: String
  /// The fields whose values name the record, so that two laptops that meet the same thing offline
  /// make one record; empty where each record is its own.
  public let naturalKey: [String]

  /// The case that a record of it is kept in: for one that never goes to a device, the office's own
  /// file of the case.
  public func home(in caseID: CaseID) -> CaseID {
    window == .never ? .officeFile(of: caseID) : caseID
  }

  /// What stands in a field of it, or in a part of one.
  public func kind(at path: Check.Path) -> FieldKind? {
    let field = fields.first { $0.name == path.field }
    guard let name = path.member else { return field?.policy.kind }
    return field?.members.first { $0.name == name }?.kind
  }

  /// The field as records name it, elements of sets included; `nil` for one that this catalogue
  /// does not know.
  public func field(_ name: String) -> Field? {
    if let exact = fields.first(where: { $0.name == name }), !exact.policy.isSet { return exact }
    guard let slash = name.firstIndex(of: "/") else { return nil }
    return fields.first { $0.name == name[..<slash] && $0.policy.isSet }
  }
}

/// How long a laptop keeps a record. Data protection asks for no more than the work needs.
public enum Window: Hashable, Sendable {
  /// As long as the officer holds the case.
  case whileHeld
  /// Until this many days after the day that stands there; as long as the case while none stands.
  case days(Int, after: Check.Path)
  /// The so many of the case at which the highest stands there, and those at which nothing does.
  case latest(Int, by: Check.Path)
  /// As long as the record that this reference field names; as long as the case where it names
  /// none.
  case with(field: String)
  /// It stays at the office.
  case never
}
