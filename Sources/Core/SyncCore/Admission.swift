/// Where a change comes from.
public enum Origin: Hashable, Sendable {
  case device
  /// The office itself: imports, feeds, operators.
  case office
}

extension Record {
  /// The rule's other question, asked at write time on both sides: may this author set these fields
  /// to these values now?
  ///
  /// - Parameters:
  ///   - record: the record as it stands; `nil` if there is none yet.
  ///   - policy: `nil` for a type that this catalogue does not know: it is carried, not dropped.
  ///   - mayBeLost: this store was put back from a backup and may lack what the author saw. Then an
  ///     edit of what is not there is admitted, for the rest may come home later.
  /// - Returns: why not, or `nil` when it is admitted.
  public static func refusal(
    of change: Change, to record: Record?, policy: TypePolicy?, origin: Origin,
    mayBeLost: Bool = false
  ) -> Refusal? {
    let body = change.body
    if let record {
      guard record.type == body.type, record.caseID == body.caseID else { return .identityChanged }
    } else if !body.context.isEmpty, !mayBeLost {
      return .recordUnknown
    }
    if case .set(let members) = body.action, members.contains(where: \.forgesDeletion) {
      return .invalid(field: deletionField)
    }
    guard let policy else { return nil }
    let seen = record.map { body.context.met(with: $0.version) } ?? VersionVector()
    switch body.action {
    case .delete:
      return policy.deleters.contains(body.role) ? nil : .roleMayNotDelete
    case .set(let members):
      let isNew = mayBeLost ? body.context.isEmpty : seen.isEmpty
      if isNew, let missing = policy.missingField(in: members) {
        return .missing(field: missing)
      }
      for member in members {
        guard let field = policy.policy(of: member.name) else { continue }
        let standing = record?.standing(member.name, seenBy: seen) ?? []
        let attempt = Attempt(
          name: member.name, value: member.value, field: field, seen: standing, change: change,
          origin: origin)
        if let refusal = attempt.refusal { return refusal }
      }
      return policy.failedCheck(by: members, isNew: isNew).map { .checkFailed(check: $0.name) }
    }
  }
}

extension TypePolicy {
  fileprivate func missingField(in members: [Value.Member]) -> String? {
    requiredFields.first { name in
      let isSet = fields[name]?.isSet ?? false
      return !members.contains {
        $0.value != .none && (isSet ? $0.name.hasPrefix(name + "/") : $0.name == name)
      }
    }
  }
}

/// One field set by one change, with the standing edits that it has seen.
private struct Attempt {
  let name: String
  let value: Value
  let field: FieldPolicy
  let seen: [StandingEdit]
  let change: Change
  let origin: Origin

  /// A set holds its elements as names, each present or absent.
  private var isValid: Bool {
    guard field.isSet else { return value == .none || field.kind.accepts(value) }
    let element = name.drop { $0 != "/" }.dropFirst()
    return (value == .none || value.flag != nil) && field.kind.accepts(.text(String(element)))
  }

  var refusal: Refusal? {
    guard isValid else { return .invalid(field: name) }
    let role = change.body.role
    switch field.rule {
    case .derived, .serverOwned:
      return origin == .office ? nil : .officeOnly(field: name)
    case .union:
      if !field.isSet, !seen.isEmpty { return .writtenOnce(field: name) }
    case .ratchet(let order):
      let highest = seen.map { rank($0.value, in: order) }.max() ?? -1
      // Who may ease it may set it: what their easing saw may have been eased by another meanwhile.
      if field.deciders.contains(role) && !change.body.reason.isEmpty { return nil }
      if rank(value, in: order) < highest { return .easing(field: name) }
    case .signed(let stages):
      let highest = seen.map { rank($0.value.stage, in: stages) }.max() ?? -1
      if rank(value.stage, in: stages) < highest { return .stageBack(field: name) }
    case .claims:
      let isDecision = !field.rule.agrees(seen.map(\.value))
      if isDecision { return field.deciders.contains(role) ? nil : .roleMayNotDecide(field: name) }
    case .fieldMerge:
      break
    }
    return field.writers.contains(role) ? nil : .roleMayNotWrite(field: name)
  }
}
