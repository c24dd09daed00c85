import SyncCore

/// What a store in memory holds, as a value.
struct MemoryState: Sendable {
  let key: OfficeKey
  var lives: [Life]
  var sequence: UInt64 = 0
  var changes: [Dot: LoggedChange] = [:]
  var issuedAgain: [Hash: Dot] = [:]
  var heads: [ReplicaID: ChainHead] = [:]
  var records: [RecordID: StoredRecord] = [:]
  var contested: Set<RecordID> = []
  /// The records of each case, ascending by the sequence of their last change.
  var byCase: [CaseID: [Position]] = [:]
  var caseHeads: [CaseID: CaseHead] = [:]
  var grants: [String: [CaseID: [Grant]]] = [:]
  var devices: [DeviceID: Device] = [:]
  var codes: [Hash: EnrolmentCode] = [:]
  var orders: [StoredOrder] = []
  var decisions: [Dot: QuarantineDecision] = [:]
  var erasures: [DeviceID: [CaseID: Erasure]] = [:]
  var tallies: [DeviceID: [UInt64: ReturnTally]] = [:]
  var shown: [ReplicaID: ShownHead] = [:]
  var contents: [CaseID: [Hash: [UInt8]]] = [:]

  struct Position {
    let sequence: UInt64
    let id: RecordID
  }

  mutating func place(_ record: StoredRecord) {
    let position = Position(sequence: record.sequence, id: record.id)
    let index = index(after: record.sequence, in: record.caseID)
    byCase[record.caseID, default: []].insert(position, at: index)
  }

  mutating func displace(_ record: StoredRecord) {
    // Records of one transaction may share a sequence.
    let end = index(after: record.sequence, in: record.caseID)
    let place = byCase[record.caseID]?[..<end].lastIndex { $0.id == record.id }
    if let place { byCase[record.caseID]?.remove(at: place) }
  }

  func positions(of caseID: CaseID, after sequence: UInt64) -> ArraySlice<Position> {
    (byCase[caseID] ?? [])[index(after: sequence, in: caseID)...]
  }

  /// The place of the first record of a case that changed after `sequence`.
  private func index(after sequence: UInt64, in caseID: CaseID) -> Int {
    let positions = byCase[caseID] ?? []
    var (low, high) = (0, positions.count)
    while low < high {
      let middle = (low + high) / 2
      if positions[middle].sequence <= sequence { low = middle + 1 } else { high = middle }
    }
    return low
  }

  init(secret: [UInt8], lives: [Life]) {
    key = OfficeKey(secret: secret)
    self.lives = lives
  }
}
