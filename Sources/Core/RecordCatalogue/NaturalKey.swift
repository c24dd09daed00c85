import SyncCore

extension RecordType {
  /// The id that a record's own fields give it, by `Protocol/README.md` section 2; `nil` where the
  /// type has no natural key, or a field of it is missing.
  public func naturalID(of fields: [String: Value], in caseID: CaseID) -> RecordID? {
    guard !naturalKey.isEmpty else { return nil }
    var texts: [String] = []
    for name in naturalKey {
      switch fields[name] {
      case .text(let text)?: texts.append(text)
      case .integer(let number)?: texts.append(String(number))
      default: return nil
      }
    }
    return naturalID(texts.joined(separator: " "), in: caseID)
  }

  /// The id that a natural key gives, its values joined with blanks.
  ///
  /// A key that names neither another record nor a person tells records apart within their case
  /// alone, so the case's id goes before it.
  public func naturalID(_ key: String, in caseID: CaseID) -> RecordID {
    let isUnique = naturalKey.contains { $0 == "crn" || policy.fields[$0]?.kind == .reference }
    return .named(name, isUnique ? key : "\(caseID) \(key)")
  }
}
