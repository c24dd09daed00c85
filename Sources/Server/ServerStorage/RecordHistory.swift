import SyncCore

/// The history of one record as the office's log tells it: who set what, when, on what knowledge,
/// and what became of it.
///
/// Nothing of it is kept anywhere: each state is made again by the record's own `apply`, from the
/// changes in the order in which the office took them.
package struct RecordHistory: Sendable {
  package let id: RecordID
  /// The record as it stands; `nil` when nothing of it was ever taken.
  package let stored: Record?
  /// Each change that names the record, in the order in which the office took or refused it.
  package private(set) var entries: [Entry] = []
  /// What the record has seen of which the log has no text: lost when the store was put back.
  package private(set) var lost: [Lost] = []
  /// Whether the log explains all that stands. It does not where a part came home inside a record
  /// that a laptop handed back after the store was put back.
  package private(set) var isWhole = true
  private let storedAt: UInt64

  /// - Returns: `nil` when neither the log nor the records know it.
  package init?(of id: RecordID, in store: any ServerReading) throws {
    let kept = try store.record(id)
    let logged = try store.changes(of: id)
    guard kept != nil || !logged.isEmpty else { return nil }
    self.id = id
    storedAt = kept?.sequence ?? 0
    stored = try kept.map { try Record(reading: $0.bytes) }
    var replay = Replay(id)
    for logged in logged {
      let place = try store.place(of: logged.sequence)
      let change = try? Change(reading: logged.bytes)
      var entry = Entry(logged, change, place, replay.take(logged, change, at: place))
      entry.isOffices = try store.end(of: logged.dot.replica) != nil
      // A copied laptop counts a dot twice; under its first issue's dot stands another change then.
      if let first = change?.body.origin,
        try store.change(first.dot)?.hash ?? first.hash == first.hash
      {
        entry.names.append(first.dot)
      }
      entries.append(entry)
    }
    compare()
    isWhole = replay.record == stored
    lost = try Self.lost(of: stored, besides: Set(entries.map(\.logged.dot)), in: store)
  }

  /// One change of the record.
  package struct Entry: Sendable {
    package let logged: LoggedChange
    /// `nil` when its bytes cannot be read.
    package let change: Change?
    package let place: Place
    /// What stood in the fields that it set, and gave way to it.
    package let superseded: [StandingEdit]
    /// Those taken of which neither author had seen the other's.
    package fileprivate(set) var concurrent: [Concurrence] = []
    /// The dots under which authors know it.
    fileprivate var names: [Dot]
    /// Whether the office wrote it, in one of its lives.
    fileprivate var isOffices = false

    /// Up to where its author had heard of the office, which knows all that it took itself.
    fileprivate var heard: Place? { isOffices ? place : change?.body.writtenUnder }

    fileprivate init(
      _ logged: LoggedChange, _ change: Change?, _ place: Place, _ superseded: [StandingEdit]
    ) {
      self.logged = logged
      self.change = change
      self.place = place
      self.superseded = superseded
      names = [logged.dot]
    }

    /// The change, if it was taken.
    fileprivate var taken: Change? { logged.verdict.isRefusal ? nil : change }

    /// Who has seen one issue of a change has seen it.
    fileprivate func isSeen(by context: VersionVector) -> Bool {
      names.contains { context.contains($0) }
    }
  }

  /// A change that was made at once with another.
  package struct Concurrence: Hashable, Sendable {
    package let sequence: UInt64
    /// The fields that both set, ascending.
    package let fields: [String]
  }

  /// A change that is known by its name, and perhaps by what still stands of it.
  package struct Lost: Hashable, Sendable {
    package let dot: Dot
    /// Its place in the log; `nil` when it has none.
    package let sequence: UInt64?
    package let standing: [StandingEdit]
  }

  /// Fills in which changes were made at once. What was taken later cannot have been seen earlier,
  /// so each is held against those before it.
  private mutating func compare() {
    for later in entries.indices {
      guard let change = entries[later].taken else { continue }
      for earlier in 0..<later {
        guard let other = entries[earlier].taken, other.firstIssue != change.firstIssue,
          !entries[earlier].isSeen(by: change.body.context)
        else { continue }
        let fields = other.fields.filter(Set(change.fields).contains)
        entries[later].concurrent.append(
          Concurrence(sequence: entries[earlier].logged.sequence, fields: fields))
        entries[earlier].concurrent.append(
          Concurrence(sequence: entries[later].logged.sequence, fields: fields))
      }
    }
  }

  private static func lost(
    of record: Record?, besides known: Set<Dot>, in store: any ServerReading
  ) throws -> [Lost] {
    guard let record else { return [] }
    let dots = Set(record.version.entries + record.edits.map(\.dot)).subtracting(known)
    return try dots.sorted().compactMap { dot in
      let logged = try store.change(dot)
      guard logged?.bytes.isEmpty ?? true else { return nil }
      return Lost(
        dot: dot, sequence: logged?.sequence, standing: record.edits.filter { $0.dot == dot })
    }
  }
}

