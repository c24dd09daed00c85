import SyncCore

extension CalendarDate {
  /// A day as people type it: `17/5/2024`, `17 5 24`, `17.5.2024`, `17-5-2024`, or the written form
  /// `2024-05-17`.
  ///
  /// Day before month, as in the United Kingdom. Of two-digit years, 70 to 99 are of the last
  /// century.
  public init?(entered text: String) {
    // Three numbers of at most four digits, and what stands between them.
    guard text.utf8.count <= 14 else { return nil }
    let separators = Set(text.filter { !$0.isNumber })
    guard separators.count == 1, let separator = separators.first, "/ .-".contains(separator)
    else { return nil }
    let parts = text.split(separator: separator, omittingEmptySubsequences: false).map(String.init)
    let isNumeric = parts.allSatisfy { part in
      (1...4).contains(part.utf8.count) && part.utf8.allSatisfy { (48...57).contains($0) }
    }
    guard parts.count == 3, isNumeric else { return nil }
    let numbers = parts.compactMap { Int($0) }
    guard numbers.count == 3 else { return nil }
    if parts[0].utf8.count == 4 {
      self.init(year: numbers[0], month: numbers[1], day: numbers[2])
      return
    }
    var year = numbers[2]
    switch parts[2].utf8.count {
    case 4: break
    case 2: year += year < 70 ? 2000 : 1900
    default: return nil
    }
    self.init(year: year, month: numbers[1], day: numbers[0])
  }
}
