import SyncCore

extension Dispute {
  /// Working days after which a senior is to look, as nDelius holds an outcome for evidence.
  public static let patience: Int64 = 5
}

extension CaseRecords {
  /// The disputes of the case, ascending by record and field.
  public var disputes: [Dispute] {
    present.flatMap { $0.disputes(by: catalogue.policy(of: $0.type)) }
  }

  /// Whose case it is, as the office last said.
  public var responsibleOfficer: String? {
    all("case-header").first.flatMap { text("responsible-officer", of: $0) }
  }

  /// Who answers for that officer's work.
  public var senior: String? {
    all("case-header").first.flatMap { text("senior", of: $0) }
  }
}
