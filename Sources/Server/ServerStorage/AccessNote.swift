import RecordCatalogue
import SyncCore

/// What decides who may see what, as it is written down apart from the store: an older copy of the
/// store that is put into service must not give back what was taken away since.
package enum AccessNote: Hashable, Sendable {
  case grant(Grant)
  /// A device as it was enrolled, or with its new state.
  case device(Device)
  /// A record of type `access-limit`, and the case whose access it limits.
  case limit(CaseID, Record)

  /// Makes what was noted so again, in the order in which it was noted.
  /// - Returns: how many notes found something else in the store.
  package static func replay(
    _ notes: [AccessNote], in transaction: any ServerTransaction, _ catalogue: Catalogue,
    at now: Timestamp
  ) throws -> Int {
    var count = 0
    for note in newest(of: notes) {
      if try note.replay(in: transaction, catalogue, at: now) { count += 1 }
    }
    return count
  }

  /// What a note is about.
  private enum Subject: Hashable {
    case grant(String, CaseID)
    case device(DeviceID)
    case limit(RecordID)
  }

  private var subject: Subject {
    switch self {
    case .grant(let grant): .grant(grant.user, grant.caseID)
    case .device(let device): .device(device.id)
    case .limit(_, let record): .limit(record.id)
    }
  }

  /// The last note on each subject; limits first, so that no grant is tried that one would stop.
  private static func newest(of notes: [AccessNote]) -> [AccessNote] {
    var places: [Subject: Int] = [:]
    for (place, note) in notes.enumerated() { places[note.subject] = place }
    let newest = notes.enumerated().filter { places[$0.element.subject] == $0.offset }
      .map(\.element)
    func isLimit(_ note: AccessNote) -> Bool { if case .limit = note { true } else { false } }
    return newest.filter(isLimit) + newest.filter { !isLimit($0) }
  }

  private func replay(
    in transaction: any ServerTransaction, _ catalogue: Catalogue, at now: Timestamp
  ) throws -> Bool {
    switch self {
    case .grant(let noted): return try Self.replay(noted, in: transaction, catalogue, at: now)
    case .device(let noted):
      guard var known = try transaction.device(noted.id) else {
        var device = noted
        // Its next contact binds it again.
        device.replica = nil
        try transaction.save(device)
        return true
      }
      guard known.state != noted.state || known.fingerprint != noted.fingerprint else {
        return false
      }
      known.state = noted.state
      known.fingerprint = noted.fingerprint
      known.certificateExpires = noted.certificateExpires
      try transaction.save(known)
      return true
    case .limit(let caseID, let noted):
      return try Self.replay(noted, on: caseID, in: transaction, catalogue, at: now)
    }
  }

  private static func replay(
    _ noted: Grant, in transaction: any ServerTransaction, _ catalogue: Catalogue,
    at now: Timestamp
  ) throws -> Bool {
    // Also of a case that the backup lacks: laptops may yet bring it home.
    let registry = Registry(transaction)
    let held = try transaction.grants(of: noted.user).filter { $0.caseID == noted.caseID }.newest
    guard noted.endedAt == nil || noted.resumes else {
      if held == nil { return try enterEnded(noted, in: transaction, catalogue, at: now) }
      return try registry.end(
        noted.user, noted.caseID, reason: noted.reason, successor: noted.movedTo)
    }
    // One that ended since may have run as something else, or for longer.
    if let held, held.terms != noted.terms {
      _ = try registry.end(noted.user, noted.caseID, reason: noted.reason)
    }
    do {
      return try registry.grant(
        noted.user, noted.caseID, reason: noted.reason, terms: noted.terms, by: catalogue, at: now)
    } catch is Registry.KeptOut {
      if let held, held.resumes, held.terms == noted.terms { return false }
      return try enterEnded(noted, in: transaction, catalogue, at: now)
    } catch is Registry.TooManyCases { return false }
  }

  /// A grant that does not run: the user's laptops may hold the case and must hear of it, and one
  /// that a limit holds up runs again when that ends.
  private static func enterEnded(
    _ noted: Grant, in transaction: any ServerTransaction, _ catalogue: Catalogue,
    at now: Timestamp
  ) throws -> Bool {
    var grant = noted
    grant.grantedAt = try transaction.nextSequence()
    grant.endedAt = grant.grantedAt
    try transaction.enter(grant)
    try Registry(transaction).settle(noted.caseID, by: catalogue, at: now)
    return true
  }

  private static func replay(
    _ noted: Record, on caseID: CaseID, in transaction: any ServerTransaction,
    _ catalogue: Catalogue, at now: Timestamp
  ) throws -> Bool {
    let stored = try transaction.record(noted.id).map { try Record(reading: $0.bytes) }
    var fields: [String: Value] = [:]
    for field in noted.fields {
      guard let reading = noted.read(field, by: .serverOwned),
        stored?.read(field, by: .serverOwned)?.value != reading.value
      else { continue }
      fields[field] = reading.value
    }
    guard !fields.isEmpty else { return false }
    var writer = try OfficeWriter(transaction, catalogue: catalogue, now: now)
    try writer.set(fields, of: noted.id, type: noted.type, caseID: caseID, author: "access-log")
    try writer.settle()
    return true
  }
}

extension ServerTransaction {
  /// Saves a grant, and notes it apart from the store.
  func enter(_ grant: Grant) throws {
    try save(grant)
    try note(.grant(grant))
  }

  /// Saves a device that is new or whose state is, and notes it apart from the store.
  package func enter(_ device: Device) throws {
    try save(device)
    try note(.device(device))
  }
}
