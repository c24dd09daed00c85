import SyncCore

/// What laptops hand back to an office whose store was put back from a backup: the ledger learns of
/// it from what then stands.
extension World {
  func takeWhatCameHome(_ request: SyncRequest, _ touched: inout Set<Int>) throws {
    guard !request.returned.isEmpty || !request.offered.isEmpty else { return }
    if !request.offered.isEmpty { tally.note(.epochOffered) }
    for offered in request.offered {
      guard let change = offered.bytes.flatMap({ try? Change(reading: $0) }),
        let edit = model.edit(
          marked: Mark.number(in: change.body.recordedAt), of: change.body.record)
      else { continue }
      // What the office has logged again, it knows again.
      if try office.logged(offered.dot)?.hash == offered.hash {
        if case .refused(let code, _) = offered.verdict {
          office.ledger.refuse(edit, code)
        } else {
          office.ledger.accept(edit, at: 0, as: .accepted(offered.verdict), in: model)
        }
      }
      touched.insert(edit.record)
    }
    for returned in request.returned {
      guard let record = try? Record(reading: returned.bytes),
        let place = model.place(of: record.id)
      else { continue }
      touched.insert(place)
    }
    for record in touched.sorted() { try learn(record, from: request) }
  }

  /// Whether a refusal was for the author alone, not for what the edit says: an office that does
  /// not know yet that it was put back refuses what it had taken, once a limit keeps its author
  /// out.
  private static func isOfTheAuthorAlone(_ code: String) -> Bool {
    ["restricted", "group-refused"].contains(code)
  }

  /// Takes into the ledger what stands at the office.
  private func learn(_ record: Int, from request: SyncRequest) throws {
    guard let stored = try office.record(model.records[record].id) else { return }
    let copy = try model.read(stored, at: "the office")
    for local in Set(copy.standing.flatMap(\.locals)).sorted() {
      let edit = model.edit(local, of: record)
      guard !office.ledger.isAccepted(edit),
        everReleased.contains(edit.number)
          || everRefused[edit.number].map(Self.isOfTheAuthorAlone) ?? true
      else { continue }
      office.ledger.accept(edit, at: 0, as: .cameHome, in: model)
    }
  }
}
