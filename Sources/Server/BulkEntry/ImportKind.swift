/// What a file holds, one row each.
///
/// A file is CSV with a first line of column names, or JSON Lines with one flat object a line whose
/// keys are the columns. An empty field, like a column left out, says nothing: what stands stays.
package enum ImportKind: String, CaseIterable, Sendable {
  /// People on probation. A row makes a case or changes what the office says of it.
  ///
  /// `officer` names the responsible officer; it opens the case to nobody, which is what `grants`
  /// is for.
  case cases
  /// Entries of the contact log. `reference` is the other system's own name for the entry, so that
  /// the same file imported twice makes each entry once.
  case contacts
  /// Who holds which case from now on.
  case grants

  /// The names of its columns, those that every row must fill first.
  package var columnNames: [String] {
    columns.filter(\.isRequired).map(\.name) + columns.filter { !$0.isRequired }.map(\.name)
  }

  package var requiredColumnNames: [String] { columns.filter(\.isRequired).map(\.name) }

  /// The record type that its rows become; `nil` for grants, which are no records.
  var type: String? {
    switch self {
    case .cases: "case-header"
    case .contacts: "contact-entry"
    case .grants: nil
    }
  }

  var columns: [Column] {
    switch self {
    case .cases: Self.casesColumns
    case .contacts: Self.contactsColumns
    case .grants: Self.grantsColumns
    }
  }

  private static let casesColumns = [
    Column("crn", .crn, to: "crn", isRequired: true),
    Column("forename", .catalogued, to: "name", "forename", isRequired: true),
    Column("middle", .catalogued, to: "name", "middle"),
    Column("surname", .catalogued, to: "name", "surname", isRequired: true),
    Column("preferred", .catalogued, to: "name", "preferred"),
    Column("date_of_birth", .pastDate, to: "date-of-birth"),
    Column("noms", .noms, to: "noms"),
    Column("pnc", .pnc, to: "pnc"),
    Column("cro", .cro, to: "cro"),
    Column("language", .catalogued, to: "language"),
    Column("interpreter", .catalogued, to: "interpreter"),
    Column("sentence_type", .catalogued, to: "sentence", "type"),
    Column("sentence_start", .date, to: "sentence", "start"),
    Column("sentence_end", .date, to: "sentence", "end"),
    Column("court", .catalogued, to: "sentence", "court"),
    Column("tier", .catalogued, to: "tier"),
    Column("officer", .user, to: "responsible-officer"),
  ]

  private static let contactsColumns = [
    Column("crn", .crn, isRequired: true),
    Column("kind", .catalogued, to: "kind", isRequired: true),
    Column("date", .pastDate, to: "on", "date", isRequired: true),
    Column("time", .time, to: "on", "time"),
    Column("text", .catalogued, to: "text", isRequired: true),
    Column("sensitive", .catalogued, to: "sensitive"),
    Column("author", .user, isRequired: true),
    Column("reference", .shortText, isRequired: true),
  ]

  private static let grantsColumns = [
    Column("crn", .crn, isRequired: true),
    Column("user", .user, isRequired: true),
    Column("reason", .shortText),
  ]
}

/// One column of a file, and the field that it fills.
struct Column: Sendable {
  /// How its text is read.
  enum Form: Sendable {
    /// As the catalogue says of the field.
    case catalogued
    case crn, noms, pnc, cro, date, time, user
    /// A date that is not after today.
    case pastDate
    /// One line of at most 200 bytes.
    case shortText
  }

  let name: String
  let form: Form
  /// The field of the record; `nil` where it is no field.
  let field: String?
  /// The part of the field, where that is a composite.
  let member: String?
  let isRequired: Bool

  init(
    _ name: String, _ form: Form, to field: String? = nil, _ member: String? = nil,
    isRequired: Bool = false
  ) {
    self.name = name
    self.form = form
    self.field = field
    self.member = member
    self.isRequired = isRequired
  }
}
