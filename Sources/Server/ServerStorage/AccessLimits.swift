import CaseFacts
import RecordCatalogue
import SyncCore

/// Who may not see a case, whatever was granted: staff with a personal link to it.
///
/// Two lists, kept as records of type `access-limit` in the case's office file. An *exclusion*
/// names who may not see the case. While a *restriction* is in force, only those whom one names
/// may. Both hold from a day until the day before another. While any is in force, a user whom the
/// office does not know may not see the case either. Names are compared without letters' case.
struct AccessLimits {
  private var excluded: [String: String] = [:]
  private var admitted: Set<String> = []
  /// Shown to who is not named; `nil` while no restriction is in force.
  private var restriction: String?
  private let store: any ServerReading

  /// - Parameter today: in the United Kingdom; where it is not known, each is in force.
  init(
    on caseID: CaseID, _ store: any ServerReading, _ catalogue: Catalogue,
    today: @autoclosure () -> CalendarDate?
  ) throws {
    self.store = store
    let view = try Self.records(on: caseID, store, catalogue)
    let limits = view.all(Self.type)
    guard !limits.isEmpty else { return }
    let day = today()
    for limit in limits where Self.isInForce(limit, view, day) {
      guard let user = view.text("user", of: limit)?.lowercased() else { continue }
      let message = view.text("message", of: limit) ?? ""
      switch view.text("kind", of: limit) {
      case "exclusion": excluded[user] = max(excluded[user] ?? "", message)
      // What a newer catalogue calls otherwise limits, rather than not.
      default:
        admitted.insert(user)
        restriction = max(restriction ?? "", message)
      }
    }
  }

  static let type = "access-limit"

  /// Whether anybody is kept out.
  var areInForce: Bool { restriction != nil || !excluded.isEmpty }

  /// The limits that a case has or had.
  static func records(
    on caseID: CaseID, _ store: any ServerReading, _ catalogue: Catalogue
  ) throws -> CaseRecords {
    let home = catalogue.home(of: type, in: caseID)
    // Most cases have no file of the office's.
    let isEmpty = try store.caseHead(home) == nil
    let records = isEmpty ? [] : try store.records(of: home, types: [type])
    return CaseRecords(try records.map { try Record(reading: $0.bytes) }, catalogue)
  }

  /// What a user is told who may not see the case, and may be empty; `nil` for who may.
  func denial(of user: String) throws -> String? {
    guard areInForce else { return nil }
    let user = user.lowercased()
    if let message = excluded[user] { return message }
    if let restriction, !admitted.contains(user) { return restriction }
    return try store.devices().contains { $0.user.lowercased() == user } ? nil : ""
  }

  static func isInForce(
    _ limit: Record, _ view: CaseRecords, _ day: CalendarDate?
  ) -> Bool {
    guard let day else { return true }
    let hasBegun = view.day("from", of: limit).map { $0 <= day } ?? true
    let hasEnded = view.day("to", of: limit).map { $0 <= day } ?? false
    return hasBegun && !hasEnded
  }
}

extension Catalogue {
  /// The case that a record of a type is kept in. Limits of access never leave the office, whatever
  /// an office's own catalogue says of them or does not.
  package func home(of type: String, in caseID: CaseID) -> CaseID {
    guard type != AccessLimits.type else { return .officeFile(of: caseID) }
    return self[type]?.home(in: caseID) ?? caseID
  }
}
