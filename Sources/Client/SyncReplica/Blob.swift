import Foundation
import GRDB
import GRDBSQLite

/// The bytes of a column, copied once. As `Data` each costs some 2,000 instructions more, and a
/// page over a caseload reads tens of thousands.
struct Blob: DatabaseValueConvertible, StatementColumnConvertible {
  let bytes: [UInt8]

  /// From whatever stands there: what it should be is for the reader of the bytes to judge.
  init(sqliteStatement statement: SQLiteStatement, index: CInt) {
    let start = sqlite3_column_blob(statement, index)
    let count = Int(sqlite3_column_bytes(statement, index))
    bytes = [UInt8](UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count))
  }

  private init(_ bytes: [UInt8]) { self.bytes = bytes }

  static func fromDatabaseValue(_ value: DatabaseValue) -> Blob? {
    Data.fromDatabaseValue(value).map { Blob([UInt8]($0)) }
  }

  var databaseValue: DatabaseValue { Data(bytes).databaseValue }
}

extension Row {
  /// The value of a column. Where it does not hold what it should, this throws and GRDB's own
  /// subscript traps: a damaged file must not stop the process.
  func at<Value: DatabaseValueConvertible & StatementColumnConvertible>(
    _ index: Int
  ) throws -> Value { try decode(atIndex: index) }
}
