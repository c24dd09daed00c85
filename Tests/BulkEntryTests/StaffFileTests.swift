import ServerStorage
import Testing

@testable import BulkEntry

@Suite struct `A list of staff` {
  private static func read(_ text: String) throws -> OfficeStaff {
    try StaffFile.read(Array(text.utf8))
  }

  @Test func `is read with its columns in any order, and others are passed over`() throws {
    let text = """
      \u{FEFF}Region,User,grade,capacity,team\r
      Wales,a.khan,PO,40,"Cardiff, east"\r
      \r
      ,B.Jones,PSO,,\r

      """
    let members = try Self.read(text).members
    #expect(
      members == [
        .init(user: "a.khan", team: "Cardiff, east", office: "", region: "Wales", capacity: 40),
        .init(user: "B.Jones", team: "", office: "", region: "", capacity: nil),
      ])
  }

  @Test(arguments: [
    ("", "no line of column names"), ("team,office\nA,B\n", "no column “user”"),
    ("user,user\na,a\n", "there twice"), ("user,team\na\n", "1 fields"),
    ("user\na\nA\n", "stands in line 2 already"), ("user\n\"\"\n", "1 to 64 bytes"),
    ("user,capacity\na,many\n", "no number of cases"), ("user,capacity\na,-1\n", "no number"),
    ("user,capacity\na,99999999999999999999\n", "no number of cases"),
    ("user,team\na,\"b\n", "not closed"), ("user,team\na,b\u{7}\n", "not plain UTF-8"),
  ])
  func `that is wrong is refused with its line and what to do`(text: String, problem: String) {
    let error = #expect(throws: ImportProblems.self) { try Self.read(text) }
    #expect(
      error?.problems.contains { $0.description.contains(problem) } == true, "\(error as Any)")
    #expect(error?.problems.allSatisfy { !$0.remedy.isEmpty } == true)
  }

  @Test func `with bytes that are no text is refused`() {
    let error = #expect(throws: ImportProblems.self) {
      try StaffFile.read(Array("user,team\na,".utf8) + [0xFF, 0xFE, 10])
    }
    #expect(error?.problems.first?.line == 2 && error?.problems.first?.column == "team")
  }
}
