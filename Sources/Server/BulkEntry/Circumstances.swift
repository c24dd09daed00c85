/// What is particular about somebody's life, so that a year of notes is about one person.
struct Circumstances: Sendable {
  let isWoman: Bool
  let home: String
  let relative: String
  let work: String
  let health: String
  let habit: String
  let aid: String
  let course: String
  let goal: String
  let pastime: String
  let animal: String?
  let hasChildren: Bool

  init(isWoman: Bool, _ chance: inout SplitMix64) {
    self.isWoman = isWoman
    home = chance.one(of: Self.homes)
    relative = chance.one(of: Self.relatives)
    work = chance.one(of: Self.works)
    health = chance.one(of: Self.healths)
    habit = chance.one(of: Self.habits)
    aid = chance.one(of: Self.aids)
    course = chance.one(of: Self.courses)
    goal = chance.one(of: Self.goals)
    pastime = chance.one(of: Self.pastimes)
    animal = chance.happens(250) ? chance.one(of: Self.animals) : nil
    hasChildren = chance.happens(380)
  }

  static let homes = [
    "the shared house", "the flat", "the hostel", "the supported accommodation", "the bedsit",
    "the family home", "the housing association flat", "the caravan", "the rented room",
  ]
  static let relatives = [
    "mother", "father", "older sister", "younger brother", "partner", "grandmother", "uncle",
    "cousin", "aunt", "stepfather", "ex-partner", "oldest friend",
  ]
  static let works = [
    "the warehouse", "the bakery", "the building site", "the car wash", "the call centre",
    "the scaffolding firm", "the recycling depot", "the kitchen job", "the cleaning round",
    "the delivery firm", "the garden centre", "the laundry", "the packing plant",
    "the market stall",
  ]
  static let healths = [
    "trouble sleeping", "low mood", "back pain", "anxiety", "asthma", "migraines",
    "knee trouble", "toothache", "diabetes", "panic attacks", "high blood pressure",
  ]
  static let habits = [
    "alcohol", "cannabis", "gambling", "cocaine at weekends", "overspending", "arguing at home",
    "heavy drinking on paydays", "online betting", "staying up all night",
  ]
  static let aids = [
    "the recovery service", "the housing adviser", "the GP", "the mentor", "the debt adviser",
    "the mental health nurse", "the employment coach", "the community centre", "the key worker",
    "the family support worker",
  ]
  static let courses = [
    "the thinking skills group", "the problem-solving group", "the activity days",
    "the alcohol sessions", "the relationships programme", "the victim awareness sessions",
    "the managing emotions sessions", "the driving awareness course",
  ]
  static let goals = [
    "a tenancy of a place alone", "a full driving licence", "a forklift ticket",
    "six months without a drink", "clearing the arrears", "a course in plastering",
    "a place at college", "steady work", "getting fit", "rebuilding trust at home",
  ]
  static let pastimes = [
    "fishing", "the gym", "five-a-side", "cooking", "drawing", "boxing training", "walking",
    "the allotment", "music", "mending bikes", "reading", "baking",
  ]
  static let animals = ["a large dog", "two cats", "a small terrier", "a nervous lurcher"]
}
