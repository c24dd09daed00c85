import SyncCore

/// Rows that a later row replaces: what was sent to a provider is never changed, it is sent anew
/// with a reason, and both are shown.
enum Replacements {
  /// The records of a type that another of it names as the one it replaces.
  static func replaced(_ type: String, _ records: CaseRecords) -> Set<RecordID> {
    Set(records.all(type).compactMap { records.target("supersedes", of: $0) })
  }
}
