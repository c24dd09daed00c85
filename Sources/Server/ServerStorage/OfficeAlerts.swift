import CaseFacts
import RecordCatalogue
import SyncCore

/// The alerts that are open in the cases of the office, for whoever is to see to one and holds none
/// of the cases: seniors above all.
package struct OfficeAlerts: Sendable {
  package struct Entry: Sendable {
    package let alert: RecordID
    /// A code of the catalogue.
    package let kind: String
    package let text: String
    /// Of the case; empty where it has no header.
    package let crn: String
    /// User names whom it is for and who have not cleared it; none where anybody who holds the case
    /// may.
    package let waitingFor: [String]
    /// When the office raised it.
    package let since: Timestamp
    package let workingDays: Int64
  }

  /// The oldest first.
  package let entries: [Entry]

  /// - Parameter today: in the United Kingdom.
  package init(
    in store: any ServerReading, _ catalogue: Catalogue, today: CalendarDate
  ) throws {
    var entries: [Entry] = []
    try store.forEachCase { head in
      let types: Set<String> = ["alert", "alert-clearing", "case-header"]
      let records = try store.records(of: head.caseID, types: types)
        .map { try Record(reading: $0.bytes) }
      let view = CaseRecords(records, catalogue)
      for alert in view.all("alert") where Compliance.isOpen(alert, view) {
        entries.append(Self.entry(alert, view, today))
      }
    }
    self.entries = entries.sorted { ($0.since, $0.alert) < ($1.since, $1.alert) }
  }

  private static func entry(
    _ alert: Record, _ view: CaseRecords, _ today: CalendarDate
  ) -> Entry {
    let raised = alert.standing("text").first ?? alert.edits.first
    let since = raised?.by.recordedAt ?? Timestamp(milliseconds: 0)
    return Entry(
      alert: alert.id, kind: view.text("kind", of: alert) ?? "",
      text: view.text("text", of: alert) ?? "",
      crn: view.all("case-header").first.flatMap { view.text("crn", of: $0) } ?? "",
      waitingFor: Compliance.waiting(for: alert, view), since: since,
      workingDays: CalendarDate(at: since)?.workingDays(until: today) ?? 0)
  }
}
