/// Checks that bar a change from a laptop: asked on both sides, also of what arrives, whatever its
/// author had heard. For what follows from it cannot be taken back: a text that was sent, a
/// signature under it, somebody's liberty.
extension TypePolicy {
  /// The first check that bars a change.
  /// - Parameters:
  ///   - record: with the change applied.
  ///   - before: without it; `nil` where there was none.
  ///   - referred: a record that this one refers to; `nil` where it is not held.
  ///   - policy: of the type of that record.
  public func bar(
    on change: Change, in record: Record, before: Record?,
    referred: (RecordID) throws -> Record?, policy: (String) -> TypePolicy?
  ) rethrows -> Check? {
    guard !checks.isEmpty, case .set(let members) = change.body.action else { return nil }
    let fields = Set(members.map(\.name))
    return try checks.first { check in
      switch check.demand {
      case .present, .among, .compare: return false
      case .closed(let closed):
        // What people disagree about is open, so that somebody can decide.
        let isAsked = closed.contains { field in
          fields.contains(field)
            && before?.read(field, by: rule(of: field))?.status != .contested
        }
        guard isAsked, let condition = check.condition else { return false }
        return try holds(condition, at: before, record, referred, policy)
      case .onNewest(let newest):
        guard let before, change.body.context.met(with: before.version) != before.version else {
          return false
        }
        return check.isOfStep(in: members, newest)
      case .writtenBy(let roles):
        return !roles.contains(change.body.role) && check.isOfStep(in: members)
      case .byAnother(let step):
        guard check.isOfStep(in: members),
          let reading = before?.read(step.path.field, by: rule(of: step.path.field))
        else { return false }
        return reading.standing.contains { edit in
          edit.by.author.lowercased() == change.body.author.lowercased()
            && step.holds(edit.value, step.path.member)
        }
      }
    }
  }

  /// Whether fields are set that whoever sets them has to have seen all for that the store holds:
  /// a laptop asks its office first.
  public func isOnNewest(setting fields: [String: Value]) -> Bool {
    let members = fields.map { Value.Member($0.key, $0.value) }
    return checks.contains { check in
      guard case .onNewest(let newest) = check.demand else { return false }
      return check.isOfStep(in: members, newest)
    }
  }

  private func holds(
    _ condition: Check.Membership, at own: Record?, _ record: Record,
    _ referred: (RecordID) throws -> Record?, _ policy: (String) -> TypePolicy?
  ) rethrows -> Bool {
    let path = condition.path
    let known =
      path.isOwn
      ? own?.knowledge(of: path, by: self) ?? .nothing
      : try knowledge(of: path, in: record, referred: referred, policy: policy)
    guard case .value(let value) = known else { return false }
    return condition.holds(value)
  }
}

extension Check {
  /// Whether a change takes the step that the check is about: it sets the condition's field to one
  /// of its codes, or, where there is no condition, one of the fields.
  fileprivate func isOfStep(in members: [Value.Member], _ fields: [String] = []) -> Bool {
    guard fields.isEmpty || members.contains(where: { fields.contains($0.name) }) else {
      return false
    }
    guard let condition else { return true }
    return members.contains {
      $0.name == condition.path.field && condition.holds($0.value, condition.path.member)
    }
  }
}

extension Check.Membership {
  /// Whether a value of its field, or the part that it looks at, is among its codes.
  fileprivate func holds(_ value: Value, _ member: String?) -> Bool {
    guard let member else { return holds(value) }
    return value[member: member].map(holds) ?? false
  }
}
