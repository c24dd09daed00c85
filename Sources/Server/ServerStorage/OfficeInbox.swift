import CaseFacts
import RecordCatalogue
import SyncCore

/// What waits for a decision in all cases of the office: a query over standing edits, so that it
/// cannot drift from the records.
package struct OfficeInbox: Sendable {
  package struct Entry: Sendable {
    package let dispute: Dispute
    /// Empty where the case has no header.
    package let crn, name: String
    /// User name of who answers for the case.
    package let owner: String?
    /// When the office received what said otherwise. What a laptop says of the time is evidence
    /// only.
    package let since: Timestamp
    package let workingDays: Int64
  }

  /// Working days after which it is for the senior.
  package static let patience = Dispute.patience

  /// The longest waiting first.
  package let entries: [Entry]

  /// - Parameter today: in the United Kingdom.
  package init(
    in store: any ServerReading, _ catalogue: Catalogue, today: CalendarDate
  ) throws {
    var entries: [Entry] = []
    var last: RecordID?
    while true {
      let page = try store.contestedRecords(after: last, limit: 512)
      guard let end = page.last else { break }
      last = end.id
      for stored in page {
        let record = try Record(reading: stored.bytes)
        for dispute in record.disputes(by: catalogue.policy(of: record.type)) {
          entries.append(try Self.entry(dispute, store, catalogue, today))
        }
      }
    }
    self.entries = entries.sorted {
      ($0.since, $0.dispute.record.id) < ($1.since, $1.dispute.record.id)
    }
  }

  private static func entry(
    _ dispute: Dispute, _ store: any ServerReading, _ catalogue: Catalogue, _ today: CalendarDate
  ) throws -> Entry {
    let headers = try store.records(of: dispute.record.caseID, types: ["case-header"])
    let view = CaseRecords(try headers.map { try Record(reading: $0.bytes) }, catalogue)
    let header = view.all("case-header").first
    let name = header.map { header in
      ["forename", "surname"].compactMap { view.text("name", $0, of: header) }
        .joined(separator: " ")
    }
    let since =
      try store.change(dispute.began.dot)?.receivedAt ?? dispute.began.by.recordedAt
    return Entry(
      dispute: dispute, crn: header.flatMap { view.text("crn", of: $0) } ?? "", name: name ?? "",
      owner: view.responsibleOfficer, since: since,
      workingDays: CalendarDate(at: since)?.workingDays(until: today) ?? 0)
  }
}
