import SyncCore

/// How far the dots of a history that comes home mean what they mean here.
///
/// The store may have gone on for a while before anybody noticed that it was put back, and with
/// it a laptop that was put back too, which then counted for the second time. What was taken in
/// that while cannot have been seen by what comes home, though its dots say so.
struct CommonHistory {
  private let transaction: any ServerTransaction
  private let life: Life
  private let survived: UInt64
  /// Those of replicas that were asked for already.
  private var bounds: [ReplicaID: UInt64] = [:]

  /// - Parameters:
  ///   - life: the one that takes what comes home.
  ///   - survived: of the epoch that it is of, what the office still had.
  init(_ transaction: any ServerTransaction, before life: Life, survived: UInt64) {
    self.transaction = transaction
    self.life = life
    self.survived = survived
  }

  /// Up to which counter of each replica a dot names the same change there and here.
  struct View {
    /// By replica: the highest counter up to which both are of one chain.
    fileprivate(set) var ends: [ReplicaID: UInt64] = [:]
    /// Under which the store has another change.
    fileprivate(set) var others: Set<Dot> = []

    func holds(_ dot: Dot) -> Bool {
      dot.counter <= ends[dot.replica] ?? .max && !others.contains(dot)
    }

    func cut(_ history: VersionVector) -> VersionVector {
      VersionVector(
        history.entries.compactMap { dot in
          let counter = min(dot.counter, ends[dot.replica] ?? .max)
          return counter > 0 ? Dot(dot.replica, counter) : nil
        })
    }
  }

  mutating func view(of history: VersionVector) throws -> View {
    var view = View()
    for dot in history.entries { view.ends[dot.replica] = try bound(of: dot.replica) }
    return view
  }

  /// A record shows more: where the store has another change under the dot of an edit, the chains
  /// have parted before it, and where it has the same, not before that one, because each change
  /// names the one before it by its hash.
  mutating func view(of handed: Record, beside stored: Record?) throws -> View {
    var view = try view(of: handed.version)
    var shared: [ReplicaID: UInt64] = [:]
    for edit in handed.edits {
      let (replica, counter) = (edit.dot.replica, edit.dot.counter)
      let logged = try transaction.change(edit.dot)
      if logged?.hash == edit.hash || logged?.origin?.hash == edit.hash {
        shared[replica] = max(shared[replica] ?? 0, counter)
      } else if logged != nil || stored?.hasOther(under: edit.dot, than: edit.hash) ?? false {
        view.others.insert(edit.dot)
        view.ends[replica] = min(view.ends[replica] ?? .max, max(counter, 1) - 1)
      }
    }
    for (replica, counter) in shared {
      view.ends[replica] = max(view.ends[replica] ?? .max, counter)
    }
    return view
  }

  /// The last counter of a replica before the first that was taken in that while; the highest there
  /// is where none was.
  private mutating func bound(of replica: ReplicaID) throws -> UInt64 {
    if let bound = bounds[replica] { return bound }
    // Counters rise with sequences, so the first one is found by halving.
    var (low, high): (UInt64, UInt64) = (1, try transaction.head(of: replica).counter)
    var bound = UInt64.max
    while low <= high {
      let middle = low + (high - low) / 2
      let sequence = try transaction.change(Dot(replica, middle))?.sequence ?? 0
      if sequence > survived {
        if try transaction.life(at: sequence).epoch < life.epoch { bound = middle - 1 }
        high = middle - 1
      } else {
        low = middle + 1
      }
    }
    bounds[replica] = bound
    return bound
  }
}

extension Record {
  /// Whether an edit of another change stands under a dot.
  func hasOther(under dot: Dot, than hash: Hash) -> Bool {
    edits.contains { $0.dot == dot && $0.hash != hash }
  }
}
