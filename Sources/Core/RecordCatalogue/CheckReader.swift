import SyncCore

/// Reads the checks of a record type.
///
/// A path is `field`, `field.part`, or with `reference>` before it one of the record that the field
/// refers to. A sum is paths, whole numbers and `today` with ` + ` and ` - ` between them; a path
/// with `?` behind it counts as 0 where nothing stands.
struct CheckReader {
  /// A check with its line: whether its paths lead anywhere is known only when all files are read.
  struct Result {
    let check: Check
    let line: Int
  }

  static func checks(in list: Section) throws(CatalogueError) -> [Result] {
    var results: [Result] = []
    for entry in list.entries {
      var section = try list.named(entry, "the check")
      let says = try section.sentence("says", bytes: TypeReader.textBytes)
      let condition = try condition(in: &section)
      let demand = try demand(in: &section, condition)
      try section.finish()
      let check = Check(name: entry.key.text, says: says, condition: condition, demand: demand)
      results.append(Result(check: check, line: section.line))
    }
    return results
  }

  private static func condition(
    in section: inout Section
  ) throws(CatalogueError) -> Check.Membership? {
    guard let when = try section.optionalWord("when") else { return nil }
    let codes = try section.optionalWords("is") ?? []
    return Check.Membership(try path(when.text, when.line, section), in: codes.map(\.text))
  }

  private static func demand(
    in section: inout Section, _ condition: Check.Membership?
  ) throws(CatalogueError) -> Check.Demand {
    if let closed = try section.optionalWords("closed") {
      guard condition != nil, !closed.isEmpty else {
        throw section.wrong(
          "\(section.title) closes fields and does not say when, or which",
          remedy: "name the fields, and write when: PATH and is: [CODES]")
      }
      return .closed(closed.map(\.text))
    }
    if let newest = try section.optionalWords("on-newest") {
      guard !newest.isEmpty else {
        throw section.wrong(
          "\(section.title) does not say which fields are set on the newest only",
          remedy: "name the fields")
      }
      return .onNewest(newest.map(\.text))
    }
    let isStep = condition?.path.isOwn == true
    if let roles = try section.optionalRoles("written-by") {
      guard isStep, !roles.isEmpty else { throw noStep(section) }
      return .writtenBy(roles)
    }
    let field = try section.word("field")
    let path = try path(field.text, field.line, section)
    var demands: [Check.Demand] = []
    if try section.claim("present") { demands.append(.present(path)) }
    if let codes = try section.optionalWords("among") {
      demands.append(.among(Check.Membership(path, in: codes.map(\.text))))
    }
    if let codes = try section.optionalWords("by-another") {
      guard isStep, path.isOwn else { throw noStep(section) }
      demands.append(.byAnother(Check.Membership(path, in: codes.map(\.text))))
    }
    for comparison in Check.Comparison.allCases {
      guard let word = try section.optionalWord(comparison.rawValue) else { continue }
      demands.append(.compare(path, comparison, try sum(word, section)))
    }
    guard demands.count == 1 else {
      throw section.wrong(
        "\(section.title) asks for \(demands.count) things",
        remedy:
          "write one of present: yes, among, by-another, equal-to, at-most, at-least, closed, on-newest and written-by"
      )
    }
    return demands[0]
  }

  private static func noStep(_ section: Section) -> CatalogueError {
    section.wrong(
      "\(section.title) asks who takes a step and does not say which step, or who",
      remedy: "write when: FIELD and is: [CODES], and fields of this type")
  }

  private static func sum(
    _ word: Word, _ section: Section
  ) throws(CatalogueError) -> [Check.Term] {
    var terms: [Check.Term] = []
    for (place, part) in word.text.split(separator: " ").enumerated() {
      if place % 2 == 1 {
        guard part == "+" || part == "-" else { break }
        continue
      }
      let operand: Check.Operand
      if part == "today" {
        operand = .today
      } else if let number = Int64(part) {
        operand = .number(number)
      } else {
        let isOptional = part.hasSuffix("?")
        let name = isOptional ? part.dropLast() : part
        operand = .path(try path(String(name), word.line, section), orNought: isOptional)
      }
      terms.append(Check.Term(operand))
    }
    let parts = word.text.split(separator: " ")
    guard !terms.isEmpty, parts.count == terms.count * 2 - 1 else {
      throw section.wrong(
        "\(quoted(word.text)) is no sum", at: word.line,
        remedy: "write paths and numbers with + or - and blanks between them")
    }
    return terms.enumerated().map { place, term in
      Check.Term(term.operand, isSubtracted: place > 0 && parts[place * 2 - 1] == "-")
    }
  }

  private static func path(
    _ text: String, _ line: Int, _ section: Section
  ) throws(CatalogueError) -> Check.Path {
    let steps = text.split(separator: ">", omittingEmptySubsequences: false)
    let names = (steps.last ?? "").split(separator: ".", omittingEmptySubsequences: false)
    let all = steps.dropLast() + names
    guard steps.count <= mostSteps, names.count <= 2, all.allSatisfy({ isName(String($0)) }) else {
      throw section.wrong(
        "\(quoted(text)) is no path", at: line,
        remedy: "write field, field.part, or both with reference> before them, at most twice")
    }
    return Check.Path(
      String(names[0]), names.count == 2 ? String(names[1]) : nil,
      through: steps.dropLast().map(String.init))
  }

  /// Two references and what stands behind them: each is a record to be fetched for every change.
  private static let mostSteps = 3

  /// Refuses a check that looks where nothing can stand, or for a code that is none.
  static func verify(
    _ result: Result, of type: RecordType, in file: String, _ types: [String: RecordType]
  ) throws(CatalogueError) {
    let name = quoted(result.check.name)
    for path in result.check.paths where place(path, of: type, types) == nil {
      throw CatalogueError(
        file, result.line,
        "the check \(name) looks at \(quoted(path.description)), which is no single value",
        remedy: "name a field that is no composite, or a part of one")
    }
    if let stray = result.check.barred.first(where: {
      type.field($0).map(\.policy.isSet) != false
    }) {
      throw CatalogueError(
        file, result.line,
        "the check \(name) bars \(quoted(stray)), which is no field of one value",
        remedy: "name fields of this type that are no sets")
    }
    for membership in result.check.memberships {
      let known = place(membership.path, of: type, types) ?? []
      guard let stray = membership.codes.first(where: { !known.contains($0) }) else { continue }
      throw CatalogueError(
        file, result.line,
        "the check \(name) names \(quoted(stray)), which \(quoted(membership.path.description)) never is",
        remedy: known.isEmpty
          ? "only codes and flags can be among others" : "name some of \(listed(known))")
    }
  }

  /// The codes of what stands at the end of a path, `yes` and `no` for a flag; `nil` where no
  /// single value can.
  private static func place(
    _ path: Check.Path, of type: RecordType, _ types: [String: RecordType]
  ) -> [String]? {
    var owner = type
    for reference in path.references {
      guard let other = owner.field(reference)?.target.flatMap({ types[$0] }) else { return nil }
      owner = other
    }
    guard let field = owner.field(path.field) else { return nil }
    let yesOrNo = ["yes", "no"]
    guard let name = path.member else {
      guard field.members.isEmpty else { return nil }
      return field.policy.kind == .flag ? yesOrNo : field.codes.map(\.code)
    }
    guard let member = field.members.first(where: { $0.name == name }) else { return nil }
    return member.kind == .flag ? yesOrNo : member.codes.map(\.code)
  }
}
