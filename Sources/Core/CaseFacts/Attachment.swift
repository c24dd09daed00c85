import SyncCore

/// What the record of an attachment says of its content, which travels apart.
public struct Attachment: Hashable, Sendable {
  /// The record type.
  public static let type = "attachment"

  public let record: RecordID
  public let caseID: CaseID
  public let name: String
  /// By how the content begins.
  public let kind: String
  /// Bytes, at least 1.
  public let size: UInt64
  public let digest: Hash
  /// The contact entry that it belongs to; `nil` for the case alone.
  public let about: RecordID?
  /// User name of whoever attached it, in lower case.
  public let author: String

  /// `nil` for a record that is of another type, deleted, or does not say what its content is.
  public init?(_ record: Record) {
    guard record.type == Self.type, !record.isDeleted,
      let digest = record.read("digest", by: .union)?.standing.first,
      let hash = digest.value.text.flatMap({ Hash(hexadecimal: $0) }),
      let size = record.read("size", by: .union)?.value.integer, size > 0
    else { return nil }
    self.record = record.id
    caseID = record.caseID
    name = record.read("name", by: .union)?.value.text ?? ""
    kind = record.read("kind", by: .union)?.value.text ?? ""
    self.size = UInt64(size)
    self.digest = hash
    about = record.read("about", by: .union)?.value.text.flatMap { RecordID($0) }
    author = digest.by.author.lowercased()
  }

  /// The kind of a file by how its content begins, as a code of the catalogue.
  public static func kind(of content: [UInt8]) -> String {
    let starts: [(kind: String, bytes: [UInt8])] = [
      ("pdf", Array("%PDF-".utf8)), ("jpeg", [0xFF, 0xD8, 0xFF]),
      ("png", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]),
    ]
    if let found = starts.first(where: { content.starts(with: $0.bytes) }) { return found.kind }
    let isText = !content.contains(0) && String(validating: content, as: UTF8.self) != nil
    return isText ? "text" : "other"
  }
}
