/// One edit's name: the `counter`-th change of `replica`. Counters are gap-free and start at 1.
public struct Dot: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let replica: ReplicaID
  public let counter: UInt64

  public init(_ replica: ReplicaID, _ counter: UInt64) {
    self.replica = replica
    self.counter = counter
  }

  public static func < (left: Self, right: Self) -> Bool {
    left.replica == right.replica
      ? left.counter < right.counter : left.replica < right.replica
  }

  public var description: String { "\(replica)#\(counter)" }
}

/// How two histories stand to each other.
public enum CausalOrder: Sendable {
  case equal, before, after, concurrent
}

/// What a history has seen: the highest counter of each replica, sorted by replica, zero entries
/// left out.
///
/// Usually one to three entries, so a sorted array beats a dictionary in space and time and has one
/// written form.
public struct VersionVector: Hashable, Sendable, CustomStringConvertible {
  /// Strictly ascending by replica; every counter at least 1.
  public private(set) var entries: [Dot]

  public init() { entries = [] }

  /// From entries in any order; of several for one replica the highest counts. Zero counters are
  /// dropped.
  public init(_ dots: some Sequence<Dot>) {
    entries = []
    for dot in dots { insert(dot) }
  }

  /// From entries that a peer sent; `nil` unless strictly ascending with counters of at least 1, so
  /// that a vector has exactly one written form.
  public init?(ascending dots: [Dot]) {
    for (index, dot) in dots.enumerated() {
      guard dot.counter > 0, index == 0 || dots[index - 1].replica < dot.replica else { return nil }
    }
    entries = dots
  }

  public var isEmpty: Bool { entries.isEmpty }
  public var count: Int { entries.count }

  /// The highest counter seen of `replica`, 0 if none.
  public func counter(of replica: ReplicaID) -> UInt64 {
    index(of: replica).map { entries[$0].counter } ?? 0
  }

  public func contains(_ dot: Dot) -> Bool { dot.counter <= counter(of: dot.replica) }

  /// Whether everything in `other` is in this one.
  public func contains(_ other: VersionVector) -> Bool { other.entries.allSatisfy(contains) }

  /// The place of a replica's entry, which the written form of a record refers to.
  func index(of replica: ReplicaID) -> Int? {
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].replica < replica { low = middle + 1 } else { high = middle }
    }
    return low < entries.count && entries[low].replica == replica ? low : nil
  }

  /// Takes `dot` in: the replica's entry becomes the higher of the two.
  public mutating func insert(_ dot: Dot) {
    guard dot.counter > 0 else { return }
    if let index = index(of: dot.replica) {
      if entries[index].counter < dot.counter { entries[index] = dot }
    } else {
      let place = entries.firstIndex { $0.replica > dot.replica } ?? entries.count
      entries.insert(dot, at: place)
    }
  }

  /// Joins another history: the pointwise maximum.
  public mutating func formJoin(_ other: VersionVector) {
    if entries == other.entries { return }
    for dot in other.entries { insert(dot) }
  }

  public func joined(with other: VersionVector) -> VersionVector {
    var result = self
    result.formJoin(other)
    return result
  }

  /// What both histories have seen: the pointwise minimum.
  ///
  /// A context is cut this way to the record's own version, so that nobody can claim to have seen
  /// what nobody issued.
  public func met(with other: VersionVector) -> VersionVector {
    if entries == other.entries { return self }
    var result = VersionVector()
    for dot in entries {
      let counter = min(dot.counter, other.counter(of: dot.replica))
      if counter > 0 { result.entries.append(Dot(dot.replica, counter)) }
    }
    return result
  }

  public func order(against other: VersionVector) -> CausalOrder {
    switch (other.contains(self), contains(other)) {
    case (true, true): .equal
    case (true, false): .before
    case (false, true): .after
    case (false, false): .concurrent
    }
  }

  public var description: String {
    "{" + entries.map(\.description).joined(separator: ", ") + "}"
  }
}
