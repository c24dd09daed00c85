import Foundation
import GRDBSQLite

/// Plain SQLite through its C interface with prepared statements, WAL and `synchronous=FULL`: the
/// least that anybody must do to keep the same rows as safely.
final class PlainStore {
  struct Failed: Error { let code: Int32 }

  private var db: OpaquePointer?
  private var insert: OpaquePointer?

  init(path: String) throws {
    try check(sqlite3_open(path, &db))
    try run("PRAGMA journal_mode=WAL")
    try run("PRAGMA synchronous=FULL")
    try run(
      "CREATE TABLE records (id BLOB PRIMARY KEY, case_id BLOB, type TEXT, body BLOB) WITHOUT ROWID"
    )
    try run("CREATE INDEX by_case ON records (case_id, type)")
    try check(
      sqlite3_prepare_v2(db, "INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?)", -1, &insert, nil)
    )
  }

  deinit {
    sqlite3_finalize(insert)
    sqlite3_close(db)
  }

  func run(_ sql: String) throws { try check(sqlite3_exec(db, sql, nil, nil, nil)) }

  func put(_ id: [UInt8], _ caseID: [UInt8], _ type: String, _ body: [UInt8]) throws {
    let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    sqlite3_reset(insert)
    sqlite3_bind_blob(insert, 1, id, Int32(id.count), transient)
    sqlite3_bind_blob(insert, 2, caseID, Int32(caseID.count), transient)
    sqlite3_bind_text(insert, 3, type, -1, transient)
    sqlite3_bind_blob(insert, 4, body, Int32(body.count), transient)
    let code = sqlite3_step(insert)
    guard code == SQLITE_DONE else { throw Failed(code: code) }
  }

  private func check(_ code: Int32) throws {
    guard code == SQLITE_OK else { throw Failed(code: code) }
  }
}

/// The disk alone.
struct Disk {
  let folder: String

  /// Milliseconds of one write of 4 KiB with fsync, median of 15.
  func fsync() throws -> Double {
    let descriptor = open(folder + "/probe", O_WRONLY | O_CREAT, 0o600)
    defer { close(descriptor) }
    let page = [UInt8](repeating: 1, count: 4096)
    var sample = Sample()
    for _ in 0..<15 {
      sample.add(
        Bench.milliseconds {
          _ = write(descriptor, page, page.count)
          _ = Foundation.fsync(descriptor)
        })
    }
    return sample.median
  }
}
