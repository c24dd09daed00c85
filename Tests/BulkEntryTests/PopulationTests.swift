import RecordCatalogue
import SyncCore
import Testing

@testable import BulkEntry

@Suite struct PopulationTests {
  @Test func `the same arguments give the same people`() throws {
    let one = try Samples.population(12, seed: 7)
    let other = try Samples.population(12, seed: 7)
    #expect(Array(one.cases()) == Array(other.cases()))
  }

  @Test func `another seed gives other people`() throws {
    let one = try Samples.population(12, seed: 7).cases().map(\.crn)
    let other = try Samples.population(12, seed: 8).cases().map(\.crn)
    #expect(one != other)
  }

  @Test func `a case does not depend on how many come after it`() throws {
    let few = try Samples.population(3, officers: 1, seed: 9)
    let many = try Samples.population(300, officers: 1, seed: 9)
    #expect(Array(few.cases()) == Array(many.cases().prefix(3)))
  }

  @Test func `no two of a quarter of a million cases share a number`() throws {
    var chance = SplitMix64(seed: 3)
    let numbers = PoliceNumbers(&chance)
    var crns: Set<Int> = []
    var prison: Set<Int> = []
    for index in 0..<240_000 {
      crns.insert(numbers.crn(index).hashValue)
      prison.insert(numbers.noms(index).hashValue)
    }
    #expect(crns.count == 240_000)
    #expect(prison.count == 240_000)
  }

  @Test(arguments: [0, 1, 999_999, 1_000_000, 2_000_001, 25_999_999])
  func `every number that is given out is in its form`(index: Int) {
    var chance = SplitMix64(seed: UInt64(index))
    let numbers = PoliceNumbers(&chance)
    #expect(CRN(numbers.crn(index))?.description == numbers.crn(index))
    #expect(NOMSNumber(numbers.noms(index)) != nil)
    for year in [1900, 1962, 1999, 2000, 2026] {
      let pnc = numbers.pnc(index, year: year)
      #expect(PNCIdentifier(pnc, currentYear: 2026)?.description == pnc)
      let cro = numbers.cro(index, year: year)
      #expect(CRONumber(cro)?.description == cro)
    }
  }

  @Test(arguments: [-5, 0, 1, 36, 37, 1000])
  func `any number of people is held to what can be`(people: Int) throws {
    let population = try Samples.population(people, contactsPerYear: 0)
    #expect(population.cases().reduce(0) { count, _ in count + 1 } == max(people, 0))
    #expect(population.officers.count == max(1, (people + 35) / 36))
  }

  @Test func `the first officers are those asked for, and no name is given twice`() throws {
    let population = Population(
      people: 9000, seed: 1, today: try Samples.today(),
      users: ["a.khan", "A.Khan", "", "k.abbott", String(repeating: "x", count: 65)])
    #expect(population.officers.prefix(2) == ["a.khan", "k.abbott"])
    #expect(Set(population.officers.map { $0.lowercased() }).count == 250)
  }

  @Test func `officers hold 36 cases on average, and each holds some`() throws {
    let population = try Samples.population(3600, contactsPerYear: 0)
    var caseloads: [String: Int] = [:]
    for next in population.cases() { caseloads[next.officer, default: 0] += 1 }
    #expect(caseloads.count == 100)
    #expect(caseloads.values.allSatisfy { (15...65).contains($0) })
  }

  @Test func `levels of harm are met in their shares, and some have no assessment`() {
    var counts: [Person.Level?: Int] = [:]
    for seed in 0..<10_000 {
      var chance = SplitMix64(seed: UInt64(seed))
      counts[Person(today: Day(20_522), &chance).level, default: 0] += 1
    }
    for (level, share) in Person.levels {
      #expect(abs(counts[level, default: 0] - share * 10) < 150)
    }
  }

  @Test(arguments: [0, 12, 100, 160])
  func `a case-year has as many contacts as were asked for`(perYear: Int) throws {
    let population = try Samples.population(150, contactsPerYear: perYear)
    let today = Day(try Samples.today())
    var (contacts, days) = (0, 0)
    for next in population.cases() {
      contacts += next.entries.count { $0.type == "contact-entry" }
      let header = next.entries.first { $0.type == "case-header" }
      let start = try #require(header?.fields["sentence"]?[member: "start"]?.text)
      days += min(365, Day(try #require(CalendarDate(start))).days(until: today))
    }
    let wanted = perYear * days / 365
    #expect(abs(contacts - wanted) <= wanted / 10)
  }

  @Test func `a day is the same day there and back`() throws {
    for number in stride(from: -719_162, through: 2_932_896, by: 97) {
      let date = try #require(CalendarDate(Day(number).text))
      #expect(Day(date).number == number)
    }
  }

  @Test(arguments: [
    ("2026-03-28", 720), ("2026-03-29", 660), ("2026-10-24", 660), ("2026-10-25", 720),
  ])
  func `noon is an hour earlier in summer`(date: String, minutes: Int) throws {
    let day = Day(try #require(CalendarDate(date)))
    let moment = Int(day.moment(720).milliseconds / 60_000)
    #expect(moment - day.number * 1440 == minutes)
  }
}
