import ArgumentParser
import ProgramKit

/// A word for one kind of record, where the form that the catalogue gives is all that it needs.
protocol RecordVerb: Sendable {
  static var word: String { get }
  /// The record type.
  static var type: String { get }
  /// What one is called, for instance “a goal”.
  static var one: String { get }
}

/// Shows the records of one kind in a case, or adds one.
struct Verb<Kind: RecordVerb>: LaptopCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: Kind.word, abstract: "Show or add \(Kind.one).",
      discussion: """
        doorstep \(Kind.word) X123456 shows those of the case; with NAME=VALUE … it adds one. What it takes: doorstep \
        forms \(Kind.type). To change one: doorstep change ID NAME=VALUE …
        """)
  }

  @OptionGroup var laptop: LaptopOptions
  @Argument(help: "The CRN.") var crn: String
  @Argument(help: "NAME=VALUE …") var fields: [String] = []
  @Option(name: .long, help: "Why, where it needs a reason.") var reason = ""

  func perform() async throws {
    guard !fields.isEmpty else { return try list(Kind.type, of: crn) }
    try await add(Kind.type, to: crn, fields, reason: reason)
  }
}

enum BreachVerb: RecordVerb {
  static let (word, type, one) = ("breach", "breach", "a breach decision")
}
enum GoalVerb: RecordVerb {
  static let (word, type, one) = ("goal", "plan-goal", "a goal of the sentence plan")
}
enum InstructionVerb: RecordVerb {
  static let (word, type, one) = ("instruction", "officer-instruction", "an instruction")
}
enum LetterVerb: RecordVerb {
  static let (word, type, one) = ("letter", "enforcement-act", "a letter or other enforcement act")
}
enum PersonVerb: RecordVerb {
  static let (word, type, one) = ("associate", "personal-contact", "a personal contact")
}
enum ProgrammeVerb: RecordVerb {
  static let (word, type, one) = ("programme", "programme-referral", "a referral to a programme")
}
enum RecallVerb: RecordVerb {
  static let (word, type, one) = ("recall", "recall", "a recall")
}
enum ReferralVerb: RecordVerb {
  static let (word, type, one) = ("referral", "service-referral", "a referral to a service")
}
enum StepVerb: RecordVerb {
  static let (word, type, one) = ("step", "plan-step", "a step towards a goal")
}
enum WorkVerb: RecordVerb {
  static let (word, type, one) = ("upw", "upw-attendance", "an attendance at unpaid work")
}
