import RecordCatalogue
import SyncCore

extension CaseRecords {
  /// When a risk flag is to be reviewed next: of the days that the flag and its reviews name, the
  /// earliest after the last review that was held.
  ///
  /// Whoever named a later day may not have known of the earlier one. An extra review costs
  /// minutes. A day that a review was held for is answered, also when it was held early.
  public func nextReview(of flag: Record) -> CalendarDate? {
    let reviews = all("flag-review").filter { target("flag", of: $0) == flag.id }
    let held = reviews.filter { value("completed", of: $0)?.flag != false }
    let last = held.compactMap { day("on", of: $0) }.max()
    let answered = Set(held.compactMap { day("due", of: $0) })
    let named = reviews.compactMap { day("next-due", of: $0) }
    let own = flag.standing("next-review").compactMap { $0.value.text.flatMap { CalendarDate($0) } }
    return (named + own).filter { day in
      !answered.contains(day) && last.map { day > $0 } ?? true
    }.min()
  }
}
