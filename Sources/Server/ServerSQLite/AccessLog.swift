import Foundation
import RecordCatalogue
import ServerStorage
import SyncCore

/// The file beside the store that says who was given or denied what: one line of JSON a note, only
/// ever added to, on the disk before the store has it.
///
/// When an older copy of the store is put into service, what it lacks of this file is done again
/// before the first laptop is answered.
package final class AccessLog: Sendable {
  private let descriptor: Int32
  private let path: String

  package init(path: String) throws(StoreError) {
    self.path = path
    descriptor = Foundation.open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw .noAccess(path: path, reason: String(cString: strerror(errno)))
    }
  }

  deinit { close(descriptor) }

  /// - Parameter place: how far the store had come with these notes.
  func append(_ notes: [AccessNote], at place: Place) throws {
    guard !notes.isEmpty else { return }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // A line that a power cut broke off must not swallow the next.
    var bytes: [UInt8] = [UInt8(ascii: "\n")]
    for note in notes {
      bytes += try encoder.encode(Line(note, place)) + [UInt8(ascii: "\n")]
    }
    var written = 0
    while written < bytes.count {
      let count = bytes[written...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 || (count < 0 && errno == EINTR) else {
        throw errno == ENOSPC ? StoreError.diskFull : failure()
      }
      written += max(0, count)
    }
    guard fsync(descriptor) == 0 else { throw failure() }
  }

  /// The notes from a place on.
  /// - Returns: with how many lines of any place cannot be read. One that a power cut broke off was
  ///   never answered for; of another, somebody must look at the file.
  func notes(from place: Place) throws -> (notes: [AccessNote], unreadable: Int) {
    guard let data = FileManager.default.contents(atPath: path) else { throw failure() }
    let decoder = JSONDecoder()
    var notes: [AccessNote] = []
    var unreadable = 0
    for line in data.split(separator: UInt8(ascii: "\n")) {
      guard let line = try? decoder.decode(Line.self, from: line), let note = line.note else {
        unreadable += 1
        continue
      }
      if Place(epoch: line.epoch, sequence: line.sequence) >= place { notes.append(note) }
    }
    return (notes, unreadable)
  }

  private func failure() -> StoreError {
    .noAccess(path: path, reason: String(cString: strerror(errno)))
  }
}

/// One note, as it stands in the file. Names are short-lived nowhere: a newer program reads them.
private struct Line: Codable {
  struct GrantLine: Codable {
    var user, caseID, reason, kind: String
    var grantedAt: UInt64
    var endedAt: UInt64?
    var from, until, suspension, movedTo: String?
    var resumes: Bool
  }

  struct DeviceLine: Codable {
    var id, user, role, label, state: String
    var fingerprint: Data
    var isOperator: Bool
    var certificateExpires, enrolledAt: Int64
  }

  struct LimitLine: Codable {
    var caseID: String
    var record: Data
  }

  var epoch, sequence: UInt64
  var grant: GrantLine?
  var device: DeviceLine?
  var limit: LimitLine?

  init(_ note: AccessNote, _ place: Place) {
    (epoch, sequence) = (place.epoch, place.sequence)
    switch note {
    case .grant(let grant):
      self.grant = GrantLine(
        user: grant.user, caseID: grant.caseID.description, reason: grant.reason,
        kind: grant.terms.kind.rawValue, grantedAt: grant.grantedAt, endedAt: grant.endedAt,
        from: grant.terms.from?.description, until: grant.terms.until?.description,
        suspension: grant.suspension, movedTo: grant.movedTo, resumes: grant.resumes)
    case .device(let device):
      self.device = DeviceLine(
        id: device.id.description, user: device.user, role: device.role.rawValue,
        label: device.label, state: device.state.rawValue,
        fingerprint: Data(device.fingerprint.bytes), isOperator: device.isOperator,
        certificateExpires: device.certificateExpires.milliseconds,
        enrolledAt: device.enrolledAt.milliseconds)
    case .limit(let caseID, let record):
      limit = LimitLine(caseID: caseID.description, record: Data(record.bytes))
    }
  }

  var note: AccessNote? {
    if let grant, let caseID = CaseID(grant.caseID), let kind = Grant.Kind(rawValue: grant.kind) {
      let terms = Grant.Terms(
        kind, from: grant.from.flatMap { CalendarDate($0) },
        until: grant.until.flatMap { CalendarDate($0) })
      return .grant(
        Grant(
          user: grant.user, caseID: caseID, grantedAt: grant.grantedAt, endedAt: grant.endedAt,
          reason: grant.reason, terms: terms, suspension: grant.suspension, resumes: grant.resumes,
          movedTo: grant.movedTo))
    }
    if let device, let id = DeviceID(device.id), let state = Device.State(rawValue: device.state),
      let fingerprint = Hash(bytes: device.fingerprint)
    {
      var noted = Device(
        id: id, user: device.user, role: Role(rawValue: device.role), label: device.label,
        isOperator: device.isOperator, fingerprint: fingerprint,
        certificateExpires: Timestamp(milliseconds: device.certificateExpires),
        enrolledAt: Timestamp(milliseconds: device.enrolledAt))
      noted.state = state
      return .device(noted)
    }
    if let limit, let caseID = CaseID(limit.caseID),
      let record = try? Record(reading: [UInt8](limit.record))
    {
      return .limit(caseID, record)
    }
    return nil
  }
}
