import SyncCore

/// Reads one file of the catalogue into a record type, and refuses whatever could not be meant.
struct TypeReader {
  /// Bytes of a label.
  static let labelBytes = 100
  /// Bytes of a hint or a reason.
  static let textBytes = 600

  /// A record type with the types that its references name, which other files hold.
  struct Result {
    var type: RecordType
    var targets: [Word]
    var checks: [CheckReader.Result]
  }

  let file: String
  private let name: String
  private var writers: Set<Role> = []
  private var why = ""
  private var targets: [Word] = []

  /// - Parameter file: its name gives the record type its name, so the two cannot disagree.
  init(file: String) throws(CatalogueError) {
    self.file = file
    name = String(file.dropLast(".yaml".count))
    guard isName(name) else {
      throw CatalogueError(
        file, nil, "the file's name cannot name a record type",
        remedy: nameRemedy)
    }
  }

  mutating func read(_ part: Part) throws(CatalogueError) -> Result {
    var section = try Section(part, file: file, title: .init(kind: "the record type"))
    let label = try section.sentence("label", bytes: Self.labelBytes)
    let plural = try section.sentence("plural", bytes: Self.labelBytes)
    why = try section.sentence("why", bytes: Self.textBytes)
    writers = try section.roles("writers")
    let deleters = try section.roles("deleters")
    let isAlwaysAccepted = try section.claim("always-accepted")
    let priority = Int(try section.number("priority", in: 0...5))
    let fields = try fields(
      in: try section.section("fields", title: .init(kind: "the list of fields")))
    let window = try window(in: &section, fields: fields)
    let naturalKey = try naturalKey(in: &section, fields: fields)
    let checks = try checks(in: &section)
    try section.finish()
    try checkWindow(window, fields, section)
    let policies = Dictionary(
      fields.map { ($0.name, $0.policy) }, uniquingKeysWith: { first, _ in first })
    let type = RecordType(
      name: name, label: label, plural: plural,
      policy: TypePolicy(
        name: name, fields: policies, deleters: deleters, isAlwaysAccepted: isAlwaysAccepted,
        checks: checks.map(\.check)),
      fields: fields, priority: priority, window: window, why: why, naturalKey: naturalKey)
    return Result(type: type, targets: targets, checks: checks)
  }

  private func checks(in section: inout Section) throws(CatalogueError) -> [CheckReader.Result] {
    guard section.part("checks") != nil else { return [] }
    return try CheckReader.checks(
      in: try section.section("checks", title: .init(kind: "the list of checks")))
  }

  private mutating func fields(in list: Section) throws(CatalogueError) -> [Field] {
    guard list.entries.count <= Limits.standard.changeFields else {
      throw list.wrong(
        "there are more than \(Limits.standard.changeFields) fields",
        remedy: "split the type: one change must be able to set them all")
    }
    var fields: [Field] = []
    for entry in list.entries {
      var section = try list.named(entry, "the field")
      fields.append(try field(entry.key.text, in: &section))
      try section.finish()
    }
    return fields
  }

  private mutating func field(
    _ name: String, in section: inout Section
  ) throws(CatalogueError) -> Field {
    let shape = try Shape(reading: &section, isMember: false)
    targets += shape.targets
    let policy = FieldPolicy(
      kind: shape.kind,
      rule: try RuleReader(shape: shape).rule(in: &section),
      isSet: try section.claim("set"),
      isRequired: try section.claim("required"),
      writers: try section.optionalRoles("writers") ?? writers,
      deciders: try section.optionalRoles("deciders") ?? [])
    try checkSet(policy, name: name, section)
    try checkRoles(policy, section)
    return Field(
      name: name,
      label: try section.sentence("label", bytes: Self.labelBytes),
      hint: try section.optionalSentence("hint", bytes: Self.textBytes) ?? "",
      policy: policy, codes: shape.codes, unit: shape.unit, members: shape.members,
      target: shape.members.isEmpty ? shape.targets.first?.text : nil,
      why: try section.optionalSentence("why", bytes: Self.textBytes) ?? why)
  }

