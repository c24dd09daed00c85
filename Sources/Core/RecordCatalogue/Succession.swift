import SyncCore

extension Catalogue {
  /// What an earlier catalogue has and this one lacks: types, fields, parts of fields and codes.
  ///
  /// Records made under the earlier one are read for years, so a catalogue that takes its place
  /// lacks nothing of it: a code that is out of use stays in its list. Each is named as
  /// `type field.part code`; 20 at most.
  public func lacks(of earlier: Catalogue) -> [String] {
    var lacking: [String] = []
    for old in earlier.types where lacking.count < 20 {
      guard let new = self[old.name] else {
        lacking.append(old.name)
        continue
      }
      lacking += Self.changed(new, from: old)
      for field in old.fields {
        guard let successor = new.fields.first(where: { $0.name == field.name }) else {
          lacking.append("\(old.name) \(field.name)")
          continue
        }
        if successor.policy.isSet != field.policy.isSet {
          lacking.append("\(old.name) \(field.name) as a \(field.policy.isSet ? "set" : "field")")
        }
        lacking += Self.lacking(field.codes, in: successor.codes, "\(old.name) \(field.name)")
        for member in field.members {
          let name = "\(old.name) \(field.name).\(member.name)"
          guard let successor = successor.members.first(where: { $0.name == member.name }) else {
            lacking.append(name)
            continue
          }
          lacking += Self.lacking(member.codes, in: successor.codes, name)
        }
      }
    }
    return Array(lacking.prefix(20))
  }

  /// Where its records lie and what names them: those there are go by it for ever.
  private static func changed(_ new: RecordType, from old: RecordType) -> [String] {
    var changed: [String] = []
    if new.naturalKey != old.naturalKey { changed.append("\(old.name) natural-key") }
    if (new.window == .never) != (old.window == .never) { changed.append("\(old.name) window") }
    return changed
  }

  private static func lacking(_ old: [Code], in new: [Code], _ field: String) -> [String] {
    let kept = Set(new.map(\.code))
    return old.filter { !kept.contains($0.code) }.map { "\(field) \($0.code)" }
  }
}
