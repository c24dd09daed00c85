import SyncCore

/// Digests of cases. Those of single records stand in `records`.
enum DigestVectors {
  static func cases() -> [JSONText] {
    let records = (21...24).flatMap { VectorHistory(seed: $0, steps: 8).copies }
    let deleted = VectorSamples.accepted([
      VectorSamples.set(1, 1, ["a": .none]),
      VectorSamples.change(2, 1, seen: VectorSamples.vector([1: 1]), .delete),
    ])
    return [
      told("no records", []), told("one record", [records[0]]),
      told("a deleted record counts", [records[0], deleted]),
      told("a sum beyond 256 bits", records), told("the same in another order", records.reversed()),
    ]
  }

  private static func told(_ name: String, _ records: [Record]) -> JSONText {
    var digest = CaseDigest(caseID: VectorSamples.caseID)
    for record in records { digest.replace(nil, with: record.digest) }
    return .object([
      ("name", .text(name)), ("records", .list(records.map { .hex($0.bytes) })),
      ("count", .number(Int(digest.records))), ("sum", .hex(digest.sum.bytes)),
    ])
  }
}
