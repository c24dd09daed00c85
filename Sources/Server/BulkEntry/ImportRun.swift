import RecordCatalogue
import ServerStorage
import SyncCore

extension ImportFile {
  /// What `apply` would do with the same author and reason. Each batch is entered and taken back,
  /// so that nothing is changed and what is said is what will come to pass.
  /// - Parameter progress: told how many cases were dealt with, after each batch.
  /// - Throws: `ImportProblems` for what cannot be entered, where no case may be left out for it or
  ///   too many would be; and what the store throws.
  package func plan(
    in store: some ServerStore, author: String, reason: String = "", now: Timestamp,
    progress: (_ done: Int) -> Void = { _ in }
  ) async throws -> ImportPlan {
    let run = ImportRun(file: self, author: author, reason: reason, now: now, isKept: false)
    var plan = try await run.enter(cases, in: store, progress: progress)
    let leftOut = (leftOut + plan.outcome.leftOut).sorted { $0.line < $1.line }
    guard leftOut.count <= limits.leftOut else { throw leftOut.asTooMany(limits) }
    plan.outcome.leftOut = leftOut
    return plan
  }

  /// Enters the cases that the plan does not leave out, each whole or not at all.
  ///
  /// Some cases share a commit. An import that was interrupted is simply planned and begun again:
  /// what is in already differs in nothing, and is left at that.
  /// - Parameters:
  ///   - plan: of this file, in the store as it stands.
  ///   - author: user name of who imports. A contact keeps the author whom the file names.
  ///   - reason: why what is protective is eased; without one it stays as it stands.
  ///   - now: the office's clock.
  ///   - progress: told how many cases went in, after each batch.
  /// - Throws: what the store throws.
  package func apply(
    _ plan: ImportPlan, to store: some ServerStore, author: String, reason: String = "",
    now: Timestamp,
    progress: (_ done: Int) -> Void = { _ in }
  ) async throws -> ImportOutcome {
    let run = ImportRun(file: self, author: author, reason: reason, now: now, isKept: true)
    var outcome = try await run.enter(plan.differing, in: store, progress: progress).outcome
    outcome.counts.add(plan.alike)
    outcome.cases += plan.outcome.cases - plan.differing.count
    outcome.leftOut = (plan.outcome.leftOut + outcome.leftOut).sorted { $0.line < $1.line }
    return outcome
  }
}

/// One passage over the cases of a file, batch by batch.
private struct ImportRun {
  let file: ImportFile
  let author: String
  let reason: String
  let now: Timestamp
  /// Whether what is entered stays.
  let isKept: Bool

  /// What became of a batch.
  private struct Attempt: Sendable {
    var did = ImportPlan()
    /// The cases that users hold after it.
    var granted: [String: Set<CaseID>]
  }

  /// Thrown through the store, so that nothing of an attempt remains.
  private struct TakenBack: Error { let attempt: Attempt }

  func enter(
    _ cases: [CaseRows], in store: some ServerStore, progress: (Int) -> Void
  ) async throws -> ImportPlan {
    var did = ImportPlan()
    var problems = ProblemList(limit: file.limits.problems)
    var granted: [String: Set<CaseID>] = [:]
    var done = 0
    while done < cases.count {
      try Task.checkCancellation()
      var batch = self.batch(of: cases, from: done)
      done += batch.count
      // Without the cases that cannot enter it is tried anew, since they left traces in it.
      while !batch.isEmpty {
        let attempt = try await attempt(batch, granted, in: store)
        let bad = attempt.did.outcome.leftOut
        if bad.isEmpty {
          did.add(attempt.did)
          granted = attempt.granted
          break
        }
        if file.skipsBadCases || isKept {
          did.outcome.leftOut += bad
        } else {
          for one in bad { problems.add(one.problems) }
        }
        let numbers = Set(bad.map(\.crn))
        batch.removeAll { numbers.contains($0.crn) }
      }
      // Too many: there is no need to know them all.
      if !isKept, did.outcome.leftOut.count > file.limits.leftOut { return did }
      progress(done)
    }
    guard problems.isEmpty else { throw problems.all }
    return did
  }

  /// Whole cases, of as many rows as are committed together.
  private func batch(of cases: [CaseRows], from start: Int) -> [CaseRows] {
    var end = start
    var rows = 0
    while end < cases.count, rows < file.limits.batchRows {
      rows += cases[end].places.count
      end += 1
    }
    return Array(cases[start..<end])
  }

  private func attempt(
    _ batch: [CaseRows], _ granted: [String: Set<CaseID>], in store: some ServerStore
  ) async throws -> Attempt {
    do {
      return try await store.transaction { transaction in
        let attempt = try enter(batch, granted, transaction)
        guard isKept, attempt.did.outcome.leftOut.isEmpty else { throw TakenBack(attempt: attempt) }
        return attempt
      }
    } catch let undone as TakenBack {
      return undone.attempt
    }
  }

  private func enter(
    _ batch: [CaseRows], _ granted: [String: Set<CaseID>], _ transaction: any ServerTransaction
  ) throws -> Attempt {
    var step = ImportStep(transaction, file, reason: reason, granted: granted)
    var writer = try OfficeWriter(transaction, catalogue: file.catalogue, now: now)
    var did = ImportPlan()
    for rows in batch {
      var problems = ProblemList(
        limit: file.skipsBadCases ? file.limits.caseProblems : file.limits.problems)
      var counts = ImportCounts()
      let entries = file.entries(of: rows, &problems)
      for entry in entries {
        switch try step.finding(of: entry) {
        case .new(let fields):
          counts.new += 1
          if problems.isEmpty { try write(entry, fields, &writer) }
        case .changed(let fields):
          counts.changed += 1
          if problems.isEmpty { try write(entry, fields, &writer) }
        case .unchanged: counts.unchanged += 1
        case .deleted: counts.leftDeleted += 1
        case .refused(let fault, let column):
          problems.add(fault, line: entry.line, column: column)
        }
      }
      guard problems.isEmpty else {
        did.outcome.leftOut.append(LeftOutCase(rows: rows, problems: problems.all))
        continue
      }
      try writer.settle()
      if file.kind.isDerivedFrom, counts.changes, let first = entries.first {
        try writer.derive(first.caseID)
      }
      step.accept(entries)
      did.add(rows, counts)
    }
    return Attempt(did: did, granted: step.granted)
  }

  private func write(
    _ entry: ImportEntry, _ fields: [String: Value], _ writer: inout OfficeWriter
  ) throws {
    switch entry.content {
    case .record(let id, let type, _):
      try writer.set(
        fields, of: id, type: type, caseID: entry.caseID, author: entry.author ?? author,
        reason: reason)
    case .grant(let user, let reason):
      _ = try writer.grant(user, entry.caseID, reason: reason)
    }
  }
}

extension ImportPlan {
  /// Notes a case that can go in.
  fileprivate mutating func add(_ rows: CaseRows, _ counts: ImportCounts) {
    outcome.cases += 1
    outcome.counts.add(counts)
    if counts.changes { differing.append(rows) } else { alike.add(counts) }
  }

  /// Notes a batch of which nothing was left out.
  fileprivate mutating func add(_ other: ImportPlan) {
    outcome.cases += other.outcome.cases
    outcome.counts.add(other.outcome.counts)
    differing += other.differing
    alike.add(other.alike)
  }
}
