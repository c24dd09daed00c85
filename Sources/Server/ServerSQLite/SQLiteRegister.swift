import Foundation
import GRDB
import ServerStorage
import SyncCore

/// Grants, devices, codes and orders in SQL.
extension SQLiteTransaction {
  private static let grantColumns =
    "user, case_id, granted_at, ended_at, reason, suspension, resumes, kind, from_day, until_day, moved_to, is_limited"

  func grants(of user: String) throws -> [Grant] {
    try all(
      "SELECT \(Self.grantColumns) FROM grants WHERE user = ?", [user.lowercased()], grant)
  }

  func grants(on caseID: CaseID) throws -> [Grant] {
    try all(
      "SELECT \(Self.grantColumns) FROM grants WHERE case_id = ?", [Data(caseID.bytes)], grant)
  }

  private func grant(_ row: Row) throws -> Grant {
    guard let kind = try Grant.Kind(rawValue: row.at(7)) else {
      throw StoreError.damaged("a grant's kind is not known")
    }
    return try Grant(
      user: row.at(0), caseID: id(row.at(1)), grantedAt: UInt64(stored: row.at(2)),
      endedAt: (row.at(3) as Int64?).map(UInt64.init(stored:)), reason: row.at(4),
      terms: Grant.Terms(kind, from: day(row.at(8)), until: day(row.at(9))),
      suspension: row.at(5), resumes: row.at(6), movedTo: row.at(10), isLimited: row.at(11))
  }

  private func day(_ text: String?) throws -> CalendarDate? {
    try text.map { text in
      guard let day = CalendarDate(text) else { throw StoreError.damaged("a day is not a date") }
      return day
    }
  }

