import RecordCatalogue
import SyncCore

/// People on probation who do not exist, for demonstrations and for measuring.
///
/// The same arguments give the same cases, on every machine. Cases are made one at a time, each
/// from the seed and its own number, so that 240,000 of them need the memory of one.
package struct Population: Sendable {
  package let people: Int
  /// Officers by user name; the first ones are those that were asked for.
  package var officers: [String] { staff.officers }
  package let contactsPerYear: Int

  let seed: UInt64
  let today: Day
  let staff: Staff
  let numbers: PoliceNumbers

  /// Cases that an officer holds on average in England and Wales.
  package static let meanCaseload = 36

  /// - Parameters:
  ///   - people: 0 to 26,000,000, which is all case numbers that there are; held to that range.
  ///   - officers: 1 to the number of people, held to that range; `nil` for one to each 36 people.
  ///   - today: appointments before it are past, and nothing was recorded on it or later.
  ///   - users: user names of the first officers, 1 to 64 bytes each; any other, and any beyond the
  ///     number of officers, is left out.
  ///   - contactsPerYear: entries of the contact log that a case gets on average in a year of
  ///     supervision, 0 to 1,000, held to that range. A case younger than a year has fewer.
  package init(
    people: Int, officers: Int? = nil, seed: UInt64, today: CalendarDate, users: [String] = [],
    contactsPerYear: Int = 100
  ) {
    self.people = min(max(people, 0), PoliceNumbers.most)
    self.seed = seed
    self.today = Day(today)
    self.contactsPerYear = min(max(contactsPerYear, 0), 1000)
    let needed = (self.people + Self.meanCaseload - 1) / Self.meanCaseload
    let count = min(max(officers ?? needed, 1), max(self.people, 1))
    staff = Staff(
      count: count, users: users.filter { (1...Limits.standard.nameBytes).contains($0.utf8.count) })
    var chance = SplitMix64(seed: seed, stream: -1)
    numbers = PoliceNumbers(&chance)
  }

  /// The cases, each made when it is asked for and once.
  package func cases() -> some Sequence<PopulationCase> {
    sequence(state: 0) { index in
      guard index < people else { return nil }
      defer { index += 1 }
      return makeCase(index)
    }
  }

  /// - Returns: never `nil`: the numbers made here are in the form of case numbers, which a test
  ///   holds for the first and the last of them.
  private func makeCase(_ index: Int) -> PopulationCase? {
    guard let crn = CRN(numbers.crn(index)) else { return nil }
    var chance = SplitMix64(seed: seed, stream: index)
    // Everybody holds somebody; beyond that, caseloads differ as they do in an office.
    let drawn = chance.number(below: staff.officers.count)
    var file = CaseFile(
      index: index, crn: crn, officer: index < staff.officers.count ? index : drawn,
      population: self, chance: chance)
    file.fill()
    return PopulationCase(
      crn: crn, caseID: file.caseID, officer: file.officer.name, entries: file.entries.sorted())
  }
}
