import RecordCatalogue
import SyncCore

/// Whether the office may enter a change by its own hand: what the catalogue says to the change,
/// and the checks with all that the store holds.
package struct OfficeJudge {
  private let store: any ServerReading
  private let catalogue: Catalogue

  package init(_ store: any ServerReading, _ catalogue: Catalogue) {
    self.store = store
    self.catalogue = catalogue
  }

  /// - Parameters:
  ///   - record: as it stands; `nil` if there is none yet.
  ///   - today: the day on which it is entered.
  package func refusal(
    of change: Change, to record: Record?, today: CalendarDate?
  ) throws -> Refusal? {
    let body = change.body
    // What cannot be read back would stand in every laptop's way.
    guard (try? Change(reading: change.bytes)) != nil else { return .unreadable }
    let policy = catalogue.policy(of: body.type)
    if let refusal = Record.refusal(of: change, to: record, policy: policy, origin: .office) {
      return refusal
    }
    var changed = record ?? Record(id: body.record, type: body.type, caseID: body.caseID)
    changed.apply(change, at: nil)
    guard changed.fits(.standard) else { return .tooLarge }
    guard let policy, !policy.checks.isEmpty, case .set(let members) = body.action else {
      return nil
    }
    let failed = try policy.failedCheck(
      setting: Set(members.map(\.name)), in: changed, today: today,
      referred: { try store.record($0).map { try Record(reading: $0.bytes) } },
      policy: catalogue.policy)
    return failed.map { .checkFailed(check: $0.name) }
  }
}
