import GRDB

extension Row {
  /// The value of a column. Where it does not hold what it should, this throws and GRDB's own
  /// subscript traps: a damaged file must not stop the process.
  func at<Value: DatabaseValueConvertible & StatementColumnConvertible>(
    _ index: Int
  ) throws -> Value { try decode(atIndex: index) }
}
