/// Something that people recorded differently and somebody must decide: a query over standing
/// edits, so that the inbox cannot drift from the records.
public struct Dispute: Sendable {
  public let record: Record
  public let field: String
  public let rule: Rule
  public let reading: Reading
  /// Who may decide; anybody who may write the field where the catalogue names nobody.
  public let deciders: Set<Role>

  /// The edit that made it a dispute: the first in server order that says something else.
  public var began: StandingEdit {
    reading.standing.first { !rule.agrees([$0.value, reading.standing[0].value]) }
      ?? reading.standing[0]
  }

  /// Equal standing values count as one; each with everybody who set it, in server order, but for
  /// what the rule puts first.
  public var choices: [(value: Value, by: [StandingEdit])] {
    var choices: [(value: Value, by: [StandingEdit])] = []
    for edit in rule.ranked(reading.standing) {
      if let index = choices.firstIndex(where: { $0.value == edit.value }) {
        choices[index].by.append(edit)
      } else {
        choices.append((edit.value, [edit]))
      }
    }
    return choices
  }
}

extension Record {
  /// Its disputes, ascending by field; none in a record that is deleted.
  /// - Parameter policy: of its type; `nil` for one that the catalogue does not know, whose fields
  ///   are all shown as contested when values differ.
  public func disputes(by policy: TypePolicy?) -> [Dispute] {
    guard hasConcurrentValues, !isDeleted else { return [] }
    return fields.compactMap { field in
      let known = policy?.policy(of: field)
      let rule = known?.rule ?? .fieldMerge(.first)
      guard let reading = read(field, by: rule), reading.status == .contested
      else { return nil }
      let deciders = known.map { $0.deciders.isEmpty ? $0.writers : $0.deciders } ?? []
      return Dispute(
        record: self, field: field, rule: rule, reading: reading, deciders: deciders)
    }
  }
}
