/// One part of a case as a laptop has it, by the digests of its records. See `Protocol/README.md`
/// section 6.10.
public struct ComparisonRequest: Sendable {
  public struct Entry: Hashable, Sendable {
    public let record: RecordID
    /// `nil` where the laptop cannot read its own.
    public let digest: Hash?

    public init(record: RecordID, digest: Hash?) {
      self.record = record
      self.digest = digest
    }
  }

  public var caseID: CaseID
  /// Ascending by record.
  public var entries: [Entry]
  /// Of the records above this one; `nil` for all from the first.
  public var after: RecordID?
  /// Up to and with this one; `nil` for all to the last.
  public var through: RecordID?

  public init(
    caseID: CaseID, entries: [Entry], after: RecordID? = nil, through: RecordID? = nil
  ) {
    self.caseID = caseID
    self.entries = entries
    self.after = after
    self.through = through
  }

  /// Whether a record belongs to this part.
  public func covers(_ id: RecordID) -> Bool {
    (after.map { id > $0 } ?? true) && (through.map { id <= $0 } ?? true)
  }
}

/// What of it the office has otherwise.
public struct ComparisonAnswer: Sendable {
  public struct Item: Hashable, Sendable {
    public let bytes: [UInt8]
    /// `nil` from an office that gives none.
    public let proof: Proof?

    public init(bytes: [UInt8], proof: Proof?) {
      self.bytes = bytes
      self.proof = proof
    }
  }

  /// The office's records where the laptop has another or none, ascending by id.
  public var records: [Item] = []
  /// What the laptop named and the office does not hold, ascending.
  public var unknown: [RecordID] = []
  /// Up to here, where there was more than fits.
  public var reached: RecordID?
  /// The office's position when this was its state.
  public var place: Place

  public init(place: Place) { self.place = place }
}
