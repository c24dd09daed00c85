import ArgumentParser
import BulkEntry
import ProgramKit
import RecordCatalogue
import SyncCore

/// Fills a server with people on probation who do not exist.
struct Seed: ServerCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Make a believable population, for trying things out. The server must not be running.",
    discussion: """
      Nobody in it exists. The same number, seed and day give the same people. Each officer holds \
      about 36 cases.
      """)

  @OptionGroup var data: DataOptions
  @OptionGroup var output: Output

  @Option(name: .long, help: "How many people on probation, 1 to 1000000.") var people = 72
  @Option(name: .long, help: "What the population grows from.") var seed: UInt64 = 1
  @Option(name: .long, help: "User name of an officer. Repeat for more; others are made up.")
  var user: [String] = []
  @Option(name: .long, help: "How many officers share them. Default: one to each 36 people.")
  var officers: Int?
  @Option(name: .long, help: "Contacts that a case has in a year, 0 to 1000.")
  var contactsPerYear = 100
  @Option(
    name: .long, help: "The day that counts as today, for instance 17/5/2026. Default: today.")
  var today: String?

  func validate() throws {
    guard (1...1_000_000).contains(people) else {
      throw ValidationError("--people must be 1 to 1000000.")
    }
    guard (0...1_000).contains(contactsPerYear) else {
      throw ValidationError("--contacts-per-year must be 0 to 1000.")
    }
    guard officers.map({ (1...people).contains($0) }) ?? true else {
      throw ValidationError("--officers must be 1 to the number of people.")
    }
  }

  struct Answer: Encodable {
    let cases, alreadyThere, changes, grants, officers: Int
    let users: [String]
  }

  func work() async throws {
    let day = try today.map(Today.entered) ?? Today.now
    let catalogue = try data.loadCatalogue()
    let store = try await data.folder.openStore(telling: output)
    let population = Population(
      people: people, officers: officers, seed: seed, today: day, users: user,
      contactsPerYear: contactsPerYear)
    let progress = Progress(output)
    let total = people
    let summary = try await BulkEntry.seed(
      population, into: store, catalogue: catalogue, now: World.now()
    ) { done in progress.show("\(done) of \(total) cases…") }
    progress.end()
    try store.close()
    let users = population.officers
    try output.answer(
      Answer(
        cases: summary.cases, alreadyThere: summary.alreadyThere, changes: summary.changes,
        grants: summary.grants, officers: summary.officers, users: users))
    let changes = Show.count(summary.changes, "entry", "entries")
    output.say("\(Show.count(summary.cases, "case")) with \(changes), held by:")
    output.say("  \(users.prefix(20).joined(separator: ", "))\(users.count > 20 ? " …" : "")")
    if summary.alreadyThere > 0 {
      output.say("\(Show.count(summary.alreadyThere, "case")) there already; left as they were.")
    }
  }
}

/// The day in London.
enum Today {
  static var now: CalendarDate {
    get throws { try entered(Show.isoDay(World.now().milliseconds)) }
  }

  static func entered(_ text: String) throws -> CalendarDate {
    guard let day = CalendarDate(entered: text) else {
      throw Failure(
        .badData, code: "bad-date", "“\(text)” is not a date. Enter it like 17/5/2026.")
    }
    return day
  }
}
