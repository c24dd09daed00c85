/// Where a change stands in the order in which the office accepted changes.
public struct Place: Hashable, Comparable, Sendable {
  /// Raised whenever the office's store was restored from a backup.
  public let epoch: UInt64
  public let sequence: UInt64

  public init(epoch: UInt64, sequence: UInt64) {
    self.epoch = epoch
    self.sequence = sequence
  }

  public static func < (left: Self, right: Self) -> Bool {
    (left.epoch, left.sequence) < (right.epoch, right.sequence)
  }
}

/// Who made an edit, in what part, and when by their own clock. Shown beside concurrent values; it
/// orders nothing.
public struct Authorship: Hashable, Sendable {
  public let author: String
  public let role: Role
  public let recordedAt: Timestamp

  public init(author: String, role: Role, recordedAt: Timestamp) {
    self.author = author
    self.role = role
    self.recordedAt = recordedAt
  }
}

/// A value that nothing has superseded: one for most fields, several where edits were concurrent.
public struct StandingEdit: Hashable, Sendable {
  public let field: String
  public let dot: Dot
  /// Hash of the change that set it, of its first issue. Two edits of one field with the same hash
  /// are doubles: one edit under two names.
  public let hash: Hash
  public let value: Value
  public let by: Authorship
  /// `nil` while only this laptop knows of it.
  public let place: Place?

  public init(field: String, dot: Dot, hash: Hash, value: Value, by: Authorship, place: Place?) {
    self.field = field
    self.dot = dot
    self.hash = hash
    self.value = value
    self.by = by
    self.place = place
  }

  /// Server order: placed before unplaced, then by place, then by dot. No clock.
  public static func precedes(_ left: Self, _ right: Self) -> Bool {
    switch (left.place, right.place) {
    case (let a?, let b?) where a != b: a < b
    case (.some, nil): true
    case (nil, .some): false
    case (.some, .some), (nil, nil): left.dot < right.dot
    }
  }

  /// Whether it deletes. The field of deletions also holds their withdrawals, which are `none`.
  fileprivate var isDeletion: Bool {
    if case .seen = value { field == Record.deletionField } else { false }
  }

  /// A deletion of no more than what a history contains.
  fileprivate func reduced(to history: VersionVector) -> Self {
    guard case .seen(let seen) = value else { return self }
    return Self(
      field: field, dot: dot, hash: hash, value: .seen(seen.met(with: history)), by: by,
      place: place)
  }

  fileprivate func isBefore(_ other: Self) -> Bool {
    field == other.field ? dot < other.dot : field < other.field
  }
}

/// A record's merged state: its standing edits, and its version, which says what else was seen and
/// superseded.
///
/// Merging asks no rule. So no rule, now or later, can stop two replicas from ending alike; rules
/// only read.
public struct Record: Hashable, Sendable {
  /// The field that holds deletions. A deletion is an edit that keeps what it saw.
  ///
  /// A change may set it to `none` alone, which withdraws the deletions that it has seen.
  public static let deletionField = "~deleted"

  public let id: RecordID
  public let type: String
  public let caseID: CaseID
  public internal(set) var version: VersionVector
  /// Ascending by field, then by dot; each dot once a field.
  public internal(set) var edits: [StandingEdit]

  /// A record that nobody has edited.
  public init(id: RecordID, type: String, caseID: CaseID) {
    self.id = id
    self.type = type
    self.caseID = caseID
    version = VersionVector()
    edits = []
  }

  init(id: RecordID, type: String, caseID: CaseID, version: VersionVector, edits: [StandingEdit]) {
    self.id = id
    self.type = type
    self.caseID = caseID
    self.version = version
    self.edits = edits
  }

  /// Takes a change in. A known dot has no effect.
  ///
  /// For each field set, the change displaces the standing edits that its context, cut to this
  /// record's version, contains. An edit takes the place of the earliest that it displaces.
  /// - Parameters:
  ///   - place: where the office put it; `nil` on the laptop that made it.
  ///   - context: what it may displace, where that is not all that its author had seen.
  /// - Returns: whether anything changed.
  @discardableResult
  public mutating func apply(
    _ change: Change, at place: Place?, having context: VersionVector? = nil
  ) -> Bool {
    guard !version.contains(change.dot) else { return false }
    let seen = (context ?? change.body.context).met(with: version)
    switch change.body.action {
    case .set(let members):
      for member in members {
        set(member.name, to: member.value, by: change, having: seen, at: place)
      }
    case .delete:
      set(Self.deletionField, to: .seen(seen), by: change, having: seen, at: place)
    }
    version.insert(change.dot)
    return true
  }

