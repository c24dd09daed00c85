import SyncCore
import SyncReplica
import SyncWire

/// Finds the records of a case that differ from the office's, and fetches those alone. See
/// `Protocol/README.md` section 6.10.
public struct CaseRepair: Sendable {
  /// How a record differs.
  public struct Difference: Hashable, Sendable {
    public enum Kind: String, Sendable {
      /// The office's is another.
      case differs
      case missingHere = "missing-here"
      /// The office does not hold it. It is never removed here for that: it may be the last copy.
      case unknownThere = "unknown-there"
    }

    public let caseID: CaseID
    public let record: RecordID
    public let kind: Kind
  }

  private let store: any ReplicaStore
  private let office: OfficeCall

  public init(_ store: any ReplicaStore, _ transport: any Transport) {
    self.store = store
    office = OfficeCall(transport)
  }

  /// Compares a case record by record.
  /// - Parameter mending: whether the office's records are taken over.
  /// - Returns: the differences that were there, ascending by record.
  public func compare(
    _ caseID: CaseID, mending: Bool
  ) async throws(SyncFailure) -> [Difference] {
    let ours: [(record: RecordID, digest: Hash?)]
    do throws(ReplicaError) { ours = try store.baseDigests(of: caseID) } catch {
      throw .store(error)
    }
    let known = Set(ours.map(\.record))
    var differences: [Difference] = []
    var fetched: [ComparisonAnswer.Item] = []
    var place: Place?
    var request = ComparisonRequest(caseID: caseID, entries: [])
    var rest = ours[...]
    repeat {
      let part = rest.prefix(store.limits.pageRecords)
      rest = rest.dropFirst(part.count)
      request.entries = part.map { .init(record: $0.record, digest: $0.digest) }
      request.through = rest.isEmpty ? nil : part.last?.record
      repeat {
        let answer = try await ask(request)
        // Later answers are of later states: what they bring is newer than this says, never older.
        place = place ?? answer.place
        for item in answer.records {
          guard let record = try? Record(fromPeer: item.bytes, limits: store.limits) else {
            throw .garbled("Its answer cannot be read.")
          }
          differences.append(
            Difference(
              caseID: caseID, record: record.id,
              kind: known.contains(record.id) ? .differs : .missingHere))
          fetched.append(item)
        }
        differences += answer.unknown.map {
          Difference(caseID: caseID, record: $0, kind: .unknownThere)
        }
        guard let reached = answer.reached else { break }
        // Each answer goes on behind the one before it, so that this ends.
        guard request.after.map({ reached > $0 }) ?? true else {
          throw .garbled("The comparison does not come to an end.")
        }
        request.after = reached
        request.entries.removeAll { $0.record <= reached }
      } while true
      request.after = request.through
    } while !rest.isEmpty
    if mending, let place, !fetched.isEmpty {
      do throws(ReplicaError) { try store.repair(fetched, of: caseID, at: place) } catch {
        throw .store(error)
      }
    }
    return differences.sorted { $0.record < $1.record }
  }

  private func ask(
    _ request: ComparisonRequest
  ) async throws(SyncFailure) -> ComparisonAnswer {
    let message: PBCompareResponse = try await office.post(
      "/v1/compare", PBCompareRequest(request))
    do throws(WireRefusal) { return try message.answer(store.limits) } catch {
      throw .garbled("Its answer cannot be read.")
    }
  }
}
