import CaseFacts
import RecordCatalogue
import SyncCore

/// Holding the cases of a user to the laptops' window.
///
/// It is looked at when somebody who holds the case comes by, on the first contact of an hour, and
/// only where the case has changed since or a day has come. So it needs no hour of its own, and
/// what nobody holds costs nothing.
struct WindowSweep {
  let transaction: any ServerTransaction
  let catalogue: Catalogue
  /// In the United Kingdom.
  let today: CalendarDate

  /// Moves what has left the window of a case out of the feed, and what is in it again back in.
  func sweep(_ caseID: CaseID) throws {
    guard var head = try transaction.caseHead(caseID) else { return }
    let isDue = head.windowDue.map { $0 <= today.dayNumber } ?? false
    guard isDue || head.sequence > head.windowedAt else { return }
    try Contents.collect(caseID, transaction)
    var rows: [(stored: StoredRecord, record: Record)] = []
    // One that cannot be read is the verifier's to find, and stays what it is.
    try transaction.forEachStored(of: caseID) { stored in
      guard let record = try? Record(reading: stored.bytes) else { return }
      rows.append((stored, record))
    }
    let window = CaseWindow(rows.map(\.record), catalogue, today: today)
    for (stored, record) in rows {
      let leaves = window.departed.contains(record.id)
      guard leaves != stored.hasLeft else { continue }
      head.sequence = try transaction.nextSequence()
      try transaction.place(stored.id, at: head.sequence, hasLeft: leaves)
      if leaves {
        head.digest.remove(record.digest)
        head.departed += 1
      } else {
        head.digest.replace(nil, with: record.digest)
        head.comeBack()
      }
    }
    head.windowedAt = head.sequence
    head.windowDue = window.due
    try transaction.save(head)
  }

  /// Brings back what stays and leaves with a record that has come back: an appointment without its
  /// outcome would read as one that nobody has recorded.
  static func bringBack(
    with record: Record, _ transaction: any ServerTransaction, _ catalogue: Catalogue
  ) throws {
    var left: [(record: Record, holder: RecordID?)] = []
    try transaction.forEachStored(of: record.caseID) { stored in
      guard stored.hasLeft, let record = try? Record(reading: stored.bytes) else { return }
      left.append((record, CaseWindow.holder(of: record, catalogue)))
    }
    guard !left.isEmpty, var head = try transaction.caseHead(record.caseID) else { return }
    var family: Set = [record.id]
    family.formUnion([CaseWindow.holder(of: record, catalogue)].compactMap(\.self))
    var size = 0
    while family.count > size {
      size = family.count
      for (other, holder) in left
      where family.contains(other.id) || holder.map(family.contains) == true {
        family.formUnion([other.id, holder].compactMap(\.self))
      }
    }
    for (other, _) in left where family.contains(other.id) {
      head.sequence = try transaction.nextSequence()
      try transaction.place(other.id, at: head.sequence, hasLeft: false)
      head.digest.replace(nil, with: other.digest)
      head.comeBack()
    }
    try transaction.save(head)
  }

  /// Tells once more that a record has left: somebody wrote to it, which was refused, and held on
  /// to it until then.
  static func tellAgain(_ id: RecordID, _ transaction: any ServerTransaction) throws {
    guard let stored = try transaction.record(id), stored.hasLeft,
      var head = try transaction.caseHead(stored.caseID)
    else { return }
    let isSwept = head.windowedAt == head.sequence
    head.sequence = try transaction.nextSequence()
    if isSwept { head.windowedAt = head.sequence }
    try transaction.place(id, at: head.sequence, hasLeft: true)
    try transaction.save(head)
  }
}
