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

  /// Leaves one of two issues of a change that both stand: one was taken in this store, the other
  /// in what it lost at a restore and others bring home. Both count as seen.
  public mutating func uniteDoubles(_ synonyms: [Synonym]) {
    for synonym in synonyms where version.contains(synonym.takenAs) {
      version.insert(synonym.dot)
      let fields = Set(edits.lazy.filter { $0.dot == synonym.takenAs }.map(\.field))
      edits.removeAll { $0.dot == synonym.dot && fields.contains($0.field) }
    }
  }

  /// Takes out of a known change's fields what its author had seen under another name: it came home
  /// in a record that had known no other.
  public mutating func supersede(by change: Change, _ synonyms: [Synonym]) {
    guard version.contains(change.dot), !synonyms.isEmpty else { return }
    let seen = seen(by: change, synonyms)
    let fields =
      switch change.body.action {
      case .set(let members): Set(members.map(\.name))
      case .delete: Set([Self.deletionField])
      }
    edits.removeAll { edit in
      edit.dot != change.dot && fields.contains(edit.field) && seen.contains(edit.dot)
    }
  }
}