extension RecordHistory {
  /// The record as the office held it when it had come to a sequence; `nil` when it had none then.
  package func record(at sequence: UInt64) -> Record? {
    if let stored, sequence >= storedAt { return stored }
    var replay = Replay(id)
    for entry in entries where entry.logged.sequence <= sequence {
      _ = replay.take(entry.logged, entry.change, at: entry.place)
    }
    return replay.record
  }

  /// The record after each change that was taken, in the office's order, but for the last, which is
  /// the present state.
  package func forEachPastState(_ body: (Record) throws -> Void) rethrows {
    var replay = Replay(id)
    var last: Record?
    for entry in entries where !entry.logged.verdict.isRefusal {
      if let last { try body(last) }
      _ = replay.take(entry.logged, entry.change, at: entry.place)
      last = replay.record
    }
  }

  /// What a laptop showed of the record when somebody began a change.
  package struct Showing: Sendable {
    /// `nil` for nothing.
    package let record: Record?
    /// Own changes in it that the office had refused, in a request whose answer may have reached
    /// the laptop in part: then these were shown no more. The log cannot tell.
    package let uncertain: [UInt64]
  }

  /// The record as its author's replica showed it when the form of a change opened: what the
  /// change's context covers, and nothing else.
  ///
  /// What the office took or refused after its author had last heard of the office was that
  /// laptop's own: shown above the rest, without a place, and not yet refused.
  package func shown(to entry: Entry) -> Showing {
    guard let body = entry.change?.body else { return Showing(record: nil, uncertain: []) }
    var replay = Replay(id)
    var own: [Entry] = []
    for other in entries where other.isSeen(by: body.context) {
      if let heard = entry.heard, other.place <= heard {
        _ = replay.take(other.logged, other.change, at: other.place)
      } else if !other.logged.verdict.isRefusal || other.change?.body.author == body.author {
        own.append(other)
      }
    }
    for other in own { if let change = other.change { _ = replay.take(change, at: nil) } }
    return Showing(
      record: replay.record,
      uncertain: own.filter(\.logged.verdict.isRefusal).map(\.logged.sequence))
  }
}

/// A record made again from its changes.
private struct Replay {
  private let id: RecordID
  private(set) var record: Record?
  private var taken: Set<Change.Origin> = []

  init(_ id: RecordID) { self.id = id }

  /// - Returns: what gave way to it.
  mutating func take(_ logged: LoggedChange, _ change: Change?, at place: Place?) -> [StandingEdit]
  {
    guard let change, !logged.verdict.isRefusal else { return [] }
    return take(change, at: place)
  }

  /// Another issue of a change that is known stands beside it, and displaces nothing by itself.
  mutating func take(_ change: Change, at place: Place?) -> [StandingEdit] {
    let body = change.body
    let before = record ?? Record(id: id, type: body.type, caseID: body.caseID)
    guard body.record == id, body.type == before.type, body.caseID == before.caseID else {
      return []
    }
    var after = before
    let isKnown = taken.contains(change.firstIssue) || before.holds(change.firstIssue)
    if body.origin != nil, isKnown {
      after.applyAgain(change)
    } else {
      after.apply(change, at: place)
    }
    taken.insert(change.firstIssue)
    record = after
    return before.edits.filter { edit in !after.standing(edit.field).contains { $0.dot == edit.dot }
    }
  }
}

extension Change {
  /// The fields that it sets, ascending.
  fileprivate var fields: [String] {
    switch body.action {
    case .set(let members): members.map(\.name)
    case .delete: [Record.deletionField]
    }
  }
}