  /// An element of a set is part of a field's name, `name/element`, and holds a flag.
  private func checkSet(
    _ policy: FieldPolicy, name: String, _ section: Section
  ) throws(CatalogueError) {
    guard policy.isSet else { return }
    guard policy.rule == .union else {
      throw section.wrong(
        "\(section.title) is a set with a rule other than union",
        remedy: "write rule: union, where an add beats a concurrent remove")
    }
    guard !policy.isRequired else {
      throw section.wrong(
        "\(section.title) is a set and required", remedy: "delete `required`: a set may be empty")
    }
    let room = Limits.standard.nameBytes - name.utf8.count - 1
    let longest: Int
    switch policy.kind {
    case .text(let bytes, _): longest = bytes
    case .code(let codes): longest = codes.map(\.utf8.count).max() ?? 0
    case .reference: longest = 36
    case .flag, .integer, .date, .time, .instant, .composite:
      throw section.wrong(
        "\(section.title) is a set of something other than texts, codes or references",
        remedy: "make its kind text, code or reference")
    }
    guard longest <= room else {
      throw section.wrong(
        "an element of \(section.title) may take \(longest) bytes, and its name leaves \(room)",
        remedy: "lower `bytes`, or shorten the name or the codes")
    }
  }

  private func checkRoles(_ policy: FieldPolicy, _ section: Section) throws(CatalogueError) {
    switch policy.rule {
    case .derived, .serverOwned:
      guard policy.writers == [.office] else {
        throw section.wrong(
          "\(section.title) is written by the office alone, but others are named",
          remedy: "write writers: [office] for it")
      }
    case .claims:
      guard !policy.deciders.isEmpty else {
        throw section.wrong(
          "nobody may decide between the claims of \(section.title)",
          remedy: "name deciders: [senior]")
      }
      return
    case .ratchet:
      return
    case .union, .fieldMerge, .signed:
      break
    }
    guard policy.deciders.isEmpty else {
      throw section.wrong(
        "\(section.title) names deciders, but its rule leaves nothing to decide",
        remedy: "delete `deciders`")
    }
  }

  private func window(
    in section: inout Section, fields: [Field]
  ) throws(CatalogueError) -> Window {
    let word = try section.word("window")
    let words = word.text.split(separator: " ").map(String.init)
    if words == ["while-held"] { return .whileHeld }
    if words == ["never"] { return .never }
    if words.count == 2, words[0] == "with",
      fields.contains(where: { $0.name == words[1] && $0.policy.kind == .reference })
    {
      return .with(field: words[1])
    }
    if words.count == 4, words[1] == "days", words[2] == "after",
      let days = Int(words[0]), (1...3_660).contains(days),
      let path = place(words[3], in: fields, [.date, .instant])
    {
      return .days(days, after: path)
    }
    if words.count == 4, words[0] == "latest", words[2] == "by",
      let count = Int(words[1]), (1...100).contains(count),
      let path = place(words[3], in: fields, [.date, .instant, .integer])
    {
      return .latest(count, by: path)
    }
    throw section.wrong(
      "\(quoted(word.text)) is no window", at: word.line,
      remedy: "write while-held, never, 365 days after a day, latest 4 by a day or a number, "
        + "or with and the name of a reference field")
  }

  private enum Measure { case date, instant, integer }

  /// Where a day or a number stands in a record of the type; `nil` where none can.
  private func place(_ text: String, in fields: [Field], _ measures: [Measure]) -> Check.Path? {
    let names = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard let field = fields.first(where: { $0.name == names[0] }), !field.policy.isSet else {
      return nil
    }
    let kind =
      switch names.count {
      case 1: field.policy.kind
      case 2: field.members.first { $0.name == names[1] }?.kind
      default: FieldKind?.none
      }
    let measure: Measure? =
      switch kind {
      case .date: .date
      case .instant: .instant
      case .integer: .integer
      default: nil
      }
    guard let measure, measures.contains(measure) else { return nil }
    return Check.Path(names[0], names.count == 2 ? names[1] : nil)
  }

  /// What never goes to a device cannot come from one.
  private func checkWindow(
    _ window: Window, _ fields: [Field], _ section: Section
  ) throws(CatalogueError) {
    guard window == .never, fields.contains(where: { $0.policy.writers != [.office] }) else {
      return
    }
    throw section.wrong(
      "\(section.title) never goes to a device, but others than the office write it",
      remedy: "write writers: [office], and leave the fields' own writers out")
  }

  private func naturalKey(
    in section: inout Section, fields: [Field]
  ) throws(CatalogueError) -> [String] {
    let words = try section.optionalWords("natural-key") ?? []
    for word in words {
      guard let field = fields.first(where: { $0.name == word.text }) else {
        throw section.wrong(
          "the natural key names \(quoted(word.text)), which is no field", at: word.line,
          remedy: "name fields of this record type")
      }
      let isFixed = field.policy.rule == .union || field.policy.rule == .serverOwned
      guard field.policy.isRequired, !field.policy.isSet, isFixed else {
        throw section.wrong(
          "the natural key names \(quoted(word.text)), which may be missing or may change",
          at: word.line,
          remedy: "make that field required, with the rule union or server-owned")
      }
    }
    return words.map(\.text)
  }
}
