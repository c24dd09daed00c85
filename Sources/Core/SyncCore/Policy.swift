/// One field of a record type: what it holds, who writes it, how concurrent values are read.
public struct FieldPolicy: Hashable, Sendable {
  public var kind: FieldKind
  public var rule: Rule
  /// Whether it is a set, kept as one field an element: `name/element`.
  public var isSet: Bool
  public var isRequired: Bool
  /// Who may write it.
  public var writers: Set<Role>
  /// Who may ease a ratchet, with a reason, and then set it to anything: what their easing saw may
  /// have been eased by another meanwhile. Who may decide between claims.
  public var deciders: Set<Role>

  public init(
    kind: FieldKind, rule: Rule, isSet: Bool = false, isRequired: Bool = false, writers: Set<Role>,
    deciders: Set<Role> = []
  ) {
    self.kind = kind
    self.rule = rule
    self.isSet = isSet
    self.isRequired = isRequired
    self.writers = writers
    self.deciders = deciders
  }
}

/// What both sides enforce of a record type.
public struct TypePolicy: Hashable, Sendable {
  public var name: String
  public var fields: [String: FieldPolicy] { didSet { requiredFields = Self.required(fields) } }
  /// The names of the required fields, ascending.
  private(set) var requiredFields: [String]
  /// Who may delete a record of this type.
  public var deleters: Set<Role>
  /// Whether it is accepted from an author who no longer holds the case: information about harm
  /// outranks tidiness.
  public var isAlwaysAccepted: Bool
  /// What several fields together must be.
  public var checks: [Check]

  public init(
    name: String, fields: [String: FieldPolicy], deleters: Set<Role> = [],
    isAlwaysAccepted: Bool = false, checks: [Check] = []
  ) {
    self.checks = checks
    self.name = name
    self.fields = fields
    requiredFields = Self.required(fields)
    self.deleters = deleters
    self.isAlwaysAccepted = isAlwaysAccepted
  }

  private static func required(_ fields: [String: FieldPolicy]) -> [String] {
    fields.filter(\.value.isRequired).keys.sorted()
  }

  /// The policy of a field as records name it, elements of sets included.
  public func policy(of field: String) -> FieldPolicy? {
    if let exact = fields[field], !exact.isSet { return exact }
    guard let slash = field.firstIndex(of: "/"), let set = fields[String(field[..<slash])],
      set.isSet
    else { return nil }
    return set
  }

  /// The rule of a field. One that this catalogue does not know is shown as contested when values
  /// differ.
  public func rule(of field: String) -> Rule { policy(of: field)?.rule ?? .fieldMerge(.first) }
}

/// Why the office does not take a change. The change is kept with its text, and its author is told.
public enum Refusal: Error, Hashable, Sendable {
  case roleMayNotWrite(field: String)
  case roleMayNotDelete
  case roleMayNotDecide(field: String)
  case officeOnly(field: String)
  /// A written-once field has a value already: add a new record that corrects it.
  case writtenOnce(field: String)
  /// A protective value may be eased only by a named role, with a reason.
  case easing(field: String)
  case stageBack(field: String)
  case invalid(field: String)
  case missing(field: String)
  /// Several fields together are not what the type's check of this name asks.
  case checkFailed(check: String)
  /// The change edits a record that the office does not hold.
  case recordUnknown
  /// A record never changes its type or case.
  case identityChanged
  case outOfScope
  /// A limit of access keeps the author out of the case; the text is kept beside it.
  case restricted
  /// The laptop was reported lost: nobody knows who wrote it.
  case laptopLost
  /// Author or role are not those of the device.
  case notTheAuthor
  case tooLarge
  /// Another change of the same act was refused, and an act is taken whole.
  case groupRefused
  /// Its bytes could not be read; they are kept as they came.
  case unreadable

  /// The code on the wire, in receipts and in `--json`. See `Protocol/README.md` section 9.
  public var code: String {
    switch self {
    case .roleMayNotWrite: "role-may-not-write"
    case .roleMayNotDelete: "role-may-not-delete"
    case .roleMayNotDecide: "role-may-not-decide"
    case .officeOnly: "office-only"
    case .writtenOnce: "written-once"
    case .easing: "easing"
    case .stageBack: "stage-back"
    case .invalid: "invalid"
    case .missing: "missing"
    case .checkFailed: "check-failed"
    case .recordUnknown: "record-unknown"
    case .identityChanged: "identity-changed"
    case .outOfScope: "out-of-scope"
    case .restricted: "restricted"
    case .laptopLost: "laptop-lost"
    case .notTheAuthor: "not-the-author"
    case .tooLarge: "too-large"
    case .groupRefused: "group-refused"
    case .unreadable: "unreadable"
    }
  }

  /// The field, or the check, that it is about; empty when it is about the whole change.
  public var field: String {
    switch self {
    case .roleMayNotWrite(let field), .roleMayNotDecide(let field), .officeOnly(let field),
      .writtenOnce(let field), .easing(let field), .stageBack(let field), .invalid(let field),
      .missing(let field), .checkFailed(let field):
      field
    case .roleMayNotDelete, .recordUnknown, .identityChanged, .outOfScope, .restricted,
      .laptopLost, .notTheAuthor, .tooLarge, .groupRefused, .unreadable:
      ""
    }
  }
}
