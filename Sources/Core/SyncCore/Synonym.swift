/// One change under two dots: two copies of one laptop issued it again, and the office took it once.
public struct Synonym: Hashable, Sendable {
  /// The dot that it did not take.
  public let dot: Dot
  /// The dot under which the change stands.
  public let standing: Dot

  public init(dot: Dot, standing: Dot) {
    self.dot = dot
    self.standing = standing
  }
}

extension Record {
  /// What a change's author had seen of this record: the change's context, cut to this record's
  /// version, with what the context names by a dot that was not taken.
  ///
  /// A vector that counts up to a standing dot counts the replica's earlier dots too. So one that
  /// would claim another edit of that replica, which the author did not see, is left out: then both
  /// stand, and a person decides.
  /// - Parameter synonyms: those of this record.
  public func seen(by change: Change, _ synonyms: [Synonym]) -> VersionVector {
    let context = change.body.context
    var seen = context.met(with: version)
    let named = synonyms.filter { context.contains($0.dot) && version.contains($0.standing) }
    for synonym in named where !seen.contains(synonym.standing) {
      let claimsMore = edits.contains { edit in
        edit.dot.replica == synonym.standing.replica
          && edit.dot.counter < synonym.standing.counter && !seen.contains(edit.dot)
          && !named.contains { $0.standing == edit.dot }
      }
      if !claimsMore { seen.insert(synonym.standing) }
    }
    return seen
  }
}
