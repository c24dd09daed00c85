import Foundation
import SyncCore

extension PBCompareRequest {
  package init(_ request: ComparisonRequest) {
    caseID = Data(request.caseID.bytes)
    entries = request.entries.map { entry in
      .with {
        $0.record = Data(entry.record.bytes)
        $0.digest = Data(entry.digest?.bytes ?? [])
      }
    }
    after = Data(request.after?.bytes ?? [])
    through = Data(request.through?.bytes ?? [])
  }

  /// The request, after every check that needs no store.
  package func comparison(_ limits: Limits) throws(WireRefusal) -> ComparisonRequest {
    guard entries.count <= limits.pageRecords else {
      throw .unreadable("it names more than \(limits.pageRecords) records")
    }
    var request = ComparisonRequest(caseID: try checkedID(caseID, "the case"), entries: [])
    for entry in entries {
      let record: RecordID = try checkedID(entry.record, "a record")
      guard request.entries.last.map({ $0.record < record }) ?? true else {
        throw .unreadable("its records do not ascend")
      }
      let digest = entry.digest.isEmpty ? nil : try checkedHash(entry.digest, "a digest")
      request.entries.append(.init(record: record, digest: digest))
    }
    if !after.isEmpty { request.after = try checkedID(after, "a record") as RecordID }
    if !through.isEmpty { request.through = try checkedID(through, "a record") as RecordID }
    return request
  }
}

extension PBCompareResponse {
  package init(_ answer: ComparisonAnswer, _ form: WireForm) {
    records = answer.records.map { PBRecord($0.bytes, form) }
    proofs = answer.records.map { Data($0.proof?.bytes ?? []) }
    unknown = answer.unknown.map { Data($0.bytes) }
    reached = Data(answer.reached?.bytes ?? [])
    place = PBPlace(answer.place)
  }

  package func answer(_ limits: Limits) throws(WireRefusal) -> ComparisonAnswer {
    guard records.count <= limits.pageRecords, unknown.count <= limits.pageRecords else {
      throw .unreadable("a comparison brings more than \(limits.pageRecords) records")
    }
    guard proofs.count == records.count else {
      throw .unreadable("a comparison does not have one proof a record")
    }
    var answer = ComparisonAnswer(place: place.place)
    for (record, proof) in zip(records, proofs) {
      answer.records.append(.init(bytes: try record.exactBytes, proof: try checkedProof(proof)))
    }
    for id in unknown { answer.unknown.append(try checkedID(id, "a record")) }
    if !reached.isEmpty { answer.reached = try checkedID(reached, "a record") as RecordID }
    return answer
  }
}
