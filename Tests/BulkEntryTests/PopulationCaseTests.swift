import RecordCatalogue
import SyncCore
import Testing

@testable import BulkEntry

/// What is true of every case of every population.
@Suite struct PopulationCaseTests {
  /// Small logs for many seeds: what can be wrong with one entry shows early.
  static func cases(_ seeds: Range<Int>, contactsPerYear: Int) throws -> [PopulationCase] {
    try seeds.flatMap { seed in
      let population = try Samples.population(
        2, officers: 2, seed: UInt64(seed), contactsPerYear: contactsPerYear)
      return Array(population.cases())
    }
  }

  @Test(arguments: 0..<10)
  func `the catalogue admits every entry, as its author would send it`(block: Int) throws {
    for next in try Self.cases(block * 100..<(block + 1) * 100, contactsPerYear: 12) {
      var records: [RecordID: Record] = [:]
      for (place, entry) in next.entries.enumerated() {
        var record = records[entry.record]
        let members = entry.fields.map { Value.Member($0.key, $0.value) }
        let change = Change(
          Change.Body(
            dot: Dot(Samples.replica, UInt64(place) + 1), previous: .zero, record: entry.record,
            type: entry.type, caseID: next.caseID, context: record?.version ?? VersionVector(),
            action: .set(members.sorted { $0.name < $1.name }), author: entry.author,
            role: entry.role, recordedAt: entry.recordedAt, reason: entry.reason))
        let refusal = Record.refusal(
          of: change, to: record, policy: Samples.catalogue.policy(of: entry.type),
          origin: entry.role == .office ? .office : .device)
        #expect(refusal == nil, "\(entry.type) \(next.crn)")
        record = record ?? Record(id: entry.record, type: entry.type, caseID: next.caseID)
        record?.apply(change, at: nil)
        records[entry.record] = record
      }
    }
  }

  @Test func `every field, part and reference is one that the catalogue knows`() throws {
    for next in try Self.cases(0..<60, contactsPerYear: 40) {
      let types = Dictionary(next.entries.map { ($0.record.description, $0.type) }) { $1 }
      for entry in next.entries {
        let type = try #require(Samples.catalogue[entry.type])
        for (name, value) in entry.fields {
          let field = try #require(type.field(name), "\(entry.type) \(name)")
          if let target = field.target { #expect(types[value.text ?? ""] == target) }
          guard case .composite(let members) = value else { continue }
          #expect(members.allSatisfy { part in field.members.contains { $0.name == part.name } })
        }
      }
    }
  }

  @Test func `entries are in order of time and before today`() throws {
    let midnight = Day(try Samples.today()).moment(0)
    for next in try Self.cases(0..<100, contactsPerYear: 30) {
      let moments = next.entries.map(\.recordedAt)
      #expect(zip(moments, moments.dropFirst()).allSatisfy { $0 <= $1 })
      #expect(moments.allSatisfy { $0 < midnight })
      #expect(next.entries.first?.type == "case-header")
    }
  }

  @Test func `a record is named by its time, or by its key where it must meet itself`() throws {
    for next in try Self.cases(0..<60, contactsPerYear: 30) {
      let crn = next.crn.description
      #expect(next.caseID == .named("case", crn))
      var made: Set<RecordID> = []
      for entry in next.entries where made.insert(entry.record).inserted {
        switch entry.type {
        case "case-header": #expect(entry.record == .named("case-header", crn))
        case "outcome-claim":
          let appointment = try #require(entry.fields["appointment"]?.text)
          #expect(entry.record == .named("outcome-claim", appointment))
        default:
          #expect(Int64(entry.record.value >> 80) == entry.recordedAt.milliseconds)
        }
      }
    }
  }

  @Test func `a note is 150 to 600 characters with nothing left to fill in`() throws {
    var texts: [String] = []
    for next in try Self.cases(0..<60, contactsPerYear: 120) {
      for entry in next.entries where entry.type == "contact-entry" {
        let text = try #require(entry.fields["text"]?.text)
        #expect((150...600).contains(text.count), "\(text)")
        #expect(!text.contains("{") && !text.contains("  ") && text.hasSuffix("."), "\(text)")
        texts.append(text)
      }
    }
    #expect(Set(texts).count > texts.count * 98 / 100)
  }

  @Test func `every kind of contact has an opening of its own`() throws {
    let field = try #require(Samples.catalogue["contact-entry"]?.field("kind"))
    for code in field.codes { #expect(NoteOpenings.byKind[code.code] != nil, "\(code.code)") }
  }

  @Test func `people live where nobody lives`() throws {
    for next in try Self.cases(0..<100, contactsPerYear: 0) {
      for entry in next.entries where entry.type == "address" {
        let postcode = try #require(entry.fields["address"]?[member: "postcode"]?.text)
        let form = try Regex("(QX|ZZ)[1-9][0-9]? [0-9][ABD-HJLNP-UW-Z]{2}")
        #expect(postcode.wholeMatch(of: form) != nil)
      }
    }
  }

  @Test func `past appointments mostly have an outcome, and coming ones have none`() throws {
    let today = try Samples.today().description
    var (past, coming, claimed) = (0, 0, 0)
    for next in try Self.cases(0..<150, contactsPerYear: 0) {
      let claims = Set(
        next.entries.filter { $0.type == "outcome-claim" }.map { $0.fields["appointment"]?.text })
      for entry in next.entries where entry.type == "appointment" {
        let date = try #require(entry.fields["when"]?[member: "date"]?.text)
        let isClaimed = claims.contains(entry.record.description)
        if date < today {
          past += 1
          claimed += isClaimed ? 1 : 0
        } else {
          coming += 1
          #expect(!isClaimed)
        }
      }
    }
    #expect(claimed * 100 > past * 93 && claimed < past)
    #expect(coming > 300)
  }

  @Test func `nothing is missing that a demonstration shows`() throws {
    let entries = try Self.cases(0..<150, contactsPerYear: 100).flatMap(\.entries)
    let types = Set(entries.map(\.type))
    #expect(
      types.isSuperset(of: [
        "case-header", "address", "rosh-summary", "risk-flag", "appointment", "outcome-claim",
        "visit-plan", "visit-record", "contact-entry", "document-metadata",
      ]))
    #expect(entries.contains { $0.fields["sensitive"] == .text("yes") })
    #expect(entries.contains { $0.fields["corrects"] != nil })
    #expect(entries.contains { $0.fields["status"] == .text("removed") && !$0.reason.isEmpty })
    #expect(entries.contains { $0.fields["address"]?[member: "verified"] == .text("door") })
  }

  @Test(arguments: ["0001-01-01", "9999-12-31", "1970-01-01"])
  func `a day at the edge of the calendar breaks nothing`(date: String) throws {
    let today = try #require(CalendarDate(date))
    let population = Population(people: 20, seed: 1, today: today, contactsPerYear: 10)
    #expect(population.cases().allSatisfy { !$0.entries.isEmpty })
  }
}
