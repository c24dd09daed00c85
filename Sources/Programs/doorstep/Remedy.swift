import ProgramKit
import RecordCatalogue
import SyncCore
import SyncReplica

/// What to enter instead, for an edit that was refused on this laptop.
enum Remedy {
  /// - Returns: `nil` where the error itself says all that is known.
  static func of(
    _ error: ReplicaError, _ edits: [Edit], _ catalogue: Catalogue
  ) -> (any Error)? {
    let sentence: String?
    let code: String
    switch error {
    case .refused(.checkFailed(let name)):
      let checks = edits.flatMap { catalogue.policy(of: $0.type)?.checks ?? [] }
      (code, sentence) = ("check-failed", checks.first { $0.name == name }?.says)
    case .refused(.invalid(let name)):
      (code, sentence) = ("invalid", invalid(name, edits, catalogue))
    default: return nil
    }
    return sentence.map { Failure(.badData, code: code, "Not saved: \($0)") }
  }

  /// A code that there is not is answered with those that there are, a text that is too long with
  /// by how much.
  private static func invalid(_ name: String, _ edits: [Edit], _ catalogue: Catalogue) -> String? {
    for edit in edits {
      guard case .set(let members) = edit.action, let field = catalogue[edit.type]?.field(name),
        let value = members.first(where: { $0.name == name })?.value
      else { continue }
      if !field.codes.isEmpty, let text = value.text {
        let codes = field.codes.map { "\($0.code) (\($0.label))" }.joined(separator: ", ")
        return "“\(text)” is not valid for “\(field.label)” (\(name)). Write one of \(codes)."
      }
      for (label, kind, text) in field.texts(in: value) where !kind.accepts(.text(text)) {
        if let sentence = tooLong(text, label, kind) { return sentence }
      }
    }
    return nil
  }

  private static func tooLong(_ text: String, _ label: String, _ kind: FieldKind) -> String? {
    guard case .text(let maxBytes, let maxCharacters) = kind else { return nil }
    let (length, bytes) = (text.serviceCharacters, text.utf8.count)
    guard length > maxCharacters || bytes > maxBytes else { return nil }
    let sizes =
      length > maxCharacters
      ? "\(length) characters long, and the service takes \(maxCharacters)"
      : "\(bytes) bytes long, and \(maxBytes) fit"
    let division = maxBytes < 1_000 ? "" : ", or divide it into two entries"
    return "“\(label)” is \(sizes). Shorten it\(division)."
  }
}

extension Field {
  /// Each text that a value of it holds, with what it is called and what it may be.
  fileprivate func texts(in value: Value) -> [(label: String, kind: FieldKind, text: String)] {
    if let text = value.text { return [(label, policy.kind, text)] }
    guard case .composite(let parts) = value else { return [] }
    return parts.compactMap { part in
      guard let member = members.first(where: { $0.name == part.name }), let text = part.value.text
      else { return nil }
      return (member.label, member.kind, text)
    }
  }
}
