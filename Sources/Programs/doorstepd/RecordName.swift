import ProgramKit
import ServerStorage
import SyncCore

/// A record as somebody names it: by its id, or the end of it.
struct RecordName {
  private let text: String

  init(_ text: String) { self.text = text }

  func id(in store: any ServerReading) throws -> RecordID {
    if let id = RecordID(text) { return id }
    let wanted = text.lowercased().filter { $0 != "-" }
    guard (4...32).contains(wanted.count), wanted.utf8.allSatisfy(Self.isHexDigit) else {
      throw Failure(
        .badData, code: "bad-id",
        "“\(text)” is neither a CRN that is known nor an id: give at least the last four characters of one."
      )
    }
    let ids = try store.records(endingIn: wanted)
    guard let id = ids.first else { throw unknown }
    guard ids.count == 1 else {
      throw Failure(
        .badData, code: "ambiguous",
        "\(ids.count) records have an id that ends in \(text). Give more of it.")
    }
    return id
  }

  var unknown: Failure {
    Failure(
      .badData, code: "unknown-record",
      "The office knows no record with an id that ends in \(text). For those of a case, give its CRN."
    )
  }

  private static func isHexDigit(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
  }
}
