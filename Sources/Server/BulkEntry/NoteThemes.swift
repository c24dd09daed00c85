/// What the middle and the end of a note are about.
///
/// A pool holds sentences of which a note takes one at most.
enum NoteThemes {
  /// The pools for a kind of contact. Nobody without children is asked about theirs, and nobody who
  /// was not there is reported to have spoken.
  static func pools(_ kind: String, _ person: Person) -> [[NoteTemplate]] {
    if kind == NoteOpenings.missed { return absence }
    if desk.contains(kind) { return paperwork }
    return person.circumstances.hasChildren ? talkWithChildren : talk
  }

  /// How a note of this kind may end.
  static func closings(_ kind: String) -> [NoteTemplate] {
    kind == NoteOpenings.missed || desk.contains(kind) ? deskClosings : talkClosings
  }

  /// Kinds of contact in which nobody sat down with the person.
  private static let desk: Set<String> = ["CMOA", "CMOB", "C204", "CSPO", "C157", "C161", "CNDC"]

  private static let talk = [home, work, health, habits, money, course, family, mood, progress]
  private static let talkWithChildren = [children] + talk
  private static let absence = [missedWhy, missedNext, record]
  private static let paperwork = [record, filed, raised, standing]

  private static func made(_ sentences: [String]) -> [NoteTemplate] {
    sentences.map { NoteTemplate($0) }
  }

  private static let home = made([
    "Things at {home} are settled and the rent is up to date{tail}.",
    "{He} says that {home} is noisy and that {he} would move if something else came up.",
    "The boiler at {home} has been out for {few} days; I helped {him} to report it.",
    "{He} and {his} {relative} have agreed who does what at {home}, and it seems to hold.",
    "A letter about the tenancy worried {him}; we read it together and it is routine.",
    "A neighbour at {home} has complained about noise; {he} says that it was not {him}{tail}.",
    "{He} has painted {his} room at {home} and is rather proud of it.",
  ])
  private static let work = made([
    "{He} is still at {work} and has been offered {few} more shifts{tail}.",
    "{name} says that {work} is going well, though the early start is hard on {him}.",
    "{He} missed {few} days at {work} through illness and has told them why{tail}.",
    "We talked about {work}: the supervisor is fair, and {he} feels trusted for once.",
    "{He} is thinking of giving up {work}; I asked {him} to speak to {aid} before deciding.",
    "There was a disagreement at {work} on {day}, which {he} walked away from{tail}.",
    "{He} is owed {amount} in wages by {work} and has written to ask for it.",
  ])
  private static let health = made([
    "{He} mentioned {health} and has an appointment on {day} at {time}.",
    "There has been no let-up in {his} {health}; {he} agreed that I may write to the surgery.",
    "No change in {his} health, apart from {health}, for which {he} now takes something.",
    "I asked about {health}; {he} rates it {mark}, which is an improvement on last month.",
    "{He} has kept {few} appointments about {health} in a row{tail}.",
    "{He} does not want to talk about {health} yet, and I left it at that.",
  ])
  private static let habits = made([
    "{name} was frank about {habit}: {few} times since we last met, each time on a {day}.",
    "We went over what leads up to {habit}, and {he} could name the warning signs unprompted.",
    "{He} says that {habit} has not been a problem for {weeks}, which {his} {relative} confirms.",
    "{He} plays down {habit}, and I said so; {he} took the point without becoming heated.",
    "There was no sign of {habit} today, and {he} raised it before I did{tail}.",
    "{He} has told {his} {relative} about {habit}, which took some courage.",
    "On {habit}: a slip on {day}, and {he} rang {aid} the next morning{tail}.",
  ])
  private static let money = made([
    "{His} benefit was {amount} short; {he} has rung the office and has a reference number.",
    "{He} owes {amount} and pays it off weekly, which {aid} helped to arrange{tail}.",
    "Money is tight until {day}; I gave {him} the details of the food bank.",
    "{He} has put {amount} aside, the first time that {he} has saved anything.",
    "A fine of {amount} is still unpaid; we set up a payment by phone while {he} was with me.",
    "{He} lent {his} {relative} {amount} and does not expect to see it again.",
  ])
  private static let course = made([
    "{He} has done {few} sessions of {course} and can say what {he} took from them.",
    "The tutor of {course} reports that {name} joins in and helps others{tail}.",
    "{He} missed {course} on {day}; the reason was acceptable and evidence is to follow.",
    "We went through the last exercise of {course}, about seeing things from the other side.",
    "{He} finds {course} slow, and would rather do something practical.",
    "There are {few} sessions of {course} left, and {he} expects to finish within {weeks}.",
  ])
  private static let family = made([
    "{His} {relative} is a steadying influence and rings {him} most evenings.",
    "There has been an argument with {his} {relative}; both have kept apart since{tail}.",
    "{He} saw {his} {relative} at the weekend for the first time in {weeks}, and it went well.",
    "{name} worries about {his} {relative}, who has not been well.",
    "{His} {relative} is moving nearer, which {he} has mixed feelings about{tail}.",
  ])
  private static let mood = made([
    "Asked how the week had been, {he} gave it {mark}{tail}.",
    "{He} was calm throughout and spoke more than I did.",
    "{He} spoke about {pastime}, which gets {him} out of the house and away from trouble.",
    "{He} was irritable at first; it turned out that {he} had not slept for {few} nights.",
    "{He} laughed for the first time in {weeks} when we talked about {pastime}.",
    "{He} is fed up with waiting for {aid}, and said so in plain words.",
    "{He} has taken up {pastime} again, with {few} others from {home}.",
  ])
  private static let progress = made([
    "{He} sees {aid} every {day} and says that it helps{tail}.",
    "{His} aim is {goal}, and {he} has taken a first step towards it.",
    "We looked back at where {he} stood {weeks} ago; {he} was surprised at how much has changed.",
    "I raised {goal} again; {he} would like to try after the summer.",
    "I have left two messages for {aid} and will try again on {day}.",
    "We wrote down what stands between {him} and {goal}; the list was shorter than {he} thought.",
  ])
  private static let children = made([
    "{He} sees the children on {day}s, with {his} {relative} there, as agreed.",
    "The children are well and one has started at a new school{tail}.",
    "{name} missed contact with the children on {day} and was upset about it.",
    "No worries about the children were raised by anybody since the last entry.",
  ])

