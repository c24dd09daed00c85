import ArgumentParser

/// The officer's tool.
@main
struct Doorstep: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doorstep",
    abstract: "Your cases and visit notes on this laptop, with or without a network.",
    discussion: """
      Everything you save is on this laptop at once, and goes to the office at the next sync.

      Exit status: 0 done · 1 done, and something needs you · 64 wrong arguments · 65 an entry is wrong · 69 no way to the \
      office · 70 internal error · 73 cannot create · 74 disk · 75 try again · 77 the office does not accept this laptop · \
      78 not enrolled.
      """,
    version: "0.1.0",
    groupedSubcommands: [
      CommandGroup(
        name: "Your cases",
        subcommands: [
          TodayCommand.self, Due.self, Cases.self, Case.self, Records.self, Search.self,
          History.self, Why.self, Alerts.self,
        ]),
      CommandGroup(
        name: "Recording",
        subcommands: [
          Visit.self, Note.self, Outcome.self, Concern.self, RiskFlag.self, Address.self,
          Sensitive.self, Attach.self, Attachments.self, SaveAttachment.self,
          Add.self, Change.self, Delete.self, Forms.self, Drafts.self,
        ]),
      CommandGroup(
        name: "Kinds of record",
        subcommands: [
          Verb<GoalVerb>.self, Verb<StepVerb>.self, Verb<InstructionVerb>.self,
          Verb<PersonVerb>.self, Verb<LetterVerb>.self, Verb<BreachVerb>.self,
          Verb<RecallVerb>.self,
          Verb<ProgrammeVerb>.self, Verb<ReferralVerb>.self, Verb<WorkVerb>.self,
        ]),
      CommandGroup(name: "Deciding", subcommands: [Conflicts.self, Resolve.self]),
      CommandGroup(
        name: "The office",
        subcommands: [
          Sync.self, Prepare.self, Agent.self, Status.self, Verify.self, Repair.self, Resync.self,
          Enrol.self,
          Doctor.self, Rescue.self,
        ]),
    ])
}
