import ServerStorage
import SyncCore
import Testing

@testable import BulkEntry

@Suite struct SkippedCasesTests {
  static let head = "crn,kind,date,text,author,reference"
  /// Rows of three cases; those of X000001 stand apart, and one of X000002 is wrong.
  static let contacts = """
    \(head)
    X000001,CTOA,1/2/2025,Rang.,a.khan,r-1
    X000002,CTOA,1/2/2025,Rang.,a.khan,r-2
    X000003,CTOA,1/2/2025,"Two
    lines.",a.khan,r-3
    X000002,CTOA,31/2/2025,Rang.,a.khan,r-4
    X000001,CTOB,2/2/2025,Rang back.,a.khan,r-5

    """

  private func store() async throws -> MemoryStore {
    let store = MemoryStore()
    let rows = (1...3).map { "X00000\($0),Nia,Parry\n" }.joined()
    try await Samples.apply(
      try Samples.read(.cases, "crn,forename,surname\n\(rows)"), to: store)
    return store
  }

  @Test func `a case with a wrong row is left out whole, and the others enter`() async throws {
    let store = try await store()
    let file = try Samples.read(.contacts, Self.contacts, skipsBadCases: true)
    let outcome = try await Samples.enter(file, into: store)
    #expect(outcome.cases == 2 && outcome.counts.new == 3)
    let leftOut = try #require(outcome.leftOut.first)
    #expect(outcome.leftOut.count == 1 && leftOut.crn == "X000002" && leftOut.rowCount == 2)
    #expect(leftOut.problems.problems.map(\.line) == [6])
    #expect(try await Samples.record(.named("contact", "r-2"), in: store) == nil)
    #expect(try await Samples.record(.named("contact", "r-5"), in: store) != nil)
  }

  @Test func `without leave to skip, nothing enters while one problem is left`() throws {
    let found = try Samples.problems(.contacts, Array(Self.contacts.utf8))
    #expect(found.map(\.line) == [6])
  }

  @Test func `the rows left out are written as they stood, and can be mended`() async throws {
    let store = try await store()
    let text = "\u{FEFF}" + Self.contacts.replacing("X000003,CTOA,1/2", with: "X000003,CTOA,32/2")
    let file = try Samples.read(.contacts, text, skipsBadCases: true)
    let outcome = try await Samples.enter(file, into: store)
    let rejects = String(decoding: file.rejects(outcome.leftOut), as: UTF8.self)
    #expect(
      rejects == """
        \u{FEFF}\(Self.head)
        X000002,CTOA,1/2/2025,Rang.,a.khan,r-2
        X000003,CTOA,32/2/2025,"Two
        lines.",a.khan,r-3
        X000002,CTOA,31/2/2025,Rang.,a.khan,r-4

        """)
    let mended = rejects.replacing("32/2", with: "1/2").replacing("31/2", with: "3/2")
    let again = try await Samples.enter(
      try Samples.read(.contacts, mended, skipsBadCases: true), into: store)
    #expect(again.counts.new == 3 && again.leftOut.isEmpty)
    let whole = Self.contacts.replacing("31/2", with: "3/2")
    #expect(try await Samples.apply(try Samples.read(.contacts, whole), to: store).unchanged == 5)
  }

  @Test func `rejects of JSON Lines are JSON Lines`() async throws {
    let store = try await store()
    let rows = ["X000001", "X999999", "X000003"].map { #"{"crn":"\#($0)","user":"a.khan"}"# }
    let file = try Samples.read(
      .grants, rows.joined(separator: "\n"), name: "feed.jsonl", skipsBadCases: true)
    let outcome = try await Samples.enter(file, into: store)
    #expect(outcome.cases == 2)
    #expect(String(decoding: file.rejects(outcome.leftOut), as: UTF8.self) == rows[1] + "\n")
  }

  @Test func `what the office refuses leaves out its case and no other`() async throws {
    let store = try await store()
    let text = Self.contacts.replacing("X000002", with: "X999999").replacing("31/2", with: "3/2")
    let file = try Samples.read(.contacts, text, skipsBadCases: true)
    let plan = try await Samples.plan(file, in: store).outcome
    #expect(plan.leftOut.map(\.crn) == ["X999999"])
    #expect(plan.leftOut.first?.problems.problems.map(\.line) == [3, 6])
    #expect(try await Samples.enter(file, into: store) == plan)
  }

  @Test func `a row whose case cannot be told keeps everything out`() throws {
    for row in ["X1,CTOA,1/2/2025,t,a.khan,r-9", ",CTOA,1/2/2025,t,a.khan,r-9", "X000001,CTOA"] {
      let text = "\(Self.head)\n\(row)\nX000001,CTOA,1/2/2025,t,a.khan,r-8\n"
      let error = try #require(throws: ImportProblems.self) {
        _ = try Samples.read(.contacts, text, skipsBadCases: true)
      }
      #expect(error.problems.map(\.line) == [nil, 2])
      #expect(error.problems.first?.problem.contains("nobody can tell the case") ?? false)
    }
  }

  @Test func `where two cases claim one reference, neither enters`() throws {
    let text = """
      \(Self.head)
      X000001,CTOA,1/2/2025,t,a.khan,r-1
      X000002,CTOA,1/2/2025,t,a.khan,r-1
      X000003,CTOA,1/2/2025,t,a.khan,r-3

      """
    let file = try Samples.read(.contacts, text, skipsBadCases: true)
    #expect(file.cases.map(\.crn) == ["X000003"])
    #expect(file.leftOut.map(\.crn) == ["X000001", "X000002"])
    #expect(file.leftOut.map { $0.problems.problems.map(\.line) } == [[2], [3]])
  }

  @Test func `many cases left out have one cause, and nothing enters`() async throws {
    var limits = ImportLimits()
    limits.leftOut = 2
    let rows = (1...4).map { "X90000\($0),a.khan\n" }.joined()
    let text = "crn,user\n\(rows)X000001,a.khan\n"
    let file = try Samples.read(.grants, text, skipsBadCases: true, limits: limits)
    let store = try await store()
    let error = try await #require(throws: ImportProblems.self) {
      try await Samples.plan(file, in: store)
    }
    #expect(error.problems.first?.problem.contains("more than 2 cases") ?? false)
    let wrong = "crn,user\n" + (1...4).map { "X90000\($0),a b\n" }.joined()
    #expect(throws: ImportProblems.self) {
      try Samples.read(.grants, wrong, skipsBadCases: true, limits: limits)
    }
  }

  @Test func `a user is granted no more cases than a laptop takes`() async throws {
    let store = MemoryStore()
    let most = Limits.standard.scopeCases
    let numbers = (1...most + 1).map { "X" + String(100_000 + $0) }
    let cases = numbers.map { "\($0),Nia,Parry\n" }.joined()
    try await Samples.apply(
      try Samples.read(.cases, "crn,forename,surname\n\(cases)"), to: store)
    let grants = "crn,user\n" + numbers.map { "\($0),a.khan\n" }.joined()
    let outcome = try await Samples.enter(
      try Samples.read(.grants, grants, skipsBadCases: true), into: store)
    #expect(outcome.cases == most)
    #expect(outcome.leftOut.map(\.crn) == numbers.suffix(1))
  }
}
