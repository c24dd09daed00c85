/// How a note begins, by the kind of contact.
enum NoteOpenings {
  /// Stands for the kind of an appointment that the person missed.
  static let missed = "missed"

  static let byKind: [String: [NoteTemplate]] = [
    missed: absence,
    "CHVS": visit, "COHV": visit, "CMS47": visit, "IOHV": visit, "CODC": doorstep, "CODI": doorstep,
    "COAP": office, "COAI": induction, "COPT": planned, "COVC": video, "COVI": video,
    "COOO": elsewhere, "C084": threeWay, "CTOA": phoneFrom, "CTOB": phoneTo, "CMOA": messageFrom,
    "CMOB": messageTo, "C204": police, "CSPO": manager, "C157": children, "C161": adult,
    "C280": selfHarm, "CARR": arrest, "CNDC": sensitive,
  ]

  private static func made(_ sentences: [String]) -> [NoteTemplate] {
    sentences.map { NoteTemplate($0) }
  }

  private static let absence = made([
    "{name} did not attend. Waited twenty minutes beyond the time before closing the appointment.",
    "Not seen today. The appointment was in {name}'s letter and in a text sent the day before.",
    "{name} sent word at the last minute that {he} could not come, and apologised for it.",
  ])
  private static let visit = made([
    "Home visit as planned. {name} answered the door promptly and invited me in to {home}.",
    "Visited {name} at {home}. {He} had remembered the visit and was dressed and ready.",
    "Home visit. {name} was in with {his} {relative}, who left the room so that we could talk.",
    "Called at {home}. It took a while for the door to open, but {name} apologised and was civil.",
    "Home visit carried out. The rooms that I saw at {home} were clean and there was food in.",
  ])
  private static let doorstep = made([
    "Doorstep contact. {name} came out to speak to me and seemed well.",
    "Brief contact at the door of {home}. {name} was on {his} way out but stopped to talk.",
    "Doorstep check. {name} confirmed that {he} still lives at {home} and that nothing is new.",
  ])
  private static let office = made([
    "{name} attended the office on time and was polite to reception staff.",
    "{name} attended as instructed, ten minutes late because of the bus, and apologised for it.",
    "Planned office appointment. {name} presented as tired but engaged well once we had started.",
    "Seen in the office. {name} was talkative and in a better mood than at our last meeting.",
    "{name} reported to the office with {his} {relative}, who waited outside during the meeting.",
    "Attended. {name} was subdued to begin with and it took some time to find out why.",
  ])
  private static let induction = made([
    "Initial appointment. Went through the order, what is expected, and what happens if it is not"
      + " kept; {name} signed to say that {he} understood.",
    "Induction completed with {name}. Explained confidentiality, complaints and who reads notes.",
  ])
  private static let planned = made([
    "Planned telephone appointment. {name} picked up at once and was able to speak freely.",
    "Spoke to {name} by phone as arranged. {He} was on a break at {work} and had twenty minutes.",
  ])
  private static let video = made([
    "Video appointment with {name}. The line dropped once but we were able to finish.",
    "Met {name} by video. {He} was alone in {his} room and showed me round when I asked.",
  ])
  private static let elsewhere = made([
    "Met {name} at {aid}'s premises, as {he} was there for another appointment.",
    "Saw {name} at the library in town, a quiet corner, because travel to the office is hard.",
  ])
  private static let threeWay = made([
    "Three-way meeting with {name} and {aid}. Each of us said what we expect of the other.",
    "Three-way meeting held. {name} spoke more openly than {he} does with me alone.",
  ])
  private static let phoneFrom = made([
    "Call from {name} to say that {he} would be late for {day}'s appointment.",
    "{name} rang. {He} wanted to check the date of the next appointment and then stayed to talk.",
    "Call from {name}, who was worried about a letter that {he} had been sent.",
    "Message left by {name} with the duty desk; I rang back within the hour.",
  ])
  private static let phoneTo = made([
    "Rang {name} to remind {him} of {day}'s appointment. {He} had it in {his} phone already.",
    "Telephoned {name}, who answered at the second attempt and had time to talk.",
    "Called {name} to follow up what we had agreed {weeks} ago.",
  ])
  private static let messageFrom = made([
    "Text from {name} asking to move {day}'s appointment because of a shift at {work}.",
    "Email from {name} with a photograph of the fit note that I had asked for.",
    "Text received: {name} says that the bus is not running and {he} is walking in.",
  ])
  private static let messageTo = made([
    "Text sent to {name} with the time and place of the next appointment; it was delivered.",
    "Letter and text sent to {name} about {course}, with the address and the bus that goes there.",
  ])
  private static let police = made([
    "Contact with the police liaison desk: no calls to {home} since the last check, and nothing"
      + " else that they want us to know.",
    "Police liaison: asked whether anything new is known about {name}. Nothing is, they said.",
  ])
  private static let manager = made([
    "Discussed the case with my senior. The plan stands; visits to go on as they are.",
    "Supervision with my senior: talked through {name}'s progress and what would change the plan.",
  ])
  private static let children = made([
    "Call to children's services about contact. They have nothing new and will ring if they do.",
    "Spoke to the school's safeguarding lead; attendance is good and nothing worries them.",
  ])
  private static let adult = made([
    "Contact with adult social care about {name}'s {relative}, who lives at the same address.",
    "Adult services rang back: an assessment is booked and {name} knows about it.",
  ])
  private static let selfHarm = made([
    "{name} spoke of feeling low. I asked directly about self-harm; {he} has no plan and no means.",
    "Followed up last week's worry. {name} has rung the crisis line once and found it a help.",
  ])
  private static let arrest = made([
    "Told by the police that {name} was arrested on {day} and released under investigation.",
    "Arrest notified. {name} rang me before the police did and was open about what had happened.",
  ])
  private static let sensitive = made([
    "Information received from a third party, who asks not to be named to {name}.",
    "Not to be shared: a caller who knows {name} described an argument at {home} last weekend.",
  ])
  static let other = made(["Contact with {name}. {He} was in good spirits and had time to talk."])
}
