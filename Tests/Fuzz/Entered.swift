import RecordCatalogue
import SyncCore

/// Dates and identifiers as people type them.
enum Entered {
  static func check(_ bytes: [UInt8]) {
    guard let text = String(validating: bytes, as: UTF8.self) else { return }
    stays(text) { CalendarDate(entered: $0) }
    stays(text) { CalendarDate($0) }
    stays(text) { CRN($0) }
    stays(text) { NOMSNumber($0) }
    stays(text) { PNCIdentifier($0, currentYear: 2026) }
    stays(text) { CRONumber($0) }
    stays(text) { RecordID($0) }
  }

  private static func stays<Value: Equatable & CustomStringConvertible>(
    _ text: String, _ read: (String) -> Value?
  ) {
    guard let value = read(text) else { return }
    promise(
      "what was entered reads the same from its written form", read(value.description) == value)
  }
}