  private mutating func set(
    _ field: String, to value: Value, by change: Change, having seen: VersionVector,
    at place: Place?
  ) {
    let range = range(of: field)
    var place = place
    var kept: [StandingEdit] = []
    let superseded = Seen(edits[range], by: seen)
    for edit in edits[range] {
      if superseded.contains(edit) {
        if let earlier = edit.place, let own = place { place = min(earlier, own) }
      } else {
        kept.append(edit)
      }
    }
    let new = StandingEdit(
      field: field, dot: change.dot, hash: change.firstIssue.hash, value: value,
      by: change.authorship, place: place)
    let at = kept.firstIndex { change.dot < $0.dot } ?? kept.count
    kept.insert(new, at: at)
    edits.replaceSubrange(range, with: kept)
  }

  /// Takes a change in by what the record alone shows: as a double where another issue of it
  /// stands. An office asks its log as well.
  /// - Returns: whether anything changed.
  @discardableResult
  public mutating func take(_ change: Change, at place: Place?) -> Bool {
    holds(change.firstIssue) ? applyAgain(change) : apply(change, at: place)
  }

  /// Takes in another issue of a change that this record holds: its double stands wherever that
  /// stands, and what has superseded the one has superseded both.
  ///
  /// So each dot in a version was applied, and copies of the record that knew other issues merge
  /// with this one like any others.
  /// - Returns: whether anything changed.
  @discardableResult
  public mutating func applyAgain(_ change: Change) -> Bool {
    let before = self
    let isKnown = version.contains(change.dot)
    let hash = change.firstIssue.hash
    for field in Set(edits.lazy.filter { $0.hash == hash }.map(\.field)) {
      let range = range(of: field)
      let issues = edits[range].filter { $0.hash == hash }
      if !isKnown, let first = issues.min(by: StandingEdit.precedes) {
        let double = StandingEdit(
          field: field, dot: change.dot, hash: hash, value: first.value, by: first.by,
          place: first.place)
        let at = edits[range].firstIndex { change.dot < $0.dot } ?? range.upperBound
        edits.insert(double, at: at)
      } else if !issues.contains(where: { $0.dot == change.dot }) {
        edits.removeAll { $0.field == field && $0.hash == hash }
      }
    }
    version.insert(change.dot)
    return self != before
  }

  /// Whether an issue of this change stands, under whichever dot.
  public func holds(_ issue: Change.Origin) -> Bool { edits.contains { $0.hash == issue.hash } }

  /// Joins another copy of the same record. Commutative, associative, idempotent.
  ///
  /// An edit stays when both copies hold it, or when the copy without it never saw it. Where copies
  /// of one edit differ in place, the lower stands.
  /// - Precondition: `other` has the same id; a record never changes its type or case.
  public mutating func merge(_ other: Record) {
    precondition(id == other.id, "only copies of one record merge")
    if version == other.version, edits == other.edits { return }
    var merged: [StandingEdit] = []
    merged.reserveCapacity(max(edits.count, other.edits.count))
    var (mine, theirs) = (0, 0)
    while mine < edits.count, theirs < other.edits.count {
      let (a, b) = (edits[mine], other.edits[theirs])
      if a.isBefore(b) {
        if !other.version.contains(a.dot) { merged.append(a) }
        mine += 1
      } else if b.isBefore(a) {
        if !version.contains(b.dot) { merged.append(b) }
        theirs += 1
      } else {
        merged.append(StandingEdit.precedes(b, a) ? b : a)
        mine += 1
        theirs += 1
      }
    }
    merged += edits[mine...].lazy.filter { !other.version.contains($0.dot) }
    merged += other.edits[theirs...].lazy.filter { !version.contains($0.dot) }
    edits = merged
    version.formJoin(other.version)
  }

