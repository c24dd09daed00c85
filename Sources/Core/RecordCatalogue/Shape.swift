import SyncCore

/// What a field or a member may hold, as its key `kind` and the keys that go with it say.
struct Shape {
  /// The words for `kind`.
  enum Kind: String, CaseIterable {
    case text, code, flag, integer, date, time, instant, reference, composite
  }

  var kind: FieldKind
  var codes: [Code] = []
  var unit: Unit?
  var members: [Member] = []
  /// The record type of a reference, with its line: whether it exists is known only when all files
  /// are read.
  var targets: [Word] = []

  init(reading section: inout Section, isMember: Bool) throws(CatalogueError) {
    switch try section.choice("kind", of: Kind.self) {
    case .text:
      let range = 1...Int64(Limits.standard.textBytes)
      kind = .text(
        maxBytes: Int(try section.number("bytes", in: range)),
        maxCharacters: try section.optionalNumber("characters", in: range).map(Int.init) ?? .max)
    case .code:
      codes = try Self.codes(in: &section)
      kind = .code(codes.map(\.code))
    case .flag:
      kind = .flag
    case .integer:
      let lowest = try section.number("from", in: .min ... .max)
      kind = .integer(lowest...(try section.number("to", in: lowest ... .max)))
      unit = try section.optionalChoice("unit", of: Unit.self)
    case .date:
      kind = .date
    case .time:
      kind = .time
    case .instant:
      kind = .instant
    case .reference:
      targets = [try section.word("to")]
      kind = .reference
    case .composite where isMember:
      throw section.wrong(
        "\(section.title) is a composite inside a composite",
        remedy: "make its parts members of the outer one: forms and rules look one level deep")
    case .composite:
      (members, targets) = try Self.members(in: &section)
      kind = .composite(
        members: Dictionary(
          members.map { ($0.name, $0.kind) }, uniquingKeysWith: { first, _ in first }),
        required: Set(members.filter(\.isRequired).map(\.name)))
    }
  }

  private static func codes(in section: inout Section) throws(CatalogueError) -> [Code] {
    let list = try section.section(
      "codes", title: .init(kind: "the codes of", name: section.title.name))
    guard list.entries.count <= Limits.standard.valueMembers else {
      throw list.wrong(
        "\(list.title) are more than \(Limits.standard.valueMembers)", remedy: "make it a text")
    }
    var codes: [Code] = []
    for entry in list.entries {
      guard isCode(entry.key.text) else {
        throw list.wrong(
          "\(quoted(entry.key.text)) cannot be a code", at: entry.key.line,
          remedy: "use 1 to 64 ASCII letters, digits and dashes")
      }
      let key = entry.key.text
      let label = try list.word(entry.value, called: "the label of \(quoted(key))")
      let text = try list.sentence(
        label, called: "the label of \(quoted(key))", bytes: TypeReader.labelBytes)
      codes.append(Code(code: key, label: text))
    }
    return codes
  }

  private static func members(
    in section: inout Section
  ) throws(CatalogueError) -> ([Member], [Word]) {
    let list = try section.section(
      "members", title: .init(kind: "the members of", name: section.title.name))
    guard list.entries.count <= Limits.standard.valueMembers else {
      throw list.wrong(
        "\(list.title) are more than \(Limits.standard.valueMembers)", remedy: "split the field")
    }
    var members: [Member] = []
    var targets: [Word] = []
    for entry in list.entries {
      var own = try list.named(entry, "the member")
      let shape = try Shape(reading: &own, isMember: true)
      members.append(
        Member(
          name: entry.key.text,
          label: try own.sentence("label", bytes: TypeReader.labelBytes),
          hint: try own.optionalSentence("hint", bytes: TypeReader.textBytes) ?? "",
          kind: shape.kind,
          isRequired: try own.claim("required"),
          codes: shape.codes,
          unit: shape.unit,
          target: shape.targets.first?.text))
      targets += shape.targets
      try own.finish()
    }
    return (members, targets)
  }
}

extension Section {
  /// The section under a key that somebody chose: a field or a member.
  func named(_ entry: Part.Entry, _ kind: String) throws(CatalogueError) -> Section {
    guard isName(entry.key.text) else {
      throw wrong(
        "\(kind) cannot be called \(quoted(entry.key.text))", at: entry.key.line,
        remedy: nameRemedy)
    }
    var section = try Section(
      entry.value, file: file, title: .init(kind: kind, name: entry.key.text))
    section.line = entry.key.line
    return section
  }
}
