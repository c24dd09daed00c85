/// One column of a file, and the field that it fills.
struct Column: Sendable {
  /// How its text is read.
  enum Form: Sendable {
    /// As the catalogue says of the field.
    case catalogued
    /// Elements of a set.
    case elements
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

  /// Words of a column's name are joined with underscores.
  static func name(of field: String) -> String {
    field.split(separator: "-").joined(separator: "_")
  }

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
