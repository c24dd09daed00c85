import SyncCore

/// Reads a field's rule and holds it against what the field may hold: a rule that names codes which
/// the field lacks would rank them above all others without anybody having said so.
struct RuleReader {
  /// The words for `rule`.
  enum Name: String, CaseIterable {
    case union, ratchet, derived, signed, claims
    case serverOwned = "server-owned"
    case fieldMerge = "field-merge"
  }

  /// The words for `prefer`.
  enum Preference: String, CaseIterable {
    case first, last, ranked
  }

  let shape: Shape

  func rule(in section: inout Section) throws(CatalogueError) -> Rule {
    switch try section.choice("rule", of: Name.self) {
    case .union: return .union
    case .derived: return .derived
    case .serverOwned: return .serverOwned
    case .ratchet:
      guard case .code = shape.kind else {
        throw section.wrong(
          "\(section.title) has the rule ratchet but is no code",
          remedy: "make its kind code, or take another rule")
      }
      return .ratchet(order: try order("order", of: shape.codes, in: &section))
    case .fieldMerge:
      return .fieldMerge(try preference(in: &section))
    case .signed:
      return .signed(stages: try order("stages", of: try stageCodes(section), in: &section))
    case .claims:
      return .claims(
        holding: try holding(in: &section), on: try member("agree-on", in: &section)?.name,
        first: try flag("show-first", in: &section))
    }
  }

  private func preference(in section: inout Section) throws(CatalogueError) -> Rule.Preference {
    switch try section.choice("prefer", of: Preference.self) {
    case .first: return .first
    case .last: return .last
    case .ranked:
      let word = try section.word("by")
      guard let member = shape.members.first(where: { $0.name == word.text }) else {
        throw section.wrong(
          "\(section.title) has no member \(quoted(word.text)) to rank by", at: word.line,
          remedy: "name a member of its composite")
      }
      guard !member.codes.isEmpty else {
        throw section.wrong(
          "the member \(quoted(word.text)) is no code and cannot be ranked by", at: word.line,
          remedy: "name a member whose kind is code")
      }
      return .ranked(member: member.name, order: try order("order", of: member.codes, in: &section))
    }
  }

  /// The codes of the field itself or of its member `stage`.
  private func stageCodes(_ section: Section) throws(CatalogueError) -> [Code] {
    if case .code = shape.kind { return shape.codes }
    guard let member = shape.members.first(where: { $0.name == "stage" }), !member.codes.isEmpty
    else {
      throw section.wrong(
        "\(section.title) has the rule signed but no stages",
        remedy: "make its kind code, or give it a member “stage” of kind code")
    }
    return member.codes
  }

  /// A member of the composite that an optional key names.
  private func member(
    _ key: String, in section: inout Section
  ) throws(CatalogueError) -> Member? {
    guard let word = try section.optionalWord(key) else { return nil }
    guard let member = shape.members.first(where: { $0.name == word.text }) else {
      throw section.wrong(
        "\(section.title) has no member \(quoted(word.text))", at: word.line,
        remedy: "name a member of its composite, or delete `\(key)`")
    }
    return member
  }

  private func flag(_ key: String, in section: inout Section) throws(CatalogueError) -> String? {
    guard let member = try member(key, in: &section) else { return nil }
    guard case .flag = member.kind else {
      throw section.wrong(
        "the member \(quoted(member.name)) of \(section.title) is no flag",
        remedy: "name one of kind flag, or delete `\(key)`")
    }
    return member.name
  }

  /// What unequal claims read as. Nobody may claim it, or a claim would look like a dispute.
  private func holding(in section: inout Section) throws(CatalogueError) -> String {
    let word = try section.word("holding")
    guard isName(word.text) else {
      throw section.wrong(
        "\(quoted(word.text)) cannot be a holding value", at: word.line,
        remedy: "use lower-case letters, digits and dashes, for instance disputed")
    }
    let codes = shape.codes + shape.members.flatMap(\.codes)
    guard !codes.contains(where: { $0.code == word.text }) else {
      throw section.wrong(
        "the holding value \(quoted(word.text)) is a code that somebody could claim", at: word.line,
        remedy: "take another word, for instance disputed")
    }
    return word.text
  }

  /// A list of exactly these codes, each once.
  private func order(
    _ key: String, of codes: [Code], in section: inout Section
  ) throws(CatalogueError) -> [String] {
    let words = try section.words(key)
    for word in words where !codes.contains(where: { $0.code == word.text }) {
      throw section.wrong(
        "\(quoted(key)) names \(quoted(word.text)), which is no code of \(section.title)",
        at: word.line,
        remedy: "name its codes: \(listed(codes.map(\.code)))")
    }
    if let left = codes.first(where: { code in !words.contains { $0.text == code.code } }) {
      throw section.wrong(
        "\(quoted(key)) leaves out the code \(quoted(left.code)) of \(section.title)",
        at: words.first?.line, remedy: "put it in its place, lowest first")
    }
    return words.map(\.text)
  }
}
