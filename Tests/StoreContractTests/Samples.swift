import ServerStorage
import SyncCore

/// Rows as the office's service writes them, with numbers for names.
enum Sample {
  static let replica = ReplicaID(value: 0xA)
  static let caseID = CaseID(value: 0xCA5E)

  static func change(
    _ counter: UInt64, of replica: ReplicaID = replica, sequence: UInt64,
    verdict: Verdict = .applied
  ) -> LoggedChange {
    let bytes = Array("change \(counter) of \(replica)".utf8)
    return LoggedChange(
      dot: Dot(replica, counter), hash: Hash(of: bytes), bytes: bytes, verdict: verdict,
      sequence: sequence, record: RecordID(value: UInt128(counter)), caseID: caseID,
      receivedAt: Timestamp(milliseconds: 1_000))
  }

  static func record(
    _ number: UInt128, sequence: UInt64, caseID: CaseID = caseID, type: String = "contact-entry"
  ) -> StoredRecord {
    let bytes = [UInt8(truncatingIfNeeded: number), 2, 3]
    return StoredRecord(
      id: RecordID(value: number), type: type, caseID: caseID, sequence: sequence, bytes: bytes,
      proof: Proof(bytes: Array(repeating: 1, count: Proof.byteCount))!)
  }

  static func device(_ number: UInt128, user: String = "sam") -> Device {
    Device(
      id: DeviceID(value: number), user: user, role: .officer, label: "laptop \(number)",
      isOperator: false, fingerprint: Hash(of: Array("certificate \(number)".utf8)),
      certificateExpires: Timestamp(milliseconds: 9_000), enrolledAt: Timestamp(milliseconds: 5))
  }

  static let resolved = ResolvedView(
    json: #"{"text":"hello","_contested":[],"_deleted":false}"#, isContested: false)
  static let contested = ResolvedView(
    json: #"{"text":"hello","_contested":["text"],"_deleted":false}"#, isContested: true)
}

struct Withdrawn: Error, Equatable {}
