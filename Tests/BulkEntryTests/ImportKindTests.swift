import RecordCatalogue
import SyncCore
import Testing

@testable import BulkEntry

@Suite struct ImportKindTests {
  @Test func `cases take every field that a case has`() throws {
    let type = try #require(Samples.catalogue["case-header"])
    let fed = ImportKind.cases.columns.map { [$0.field, $0.member].compactMap { $0 } }
    for field in type.fields where field.members.isEmpty { #expect(fed.contains([field.name])) }
    for field in type.fields {
      for part in field.members { #expect(fed.contains([field.name, part.name])) }
    }
  }

  @Test(arguments: Catalogue.standard.types.map(\.name))
  func `a kind names each column once`(type: String) throws {
    let kind = try #require(ImportKind(type, in: Samples.catalogue))
    #expect(Set(kind.columnNames).count == kind.columns.count)
    let plain = ImportKind(try #require(Samples.catalogue[type]))
    #expect(Set(plain.columnNames).count == plain.columns.count)
  }

  @Test func `a reference that is a field too names the record and stands in it`() async throws {
    let store = try await Samples.storeWithCase()
    let kind = try #require(ImportKind("service-referral", in: Samples.catalogue))
    let text = "crn,reference,kind,provider,stage\nX000001,AB1234,mentor,A charity,sent\n"
    let file = try Samples.read(kind, text)
    try await Samples.apply(file, to: store)
    let found = try await Samples.record(.named("service-referral", "AB1234"), in: store)
    #expect(found?.standing("reference").map(\.value) == [.text("AB1234")])
  }

  @Test func `case-header is what cases are`() throws {
    let kind = try #require(ImportKind("case-header", in: Samples.catalogue))
    #expect(kind.columnNames == ImportKind.cases.columnNames)
  }

  @Test func `a death is entered with its day, and no later file takes it back`() async throws {
    let store = try await Samples.storeWithCase()
    let head = "crn,forename,surname,deceased,date_of_death,previous_surname"
    let row = "X000001,Nia,Parry,yes,1/3/2026,Rees"
    let file = try Samples.read(.cases, "\(head)\n\(row)\n")
    #expect(try await Samples.apply(file, to: store).changed == 1)
    let found = try await Samples.record(.named("case-header", "X000001"), in: store)
    let record = try #require(found)
    #expect(record.standing("deceased").map(\.value) == [.text("yes")])
    #expect(record.read("date-of-death", by: .serverOwned)?.value == .text("2026-03-01"))
    #expect(record.read("previous-surname", by: .serverOwned)?.value == .text("Rees"))
    let alive = try Samples.read(.cases, "crn,forename,surname,deceased\nX000001,Nia,Parry,no\n")
    #expect(try await Samples.apply(alive, to: store).unchanged == 1)
  }
}
