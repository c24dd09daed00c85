import RecordCatalogue
import SyncCore

/// A value in words, for showing values side by side.
package struct Wording {
  package let catalogue: Catalogue

  package init(catalogue: Catalogue) { self.catalogue = catalogue }

  package func text(_ value: Value, type: String, field: String) -> String {
    let known = catalogue[type]?.field(field)
    switch value {
    case .none: return "(emptied)"
    case .flag(let flag): return flag ? "yes" : "no"
    case .integer(let number):
      return known?.policy.kind == .instant ? Show.time(number) : String(number)
    case .text(let text): return known?.codes.first { $0.code == text }?.label ?? text
    case .bytes(let bytes): return "\(bytes.count) bytes"
    case .composite(let members):
      return members.map { member in
        let part = known?.members.first { $0.name == member.name }
        let label = part?.label ?? member.name
        let text = member.value.text.map { code in
          part?.codes.first { $0.code == code }?.label ?? code
        }
        return "\(label): \(text ?? self.text(member.value, type: type, field: ""))"
      }.joined(separator: "; ")
    case .list(let values):
      return values.map { text($0, type: type, field: field) }.joined(separator: ", ")
    case .seen: return "deleted"
    case .unknown: return "(of a newer kind)"
    }
  }

  package func label(type: String, field: String) -> String {
    let type = catalogue[type]
    return "\(type?.label ?? "Record"): \(type?.field(field)?.label ?? field)"
  }
}

extension Reading.Status {
  /// For people and in `--json`.
  package var word: String {
    switch self {
    case .settled: "settled"
    case .settledByRule: "settled-by-rule"
    case .contested: "contested"
    }
  }
}
