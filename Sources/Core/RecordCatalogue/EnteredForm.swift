import SyncCore

/// The fields of one record as somebody typed them: `NAME=VALUE`, `NAME.PART=VALUE` for a part of a
/// composite, and for a set one `NAME=ELEMENT` an element to add, or `NAME/ELEMENT=no` to take one
/// out.
public struct EnteredForm {
  private let type: RecordType
  private let reader: EntryReader
  private let current: Record?

  /// - Parameter current: the record as its form shows it; `nil` for a new one. Parts of a
  ///   composite that are not entered stay as they are in it.
  public init(_ type: RecordType, _ reader: EntryReader, on current: Record?) {
    self.type = type
    self.reader = reader
    self.current = current
  }

  /// What somebody typed is not what the type takes; names the field.
  public struct Fault: Error, Hashable, Sendable {
    public let field: String
    public let problem: EntryReader.Problem
  }

  /// The values to set.
  public func fields(_ entries: [String]) throws(Fault) -> [String: Value] {
    var fields: [String: Value] = [:]
    var parts: [String: [String: Value]] = [:]
    var composites: [String: Field] = [:]
    for entry in entries {
      let (name, text) = try Self.split(entry)
      let base = String(name.prefix { $0 != "." && $0 != "/" })
      guard let field = type.fields.first(where: { $0.name == base }) else {
        let names = type.fields.map(\.name).joined(separator: ", ")
        throw Fault(
          field: base,
          problem: .init("there is no such field", "name one of \(names)"))
      }
      do throws(EntryReader.Problem) {
        if field.policy.isSet {
          let (element, isIn) = try element(name, text, field)
          fields["\(field.name)/\(element)"] = .flag(isIn)
        } else if name != base {
          let (member, value) = try part(name, text, field)
          composites[base] = field
          parts[base, default: shown(base)][member] = value
        } else {
          fields[base] = try reader.value(
            of: text, as: field.policy.kind, codes: field.codes, target: field.target)
        }
      } catch { throw Fault(field: name, problem: error) }
    }
    for (name, members) in parts {
      let missing = composites[name]?.members.first { $0.isRequired && members[$0.name] == nil }
      if let missing {
        throw Fault(
          field: "\(name).\(missing.name)",
          problem: .init("it is missing", "give it too: the parts of a field belong together"))
      }
      fields[name] = .composite(members)
    }
    return fields
  }

  private static func split(_ entry: String) throws(Fault) -> (name: String, text: String) {
    guard let mark = entry.firstIndex(of: "="), mark > entry.startIndex else {
      throw Fault(
        field: entry, problem: .init("it is no NAME=VALUE", "write for instance notes=\"Dog.\""))
    }
    return (String(entry[..<mark]), String(entry[entry.index(after: mark)...]))
  }

  private func element(
    _ name: String, _ text: String, _ field: Field
  ) throws(EntryReader.Problem) -> (String, isIn: Bool) {
    let hasElement = name != field.name
    let entered = hasElement ? String(name.dropFirst(field.name.count + 1)) : text
    let element = try reader.element(
      of: entered, as: field.policy.kind, codes: field.codes, target: field.target)
    return (element, try hasElement ? reader.flag(text) : true)
  }

  private func part(
    _ name: String, _ text: String, _ field: Field
  ) throws(EntryReader.Problem) -> (String, Value) {
    let part = String(name.dropFirst(field.name.count + 1))
    guard let member = field.members.first(where: { $0.name == part }) else {
      let names = field.members.map(\.name).joined(separator: ", ")
      throw .init(
        "it has no part “\(part)”",
        names.isEmpty ? "write \(field.name)=VALUE" : "name one of \(names)")
    }
    let value = try reader.value(
      of: text, as: member.kind, codes: member.codes, target: member.target)
    return (part, value)
  }

  /// The members of a composite as the form shows them.
  private func shown(_ field: String) -> [String: Value] {
    let reading = current?.read(field, by: type.policy.rule(of: field))
    guard case .composite(let members)? = reading?.value else { return [:] }
    return Dictionary(members.map { ($0.name, $0.value) }) { first, _ in first }
  }
}
