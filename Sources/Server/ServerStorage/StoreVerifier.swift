import SyncCore

/// Reads the whole store and checks that it is what it says: each case's digest against its
/// records, and each replica's chain of changes link by link.
package struct StoreVerifier {
  private let store: any ServerReading

  package init(_ store: any ServerReading) { self.store = store }

  package struct Report: Sendable {
    package var cases = 0
    package var records = 0
    package var changes = 0
    /// What is wrong, with the case when it is about one.
    package var problems: [(caseID: CaseID?, problem: String)] = []
    package var digests: [CaseDigest] = []
  }

  package func verify() throws -> Report {
    var report = Report()
    try verifyCases(&report)
    for replica in try store.replicas() { try verifyChain(replica, &report) }
    return report
  }

  private func verifyCases(_ report: inout Report) throws {
    try store.forEachCase { head in
      var digest = CaseDigest(caseID: head.caseID)
      var departed: UInt64 = 0
      try store.forEachStored(of: head.caseID) { stored in
        report.records += 1
        guard let record = try? Record(reading: stored.bytes), record.id == stored.id else {
          report.problems.append((head.caseID, "the record \(stored.id) cannot be read"))
          return
        }
        if stored.hasLeft { departed += 1 } else { digest.replace(nil, with: record.digest) }
      }
      report.cases += 1
      report.digests.append(digest)
      if digest != head.digest || departed != head.departed {
        report.problems.append((head.caseID, "its digest is not that of its records"))
      }
    }
  }

  private func verifyChain(_ replica: ReplicaID, _ report: inout Report) throws {
    var head = ChainHead.start
    while true {
      let batch = try store.changes(of: replica, after: head.counter, limit: 512)
      guard !batch.isEmpty else { return }
      for logged in batch {
        report.changes += 1
        // Of a change whose text was lost at a restore, only the place in the chain is known.
        let isWhole = logged.bytes.isEmpty || Hash(of: logged.bytes) == logged.hash
        let follows = logged.dot.counter == head.counter + 1 && isWhole
        let links =
          (try? Change(reading: logged.bytes)).map {
            $0.body.previous == head.hash && $0.dot == logged.dot
          }
          ?? (logged.record == nil)
        if !follows || !links {
          report.problems.append(
            (logged.caseID, "the chain of \(replica) breaks at \(logged.dot.counter)"))
        }
        head = ChainHead(counter: logged.dot.counter, hash: logged.hash)
      }
    }
  }
}
