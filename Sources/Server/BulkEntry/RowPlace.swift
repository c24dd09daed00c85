/// Where a row of a file begins, so that it can be read again by itself.
struct RowPlace: Hashable, Sendable {
  /// Bytes before it.
  let position: Int
  /// Counted from 1, as editors do.
  let line: Int
}

/// The rows of one case, wherever they stand in a file.
///
/// Only their places are kept: the rows of the largest file would take many times its size.
struct CaseRows: Hashable, Sendable {
  /// The case's number in its canonical form.
  let crn: String
  /// Ascending.
  var places: [RowPlace]
}
