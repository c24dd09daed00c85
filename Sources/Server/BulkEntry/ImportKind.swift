import CaseFacts
import RecordCatalogue
import SyncCore

/// What a file holds, one row each.
///
/// A file is CSV with a first line of column names, or JSON Lines with one flat object a line whose
/// keys are the columns. An empty field, like a column left out, says nothing: what stands stays.
package struct ImportKind: Sendable {
  /// What a row is about, so that the same file imported twice makes each thing once.
  enum Identity: Sendable {
    /// The person on probation.
    case crn
    /// The other system's own name for it.
    case reference(kind: String)
    /// The values of its natural key.
    case naturalKey(RecordType)
    /// Who holds which case.
    case grant
  }

  package let name: String
  /// The record type that its rows become; `nil` for grants, which are no records.
  let type: String?
  let identity: Identity
  let columns: [Column]

  /// People on probation. A row makes a case or changes what the office says of it.
  ///
  /// `officer` names the responsible officer; it opens the case to nobody, which is what `grants`
  /// is for.
  package static let cases = ImportKind(
    name: "cases", type: "case-header", identity: .crn, columns: casesColumns)
  /// Entries of the contact log.
  package static let contacts = ImportKind(
    name: "contacts", type: "contact-entry", identity: .reference(kind: "contact"),
    columns: contactsColumns)
  /// Who holds which case from now on.
  package static let grants = ImportKind(
    name: "grants", type: nil, identity: .grant, columns: grantsColumns)
  package static let named = [cases, contacts, grants]

  /// One of the three above, or the name of any record type.
  package init?(_ name: String, in catalogue: Catalogue) {
    if let known = Self.named.first(where: { $0.name == name }) {
      self = known
    } else if name == Self.cases.type {
      // The person is the case: there are no two ways to write one.
      self = .cases
    } else if let type = catalogue[name] {
      self.init(type)
    } else {
      return nil
    }
  }

  /// Records of any type: a column a field, `field.part` for each part of a composite; elements of
  /// a set stand in one column, with semicolons between them. What the office computes is none:
  /// the formulas would put it right after every import.
  package init(_ type: RecordType) {
    // What names a row may be a field of the record as well. It is one column all the same.
    func isField(_ name: String) -> Bool {
      type.fields.contains { $0.name == name && $0.members.isEmpty && !$0.policy.isSet }
    }
    var columns = [Column("crn", .crn, to: isField("crn") ? "crn" : nil, isRequired: true)]
    if type.naturalKey.isEmpty {
      let isKept = isField("reference")
      columns.append(
        Column(
          "reference", isKept ? .catalogued : .shortText, to: isKept ? "reference" : nil,
          isRequired: true))
    }
    let taken = Set(columns.compactMap(\.field))
    let computes = Derivation.outputs.contains(type.name)
    for field in type.fields where !taken.contains(field.name) {
      if computes, field.policy.rule == .derived { continue }
      let name = Column.name(of: field.name)
      if field.members.isEmpty {
        let form: Column.Form = field.policy.isSet ? .elements : .catalogued
        let isRequired = field.policy.isRequired
        columns.append(Column(name, form, to: field.name, isRequired: isRequired))
      }
      for part in field.members {
        columns.append(
          Column(
            "\(name).\(Column.name(of: part.name))", .catalogued, to: field.name, part.name,
            isRequired: field.policy.isRequired && part.isRequired))
      }
    }
    self.init(
      name: type.name, type: type.name,
      identity: type.naturalKey.isEmpty
        ? .reference(kind: Self.referenceKind(of: type.name)) : .naturalKey(type),
      columns: columns)
  }

  private init(name: String, type: String?, identity: Identity, columns: [Column]) {
    self.name = name
    self.type = type
    self.identity = identity
    self.columns = columns
  }

  /// Whether formulas look at its rows.
  var isDerivedFrom: Bool { type.map(Derivation.triggers.contains) ?? false }

  /// The place of the column that names what a row is about.
  var keyColumn: Int {
    let name =
      switch identity {
      case .crn: "crn"
      case .reference: "reference"
      case .naturalKey(let type): type.naturalKey.last.map(Column.name) ?? "crn"
      case .grant: "user"
      }
    return columns.firstIndex { $0.name == name } ?? 0
  }

  /// The place of the column that names the case.
  var caseColumn: Int { columns.firstIndex { $0.form == .crn } ?? 0 }

  /// Under which kind of name the references of a type's rows are known.
  static func referenceKind(of type: String) -> String {
    type == "contact-entry" ? "contact" : type
  }

  /// The names of its columns, those that every row must fill first.
  package var columnNames: [String] {
    columns.filter(\.isRequired).map(\.name) + columns.filter { !$0.isRequired }.map(\.name)
  }

  package var requiredColumnNames: [String] { columns.filter(\.isRequired).map(\.name) }

  private static let casesColumns = [
    Column("crn", .crn, to: "crn", isRequired: true),
    Column("forename", .catalogued, to: "name", "forename", isRequired: true),
    Column("middle", .catalogued, to: "name", "middle"),
    Column("surname", .catalogued, to: "name", "surname", isRequired: true),
    Column("preferred", .catalogued, to: "name", "preferred"),
    Column("previous_surname", .catalogued, to: "previous-surname"),
    Column("merged_into", .catalogued, to: "merged-into"),
    Column("date_of_birth", .pastDate, to: "date-of-birth"),
    Column("deceased", .catalogued, to: "deceased"),
    Column("date_of_death", .pastDate, to: "date-of-death"),
    Column("limited", .catalogued, to: "limited"),
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
    Column("senior", .user, to: "senior"),
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