  /// The record of whoever has seen no more than `history`, and some of its edits not.
  public func reduced(to history: VersionVector, leavingOut strays: Set<StandingEdit>) -> Record {
    let kept = edits.filter { !strays.contains($0) }
    return Record(
      id: id, type: type, caseID: caseID, version: history,
      edits: kept.map { $0.reduced(to: history) })
  }

  public func merged(with other: Record) -> Record {
    var result = self
    result.merge(other)
    return result
  }

  /// The standing edits of one field, ascending by dot.
  public func standing(_ field: String) -> ArraySlice<StandingEdit> { edits[range(of: field)] }

  /// The standing edits of one field that somebody has seen, ascending by dot. Who has seen one
  /// issue of a change has seen it.
  public func standing(_ field: String, seenBy seen: VersionVector) -> [StandingEdit] {
    let edits = standing(field)
    let seen = Seen(edits, by: seen)
    return edits.filter { seen.contains($0) }
  }

  /// Which of some standing edits a history contains, under any of their names.
  private enum Seen {
    case none, all
    /// Some, by the hashes of their first issues.
    case some(Set<Hash>)

    init(_ edits: ArraySlice<StandingEdit>, by history: VersionVector) {
      switch edits.count(where: { history.contains($0.dot) }) {
      case 0: self = .none
      case edits.count: self = .all
      default: self = .some(Set(edits.lazy.filter { history.contains($0.dot) }.map(\.hash)))
      }
    }

    func contains(_ edit: StandingEdit) -> Bool {
      switch self {
      case .none: false
      case .all: true
      case .some(let hashes): hashes.contains(edit.hash)
      }
    }
  }

  /// The names of the fields that hold something, ascending, deletions left out.
  public var fields: [String] {
    var names: [String] = []
    for edit in edits where edit.field != names.last && edit.field != Self.deletionField {
      names.append(edit.field)
    }
    return names
  }

  /// Whether every standing edit lies in what the deletions saw. A concurrent edit keeps a record
  /// alive.
  public var isDeleted: Bool {
    let deletions = standing(Self.deletionField)
    var seen = VersionVector()
    var found = false
    for deletion in deletions {
      guard case .seen(let vector) = deletion.value else { continue }
      seen.formJoin(vector)
      found = true
    }
    guard found else { return false }
    return Set(edits.lazy.map(\.field)).allSatisfy { field in
      let known = Seen(standing(field), by: seen)
      return standing(field).allSatisfy { $0.isDeletion || known.contains($0) }
    }
  }

  /// Whether somebody deleted what somebody else kept editing: listed for review.
  public var isDeletionDisputed: Bool {
    standing(Self.deletionField).contains(where: \.isDeletion) && !isDeleted
  }

  /// Whether some field has two standing edits with unequal values. This is what a conflict is;
  /// there is no other list.
  public var hasConcurrentValues: Bool {
    for (one, next) in zip(edits, edits.dropFirst())
    where one.field == next.field && one.field != Self.deletionField && one.value != next.value {
      return true
    }
    return isDeletionDisputed
  }

  /// The SHA-256 that stands for this state: id, type, case, version, and each standing field, dot
  /// and change hash.
  ///
  /// Values need no part in it, because a change's hash covers them. Places are left out: they are
  /// the office's.
  public var digest: Hash {
    var writer = WireWriter(reserving: 64 + edits.count * 72)
    writer.identifier(1, id)
    writer.text(2, type)
    writer.identifier(3, caseID)
    writer.vector(4, version)
    for edit in edits {
      writer.text(5, edit.field)
      writer.identifier(6, edit.dot.replica)
      writer.number(7, edit.dot.counter)
      writer.hash(8, edit.hash)
    }
    return Hash(of: writer.bytes)
  }

  private func range(of field: String) -> Range<Int> {
    var low = 0
    var high = edits.count
    while low < high {
      let middle = (low + high) / 2
      if edits[middle].field < field { low = middle + 1 } else { high = middle }
    }
    var end = low
    while end < edits.count, edits[end].field == field { end += 1 }
    return low..<end
  }
}

extension Value.Member {
  /// Whether it claims to be a deletion, which is an action of its own: it is cut to what the
  /// record has seen, and not every role may do it.
  var forgesDeletion: Bool { name == Record.deletionField && value != .none }
}
