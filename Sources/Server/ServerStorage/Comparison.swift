import SyncCore

extension Feed {
  /// What of a case a laptop has otherwise than the office. See `Protocol/README.md` section 6.10.
  /// - Returns: `nil` where the device's user does not hold the case.
  package func comparison(
    _ request: ComparisonRequest, for device: Device
  ) throws -> ComparisonAnswer? {
    let user = device.user.lowercased()
    let grant = try store.grants(on: request.caseID).filter { $0.user == user }.newest
    guard device.state == .active, let grant, grant.endedAt == nil else { return nil }
    var answer = ComparisonAnswer(place: try store.place(of: store.sequence()))
    let digests = Dictionary(request.entries.map { ($0.record, $0.digest) }) { first, _ in first }
    var held: [StoredRecord] = []
    try store.forEachStored(of: request.caseID) {
      if !$0.hasLeft, request.covers($0.id) { held.append($0) }
    }
    held.sort { $0.id < $1.id }
    var bytes = 0
    var reached: RecordID?
    for stored in held {
      let theirs = digests[stored.id] ?? nil
      if let theirs, try Record(reading: stored.bytes).digest == theirs {
        reached = stored.id
        continue
      }
      guard bytes < limits.deliveryBytes, answer.records.count < limits.pageRecords else {
        answer.reached = reached
        break
      }
      answer.records.append(.init(bytes: stored.bytes, proof: stored.proof))
      bytes += stored.bytes.count
      reached = stored.id
    }
    let known = Set(held.map(\.id))
    answer.unknown = request.entries.map(\.record).filter { id in
      !known.contains(id) && request.covers(id) && answer.reached.map { id <= $0 } ?? true
    }
    return answer
  }
}
