/// One change under two dots: it was issued again, and the office had taken it before.
public struct Synonym: Hashable, Sendable {
  /// The dot of the later issue.
  public let dot: Dot
  /// The dot under which it had been taken.
  public let takenAs: Dot

  public init(dot: Dot, takenAs: Dot) {
    self.dot = dot
    self.takenAs = takenAs
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
    let named = synonyms.flatMap { [($0.dot, $0.takenAs), ($0.takenAs, $0.dot)] }
      .filter { context.contains($0.0) && version.contains($0.1) }.map(\.1)
    for dot in named where !seen.contains(dot) {
      let claimsMore = edits.contains { edit in
        edit.dot.replica == dot.replica && edit.dot.counter < dot.counter
          && !seen.contains(edit.dot) && !named.contains(edit.dot)
      }
      if !claimsMore { seen.insert(dot) }
    }
    return seen
  }

  /// Makes one of two issues of a change that were both taken: one in this store, and one in what
  /// it lost at a restore. From now on the change stands under the lost issue's dot, which is how
  /// others may bring it home; where either was superseded, it is. To be done once for each issue:
  /// afterwards it cannot be told from one that was superseded.
  /// - Parameters:
  ///   - synonym: `takenAs` names the issue that this store took.
  ///   - hash: of the other issue.
  /// - Returns: whether anything changed.
  public mutating func unite(_ synonym: Synonym, hash: Hash) -> Bool {
    guard version.contains(synonym.takenAs) else { return false }
    let isHome = version.contains(synonym.dot)
    let before = edits
    func fields(of dot: Dot) -> Set<String> {
      Set(before.lazy.filter { $0.dot == dot }.map(\.field))
    }
    let ours = fields(of: synonym.takenAs)
    let standing = isHome ? ours.intersection(fields(of: synonym.dot)) : ours
    edits.removeAll { edit in
      edit.dot == synonym.takenAs || edit.dot == synonym.dot && !standing.contains(edit.field)
    }
    if !isHome {
      for edit in before where edit.dot == synonym.takenAs {
        let again = StandingEdit(
          field: edit.field, dot: synonym.dot, hash: hash, value: edit.value, by: edit.by,
          place: edit.place)
        edits.insert(again, at: edits.firstIndex { again.isBefore($0) } ?? edits.count)
      }
      version.insert(synonym.dot)
    }
    return edits != before || !isHome
  }
}