  func save(_ grant: Grant) throws {
    try run(
      """
      INSERT OR REPLACE INTO grants (\(Self.grantColumns))
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        grant.user, Data(grant.caseID.bytes), Int64(storing: grant.grantedAt),
        grant.endedAt.map(Int64.init(storing:)), grant.reason, grant.suspension,
        grant.resumes, grant.terms.kind.rawValue, grant.terms.from?.description,
        grant.terms.until?.description, grant.movedTo, grant.isLimited,
      ])
  }

  private static let deviceColumns = """
    device_id, user, role, label, is_operator, state, fingerprint, certificate_expires, enrolled_at, replica,
    last_contact, clock_offset, unsent, catalogue_version, forks, since, heard
    """

  func device(_ id: DeviceID) throws -> Device? {
    try one(
      "SELECT \(Self.deviceColumns) FROM devices WHERE device_id = ?", [Data(id.bytes)]
    ).map(device)
  }

  func device(fingerprint: Hash) throws -> Device? {
    try one(
      "SELECT \(Self.deviceColumns) FROM devices WHERE fingerprint = ?", [Data(fingerprint.bytes)]
    ).map(device)
  }

  func device(of replica: ReplicaID) throws -> Device? {
    try one(
      "SELECT \(Self.deviceColumns) FROM devices WHERE replica = ?", [Data(replica.bytes)]
    ).map(device)
  }

  func devices() throws -> [Device] {
    try all("SELECT \(Self.deviceColumns) FROM devices ORDER BY device_id", [], device)
  }

  private func device(_ row: Row) throws -> Device {
    var device = try Device(
      id: id(row.at(0)), user: row.at(1), role: Role(rawValue: row.at(2)), label: row.at(3),
      isOperator: row.at(4),
      fingerprint: hash(row.at(6)), certificateExpires: Timestamp(milliseconds: row.at(7)),
      enrolledAt: Timestamp(milliseconds: row.at(8)))
    guard let state = try Device.State(rawValue: row.at(5)) else {
      throw StoreError.damaged("a device's state is not known")
    }
    device.state = state
    device.replica = try (row.at(9) as Data?).map(id)
    device.lastContact = try (row.at(10) as Int64?).map(Timestamp.init(milliseconds:))
    device.clockOffset = try row.at(11)
    device.unsent = try UInt64(stored: row.at(12))
    device.catalogueVersion = try UInt32(clamping: row.at(13) as Int64)
    device.forks = try UInt64(stored: row.at(14))
    device.since = try UInt64(stored: row.at(15))
    device.heard = try UInt64(stored: row.at(16))
    return device
  }

  func save(_ device: Device) throws {
    try run(
      """
      INSERT INTO devices (\(Self.deviceColumns))
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (device_id) DO UPDATE SET
        user = excluded.user, role = excluded.role, label = excluded.label,
        is_operator = excluded.is_operator, state = excluded.state,
        fingerprint = excluded.fingerprint, certificate_expires = excluded.certificate_expires,
        enrolled_at = excluded.enrolled_at, replica = excluded.replica,
        last_contact = excluded.last_contact, clock_offset = excluded.clock_offset,
        unsent = excluded.unsent, catalogue_version = excluded.catalogue_version,
        forks = excluded.forks, since = excluded.since,
        heard = excluded.heard
      """,
      [
        Data(device.id.bytes), device.user, device.role.rawValue, device.label, device.isOperator,
        device.state.rawValue, Data(device.fingerprint.bytes),
        device.certificateExpires.milliseconds,
        device.enrolledAt.milliseconds, device.replica.map { Data($0.bytes) },
        device.lastContact?.milliseconds, device.clockOffset, Int64(storing: device.unsent),
        Int64(device.catalogueVersion), Int64(storing: device.forks),
        Int64(storing: device.since), Int64(storing: device.heard),
      ])
  }

  func erasures(by device: DeviceID) throws -> [Erasure] {
    try all(
      "SELECT case_id, ended_at, received_at FROM erasures WHERE device_id = ? ORDER BY case_id",
      [Data(device.bytes)]
    ) { row in
      try Erasure(
        device: device, caseID: id(row.at(0)), endedAt: UInt64(stored: row.at(1)),
        receivedAt: Timestamp(milliseconds: row.at(2)))
    }
  }

  func save(_ erasure: Erasure) throws {
    try run(
      """
      INSERT OR REPLACE INTO erasures (device_id, case_id, ended_at, received_at)
      VALUES (?, ?, ?, ?)
      """,
      [
        Data(erasure.device.bytes), Data(erasure.caseID.bytes), Int64(storing: erasure.endedAt),
        erasure.receivedAt.milliseconds,
      ])
  }

  func enrolmentCode(_ hash: Hash) throws -> EnrolmentCode? {
    try one(
      "SELECT user, role, label, is_operator, expires_at, used_at FROM enrolment_codes WHERE hash = ?",
      [Data(hash.bytes)]
    ).map { row in
      try EnrolmentCode(
        hash: hash, user: row.at(0), role: Role(rawValue: row.at(1)), label: row.at(2),
        isOperator: row.at(3),
        expiresAt: Timestamp(milliseconds: row.at(4)),
        usedAt: (row.at(5) as Int64?).map(Timestamp.init(milliseconds:)))
    }
  }

  func save(_ code: EnrolmentCode) throws {
    try run(
      """
      INSERT OR REPLACE INTO enrolment_codes (hash, user, role, label, is_operator, expires_at, used_at)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      """,
      [
        Data(code.hash.bytes), code.user, code.role.rawValue, code.label, code.isOperator,
        code.expiresAt.milliseconds, code.usedAt?.milliseconds,
      ])
  }

  func orders(for device: DeviceID) throws -> [StoredOrder] {
    try all(
      "SELECT id, kind FROM orders WHERE device_id = ? ORDER BY id", [Data(device.bytes)]
    ) { row in
      guard let kind = try StoredOrder.Kind(rawValue: row.at(1)) else {
        throw StoreError.damaged("an order is not known")
      }
      return try StoredOrder(id: UInt64(stored: row.at(0)), device: device, kind: kind)
    }
  }

  func add(_ order: StoredOrder) throws {
    try run(
      "INSERT INTO orders (id, device_id, kind) VALUES (?, ?, ?)",
      [Int64(storing: order.id), Data(order.device.bytes), order.kind.rawValue])
  }

  func removeOrder(_ id: UInt64, of device: DeviceID) throws {
    try run(
      "DELETE FROM orders WHERE id = ? AND device_id = ?", [Int64(storing: id), Data(device.bytes)])
  }

  private static let decisionColumns = """
    replica, counter, kind, decided_by, decided_at, reason, sequence, issued_replica, issued_counter
    """

  func decision(on dot: Dot) throws -> QuarantineDecision? {
    try one(
      "SELECT \(Self.decisionColumns) FROM decisions WHERE replica = ? AND counter = ?",
      [Data(dot.replica.bytes), Int64(storing: dot.counter)]
    ).map(decision)
  }

  func decisions(of replica: ReplicaID, after sequence: UInt64) throws -> [QuarantineDecision] {
    try all(
      """
      SELECT \(Self.decisionColumns) FROM decisions WHERE replica = ? AND sequence > ?
      ORDER BY sequence
      """, [Data(replica.bytes), Int64(storing: sequence)], decision)
  }

  private func decision(_ row: Row) throws -> QuarantineDecision {
    guard let kind = try QuarantineDecision.Kind(rawValue: row.at(2)) else {
      throw StoreError.damaged("a decision is not known")
    }
    let issued = try (row.at(7) as Data?).map { try Dot(id($0), UInt64(stored: row.at(8))) }
    return try QuarantineDecision(
      on: Dot(id(row.at(0)), UInt64(stored: row.at(1))), kind, by: row.at(3),
      at: Timestamp(milliseconds: row.at(4)), reason: row.at(5),
      sequence: UInt64(stored: row.at(6)),
      issuedAs: issued)
  }

  func save(_ decision: QuarantineDecision) throws {
    try run(
      """
      INSERT OR REPLACE INTO decisions (\(Self.decisionColumns))
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        Data(decision.dot.replica.bytes), Int64(storing: decision.dot.counter),
        decision.kind.rawValue, decision.by, decision.at.milliseconds, decision.reason,
        Int64(storing: decision.sequence), decision.issuedAs.map { Data($0.replica.bytes) },
        decision.issuedAs.map { Int64(storing: $0.counter) },
      ])
  }

  func recordsChangedAtOnce() throws -> [RecordID] {
    let sql = """
      SELECT DISTINCT record_id FROM changes
      WHERE verdict IN ('merged', 'contested', 'late') AND record_id IS NOT NULL ORDER BY record_id
      """
    return try Row.fetchAll(db, sql: sql).map { try id($0.at(0)) }
  }

  func verdictCounts() throws -> [String: UInt64] {
    var counts: [String: UInt64] = [:]
    let sql = "SELECT verdict, count(*) FROM changes GROUP BY verdict"
    for row in try Row.fetchAll(db, sql: sql) {
      counts[try row.at(0)] = try UInt64(stored: row.at(1))
    }
    return counts
  }

  func counts() throws -> StoreCounts {
    func count(_ sql: String) throws -> UInt64 {
      UInt64(stored: try Int64.fetchOne(db, sql: "SELECT count(*) FROM \(sql)") ?? 0)
    }
    var counts = StoreCounts()
    counts.cases = try count("cases")
    counts.records = try count("records")
    counts.changes = try count("changes")
    counts.refused = try count("changes WHERE verdict = 'refused'")
    counts.contested = try count("records WHERE is_contested = 1")
    counts.devices = try count("devices")
    counts.grants = try count("grants WHERE ended_at IS NULL")
    for row in try Row.fetchAll(db, sql: "SELECT type, count(*) FROM records GROUP BY type") {
      counts.types[try row.at(0)] = try UInt64(stored: row.at(1))
    }
    return counts
  }
}
