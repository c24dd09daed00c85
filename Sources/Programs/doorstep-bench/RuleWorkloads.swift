import ProgramKit
import RecordCatalogue
import ServerSQLite
import ServerStorage
import SyncCore

/// What rules cost. Merging asks none, so both figures are of reading alone.
extension Bench {
  /// W9: the core alone: every field of 100,000 records read by its rule, beside merging the same
  /// records. Five fields each, of which two are in dispute after the merge.
  func rule() throws {
    let count = 100_000
    let pairs = (0..<count).map(Self.concurrentPair)
    let merged = pairs.map { $0.0.merged(with: $0.1) }
    var (disputed, settled, both, floor) = (Sample(), Sample(), Sample(), Sample())
    for _ in 0..<rounds {
      var edits = 0
      let mergeTime = Self.milliseconds {
        for (left, right) in pairs { edits += left.merged(with: right).edits.count }
      }
      guard edits == count * 7 else { throw OfficeProcess.NotReady() }
      floor.add(Double(count) / mergeTime * 1000)
      disputed.add(try Self.read(merged, disputes: 2))
      settled.add(try Self.read(pairs.map(\.0), disputes: 0))
      both.add(try Self.read(pairs, disputes: 2))
    }
    let floorIs = "the same records merged, in memory, no rule asked"
    report.add(
      "W9", "records read by their rules, two of five fields in dispute", "/s", disputed,
      floor: floor, floorIs: floorIs)
    report.add(
      "W9", "records read by their rules, nothing in dispute", "/s", settled, floor: floor,
      floorIs: floorIs)
    report.add(
      "W9", "records merged and then read by their rules", "/s", both, floor: floor,
      floorIs: floorIs)
  }

  /// - Returns: records a second.
  private static func read(_ records: [Record], disputes: Int) throws -> Double {
    try rate(records, disputes: disputes) { $0 }
  }

  private static func read(_ pairs: [(Record, Record)], disputes: Int) throws -> Double {
    try rate(pairs, disputes: disputes) { $0.0.merged(with: $0.1) }
  }

  private static func rate<Element>(
    _ elements: [Element], disputes: Int, _ record: (Element) -> Record
  ) throws -> Double {
    guard let policy = Catalogue.standard.policy(of: "contact-entry") else {
      throw OfficeProcess.NotReady()
    }
    var contested = 0
    let time = milliseconds {
      for element in elements {
        let record = record(element)
        for field in record.fields
        where record.read(field, by: policy.rule(of: field))?.isInDispute == true {
          contested += 1
        }
      }
    }
    guard contested == elements.count * disputes else { throw OfficeProcess.NotReady() }
    return Double(elements.count) / time * 1000
  }

  /// W10: one request of 500 new notes at the office, with the resolved view that analysts query
  /// kept in the same transaction, and without it.
  func keepView() async throws {
    var (ours, floor) = (Sample(), Sample())
    for _ in 0..<rounds {
      ours.add(try await accept(keepingView: true))
      floor.add(try await accept(keepingView: false))
    }
    report.add(
      "W10", "500 new notes taken in, one commit, with the resolved view", "ms", ours,
      floor: floor, floorIs: "the same without the view")
  }

  private func accept(keepingView: Bool) async throws -> Double {
    let store = try SQLiteStore(
      path: path("view"), life: ReplicaID(value: 1),
      creating: SQLiteStore.New(secret: Array(repeating: 1, count: 32)))
    let requests = try await prepare(store, laptops: 1, changes: 500)
    let now = World.now()
    let time = try await Self.elapsed {
      for (request, device) in requests {
        _ = try await store.transaction { transaction in
          let view = ViewChoice(inner: transaction, keepsView: keepingView)
          return try Intake(
            view, catalogue: .standard, now: now, newLife: ReplicaID(value: 2)
          ).accept(request, from: device)
        }
      }
    }
    try store.close()
    return time
  }
}

extension Reading {
  /// Whether it was not read from one value alone.
  fileprivate var isInDispute: Bool { status != .settled }
}
