import SyncCore

extension ServerReading {
  /// The record that says whose case it is.
  func header(of caseID: CaseID) throws -> Record? {
    try records(of: caseID, types: ["case-header"]).first.map { try Record(reading: $0.bytes) }
  }

  /// The case reference number of a case; `nil` where its header is not here.
  package func number(of caseID: CaseID) throws -> String? {
    try header(of: caseID)?.read("crn", by: .serverOwned)?.value.text
  }
}

/// Going through all that an office holds, a page at a time.
extension ServerReading {
  /// Every case of which the office holds anything, ascending.
  func forEachCase(_ body: (CaseHead) throws -> Void) throws {
    var last: CaseID?
    while true {
      let heads = try caseHeads(after: last, limit: 256)
      guard let end = heads.last else { return }
      for head in heads { try body(head) }
      last = end.caseID
    }
  }

  /// Every record of a case, in the order of their last changes.
  func forEachRecord(of caseID: CaseID, _ body: (Record) throws -> Void) throws {
    try forEachStored(of: caseID) { try body(try Record(reading: $0.bytes)) }
  }

  /// The same as the store has them, readable or not.
  func forEachStored(of caseID: CaseID, _ body: (StoredRecord) throws -> Void) throws {
    var last: UInt64 = 0
    while true {
      let page = try records(of: caseID, after: last, limit: 512)
      guard let end = page.last else { return }
      for stored in page { try body(stored) }
      last = end.sequence
    }
  }
}
