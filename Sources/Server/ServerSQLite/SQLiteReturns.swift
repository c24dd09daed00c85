import Foundation
import GRDB
import ServerStorage
import SyncCore

/// What laptops brought back after a restore, in SQL.
extension SQLiteTransaction {
  private static let tallyColumns =
    "epoch, device_id, heard_at, records, changes, reissued, unproven, reached, is_home"

  func returnTally(of device: DeviceID, in epoch: UInt64) throws -> ReturnTally? {
    try one(
      "SELECT \(Self.tallyColumns) FROM return_tallies WHERE epoch = ? AND device_id = ?",
      [Int64(storing: epoch), Data(device.bytes)]
    ).map { row in
      var tally = try ReturnTally(
        epoch: UInt64(stored: row.at(0)), device: id(row.at(1)),
        heardAt: Timestamp(milliseconds: row.at(2)))
      tally.records = try UInt64(stored: row.at(3))
      tally.changes = try UInt64(stored: row.at(4))
      tally.reissued = try UInt64(stored: row.at(5))
      tally.unproven = try UInt64(stored: row.at(6))
      tally.reached = try UInt64(stored: row.at(7))
      tally.isHome = try row.at(8)
      return tally
    }
  }

  func save(_ tally: ReturnTally) throws {
    try run(
      """
      INSERT OR REPLACE INTO return_tallies (\(Self.tallyColumns))
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        Int64(storing: tally.epoch), Data(tally.device.bytes), tally.heardAt.milliseconds,
        Int64(storing: tally.records), Int64(storing: tally.changes),
        Int64(storing: tally.reissued), Int64(storing: tally.unproven),
        Int64(storing: tally.reached), tally.isHome,
      ])
  }

  func shownHeads() throws -> [ShownHead] {
    try all("SELECT replica, counter FROM shown_heads ORDER BY replica") { row in
      try ShownHead(replica: id(row.at(0)), counter: UInt64(stored: row.at(1)))
    }
  }

  func save(_ head: ShownHead) throws {
    try run(
      """
      INSERT INTO shown_heads (replica, counter) VALUES (?, ?)
      ON CONFLICT (replica) DO UPDATE SET counter = max(counter, excluded.counter)
      """, [Data(head.replica.bytes), Int64(storing: head.counter)])
  }
}
