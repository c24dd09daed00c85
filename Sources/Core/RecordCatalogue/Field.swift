import SyncCore

/// One field of a record type, as forms, commands and the sync rules need it.
public struct Field: Hashable, Sendable {
  /// The name on the wire and in stores, for instance `expected-finish`.
  public let name: String
  /// What a form writes beside it.
  public let label: String
  /// What a form explains under the label; empty where the label says all.
  public let hint: String
  public let policy: FieldPolicy
  /// What it may hold and what people call it, in the order of forms; empty unless its kind is a
  /// code.
  public let codes: [Code]
  /// What an integer counts; `nil` for a bare number and for every other kind.
  public let unit: Unit?
  /// Its parts in the order of forms; empty unless its kind is a composite.
  public let members: [Member]
  /// The record type that a reference names; `nil` for every other kind.
  public let target: String?
  /// One sentence: why this rule. The record type's own sentence where the file gives none for the
  /// field.
  public let why: String
}

/// One part of a composite field.
public struct Member: Hashable, Sendable {
  public let name: String
  public let label: String
  /// Empty where the label says all.
  public let hint: String
  public let kind: FieldKind
  public let isRequired: Bool
  /// Empty unless its kind is a code.
  public let codes: [Code]
  /// What an integer counts; `nil` for a bare number and for every other kind.
  public let unit: Unit?
  /// The record type that a reference names; `nil` for every other kind.
  public let target: String?
}

/// What a number counts, shown beside it.
public enum Unit: String, CaseIterable, Sendable {
  case minutes, hours, days, weeks, months, points, percent
}

/// One value of a closed list, with what people call it.
///
/// A code once published keeps its meaning and stays in the list: records made under it are read
/// for years, and removed options have crashed saved forms in other field systems.
public struct Code: Hashable, Sendable {
  public let code: String
  public let label: String
}