  private static let missedWhy = made([
    "I rang twice and left a message asking {name} to call before {time}.",
    "{His} {relative} picked up and will pass the message on.",
    "{name} rang back at {time} and gave {health} as the reason.",
    "{name} said afterwards that {work} had changed the shift at short notice.",
  ])
  private static let missedNext = made([
    "Explained what evidence is needed and by when; {he} will bring it on {day}.",
    "A letter with the new date has gone out, first class, and a text as well.",
    "It is the first time in {weeks}; I will decide on action when I have heard from {him}.",
    "Evidence due within seven days, after which I will review it with my senior.",
  ])

  private static let record = made([
    "Of the last six appointments {few} were kept, and the others had a reason that I accepted.",
    "{His} attendance over {weeks} has been good, and I have taken that into account.",
    "I checked the diary: nothing else is booked for {name} this {day}.",
    "The risk assessment was looked at again and does not need to change for this.",
  ])
  private static let filed = made([
    "Saved to the case and the next two appointments checked against it.",
    "Copied to {aid}, with {name}'s consent given on the form of last year.",
    "No reply was needed, and none was sent.",
    "Answered the same day, in plain words, and a copy kept.",
  ])
  private static let raised = made([
    "I will raise it with {name} on {day}, face to face.",
    "To be talked over with {name} when {he} next comes in, not by phone.",
    "{name}'s {relative} does not know of it and should not hear it from us.",
    "If anything changes before {day}, the duty officer is to ring me.",
  ])
  private static let standing = made([
    "{He} is still at {home}, as far as anybody knows, and at {work} in the daytime.",
    "I told {aid} that {course} goes on as before.",
    "Nothing here bears on {goal}, which remains the aim of the plan.",
    "Last seen {weeks} ago, when {habit} was talked of and there was no cause for worry.",
  ])

  private static let talkClosings = made([
    "Next appointment on {day} at {time}, confirmed by text.",
    "Tasks: I will ring {aid}; {name} will bring the letter.",
    "Agreed: {he} keeps the diary going and we look at it together next time.",
    "Plan unchanged. To be seen again within {weeks}.",
    "To do before we meet: evidence from {work}, and a call to {aid}.",
    "I thanked {him} for being straight with me.",
  ])
  private static let deskClosings = made([
    "Nothing further to do today.",
    "To be looked at again on {day}.",
    "Next appointment on {day} at {time}.",
  ])
}
