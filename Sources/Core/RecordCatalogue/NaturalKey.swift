import SyncCore

extension RecordType {
  /// The id that a record's own fields give it, by `Protocol/README.md` section 2; `nil` where the
  /// type has no natural key, or a field of it is missing.
  ///
  /// A key that names neither another record nor a person tells records apart within their case
  /// alone, so the case's id goes before it.
  public func naturalID(of fields: [String: Value], in caseID: CaseID) -> RecordID? {
    guard !naturalKey.isEmpty else { return nil }
    var texts: [String] = []
    var isUnique = false
    for name in naturalKey {
      isUnique = isUnique || name == "crn" || policy.fields[name]?.kind == .reference
      switch fields[name] {
      case .text(let text)?: texts.append(text)
      case .integer(let number)?: texts.append(String(number))
      default: return nil
      }
    }
    if !isUnique { texts.insert(caseID.description, at: 0) }
    return .named(name, texts.joined(separator: " "))
  }
}
